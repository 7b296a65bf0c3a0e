"""What is drawn of works, in a job: of a picture the copy without hidden data that others get and a thumbnail of it, of
a PDF its first page. Until it is there, and where there is nothing to draw, pages show an icon, and others get no
picture at all. Of documents it is also noted whom their hidden properties name; of films and recordings, what of them
others get blank, and until then others get none."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Final, TypeVar

from sqlalchemy.orm import Session

from backpack import jobs
from backpack.accounts.models import Person
from backpack.badges.handlers import A_MOMENT, let_go
from backpack.badges.holding import gone
from backpack.badges.recording import grow_edition
from backpack.database import reading, transaction, utcnow
from backpack.evidence.films import Blank, NotUnderstood, blanked, blanks_of
from backpack.evidence.kinds import family_of, is_in_boxes
from backpack.evidence.models import Artefact, ArtefactFile
from backpack.rendering import CannotRender, first_page_webp, names_in, picture_webp
from backpack.storage import Storage
from backpack.wiring import Wiring

Found = TypeVar("Found")
PREVIEW: Final = "evidence.preview"
SIDE: Final = 480
"""Four times what a list shows, for dense screens and for the page of the work itself."""
SOON: Final = 5
LARGEST: Final = 60_000_000
"""Bytes of a document that is looked into."""
CLEAN_SIDE: Final = 2000
CLEAN_TYPE: Final = "image/webp"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """What was made of a file, in storage."""

    preview_key: str
    clean_key: str | None = None

    @property
    def keys(self) -> list[str]:
        return [key for key in (self.preview_key, self.clean_key) if key]


def state_at_first(media_type: str, size: int) -> str:
    """`waiting` where there is something to draw of such a file or to blank in it, else `none`."""
    is_drawn = family_of(media_type) == "image" or (media_type == "application/pdf" and size <= LARGEST)
    return "waiting" if is_drawn or is_in_boxes(media_type) else "none"


def wish_previews(session: Session, files: Iterable[ArtefactFile], now: datetime, *, priority: int = SOON) -> None:
    """Queue what is to be drawn of files, and the look into documents' properties and films' boxes."""
    wished = {str(one.id): {"file": one.id} for one in files if _is_to_be_looked_into(one)}
    jobs.ask_all(session, PREVIEW, wished, now, priority=priority)


def draw(wiring: Wiring, payload: dict[str, Any]) -> None:
    """Look into one file: draw what is to be drawn of it. Done twice, it is done once."""
    with reading() as session:
        file = session.get(ArtefactFile, payload["file"])
        if file is None:
            return
        work = session.get_one(Artefact, file.artefact_id)
        person = session.get_one(Person, work.person_id)
    is_film = is_in_boxes(file.media_type)
    is_drawn = file.preview == "waiting" and not is_film
    drawn = _tried(partial(_drawn, wiring, file, person.public_id)) if is_drawn else None
    names = _tried(partial(_names, wiring, file)) if _has_properties(file) else None
    blanks, digest = (_tried(partial(_hidden, wiring.storage, file)) if is_film else None) or (None, None)
    with transaction() as session:
        file = session.get(ArtefactFile, payload["file"])
        if file is not None:
            if drawn and gone(session, wiring.storage, work.person_id, drawn.keys):
                raise jobs.Later(A_MOMENT)
            file.names, file.looked_at = names, utcnow()
            if is_film:
                file.preview, file.blanks, file.blanked_digest = "none", blanks, digest
            if is_drawn:
                file.preview = "made" if drawn else "failed"
            if drawn:
                file.preview_key, file.clean_key = drawn.preview_key, drawn.clean_key
                file.clean_type = CLEAN_TYPE if drawn.clean_key else None
            grow_edition(session, work.person_id)
            return
    let_go(wiring, drawn.keys if drawn else [])


def _is_to_be_looked_into(file: ArtefactFile) -> bool:
    return file.preview == "waiting" or _has_properties(file) or is_in_boxes(file.media_type)


def _has_properties(file: ArtefactFile) -> bool:
    return family_of(file.media_type) == "document" and file.size <= LARGEST


def _tried(look: Callable[[], Found]) -> Found | None:
    """What a look into a file finds; None where nobody can look into it. Raises Later while too many look."""
    try:
        return look()
    except CannotRender as error:
        if error.facts.get("reason") == "busy":
            raise jobs.Later(5) from error
        return None
    except (FileNotFoundError, NotUnderstood):
        return None


def _names(wiring: Wiring, file: ArtefactFile) -> list[str]:
    """Whom a document names."""
    return names_in(wiring.storage.read(file.storage_key))


def _hidden(storage: Storage, file: ArtefactFile) -> tuple[list[Blank], bytes | None]:
    """What of a film is to be blanked, and the SHA-256 of what others get then. It is read a piece at a time."""

    def read(at: int, length: int) -> bytes:
        return b"".join(storage.read_range(file.storage_key, at, min(at + length, file.size)))

    blanks = blanks_of(read, file.size)
    if not blanks:
        return [], None
    digest = hashlib.sha256()
    for piece in blanked(storage.read_range(file.storage_key, 0, file.size), 0, blanks):
        digest.update(piece)
    return (blanks, digest.digest()) if digest.digest() != file.digest else ([], None)


def _drawn(wiring: Wiring, file: ArtefactFile, person: str) -> Drawn:
    storage = wiring.storage
    original = storage.read(file.storage_key)
    if family_of(file.media_type) != "image":
        return Drawn(preview_key=storage.put(person, first_page_webp(original, SIDE)))
    clean = picture_webp(original, CLEAN_SIDE)
    return Drawn(clean_key=storage.put(person, clean), preview_key=storage.put(person, picture_webp(clean, SIDE)))
