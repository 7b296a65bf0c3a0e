"""Keeps what addresses answer: bodies once, the same answer once, another one beside it, failures too."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backpack.archive.freshness import lifetime, next_try
from backpack.archive.models import Body, StoredDocument
from backpack.archive.sparing import end_of, host_of, note
from backpack.database import insert_new
from backpack.openbadges.report import Wanted
from backpack.outbound import Answer, Failure
from backpack.settings import Settings

GONE = 410
NOT_MODIFIED = 304


def url_digest(url: str) -> bytes:
    return hashlib.sha256(url.encode()).digest()


def is_good(status: int | None) -> bool:
    """Whether an answer says something about a badge: it is there, or it was withdrawn."""
    return status is not None and (200 <= status < 300 or status == GONE)


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of an answer: whether it says something else than the one before, and whether it is good."""

    changed: bool
    good: bool


def latest(session: Session, url: str) -> StoredDocument | None:
    """The newest row of this address, an answer or a failure."""
    newest = select(StoredDocument).where(StoredDocument.url_digest == url_digest(url))
    return session.scalar(newest.order_by(StoredDocument.fetched_at.desc(), StoredDocument.id.desc()).limit(1))


def last_good(session: Session, url: str) -> StoredDocument | None:
    """The newest good answer of this address, whatever failed since."""
    good = select(StoredDocument).where(StoredDocument.url_digest == url_digest(url), StoredDocument.why.is_(None))
    return session.scalar(good.order_by(StoredDocument.fetched_at.desc(), StoredDocument.id.desc()).limit(1))


def good_answers(session: Session, urls: Iterable[str]) -> dict[bytes, int]:
    """The number of the newest good answer of each of these addresses, by the digest of the address."""
    good = select(StoredDocument.url_digest, StoredDocument.id).where(
        StoredDocument.url_digest.in_([url_digest(url) for url in urls]), StoredDocument.why.is_(None)
    )
    return dict(session.execute(good.order_by(StoredDocument.fetched_at, StoredDocument.id)).all())


def keep(session: Session, wanted: Wanted, answer: Answer | Failure, now: datetime, settings: Settings) -> Kept:
    """Keep an answer got at `now`. Every host it came through is told."""
    if isinstance(answer, Answer) and answer.status == NOT_MODIFIED:
        good = last_good(session, wanted.url)
        if good is not None:
            return _confirm(session, good, wanted, answer, now, settings)
    if isinstance(answer, Answer) and is_good(answer.status):
        return _keep_good(session, wanted, answer, now, settings)
    return _keep_failure(session, wanted, answer, now)


def _keep_good(session: Session, wanted: Wanted, answer: Answer, now: datetime, settings: Settings) -> Kept:
    good = last_good(session, wanted.url)
    digest = hashlib.sha256(answer.body).digest()
    same = (
        good is not None
        and (good.status, good.final_url, good.body_digest) == (answer.status, answer.final_url, digest)
        and good.content_type == answer.content_type
    )
    if same and good is not None:
        return _confirm(session, good, wanted, answer, now, settings)
    note(session, answer, now)
    insert_new(session, Body, {"digest": digest, "data": answer.body}, ["digest"])
    life = lifetime(wanted.kind, answer.headers, now, settings)
    row = _row(wanted, now)
    row.final_url, row.chain, row.status = answer.final_url, list(answer.chain), answer.status
    row.content_type, row.headers, row.body_digest = answer.content_type, dict(answer.headers), digest
    row.fresh_until, row.usable_until = life.fresh_until, life.usable_until
    row.host = end_of(answer)
    session.add(row)
    return Kept(changed=True, good=True)


def _confirm(
    session: Session, good: StoredDocument, wanted: Wanted, answer: Answer, now: datetime, settings: Settings
) -> Kept:
    """The same as before: only its instants move. It is news, though, when failures had come in between, or when the
    old answer no longer counted."""
    newest = latest(session, wanted.url)
    failed = newest is not None and newest.why is not None and newest.fetched_at > good.fetched_at
    recovered = failed or good.usable_until <= now
    life = lifetime(wanted.kind, answer.headers, now, settings)
    good.fetched_at, good.fresh_until, good.usable_until = now, life.fresh_until, life.usable_until
    good.headers, good.host = {**good.headers, **answer.headers}, end_of(answer)
    note(session, answer, now)
    return Kept(changed=recovered, good=True)


def _keep_failure(session: Session, wanted: Wanted, answer: Answer | Failure, now: datetime) -> Kept:
    status = answer.status if isinstance(answer, Answer) else None
    why = answer.why if isinstance(answer, Failure) else _why(answer.status)
    headers: Mapping[str, Any] = answer.headers if isinstance(answer, Answer) else {}
    newest = latest(session, wanted.url)
    again = newest is not None and newest.why == why and newest.status == status
    row = newest if again and newest is not None else _row(wanted, now)
    failures = note(session, answer, now) or 1
    row.why, row.status, row.fetched_at = why, status, now
    row.headers, row.host, row.chain = dict(headers), end_of(answer), list(answer.chain)
    row.fresh_until = next_try(failures, headers, now, url_digest(wanted.url)[0] / 255)
    row.usable_until = row.fresh_until
    session.add(row)
    return Kept(changed=not again, good=False)


def _row(wanted: Wanted, now: datetime) -> StoredDocument:
    return StoredDocument(
        url_digest=url_digest(wanted.url),
        url=wanted.url,
        accept=wanted.accept,
        kind=wanted.kind,
        host=host_of(wanted.url),
        chain=[],
        headers={},
        first_at=now,
        fetched_at=now,
    )


def _why(status: int) -> str:
    if status == 404:
        return "http-404"
    return "http-5xx" if status >= 500 else "http-4xx"
