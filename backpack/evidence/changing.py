"""Changing works and the places they have behind badges. Nothing here publishes anything by itself."""

from __future__ import annotations

from sqlalchemy.orm import Session

from backpack.badges.recording import grow_edition
from backpack.evidence.adding import Wording, web_address
from backpack.evidence.models import Artefact, Evidence
from backpack.evidence.queries import evidence_of


def describe(session: Session, work: Artefact, wording: Wording, *, address: str | None, text: str | None) -> None:
    """Change what its owner says of a work; of a link also where it leads, of a text also its words. Raises
    NotALink."""
    title = wording.title or work.title
    if work.kind == "link" and address is not None and web_address(address) != work.url:
        work.url, work.checked_at, work.dead_since = web_address(address), None, None
        work.genre = work.media_type = work.sha256 = ""  # they told of what stood at the old address
    if work.kind == "text" and text is not None:
        work.text = text
    for name, value in wording.columns().items():
        setattr(work, name, value)
    work.title = title
    grow_edition(session, work.person_id)


def reword(session: Session, one: Evidence, words: str) -> None:
    """Change what its owner says of a work at this badge."""
    one.words = words
    grow_edition(session, one.artefact.person_id)


def show(session: Session, one: Evidence, shown: bool) -> None:
    """Hide it from the pages of its badge, or let those show it that chose to. Showing publishes nothing by itself.
    Where its work stands by itself or behind another badge, it stays."""
    one.is_shown = shown
    grow_edition(session, one.artefact.person_id)


def move(session: Session, one: Evidence, by: int) -> int:
    """Move it up (-1) or down (+1) behind its badge; its position from 0."""
    others = evidence_of(session, [one.badge_id])[one.badge_id]
    before = next(at for at, other in enumerate(others) if other.id == one.id)
    others.insert(max(0, min(before + by, len(others) - 1)), others.pop(before))
    for at, other in enumerate(others):
        other.position = at
    grow_edition(session, one.artefact.person_id)
    return one.position
