"""The frames of skills that this site knows, kept by the team: the same acts as at the command line, and logged."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backpack.skills.framing import Taken, framework_called, remove, take_in
from backpack.skills.models import Framework, Skill
from backpack.skills.reading import Frame
from backpack.staff.log import write


def frames(session: Session) -> Sequence[tuple[Framework, int]]:
    """Every framework with the number of its skills, by name."""
    skills = select(func.count(Skill.id)).where(Skill.framework_id == Framework.id).scalar_subquery()
    return [(one, number) for one, number in session.execute(select(Framework, skills).order_by(Framework.folded))]


def take_in_frame(session: Session, frame: Frame, name: str, actor: int, now: datetime) -> Taken:
    """Take a framework in, or bring it up to date. Raises NamelessFrame."""
    taken = take_in(session, frame, name, now)
    counts = {"skills": taken.skills, "added": taken.added, "removed": taken.removed}
    write(session, actor, "frame-taken-in", now, name=taken.framework.name, **counts)
    return taken


def take_frame_away(session: Session, public_id: str, actor: int, now: datetime) -> None:
    """Badges keep the skills that they name. Raises NotFound."""
    framework = framework_called(session, public_id)
    write(session, actor, "frame-removed", now, name=framework.name)
    remove(session, framework)
