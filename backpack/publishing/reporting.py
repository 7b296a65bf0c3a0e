"""Strangers say what is wrong with a public page; whoever runs the site reads it. Nothing about who said it is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backpack.errors import N_, TooMany
from backpack.publishing.models import PageReport, Profile, ShareLink

REASONS: Final[Mapping[str, str]] = {
    "impersonation": N_("Somebody passes for another person or organisation"),
    "not-theirs": N_("These badges or works are not this person’s"),
    "private-data": N_("It shows somebody’s private data or picture"),
    "offensive": N_("It insults or threatens somebody, or breaks the law"),
    "other": N_("Something else"),
}
MOST_OPEN: Final = 20
"""Reports of one page that wait to be read: more of them say nothing new."""


def report_page(
    session: Session,
    of: ShareLink | Profile,
    *,
    reason: str,
    words: str,
    now: datetime,
    badge_id: int | None = None,
) -> PageReport:
    """Keep what somebody says about the page of this link or profile. Raises TooMany when many say it already."""
    about = PageReport.link_id == of.id if isinstance(of, ShareLink) else PageReport.profile_id == of.id
    waiting = select(func.count()).select_from(PageReport).where(about, PageReport.settled_at.is_(None))
    if (session.scalar(waiting) or 0) >= MOST_OPEN:
        raise TooMany(minutes=24 * 60)
    report = PageReport(
        link_id=of.id if isinstance(of, ShareLink) else None,
        profile_id=of.id if isinstance(of, Profile) else None,
        badge_id=badge_id,
        reason=reason,
        words=words,
        reported_at=now,
    )
    session.add(report)
    return report


def unsettled_reports(session: Session, limit: int = 100) -> Sequence[PageReport]:
    """The reports that nobody has settled yet, the oldest first."""
    query = select(PageReport).where(PageReport.settled_at.is_(None))
    return session.scalars(query.order_by(PageReport.reported_at, PageReport.id).limit(limit)).all()


def settle(report: PageReport, now: datetime) -> None:
    """Note that the report was read and that nothing more is to be done about it."""
    report.settled_at = report.settled_at or now
