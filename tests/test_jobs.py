"""Background work: nothing is lost, nothing runs twice at a time, what fails is tried again and then buried."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from backpack import jobs
from backpack.cli.running import wish_rounds
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


def test_several_are_asked_for_together_and_each_waits_once(app: Flask) -> None:
    seen: list[dict[str, Any]] = []
    ask(key="2", number=2)
    with transaction() as session:
        asked = {key: {"number": int(key)} for key in ("3", "2", "1")}
        assert sorted(jobs.ask_all(session, "note", asked, utcnow())) == ["1", "3"]
        assert jobs.ask_all(session, "note", {}, utcnow()) == []
    jobs.run_pending({"note": seen.append})
    assert sorted(one["number"] for one in seen) == [1, 2, 3]


def test_what_is_asked_while_it_is_at_work_runs_again_after_a_breath(app: Flask) -> None:
    seen: list[int] = []

    def work(_payload: dict[str, Any]) -> None:
        seen.append(1)
        assert ask() is False  # the data changed under our hands, or it asks for itself without end

    ask()
    assert jobs.run_pending({"note": work}) == 1
    with time_machine.travel(utcnow() + jobs.BREATH):
        assert jobs.run_pending({"note": work}) == 1
    assert len(seen) == 2
    assert [(job.attempts, job.finished_at) for job in rows()] == [(0, None)]


def test_what_is_asked_during_the_last_try_is_not_buried_with_it(app: Flask) -> None:
    def fail(_payload: dict[str, Any]) -> None:
        ask(word="again")
        raise RuntimeError("no luck")

    ask(word="first", priority=3)
    with transaction() as session:
        session.execute(sa.update(Job).values(attempts=jobs.MOST_TRIES - 1))
    assert jobs.run_one({"note": fail})
    dead, fresh = rows()
    assert (dead.died_at is not None, dead.again) == (True, False)
    assert (fresh.finished_at, fresh.attempts, fresh.priority) == (None, 0, 3)
    assert fresh.payload == {"word": "first"}


def test_what_is_asked_after_the_last_worker_was_killed_is_not_buried_either(app: Flask) -> None:
    ask()
    with transaction() as session:
        session.execute(sa.update(Job).values(attempts=jobs.MOST_TRIES - 1))
    assert jobs.claim(utcnow()) is not None  # and that worker is never heard of again
    with time_machine.travel(utcnow() + 2 * jobs.LEASE):
        assert ask() is False
        seen: list[int] = []
        jobs.run_pending({"note": lambda _payload: seen.append(1)})
    assert seen == [1]
    assert [job.died_at is not None for job in rows()] == [True, False]


def test_a_job_ends_only_when_what_asks_for_it_can_be_seen(app: Flask) -> None:
    asked, seen, errors = threading.Event(), threading.Event(), []

    def change() -> None:
        with app.app_context(), transaction() as session:
            jobs.ask(session, "note", "1", utcnow())
            asked.set()
            if seen.wait(0.3):
                errors.append("it ended before this was kept")

    def work(_payload: dict[str, Any]) -> None:
        other.start()
        assert asked.wait(10)

    other = threading.Thread(target=change)
    ask()
    jobs.run_one({"note": work})
    seen.set()
    other.join(10)
    assert errors == []
    assert [job.finished_at for job in rows()] == [None]


def test_a_wish_for_a_job_that_ends_this_moment_is_queued_anew(app: Flask) -> None:
    new: list[bool] = []

    def wish() -> None:
        with app.app_context():
            new.append(ask())

    ask()
    other = threading.Thread(target=wish)
    with transaction() as session:
        session.execute(sa.update(Job).values(finished_at=utcnow()))
        other.start()
        other.join(0.3)
        assert new == []
    other.join(10)
    assert new == [True]
    assert [job.finished_at is None for job in rows()] == [False, True]


def test_every_hour_the_queue_is_tidied_also_while_it_is_never_empty(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopping, tidied = threading.Event(), threading.Event()

    def go_on(_payload: dict[str, Any]) -> None:
        if tidied.wait(10):
            stopping.set()

    monkeypatch.setattr(jobs, "HOUR", timedelta(0))
    for number in range(jobs.HANDS):
        ask(key=str(number))
    jobs.work({"note": go_on}, stopping, hourly=lambda _now: tidied.set())
    assert tidied.is_set()


@time_machine.travel(datetime(2026, 11, 23, 12, 1, tzinfo=UTC), tick=False)
def test_what_comes_round_by_itself_is_wished_again_when_a_turn_died(app: Flask) -> None:
    wish_rounds(utcnow())
    kinds = {job.kind for job in rows()}
    assert {
        "archive.sweep",
        "badge.look",
        "badge.sweep",
        "notices.look",
        "evidence.check-links",
        "evidence.sweep",
    } <= kinds
    with transaction() as session:
        session.execute(sa.update(Job).values(finished_at=utcnow(), died_at=utcnow()))
    wish_rounds(utcnow())
    wish_rounds(utcnow())
    assert {job.kind for job in rows() if job.finished_at is None} == kinds
    assert len(rows()) == 2 * len(kinds)


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

    ask(word="camille@etu.estuaire.example")
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
    assert job.last_error
    assert re.fullmatch(r"RuntimeError at test_jobs.py:\d+", job.last_error), "its words may name somebody"
    assert job.payload == {}, "nobody needs it: it never runs again"


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
        assert jobs.run_pending({"note": lambda _payload: seen.append(1)}) == 1
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
import sys, threading, time
from backpack import create_app, jobs
from backpack.database import transaction, utcnow
app = create_app()
def at(place):
    if place == sys.argv[1]:
        print(place, flush=True)
        time.sleep(60)
def slow(payload):
    at("before")
    with transaction() as session:
        jobs.ask(session, "told", payload["word"], utcnow(), run_at=utcnow().replace(year=2100))
        session.flush()
        at("within")
    at("after")
with app.app_context():
    jobs.work({"note": slow}, threading.Event())
"""


