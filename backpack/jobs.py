"""Background work: a row in the same transaction as the data that asks for it, run by one worker process or many.

A job is leased, not taken: a worker that is killed gives it back when the lease runs out, so every handler must do no
harm when it runs twice. What fails is tried again with growing pauses; after the fifth time it is a dead letter.
Redis, where there is one, only wakes workers; they look at the table anyway.
"""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import structlog
from flask import Flask, current_app
from sqlalchemy import Index, delete, event, or_, select, text, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, Session, mapped_column

from backpack.bell import IDLE, Bell, NoBell
from backpack.database import Row, insert_all_new, reading, transaction, utcnow

UNFINISHED = text("finished_at IS NULL")
HOUR: Final = timedelta(hours=1)
LEASE: Final = timedelta(seconds=60)
RENEWAL: Final = 20.0
"""Seconds between two renewals of the lease of a job that is at work."""
MOST_TRIES: Final = 5
PAUSES: Final = (5, 30, 120, 600)
"""Seconds before the second, third, fourth and fifth try."""
HANDS: Final = 8
"""Jobs at work at a time in one worker: they mostly wait for somebody else's server."""
HANDS_KEPT: Final = 2
"""Of these, what patient work never takes, so that a badge somebody waits for is not behind eight dead issuers."""
KEPT: Final = timedelta(days=1)
"""How long a finished job can still be seen."""
BREATH: Final = timedelta(seconds=2)
"""Between two runs of a job that was asked for while it was at work: one that asks for itself is no endless loop."""
TURNS: Final = 100
"""How often a wish looks again for a job that ends under its eyes; once is what happens."""

log = structlog.get_logger("jobs")
Handler = Callable[[dict[str, Any]], None]


class Later(Exception):
    """Raised by a handler: not now, and no failure either. It is tried again after so many seconds."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"in {seconds} s")
        self.seconds = seconds


class Elsewhere(Exception):
    """Raised by a handler: this takes longer than it may here. Another kind of job does the same with more patience."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


class Failure(Exception):
    """Raised by a handler that failed: words that hold nothing of anybody's, so that they may be kept and logged."""


def _said(error: Exception) -> str:
    """What is kept of a failure: what kind it was and where, never its words, which may hold somebody's address."""
    if isinstance(error, Failure):
        return str(error)
    frames = traceback.extract_tb(error.__traceback__)
    where = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{where}"


class Job(Row):
    """Something to do, once per kind and key at a time."""

    __tablename__ = "job"
    __table_args__ = (
        Index("uq_job_unfinished", "kind", "key", unique=True, postgresql_where=UNFINISHED, sqlite_where=UNFINISHED),
        Index("ix_job_due", "run_at", postgresql_where=UNFINISHED, sqlite_where=UNFINISHED),
    )
    kind: Mapped[str]
    key: Mapped[str]
    payload: Mapped[dict[str, Any]]
    priority: Mapped[int] = mapped_column(default=0)
    run_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    leased_until: Mapped[datetime | None]
    again: Mapped[bool] = mapped_column(default=False)
    """It was asked for once more while it was at work: what it saw may be old, so it runs again."""
    last_error: Mapped[str | None]
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    died_at: Mapped[datetime | None]
    """Set with `finished_at` when it failed five times: the dead letter."""


_bell: Bell = NoBell()


def use_bell(bell: Bell) -> None:
    """Ring this one from now on, in this process."""
    global _bell
    _bell = bell


def ask(
    session: Session,
    kind: str,
    key: str,
    now: datetime,
    *,
    run_at: datetime | None = None,
    priority: int = 0,
    **payload: Any,
) -> bool:
    """Put a job into this transaction, unless the same is waiting already. Whether it is new.

    `kind` is a name such as `document.refresh`; `create_app` binds it to its handler. Higher `priority` goes first.
    A job that is there is held until this transaction ends, so that it starts or ends only when what asks for it can
    be seen.
    """
    return bool(ask_all(session, kind, {key: payload}, now, run_at=run_at, priority=priority))


def ask_all(
    session: Session,
    kind: str,
    payloads: Mapping[str, Mapping[str, Any]],
    now: datetime,
    *,
    run_at: datetime | None = None,
    priority: int = 0,
) -> list[str]:
    """The same for several jobs of a kind by their keys, together. The keys of those that are new.

    Their rows are held in the order given: whoever may meet another that asks for the same gives them in one order.
    """
    like = {
        "kind": kind,
        "priority": priority,
        "run_at": run_at or now,
        "created_at": now,
        "attempts": 0,
        "again": False,
    }
    asked, new = list(payloads), list[str]()
    for _turn in range(TURNS):
        rows = [{**like, "key": key, "payload": payloads[key]} for key in asked]
        added = insert_all_new(session, Job, rows, ["kind", "key"], where=UNFINISHED) if rows else []
        new += added
        asked = [key for key in asked if key not in added and not _is_held_for(session, kind, key)]
        if not asked:
            if new:
                event.listen(session, "after_commit", lambda _session: _bell.ring(), once=True)
            return new
    raise RuntimeError(f"{kind} {asked} neither waits nor can be queued")


