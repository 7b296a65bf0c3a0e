"""Small pictures of works, made in a job: a thumbnail of a picture, the first page of a PDF. Until one is there, and
where there is nothing to draw, pages show an icon."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from backpack import jobs
from backpack.accounts.models import Person
from backpack.badges.handlers import let_go
from backpack.badges.recording import grow_edition
from backpack.database import reading, transaction
from backpack.evidence.models import Artefact, ArtefactFile
from backpack.rendering import CannotRender, first_page_webp, picture_webp
from backpack.wiring import Wiring

PREVIEW: Final = "evidence.preview"
SIDE: Final = 480
"""Four times what a list shows, for dense screens and for the page of the work itself."""
SOON: Final = 5
LARGEST: Final = 60_000_000
"""Bytes of a PDF of which a page is drawn."""


def wish_preview(session: Session, file: ArtefactFile, now: datetime) -> None:
    """Queue the drawing of a file's small picture, if there is something to draw."""
    if file.clean_key is None and (file.media_type != "application/pdf" or file.size > LARGEST):
        return
    file.preview = "waiting"
    jobs.ask(session, PREVIEW, str(file.id), now, priority=SOON, file=file.id)


def draw(wiring: Wiring, payload: dict[str, Any]) -> None:
    """Make the small picture of one file. Done twice, it is done once."""
    with reading() as session:
        file = session.get(ArtefactFile, payload["file"])
        if file is None or file.preview != "waiting":
            return
        work = session.get_one(Artefact, file.artefact_id)
        person = session.get_one(Person, work.person_id)
    key = _drawn(wiring, file, person.public_id)
    with transaction() as session:
        file = session.get(ArtefactFile, payload["file"])
        if file is not None:
            file.preview, file.preview_key = ("made", key) if key else ("failed", None)
            grow_edition(session, work.person_id)
            return
    let_go(wiring, [key] if key else [])


def _drawn(wiring: Wiring, file: ArtefactFile, person: str) -> str | None:
    try:
        if file.clean_key is not None:
            picture = picture_webp(wiring.storage.read(file.clean_key), SIDE)
        else:
            picture = first_page_webp(wiring.storage.read(file.storage_key), SIDE)
    except CannotRender as error:
        if error.facts.get("reason") == "busy":
            raise jobs.Later(5) from error
        return None
    except FileNotFoundError:
        return None
    return wiring.storage.put(person, picture)
