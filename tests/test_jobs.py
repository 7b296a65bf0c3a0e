"""Background work: nothing is lost, nothing runs twice at a time, what fails is tried again and then buried."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from backpack import jobs
from backpack.database import reading, transaction, utcnow
from backpack.jobs import Job
from backpack.settings import Settings

ROOT = Path(__file__).resolve().parent.parent


def ask(kind: str = "note", key: str = "1", **options: Any) -> bool:
    with transaction() as session:
        return jobs.ask(session, kind, key, utcnow(), **options)


def rows() -> list[Job]:
    with reading() as session:
        return list(session.scalars(sa.select(Job).order_by(Job.id)))


def test_a_job_runs_once_with_what_it_was_given(app: Flask) -> None:
    seen: list[dict[str, Any]] = []
    ask(word="été")
    assert jobs.run_pending({"note": seen.append}) == 1
    assert jobs.run_pending({"note": seen.append}) == 0
    assert seen == [{"word": "été"}]
    (job,) = rows()
    assert job.finished_at is not None
    assert job.payload == {}


def test_a_job_goes_with_its_transaction(app: Flask) -> None:
    def half() -> None:
        with transaction() as session:
            jobs.ask(session, "note", "1", utcnow())
            raise KeyError("something else went wrong")

    with pytest.raises(KeyError):
        half()
    assert rows() == []


def test_the_same_is_waiting_only_once(app: Flask) -> None:
    assert [ask(), ask(), ask(key="2")] == [True, False, True]
    assert len(rows()) == 2


def test_what_is_asked_while_it_is_at_work_runs_again(app: Flask) -> None:
    seen: list[int] = []

    def work(_payload: dict[str, Any]) -> None:
        seen.append(1)
        if len(seen) == 1:
            assert ask() is False  # the data changed under our hands

    ask()
    jobs.run_pending({"note": work})
    assert len(seen) == 2


def test_the_urgent_goes_first_and_the_later_waits(app: Flask) -> None:
    seen: list[str] = []
    ask(key="sweep", priority=-10, name="sweep")
    ask(key="reader", priority=10, name="reader")
    ask(key="later", run_at=utcnow() + timedelta(hours=1), name="later")
    jobs.run_pending({"note": lambda payload: seen.append(payload["name"])})
    assert seen == ["reader", "sweep"]


def test_five_failures_make_a_dead_letter(app: Flask) -> None:
    def fail(_payload: dict[str, Any]) -> None:
        raise RuntimeError("no luck")

    ask(word="kept for the operator")
    pauses: list[float] = []
    with time_machine.travel(datetime(2026, 11, 23, 12, tzinfo=utcnow().tzinfo), tick=False) as clock:
        with transaction() as session:
            session.execute(sa.update(Job).values(run_at=utcnow()))
        for _ in range(5):
            assert jobs.run_pending({"note": fail}) == 1
            (job,) = rows()
            if job.finished_at is None:
                pauses.append((job.run_at - utcnow()).total_seconds())
                clock.move_to(job.run_at)
    assert pauses == [5, 30, 120, 600]
    assert job.died_at is not None
    assert job.last_error == "RuntimeError('no luck')"
    assert job.payload == {"word": "kept for the operator"}


def test_a_worker_that_died_gives_its_job_back_when_the_lease_ends(app: Flask) -> None:
    ask()
    assert jobs.claim(utcnow()) is not None
    assert jobs.claim(utcnow()) is None
    assert jobs.claim(utcnow() + jobs.LEASE) is not None


def test_a_job_that_kills_its_worker_is_buried_and_the_queue_goes_on(app: Flask) -> None:
    ask(key="poison")
    now = utcnow()
    for try_ in range(jobs.MOST_TRIES):
        assert jobs.claim(now + try_ * jobs.LEASE) is not None
    ask(key="good")
    seen: list[int] = []
    with time_machine.travel(now + 6 * jobs.LEASE):
        jobs.run_pending({"note": lambda _payload: seen.append(1)})
        jobs.run_pending({"note": lambda _payload: seen.append(1)})
    assert seen == [1]
    assert [job.died_at is not None for job in rows()] == [True, False]


def test_finished_jobs_are_forgotten_and_dead_letters_are_not(app: Flask) -> None:
    ask(key="done")
    jobs.run_pending({"note": lambda _payload: None})
    ask(key="dead")
    with transaction() as session:
        session.execute(sa.update(Job).where(Job.key == "dead").values(finished_at=utcnow(), died_at=utcnow()))
    jobs.forget_finished(utcnow() + timedelta(days=2))
    assert [job.key for job in rows()] == ["dead"]


WORKER = """
import sys, time
from backpack import create_app, jobs
app = create_app()
def slow(payload):
    print("started", flush=True)
    time.sleep(60)
with app.app_context():
    jobs.run_pending({"note": slow})
"""


def test_a_worker_killed_at_work_loses_nothing(app: Flask, settings: Settings) -> None:
    ask(word="still here")
    environment = {
        **os.environ,
        "SECRET_KEY": settings.secret_key,
        "DATA_DIR": settings.data_dir,
        "DATABASE_URL": settings.database_url,
    }
    worker = subprocess.Popen([sys.executable, "-c", WORKER], env=environment, cwd=ROOT, stdout=subprocess.PIPE)
    assert worker.stdout is not None
    assert worker.stdout.readline() == b"started\n"
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    worker.stdout.close()
    assert jobs.claim(utcnow()) is None
    seen: list[dict[str, Any]] = []
    with time_machine.travel(time.time() + 61):
        jobs.run_pending({"note": seen.append})
    assert seen == [{"word": "still here"}]
    assert [job.finished_at is not None for job in rows()] == [True]


def test_nobody_waits_behind_issuers_that_hang(app: Flask) -> None:
    hanging, done, stopping = threading.Event(), threading.Event(), threading.Event()
    for number in range(20):
        ask("refresh", str(number), priority=10)

    def work() -> None:
        with app.app_context():
            handlers: dict[str, Any] = {
                "refresh": lambda _payload: hanging.wait(20),
                "import": lambda _payload: done.set(),
            }
            jobs.work(handlers, stopping, patient=["refresh"])

    worker = threading.Thread(target=work)
    worker.start()
    try:
        time.sleep(1)
        at_work = [job for job in rows() if job.leased_until is not None]
        assert len(at_work) == jobs.HANDS - jobs.HANDS_KEPT
        ask("import", "1", priority=1)
        assert done.wait(3)
    finally:
        stopping.set()
        hanging.set()
        worker.join(20)
    assert not worker.is_alive()
    assert all(job.leased_until is None for job in rows())


def test_a_handler_may_say_later_without_a_failure(app: Flask) -> None:
    def later(_payload: dict[str, Any]) -> None:
        raise jobs.Later(60)

    ask()
    before = utcnow()
    jobs.run_pending({"note": later})
    (job,) = rows()
    assert (job.attempts, job.finished_at, job.leased_until, job.last_error) == (0, None, None, None)
    assert job.run_at >= before + timedelta(seconds=60)


def test_whoever_lost_the_lease_no_longer_ends_the_job(app: Flask) -> None:
    def slow(_payload: dict[str, Any]) -> None:
        with transaction() as session:  # as if this worker had slept for longer than its lease
            session.execute(sa.update(Job).values(leased_until=utcnow()))
        assert jobs.claim(utcnow()) is not None

    ask()
    assert jobs.run_one({"note": slow})
    (job,) = rows()
    assert job.finished_at is None
    assert job.attempts == 2
    assert job.leased_until is not None