@pytest.mark.parametrize("place", ["before", "within", "after"])
def test_a_worker_killed_at_work_loses_nothing_and_does_nothing_twice(
    app: Flask, settings: Settings, place: str
) -> None:
    """kill -9, before what the job writes, between its writing and its keeping, and after it."""
    ask(word="still here")
    environment = {
        **os.environ,
        "SECRET_KEY": settings.secret_key,
        "DATA_DIR": settings.data_dir,
        "DATABASE_URL": settings.database_url,
    }
    command = [sys.executable, "-c", WORKER, place]
    worker = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert worker.stdout is not None
    assert worker.stdout.readline() == f"{place}\n".encode()
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    worker.stdout.close()
    assert jobs.claim(utcnow()) is None
    with time_machine.travel(time.time() + 61):
        jobs.run_pending({"note": tell})
    assert sorted((job.kind, job.finished_at is not None) for job in rows()) == [("note", True), ("told", False)]


def tell(payload: dict[str, Any]) -> None:
    """What the worker that was killed does, in this process."""
    ask("told", payload["word"], run_at=utcnow() + timedelta(days=9999))


def test_nobody_waits_behind_issuers_that_hang(app: Flask) -> None:
    hanging, done, stopping = threading.Event(), threading.Event(), threading.Event()
    started = threading.Semaphore(0)

    def hang(_payload: dict[str, Any]) -> None:
        started.release()
        hanging.wait(20)

    for number in range(20):
        ask("refresh", str(number), priority=10)

    def work() -> None:
        with app.app_context():
            handlers: dict[str, Any] = {
                "refresh": hang,
                "import": lambda _payload: done.set(),
            }
            jobs.work(handlers, stopping, patient=["refresh"])

    worker = threading.Thread(target=work)
    worker.start()
    try:
        for _hand in range(jobs.HANDS - jobs.HANDS_KEPT):
            assert started.acquire(timeout=10)
        assert not started.acquire(timeout=0.3)  # the other hands are kept free
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


def test_a_handler_may_leave_it_to_another_kind(app: Flask) -> None:
    seen: list[dict[str, Any]] = []

    def slow(_payload: dict[str, Any]) -> None:
        raise jobs.Elsewhere("note-slowly")

    ask(word="été", priority=7)
    assert jobs.run_pending({"note": slow, "note-slowly": seen.append}) == 2
    assert seen == [{"word": "été"}]
    first, second = rows()
    assert (first.kind, first.payload, first.finished_at is None) == ("note", {}, False)
    assert (second.kind, second.key, second.priority) == ("note-slowly", "1", 7)


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
