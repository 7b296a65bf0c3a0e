"""The last thing that was found for sure about a badge: the one rule for what may be said of it while its issuer is
silent. Whoever shows a last good day, or none, takes it from here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from backpack.badges.models import VerdictChange
from backpack.openbadges.report import LastWord, Outcome, Report


@dataclass(frozen=True, slots=True)
class Standing:
    """How a badge stood when that was last known. `line`: the line of history that says so; `good`: the one with its
    last good day, None where it never had one, or where it was taken back or found wrong after it."""

    word: LastWord
    line: VerdictChange
    good: VerdictChange | None


def standings(session: Session, badge_ids: Iterable[int]) -> dict[int, Standing]:
    """How each of these badges stood when that was last known, from its history; without an entry where it never was.

    A withdrawal counts until the badge is found good again: an answer that could not be used takes nothing of it back.
    """
    known = [one.value for one in Outcome if one is not Outcome.UNKNOWN]
    query = select(VerdictChange).where(VerdictChange.badge_id.in_(list(badge_ids)), VerdictChange.outcome.in_(known))
    found: dict[int, Standing] = {}
    for line in session.scalars(query.order_by(VerdictChange.at, VerdictChange.id)):
        found |= _after(line, found.get(line.badge_id))
    return found


def with_last_words(session: Session, found: Mapping[int, Report]) -> dict[int, Report]:
    """The same reports, by the number of their badge; where it ended or cannot be confirmed, with what was known
    last."""
    doubtful = [number for number, report in found.items() if report.outcome in {Outcome.UNKNOWN, Outcome.EXPIRED}]
    known = standings(session, doubtful) if doubtful else {}
    return {**found, **{number: replace(found[number], last=one.word) for number, one in known.items()}}


def _after(line: VerdictChange, before: Standing | None) -> dict[int, Standing]:
    outcome, good = Outcome(line.outcome), before.good if before else None
    match outcome:
        case Outcome.VALID:
            good = line
        case Outcome.INVALID if good is None:
            return {}  # nothing was known, or it was taken back already: this adds nothing
        case Outcome.REVOKED if before and (before.word.outcome, before.word.reason) == (outcome, line.reason):
            return {}  # taken back on the day that was noted first
        case Outcome.INVALID | Outcome.REVOKED:
            good = None
    word = LastWord(outcome=outcome, reason=line.reason, at=_day_of(line), good_at=_day_of(good) if good else None)
    return {line.badge_id: Standing(word, line, good)}


def _day_of(line: VerdictChange) -> datetime:
    """When it was so: for a good day the last one, for all else the first."""
    return line.answered_at or line.confirmed_at if line.outcome == Outcome.VALID.value else line.at
