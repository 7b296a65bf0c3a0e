"""Finds what has to be told: at once when a verdict changes, and every hour for what only time brings about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backpack import jobs
from backpack.archive.models import Host, StoredDocument
from backpack.badges.judging import reports
from backpack.badges.models import Badge, BadgeDocument
from backpack.badges.queries import last_change
from backpack.badges.standing import standings
from backpack.database import reading, transaction, utcnow
from backpack.notices.models import Notice
from backpack.notices.telling import EXPIRING, REVOKED, UNREACHABLE, tell
from backpack.openbadges.report import Outcome, Report

LOOK: Final = "notices.look"
SOON: Final = timedelta(days=30)
SILENT: Final = timedelta(days=7)
SILENCES: Final = frozenset({"document-unreachable", "key-unreachable", "status-unreachable"})
FAILED_OFTEN: Final = 5
"""One failure long ago and no try since is no week of silence."""
MOST_AT_ONCE: Final = 500


def verdict_changed(payload: dict[str, Any]) -> None:
    """The handler of `verdict.changed`: a badge that was taken back is told to its owner, once until it is given back
    whatever its issuer's silence hid in between."""
    now = utcnow()
    with transaction() as session:
        badge = session.get(Badge, payload["badge"])
        change = last_change(session, payload["badge"])
        if badge is None or change is None or change.outcome != Outcome.REVOKED.value:
            return
        report = reports(session, [badge], now)[badge.id]
        since = standings(session, [badge.id])[badge.id].word.at
        facts = {"reason": change.reason or "", "why": report.facts.get("revocation_reason", "")}
        tell(session, badge, REVOKED, since.isoformat(), now, **facts)


def wish_look(session: Session, now: datetime) -> None:
    """Queue the next look, once whoever asks."""
    jobs.ask_hourly(session, LOOK, now, minute=10)


def look(_payload: dict[str, Any]) -> None:
    """The handler of `notices.look`."""
    now = utcnow()
    tell_what_ends(now)
    tell_what_is_silent(now)
    with transaction() as session:
        wish_look(session, now)


def tell_what_ends(now: datetime) -> int:
    """Tell the owners of badges that hold today and end within thirty days; how many were new."""
    query = select(Badge).where(Badge.valid_until > now, Badge.valid_until <= now + SOON).order_by(Badge.id)
    told = 0
    for badges in _parts(query):
        subjects = {badge.id: badge.valid_until.isoformat() for badge in badges if badge.valid_until}
        for badge, report in _untold(badges, EXPIRING, subjects, now):
            ends = report.credential.valid_until
            if report.outcome is Outcome.VALID and ends is not None and now < ends <= now + SOON:
                with transaction() as session:
                    told += tell(session, badge, EXPIRING, subjects[badge.id], now, date=ends.isoformat())
    return told


def tell_what_is_silent(now: datetime) -> int:
    """Tell the owners of badges that cannot be confirmed because a host was silent for a week; how many were new."""
    since = (
        select(BadgeDocument.badge_id, func.min(Host.failing_since).label("since"), func.min(Host.name).label("host"))
        .join(StoredDocument, StoredDocument.url_digest == BadgeDocument.url_digest)
        .join(Host, Host.name == StoredDocument.host)
        .where(Host.failing_since <= now - SILENT, Host.failures >= FAILED_OFTEN, StoredDocument.kind != "image")
        .group_by(BadgeDocument.badge_id)
        .subquery("since")
    )
    with reading() as session:
        silent = {number: (start, host) for number, start, host in session.execute(select(since))}
    told = 0
    for badges in _parts(select(Badge).join(since, since.c.badge_id == Badge.id).order_by(Badge.id)):
        subjects = {badge.id: silent[badge.id][0].isoformat() for badge in badges if badge.id in silent}
        for badge, report in _untold(badges, UNREACHABLE, subjects, now):
            if report.reason in SILENCES and not report.was_withdrawn:
                start, host = silent[badge.id]
                good = report.last.good_at if report.last else None
                facts = {"date": start.isoformat(), "host": host, "good": good.isoformat() if good else ""}
                with transaction() as session:
                    told += tell(session, badge, UNREACHABLE, subjects[badge.id], now, **facts)
    return told


def _parts(query: Any) -> Iterator[Sequence[Badge]]:
    """The badges of a query ordered by their number, five hundred at a time."""
    last = 0
    while True:
        with reading() as session:
            part = session.scalars(query.where(Badge.id > last).limit(MOST_AT_ONCE)).all()
        if part:
            yield part
        if len(part) < MOST_AT_ONCE:
            return
        last = part[-1].id


def _untold(
    badges: Sequence[Badge], kind: str, subjects: Mapping[int, str], now: datetime
) -> list[tuple[Badge, Report]]:
    """Those whose owner was not told this yet, with their reports of this moment."""
    with reading() as session:
        told = select(Notice.badge_id, Notice.subject).where(
            Notice.kind == kind, Notice.badge_id.in_([badge.id for badge in badges])
        )
        known = {(number, subject) for number, subject in session.execute(told)}
        new = [badge for badge in badges if badge.id in subjects and (badge.id, subjects[badge.id]) not in known]
        found = reports(session, new, now) if new else {}
    return [(badge, found[badge.id]) for badge in new]