def ask_hourly(session: Session, kind: str, now: datetime, minute: int = 0) -> None:
    """Queue the next turn of what comes round every hour at this minute, once whoever asks, after all other work."""
    at = (now + HOUR).replace(minute=minute, second=0, microsecond=0)
    ask(session, kind, at.isoformat(), now, run_at=at, priority=-10)


def _is_held_for(session: Session, kind: str, key: str) -> bool:
    """Whether this job is there still; one that somebody took in hand runs once more, as it may have looked already."""
    there = select(Job.id, Job.leased_until).where(Job.kind == kind, Job.key == key, Job.finished_at.is_(None))
    found = session.execute(there.with_for_update()).first()
    if found is not None and found.leased_until is not None:
        wished = update(Job).where(Job.id == found.id).values(again=True)
        session.execute(wished.execution_options(synchronize_session=False))
    return found is not None


@dataclass(frozen=True, slots=True)
class Lease:
    """A job in our hands until its time is over."""

    id: int
    kind: str
    payload: dict[str, Any]
    attempts: int


def _is_due(now: datetime, but_not: Collection[str] = ()) -> Any:
    free = or_(Job.leased_until.is_(None), Job.leased_until <= now)
    due = Job.finished_at.is_(None) & (Job.run_at <= now) & free
    return due & Job.kind.not_in(but_not) if but_not else due


def claim(now: datetime, but_not: Collection[str] = ()) -> Lease | None:
    """The most urgent job that is due and not of these kinds, leased to the caller; None when there is none."""
    due = _is_due(now, but_not)
    urgent = select(Job).where(due).order_by(Job.priority.desc(), Job.run_at, Job.id).limit(1)
    while _is_any(due):
        with transaction() as session:
            job = session.scalar(urgent.with_for_update(skip_locked=True))
            if job is None:
                return None
            if job.attempts < MOST_TRIES:
                job.attempts += 1
                job.leased_until, job.again = now + LEASE, False
                return Lease(job.id, job.kind, dict(job.payload), job.attempts)
            # The worker died each time, so nobody was left to count.
            _bury(session, job, "the worker was killed at each try", now)
    return None


def _is_any(due: Any) -> bool:
    """Looking costs no lock; most looks find nothing."""
    with reading() as session:
        return session.scalar(select(Job.id).where(due).limit(1)) is not None


def run_one(handlers: Mapping[str, Handler]) -> bool:
    """Do the most urgent job that is due, if any; whether there was one. A failure is counted, never raised."""
    lease = claim(utcnow())
    if lease is None:
        return False
    _do(handlers, lease)
    return True


def _do(handlers: Mapping[str, Handler], lease: Lease) -> None:
    try:
        with _renewed(lease):
            handlers[lease.kind](lease.payload)
    except Later as later:
        _postponed(lease, utcnow() + timedelta(seconds=later.seconds))
    except Elsewhere as other:
        _moved(lease, other.kind, utcnow())
    except Exception as error:  # whatever a handler raises concerns its own job, not the queue
        log.warning("job failed", kind=lease.kind, job=lease.id, attempt=lease.attempts, error=_said(error))
        _failed(lease, _said(error), utcnow())
    else:
        _finished(lease, utcnow())


def run_pending(handlers: Mapping[str, Handler], most: int = 1000) -> int:
    """Do what is due now, in this process, one after the other; how many there were. For tests and commands."""
    done = 0
    while done < most and run_one(handlers):
        done += 1
    return done


def nothing_more(_now: datetime) -> None:
    """What is done every hour where nobody asked for anything."""


def work(
    handlers: Mapping[str, Handler],
    stopping: threading.Event,
    *,
    hands: int = HANDS,
    patient: Collection[str] = (),
    hourly: Callable[[datetime], None] = nothing_more,
) -> None:
    """Do jobs, several at a time, until told to stop; those at work are finished first.

    The kinds in `patient` leave two hands to what somebody may be waiting for. `hourly` is done beside the tidying of
    every hour. A database that is away for a while is waited for.
    """
    tidied = utcnow()
    with ThreadPoolExecutor(hands, thread_name_prefix="job") as crew:
        busy: set[Future[None]] = set()
        while not stopping.is_set():
            busy = {one for one in busy if not one.done()}
            if utcnow() - tidied > HOUR:
                tidied = utcnow()
                crew.submit(_tidy, _app(), hourly, tidied)
            lease = _next(hands - len(busy), patient)
            if lease is not None:
                busy.add(crew.submit(_in_context, _app(), handlers, lease))
                continue
            if busy:
                wait_for(busy, timeout=IDLE, return_when=FIRST_COMPLETED)
            else:
                _bell.wait()


