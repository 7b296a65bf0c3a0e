"""Refreshing what is stale: one job per document however many readers, spared hosts, and a sweep through the day."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from backpack import jobs
from backpack.archive.fetching import fetch_and_keep
from backpack.archive.forgetting import forget_hosts, forget_old, forget_unused
from backpack.archive.freshness import RESTS_AFTER
from backpack.archive.keeping import url_digest
from backpack.archive.models import Host, StoredDocument
from backpack.archive.sparing import ASK_LATER, are_asked_often, host_of, resting
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
RECHECK = -5
"""After everything that somebody waits for, and before what nobody looks at."""
A_MOMENT = timedelta(seconds=30)
ASK_AGAIN = 2.0
"""Seconds a refresh waits for its turn at a host that answers others."""


def due(session: Session, wanted: Collection[Wanted], now: datetime) -> list[Wanted]:
    """Those of them that may be asked now: not tried a moment ago, and their host is not resting."""
    if len(wanted) == 0:
        return []
    digests = {url_digest(one.url): one for one in wanted}
    newest = _newest(session, digests)
    hosts = {digest: _hosts(one.url, newest) for digest, one in digests.items()}
    left_alone = resting(session, set().union(*hosts.values()), now)
    return [
        one
        for digest, one in digests.items()
        if not (digest in newest and newest[digest].fresh_until > now) and not hosts[digest] & left_alone
    ]


def _newest(session: Session, digests: Collection[bytes]) -> dict[bytes, Any]:
    """Until when these addresses (digests) need not be asked, and the host they led to. The newest row alone decides:
    what was said before may have been promised for longer."""
    history = (
        select(StoredDocument.url_digest, StoredDocument.fresh_until, StoredDocument.host)
        .where(StoredDocument.url_digest.in_(digests))
        .order_by(StoredDocument.fetched_at, StoredDocument.id)
    )
    return {row.url_digest: row for row in session.execute(history)}


def _hosts(url: str, newest: Mapping[bytes, Any]) -> set[str]:
    """The host of an address, and the one it led to the last time."""
    known = newest.get(url_digest(url))
    return {host_of(url)} | ({known.host} if known else set())


def wish_refresh(session: Session, wanted: Collection[Wanted], now: datetime, *, priority: int = RECHECK) -> int:
    """Queue what is due, once per document whoever asks; how many are new. In the caller's transaction."""
    stale = due(session, wanted, now)
    newest = _newest(session, [url_digest(one.url) for one in stale]) if stale else {}
    asked = {
        url_digest(one.url).hex(): {
            "url": one.url,
            "hosts": sorted(_hosts(one.url, newest)),
            "accept": one.accept,
            "document": one.kind,
        }
        for one in sorted(stale, key=lambda one: one.url)  # in one order: rows of jobs are held
    }
    return len(jobs.ask_all(session, REFRESH, asked, now, priority=priority))


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
    newest = _newest(session, [url_digest(one.url) for one in wanted])
    hosts = {one.url: _hosts(one.url, newest) for one in wanted}
    just_now = session.execute(failed.where(StoredDocument.host.in_(set().union(*hosts.values())))).all()
    if not just_now:
        return list(wanted)
    documents = {digest for digest, _host in just_now}
    silent = resting(session, {host for _digest, host in just_now}, now)
    return [one for one in wanted if url_digest(one.url) not in documents and not hosts[one.url] & silent]


def _wait(session: Session, url: str, now: datetime) -> float:
    """For how many seconds this refresh steps back: none if it is one of the first that are at work for its host, and
    the host was not asked too often lately."""
    hosts = _hosts(url, _newest(session, [url_digest(url)]))
    at_work = select(Job.key, Job.payload).where(Job.kind == REFRESH, Job.finished_at.is_(None), Job.leased_until > now)
    busy = session.execute(at_work.order_by(Job.id)).all()  # as many as all workers have hands
    failures = dict(session.execute(select(Host.name, Host.failures).where(Host.name.in_(hosts))).all())
    for host in hosts:
        most = 1 if failures.get(host, 0) >= RESTS_AFTER else MOST_PER_HOST
        first = [one.key for one in busy if host in one.payload.get("hosts", ())][:most]
        if len(first) >= most and url_digest(url).hex() not in first:
            return ASK_AGAIN
    return ASK_LATER if are_asked_often(session, hosts, now) else 0.0


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
        forget_hosts(session, now)
        wish_sweep(session, now)
