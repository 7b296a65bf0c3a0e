"""Refreshing what is stale: one job per document however many readers, spared hosts, and a sweep through the day."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from backpack import jobs
from backpack.archive.fetching import fetch_and_keep
from backpack.archive.forgetting import forget_old, forget_unused
from backpack.archive.freshness import RESTS_AFTER
from backpack.archive.keeping import url_digest
from backpack.archive.models import Host, StoredDocument
from backpack.database import reading, transaction, utcnow
from backpack.jobs import Job
from backpack.openbadges.report import Wanted
from backpack.wiring import Handler, Wiring

REFRESH = "document.refresh"
SWEEP = "archive.sweep"
A_DAY = timedelta(days=1)
LEFT_ALONE = timedelta(hours=20)
"""Before an assertion's day is over, so that a badge nobody looked at is confirmed when somebody does."""
SWEEPS_A_DAY = 96
MOST_A_SWEEP = 500
MOST_PER_HOST = 2
"""Refreshes of one host at a time, over all workers; one only of a host that is tried again after its rest."""
MOST_A_MINUTE = 60
"""Answers of one host within a minute: no number of pages makes us ask it more often."""
A_MOMENT = timedelta(seconds=30)
ASK_AGAIN = 2.0
"""Seconds a refresh waits for its turn at a host that answers others."""
ASK_LATER = 20.0
"""Seconds it waits for a host that was asked too often within a minute."""


def due(session: Session, wanted: Collection[Wanted], now: datetime) -> list[Wanted]:
    """Those of them that may be asked now: not tried a moment ago, and their host is not resting."""
    if len(wanted) == 0:
        return []
    digests = {url_digest(one.url): one for one in wanted}
    history = (
        select(StoredDocument.url_digest, StoredDocument.fresh_until)
        .where(StoredDocument.url_digest.in_(digests))
        .order_by(StoredDocument.fetched_at, StoredDocument.id)
    )
    # The newest row alone decides: what was said before may have been promised for longer.
    newest = dict(session.execute(history).all())
    waiting = {digest for digest, until in newest.items() if until > now}
    hosts = {host_of(one.url) for one in wanted}
    resting = set(session.scalars(select(Host.name).where(Host.name.in_(hosts), Host.rest_until > now)))
    return [one for digest, one in digests.items() if digest not in waiting and host_of(one.url) not in resting]


def wish_refresh(session: Session, wanted: Collection[Wanted], now: datetime, *, priority: int = 10) -> int:
    """Queue what is due, once per document whoever asks; how many are new. In the caller's transaction."""
    asked = 0
    for one in due(session, wanted, now):
        key = url_digest(one.url).hex()
        asked += jobs.ask(
            session,
            REFRESH,
            key,
            now,
            priority=priority,
            url=one.url,
            host=host_of(one.url),
            accept=one.accept,
            document=one.kind,
        )
    return asked


def being_asked(session: Session, wanted: Collection[Wanted]) -> set[str]:
    """Those of the addresses that a job is asking, or is about to ask."""
    keys = {url_digest(one.url).hex(): one.url for one in wanted}
    query = select(Job.key).where(Job.kind == REFRESH, Job.key.in_(keys), Job.finished_at.is_(None))
    return {keys[key] for key in session.scalars(query)} if keys else set()


def to_come(session: Session, wanted: Collection[Wanted], now: datetime) -> set[str]:
    """The addresses whose answer is on its way once what is due has been queued."""
    return being_asked(session, wanted) | {one.url for one in due(session, wanted, now)}


def worth_asking(session: Session, wanted: Collection[Wanted], now: datetime) -> list[Wanted]:
    """Those of them that somebody who waits should wait for: not what failed a moment ago, nor what lives on a host
    that failed five times in a row and a moment ago again."""
    failed = select(StoredDocument.url_digest, StoredDocument.host).where(
        StoredDocument.why.is_not(None), StoredDocument.fetched_at > now - A_MOMENT
    )
    just_now = session.execute(failed.where(StoredDocument.host.in_([host_of(one.url) for one in wanted]))).all()
    if not just_now:
        return list(wanted)
    documents = {digest for digest, _host in just_now}
    hosts = {host for _digest, host in just_now}
    silent = set(session.scalars(select(Host.name).where(Host.name.in_(hosts), Host.rest_until > now)))
    return [one for one in wanted if url_digest(one.url) not in documents and host_of(one.url) not in silent]


def host_of(url: str) -> str:
    return urlsplit(url).hostname or ""


def _wait(session: Session, url: str, now: datetime) -> float:
    """For how many seconds this refresh steps back: none if it is one of the first that are at work for its host, and
    the host was not asked too often lately."""
    at_work = select(Job.key).where(
        Job.kind == REFRESH,
        Job.finished_at.is_(None),
        Job.leased_until > now,
        Job.payload["host"].as_string() == host_of(url),
    )
    failures = session.scalar(select(Host.failures).where(Host.name == host_of(url))) or 0
    most = 1 if failures >= RESTS_AFTER else MOST_PER_HOST
    first = session.scalars(at_work.order_by(Job.id).limit(most)).all()
    if len(first) >= most and url_digest(url).hex() not in first:
        return ASK_AGAIN
    lately = select(func.count()).select_from(StoredDocument)
    asked = lately.where(StoredDocument.host == host_of(url), StoredDocument.fetched_at > now - timedelta(minutes=1))
    return ASK_LATER if int(session.scalar(asked) or 0) >= MOST_A_MINUTE else 0.0


def refreshing(wiring: Wiring) -> Handler:
    """The handler of `document.refresh`. A host has two at work at a time; the others come back in a moment."""

    def refresh(payload: dict[str, Any]) -> None:
        wanted = Wanted(url=payload["url"], accept=payload["accept"], kind=payload["document"])
        with reading() as session:
            now = utcnow()
            still_due = due(session, [wanted], now)
            wait = _wait(session, wanted.url, now)
        if not still_due:
            return
        if wait:
            raise jobs.Later(wait)
        fetch_and_keep(wanted, wiring)

    return refresh


def wish_sweep(session: Session, now: datetime) -> None:
    """Queue the next sweep, once whoever asks: the day has 96 places for one."""
    pause = A_DAY / SWEEPS_A_DAY
    place = int(now.timestamp() // pause.total_seconds()) + 1
    run_at = datetime.fromtimestamp(place * pause.total_seconds(), UTC)
    jobs.ask(session, SWEEP, str(place), now, run_at=run_at, priority=-10)


def sweep(in_use: Select[Any], _payload: dict[str, Any]) -> None:
    """Queue a slice of the documents that nobody looked at for most of a day: 96 times a day, so that no issuer is
    flooded. Only those `in_use` (digests of addresses); what was not asked for a month goes."""
    now = utcnow()
    with transaction() as session:
        newest = (
            select(
                StoredDocument.url,
                StoredDocument.accept,
                StoredDocument.kind,
                func.max(StoredDocument.fresh_until).label("fresh"),
            )
            .where(StoredDocument.kind != "image", StoredDocument.url_digest.in_(in_use))
            .group_by(StoredDocument.url, StoredDocument.accept, StoredDocument.kind)
            .having(func.max(StoredDocument.fetched_at) < now - LEFT_ALONE)
            .order_by("fresh")
            .limit(MOST_A_SWEEP)
        )
        stale = [Wanted(url=url, accept=accept, kind=kind) for url, accept, kind, _ in session.execute(newest)]
        wish_refresh(session, stale, now, priority=-10)
        forget_old(session, now)
        forget_unused(session, in_use, now)
        wish_sweep(session, now)