def _next(free: int, patient: Collection[str]) -> Lease | None:
    if free <= 0:
        return None
    try:
        return claim(utcnow(), patient if free <= HANDS_KEPT else ())
    except SQLAlchemyError as error:
        log.warning("the jobs cannot be read", error=repr(error))
        return None


def _app() -> Flask:
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined] # threads have no context of their own
    return app


def _in_context(app: Flask, handlers: Mapping[str, Handler], lease: Lease) -> None:
    with app.app_context():
        try:
            _do(handlers, lease)
        except SQLAlchemyError as error:  # how it ended could not be written: the lease runs out, it runs again
            log.warning("job without an end", kind=lease.kind, job=lease.id, error=repr(error))


def _tidy(app: Flask, hourly: Callable[[datetime], None], now: datetime) -> None:
    with app.app_context():
        try:
            forget_finished(now)
            hourly(now)
        except SQLAlchemyError as error:  # in an hour it is tried again
            log.warning("not tidied", error=repr(error))


def forget_finished(now: datetime) -> None:
    """Delete what was finished a day ago; dead letters stay for the operator."""
    with transaction() as session:
        session.execute(delete(Job).where(Job.finished_at < now - KEPT, Job.died_at.is_(None)))


def _held(session: Session, lease: Lease) -> Job | None:
    """The job, if it is still ours: a lease that ran out may have made it somebody else's."""
    job = session.get(Job, lease.id, with_for_update=True)
    return job if job is not None and job.finished_at is None and job.attempts == lease.attempts else None


def _finished(lease: Lease, now: datetime) -> None:
    with transaction() as session:
        job = _held(session, lease)
        if job is None:
            return
        job.leased_until, job.last_error = None, None
        if job.again:
            job.again, job.attempts, job.run_at = False, 0, now + BREATH
        else:
            job.finished_at = now
            job.payload = {}  # a letter's text, an address: done with, so not kept


def _postponed(lease: Lease, until: datetime) -> None:
    with transaction() as session:
        job = _held(session, lease)
        if job is not None:
            job.leased_until, job.run_at, job.attempts = None, until, job.attempts - 1


def _moved(lease: Lease, kind: str, now: datetime) -> None:
    with transaction() as session:
        job = _held(session, lease)
        if job is not None:
            job.leased_until, job.again, job.finished_at = None, False, now
            ask(session, kind, job.key, now, priority=job.priority, **job.payload)
            job.payload = {}


def _failed(lease: Lease, error: str, now: datetime) -> None:
    with transaction() as session:
        job = _held(session, lease)
        if job is None:
            return
        if job.attempts >= MOST_TRIES:
            _bury(session, job, error, now)
            return
        job.leased_until, job.last_error = None, error[:500]
        job.run_at = now + timedelta(seconds=PAUSES[min(job.attempts, len(PAUSES)) - 1])


def _bury(session: Session, job: Job, error: str, now: datetime) -> None:
    """Lay a job aside for the operator. Who asked for it while it was at work for the last time gets a fresh one."""
    wished, job.again = job.again, False
    job.finished_at = job.died_at = now
    job.leased_until, job.last_error = None, error[:500]
    if wished:
        session.flush()
        ask(session, job.kind, job.key, now, priority=job.priority, **job.payload)
    job.payload = {}  # it never runs again: nobody needs the letter, its address and its link any more
    log.error("job died", kind=job.kind, job=job.id, error=error)


@contextmanager
def _renewed(lease: Lease) -> Iterator[None]:
    """Keeps a lease alive while its job is at work, from a thread that ends with it."""
    done, app = threading.Event(), _app()

    def renew() -> None:
        while not done.wait(RENEWAL):
            with app.app_context():
                _renew(lease)

    thread = threading.Thread(target=renew, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _renew(lease: Lease) -> None:
    ours = (Job.id == lease.id, Job.attempts == lease.attempts, Job.finished_at.is_(None))
    try:
        with transaction() as session:
            session.execute(update(Job).where(*ours).values(leased_until=utcnow() + LEASE))
    except SQLAlchemyError as error:  # the next renewal comes well before the lease ends
        log.warning("lease not renewed", job=lease.id, error=repr(error))
