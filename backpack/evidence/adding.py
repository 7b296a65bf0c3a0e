"""Adding works to a badge as evidence, changing and removing them. What is refused leaves nothing behind.

A file is made ready before anything is written (`made_ready`), its bytes are stored, and only then come the rows.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from backpack.accounts.models import Person
from backpack.badges import queries as badges
from backpack.badges.models import Badge
from backpack.badges.recording import grow_edition
from backpack.database import random_name
from backpack.errors import N_, BackpackError, TooLarge
from backpack.evidence.filenames import cleaned
from backpack.evidence.kinds import Kind, Truncated, ending_of, kind_of
from backpack.evidence.models import Artefact, ArtefactFile, Evidence
from backpack.evidence.queries import evidence_of, room_taken, uses_of
from backpack.rendering import PHOTO_PIXELS, CannotRender, picture_webp

TITLE_MOST: Final = 150
WORDS_MOST: Final = 1000
TEXT_MOST: Final = 20_000
LINK_MOST: Final = 2000
EVIDENCE_MOST: Final = 50
CLEAN_SIDE: Final = 2000
CLEAN_TYPE: Final = "image/webp"


class FileTooLarge(TooLarge):
    code = "file-too-large"
    sentence = N_("“%(filename)s” is larger than %(most)s MB. Make it smaller, or add a link to it instead.")


class OverQuota(BackpackError):
    code = "over-quota"
    sentence = N_(
        "There is no room left for “%(filename)s”: your files may take %(most)s MB in all. "
        "Remove one you no longer need, or add a link instead."
    )


class TooManyPixels(BackpackError):
    code = "too-many-pixels"
    sentence = N_("“%(filename)s” has more pixels than we accept. Save it smaller (12,000 pixels a side at most).")


class NotALink(BackpackError):
    code = "not-a-link"
    sentence = N_("This is no web address. It begins with https:// or http:// and leads to a page.")


class TooMuchEvidence(BackpackError):
    code = "too-much-evidence"
    sentence = N_("A badge holds at most %(most)s pieces of evidence. Remove one first.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What its owner says of a work: a title, when it was made, and what they did for it."""

    title: str
    words: str = ""
    made_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """A file that may be kept: what it is, and the copy without metadata that others get (pictures only)."""

    kind: Kind
    filename: str
    data: bytes
    clean: bytes | None

    @property
    def digest(self) -> bytes:
        return hashlib.sha256(self.data).digest()


def made_ready(data: bytes, filename: str | None, most_mb: int) -> Ready:
    """A file as it may be kept, from what somebody sent. Raises a sentence about the file; writes nothing."""
    name = cleaned(filename)
    if len(data) > most_mb * 1_000_000:
        raise FileTooLarge(filename=name, most=most_mb)
    kind = kind_of(data, name)
    if ending_of(name) not in kind.endings:
        name = f"{name}{kind.endings[0]}"
    return Ready(kind=kind, filename=name, data=data, clean=_clean(data, name) if kind.family == "image" else None)


def _clean(data: bytes, filename: str) -> bytes:
    try:
        return picture_webp(data, CLEAN_SIDE, pixels=PHOTO_PIXELS)
    except CannotRender as error:
        reason = error.facts.get("reason")
        raise (TooManyPixels if reason == "too-many-pixels" else Truncated)(filename=filename) from error


def web_address(typed: str) -> str:
    """A link as it is kept. Only http and https lead anywhere; raises NotALink for every other scheme."""
    address = typed.strip()
    try:
        parts = urlsplit(address)
        fits = parts.scheme.lower() in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        fits = False
    if not fits or any(c.isspace() or not c.isprintable() for c in address) or len(address) > LINK_MOST:
        raise NotALink
    return address


def has_room(session: Session, person_id: int, size: int, filename: str, quota_mb: int) -> None:
    """Hold the person's quota against one more file. Raises OverQuota. Until the end of the transaction nobody else
    can add to it, so twenty uploads at once cannot pass together."""
    session.execute(select(Person.id).where(Person.id == person_id).with_for_update())
    taken = room_taken(session, person_id) + badges.room_taken(session, person_id)
    if taken + size > quota_mb * 1_000_000:
        raise OverQuota(filename=filename, most=quota_mb)


def add_file(
    session: Session, badge: Badge, ready: Ready, keys: tuple[str, str | None], wording: Wording, now: datetime
) -> Evidence:
    """Put a file that is in storage (under `keys`: the original, the clean copy) behind a badge."""
    file = ArtefactFile(
        filename=ready.filename,
        media_type=ready.kind.media_type,
        size=len(ready.data),
        digest=ready.digest,
        storage_key=keys[0],
        clean_key=keys[1],
        clean_type=CLEAN_TYPE if keys[1] else None,
        added_at=now,
    )
    title = wording.title or ready.filename.removesuffix(ending_of(ready.filename)) or ready.filename
    return _add(session, badge, Artefact(kind="file", title=title, files=[file]), wording, now)


def add_link(session: Session, badge: Badge, address: str, wording: Wording, now: datetime) -> Evidence:
    """Put the page at an address behind a badge. Raises NotALink."""
    return _add(session, badge, Artefact(kind="link", title=wording.title, url=web_address(address)), wording, now)


def add_text(session: Session, badge: Badge, text: str, wording: Wording, now: datetime) -> Evidence:
    """Put a piece of writing (Markdown) behind a badge."""
    return _add(session, badge, Artefact(kind="text", title=wording.title, text=text), wording, now)


def _add(session: Session, badge: Badge, artefact: Artefact, wording: Wording, now: datetime) -> Evidence:
    there = evidence_of(session, [badge.id])[badge.id]
    if len(there) >= EVIDENCE_MOST:
        raise TooMuchEvidence(most=EVIDENCE_MOST)
    artefact.public_id = random_name()
    artefact.person_id, artefact.made_on, artefact.added_at = badge.person_id, wording.made_on, now
    one = Evidence(
        public_id=random_name(),
        badge_id=badge.id,
        artefact=artefact,
        words=wording.words,
        position=there[-1].position + 1 if there else 0,
        added_at=now,
    )
    session.add(one)
    session.flush()
    grow_edition(session, badge.person_id)
    return one


def reword(session: Session, one: Evidence, wording: Wording, *, address: str | None, text: str | None) -> None:
    """Change what its owner says of it; of a link also where it leads, of a text also its words. Raises NotALink."""
    artefact = one.artefact
    artefact.title = wording.title or artefact.title
    artefact.made_on, one.words = wording.made_on, wording.words
    if artefact.kind == "link" and address is not None:
        artefact.url = web_address(address)
    if artefact.kind == "text" and text is not None:
        artefact.text = text
    grow_edition(session, artefact.person_id)


def show(session: Session, one: Evidence, shown: bool) -> None:
    """Hide it from every page for others, or let pages show it that chose to. Showing publishes nothing by itself."""
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


def remove(session: Session, one: Evidence) -> list[str]:
    """Take it from its badge, and the work too where no other badge has it. Gives the keys of files to let go of."""
    artefact = one.artefact
    keys = [key for file in artefact.files for key in (file.storage_key, file.clean_key) if key]
    is_last = uses_of(session, artefact.id) == 1
    session.delete(one)
    session.flush()
    if is_last:
        session.delete(artefact)
        session.flush()
    grow_edition(session, artefact.person_id)
    return keys if is_last else []
