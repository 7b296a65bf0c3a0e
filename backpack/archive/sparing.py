"""How hosts are spared: so many questions a minute, and none while one is silent. Every host that an answer came
through counts, not only the one that was asked first: a redirect must not lead a crowd to somebody else's door."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from backpack import jobs
from backpack.archive.freshness import RESTS_AFTER, rest_of_host
from backpack.archive.models import Host
from backpack.database import insert_new, reading, transaction, utcnow
from backpack.outbound import Answer, Failure
from backpack.wiring import Wiring

MOST_A_MINUTE: Final = 60
"""Answers of one host within a minute: no number of pages makes us ask it more often."""
MINUTE: Final = timedelta(minutes=1)
ASK_LATER: Final = 20.0
"""Seconds a question waits for a host that was asked too often within a minute."""
TOO_MANY_REQUESTS: Final = 429


def host_of(address: str | None) -> str:
    """The host of an address, in lower case; nothing for what is no address."""
    try:
        return urlsplit(address or "").hostname or ""
    except ValueError:
        return ""


def end_of(answer: Answer | Failure) -> str:
    """The host that answered in the end, or failed to."""
    return host_of(answer.chain[-1] if answer.chain else answer.url)


def is_failing(answer: Answer | Failure) -> bool:
    """Whether the host is silent or broken. One that answers "not found", or too much, is at work."""
    if isinstance(answer, Failure):
        return answer.why != "too-large"
    return answer.status >= 500 or answer.status == TOO_MANY_REQUESTS


def note(session: Session, answer: Answer | Failure, now: datetime) -> int:
    """Count a question for every host it came to, and a failure for the last of them; how many that one has in a row.

    After the fifth it is left alone for a while. Whoever answered, were it with a redirect, has none.
    """
    names = ({host_of(url) for url in answer.chain} | {end_of(answer)}) - {""}
    failed = end_of(answer) if is_failing(answer) else None
    failures = 0
    for name in sorted(names):  # in one order, so that two answers do not wait for each other
        host = _held(session, name)
        if host.minute is None or host.minute <= now - MINUTE:
            host.minute, host.asked = now, 0
        host.asked += 1
        if name == failed:
            host.failures += 1
            host.failing_since = host.failing_since or now
            host.rest_until = rest_of_host(host.failures, now) if host.failures >= RESTS_AFTER else None
            failures = host.failures
        else:
            host.failures, host.failing_since, host.rest_until = 0, None, None
    return failures


def resting(session: Session, names: Collection[str], now: datetime) -> set[str]:
    """Those of the hosts that are left alone now."""
    return set(session.scalars(select(Host.name).where(Host.name.in_(names), Host.rest_until > now)))


def are_asked_often(session: Session, names: Collection[str], now: datetime) -> bool:
    """Whether one of the hosts was asked as often as may be within this minute."""
    often = select(Host.id).where(Host.name.in_(names), Host.minute > now - MINUTE, Host.asked >= MOST_A_MINUTE)
    return session.scalar(often.limit(1)) is not None


def ask_sparingly(wiring: Wiring, url: str, accept: str, kind: str) -> Answer | Failure:
    """Ask for something that the archive does not keep, by the same rules. Raises jobs.Later for a host that is left
    alone now."""
    now, name = utcnow(), host_of(url)
    with reading() as session:
        rests = session.scalar(select(Host.rest_until).where(Host.name == name, Host.rest_until > now))
        often = are_asked_often(session, [name], now)
    if rests is not None:
        raise jobs.Later((rests - now).total_seconds())
    if often:
        raise jobs.Later(ASK_LATER)
    answer = wiring.outbound.fetch(url, accept, kind)
    with transaction() as session:
        note(session, answer, utcnow())
    return answer


def _held(session: Session, name: str) -> Host:
    insert_new(session, Host, {"name": name, "failures": 0, "asked": 0}, ["name"])
    return session.scalars(select(Host).where(Host.name == name).with_for_update()).one()
