"""Badges that nobody looked at are judged again by themselves, spread over the day: so history knows what only time
brings about (an end, an issuer gone silent), and no page has to find it first."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy.orm import Session

from backpack import jobs
from backpack.archive.refreshing import due
from backpack.badges.judging import held_by, reports, wish_news
from backpack.badges.models import Badge
from backpack.badges.queries import not_judged_since
from backpack.badges.recording import judged_again
from backpack.database import reading, transaction, utcnow
from backpack.openbadges.report import Outcome, Report

LOOK: Final = "badge.look"
LEFT_ALONE: Final = timedelta(hours=20)
LOOKS_A_DAY: Final = 96
MOST_A_LOOK: Final = 500


def wish_look(session: Session, now: datetime) -> None:
    """Queue the next look, once whoever asks: the day has 96 places for one."""
    pause = timedelta(days=1).total_seconds() / LOOKS_A_DAY
    place = int(now.timestamp() // pause) + 1
    run_at = datetime.fromtimestamp((place + 0.5) * pause, UTC)
    jobs.ask(session, LOOK, str(place), now, run_at=run_at, priority=-10)


def look(_payload: dict[str, Any]) -> None:
    """The handler of `badge.look`: judge, from the archive alone, what was not judged for most of a day.

    What lacks an answer is asked for first, and judged at a later look: an issuer who was not asked is not silent.
    """
    now = utcnow()
    with reading() as session:
        badges = not_judged_since(session, now - LEFT_ALONE, MOST_A_LOOK)
        found = reports(session, badges, now) if badges else {}
        waiting = {badge.id for badge in badges if _is_to_be_asked(session, found[badge.id], now)}
    with transaction() as session:
        wish_news(session, found.values(), now)
    for badge in badges:
        if badge.id not in waiting:
            _note(badge.id, found[badge.id], now)
    with transaction() as session:
        wish_look(session, now)


def _is_to_be_asked(session: Session, report: Report, now: datetime) -> bool:
    return report.outcome is Outcome.UNKNOWN and bool(due(session, report.wanted, now))


def _note(badge_id: int, report: Report, now: datetime) -> None:
    with transaction() as session:
        badge = session.get(Badge, badge_id)
        if badge is not None:
            judged_again(session, badge, held_by(badge), report, now, by_itself=True)
