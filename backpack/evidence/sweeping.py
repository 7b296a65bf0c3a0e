"""Files that nobody looked into and no job waits for: their work was taken away and put back, their job died, or they
were stored before there was anything to look for. They are asked for again, some at a time."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Text, and_, cast, func, or_, select
from sqlalchemy.orm import Session

from backpack import jobs
from backpack.badges.recording import grow_edition
from backpack.database import transaction, utcnow
from backpack.evidence.kinds import KINDS, is_in_boxes
from backpack.evidence.models import Artefact, ArtefactFile
from backpack.evidence.previews import LARGEST, PREVIEW, wish_previews
from backpack.jobs import Job

SWEEP: Final = "evidence.sweep"
MOST_A_SWEEP: Final = 200
DAY: Final = timedelta(days=1)
MOST_DEATHS: Final = 3
"""How often the job of one file may die, a day apart, before it is said to fail."""
DOCUMENTS: Final = [kind.media_type for kind in KINDS if kind.family == "document"]
FILMS: Final = [kind.media_type for kind in KINDS if is_in_boxes(kind.media_type)]


def wish_sweep(session: Session, now: datetime) -> None:
    """Queue the next sweep, once whoever asks: every hour."""
    jobs.ask_hourly(session, SWEEP, now, minute=30)


def sweep(_payload: dict[str, Any]) -> None:
    """The handler of `evidence.sweep`."""
    now = utcnow()
    with transaction() as session:
        files = forgotten(session, now)
        deaths = _deaths(session, [str(file.id) for file in files])
        failing = [file for file in files if deaths.get(str(file.id), 0) >= MOST_DEATHS]
        for file in failing:
            _give_up(session, file, now)
        wish_previews(session, [file for file in files if file not in failing], now, priority=-10)
        wish_sweep(session, now)


def forgotten(session: Session, now: datetime) -> Sequence[ArtefactFile]:
    """The first files that wait for a look which nobody will take. One whose job died is left alone for a day."""
    key = cast(ArtefactFile.id, Text)
    asked = select(Job.key).where(Job.kind == PREVIEW, Job.finished_at.is_(None))
    died = select(Job.key).where(Job.kind == PREVIEW, Job.died_at > now - DAY)
    is_of_interest = or_(
        ArtefactFile.media_type.in_(FILMS),
        and_(ArtefactFile.media_type.in_(DOCUMENTS), ArtefactFile.size <= LARGEST),
    )
    unseen = or_(ArtefactFile.preview == "waiting", and_(ArtefactFile.looked_at.is_(None), is_of_interest))
    files = select(ArtefactFile).where(unseen, key.not_in(asked), key.not_in(died))
    return session.scalars(files.order_by(ArtefactFile.id).limit(MOST_A_SWEEP)).all()


def _deaths(session: Session, keys: Collection[str]) -> dict[str, int]:
    dead = select(Job.key, func.count()).where(Job.kind == PREVIEW, Job.died_at.is_not(None), Job.key.in_(keys))
    return {key: int(number) for key, number in session.execute(dead.group_by(Job.key))}


def _give_up(session: Session, file: ArtefactFile, now: datetime) -> None:
    """Say that it fails, which its page does, instead of waiting for ever."""
    file.looked_at = now
    if file.preview == "waiting":
        file.preview = "none" if is_in_boxes(file.media_type) else "failed"
    grow_edition(session, session.get_one(Artefact, file.artefact_id).person_id)
