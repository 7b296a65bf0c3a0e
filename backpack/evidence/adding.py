"""Keeping works, and putting them behind badges. What is refused leaves nothing behind.

A work belongs to its owner's library; a badge it stands behind adds words and a place of its own (`Evidence`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any, Final
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from backpack.badges.holding import hold
from backpack.badges.models import Badge
from backpack.badges.recording import grow_edition
from backpack.database import random_name
from backpack.errors import N_, BackpackError
from backpack.evidence.kinds import stem_of
from backpack.evidence.models import Artefact, ArtefactFile, Evidence
from backpack.evidence.previews import state_at_first, wish_previews
from backpack.evidence.queries import all_room_taken, evidence_of, works_of
from backpack.evidence.readying import Kept

TITLE_MOST: Final = 150
WORDS_MOST: Final = 1000
DID_MOST: Final = 4000
"""A work from another backpack may bring all that was told of it in one piece."""
ANSWER_MOST: Final = 300
TEXT_MOST: Final = 20_000
LINK_MOST: Final = 2000
EVIDENCE_MOST: Final = 50
WORKS_MOST: Final = 1000


class OverQuota(BackpackError):
    code = "over-quota"
    sentence = N_(
        "There is no room left for “%(filename)s”: your files may take %(most)s MB in all. "
        "Remove one you no longer need, or add a link instead."
    )


class NotALink(BackpackError):
    code = "not-a-link"
    sentence = N_("This is no web address. It begins with https:// or http:// and leads to a page.")


class PosingLink(NotALink):
    code = "link-poses"
    sentence = N_(
        "This address names one place and leads to another. Open the page, then copy its address from the browser."
    )


class TooMuchEvidence(BackpackError):
    code = "too-much-evidence"
    sentence = N_("A badge holds at most %(most)s pieces of evidence. Remove one first.")


class TooManyWorks(BackpackError):
    code = "too-many-works"
    sentence = N_("You have %(most)s works here, which is as many as we keep. Remove one you no longer need.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What its owner says of a work: a title, when it was made, what they did for it, with whom, and with what."""

    title: str
    made_on: date | None = None
    did: str = ""
    situation: str = ""
    action: str = ""
    result: str = ""
    people: str = ""
    skills: tuple[str, ...] = ()

    def columns(self) -> dict[str, Any]:
        return {**asdict(self), "skills": list(self.skills)}


def web_address(typed: str) -> str:
    """A link as it is kept. Only http and https lead anywhere; raises NotALink for every other scheme, PosingLink for
    an address whose host readers and browsers would not agree on."""
    address = typed.strip()
    try:
        parts = urlsplit(address)
        fits = parts.scheme.lower() in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        fits = False
    if not fits or any(c.isspace() or not c.isprintable() for c in address) or len(address) > LINK_MOST:
        raise NotALink
    if "@" in parts.netloc or "\\" in address:
        raise PosingLink
    return address


def hold_room(session: Session, person_id: int) -> int:
    """The bytes that all files of this person take. Until the end of the transaction nobody else can add to them, so
    twenty uploads at once cannot pass together."""
    hold(session, person_id)
    return all_room_taken(session, person_id)


@dataclass(slots=True)
class Room:
    """What a person has while nobody else can add to it (`hold_room`): bytes of files, works, and, where works go
    behind a badge, what stands there."""

    bytes: int
    works: int
    behind: int = 0

    def take(self, size: int, filename: str, quota_mb: int) -> None:
        """Take the place of one more file. Raises OverQuota, TooManyWorks, TooMuchEvidence, and then takes nothing."""
        has_room(self.bytes, size, filename, quota_mb)
        if self.works >= WORKS_MOST:
            raise TooManyWorks(most=WORKS_MOST)
        if self.behind >= EVIDENCE_MOST:
            raise TooMuchEvidence(most=EVIDENCE_MOST)
        self.bytes, self.works, self.behind = self.bytes + size, self.works + 1, self.behind + 1


def has_room(taken: int, size: int, filename: str, quota_mb: int) -> None:
    """Whether there is room for one more file where others take so much. Raises OverQuota."""
    if taken + size > quota_mb * 1_000_000:
        raise OverQuota(filename=filename, most=quota_mb)


def keep_file(session: Session, person_id: int, kept: Kept, wording: Wording, now: datetime) -> Artefact:
    """A file that is in storage becomes a work; without a title it is called by its name. Raises TooManyWorks."""
    return keep_files(session, person_id, [kept], wording, now)[0]


def keep_files(
    session: Session, person_id: int, files: Iterable[Kept], wording: Wording, now: datetime
) -> list[Artefact]:
    """The same for several, written together."""
    works = [
        Artefact(
            person_id=person_id,
            kind="file",
            files=[_file(kept, now)],
            **replace(wording, title=wording.title or stem_of(kept.filename)).columns(),
        )
        for kept in files
    ]
    _keep(session, person_id, works, now)
    wish_previews(session, [file for work in works for file in work.files], now)
    return works


def keep_link(session: Session, person_id: int, address: str, wording: Wording, now: datetime) -> Artefact:
    """The page at an address becomes a work. Raises NotALink."""
    work = Artefact(person_id=person_id, kind="link", url=web_address(address), **wording.columns())
    _keep(session, person_id, [work], now)
    return work


def keep_text(session: Session, person_id: int, text: str, wording: Wording, now: datetime) -> Artefact:
    """A piece of writing (Markdown) becomes a work."""
    work = Artefact(person_id=person_id, kind="text", text=text, **wording.columns())
    _keep(session, person_id, [work], now)
    return work


def replace_file(session: Session, work: Artefact, kept: Kept, now: datetime) -> None:
    """Another version of a file: shown from now on; the earlier ones stay until their owner removes them."""
    work.files.append(_file(kept, now))
    session.flush()
    wish_previews(session, [work.files[-1]], now)
    grow_edition(session, work.person_id)


def stand_behind(session: Session, badge: Badge, work: Artefact, words: str, now: datetime) -> Evidence:
    """Put a work behind a badge of the same person, after what stands there; once, however often it is asked."""
    there = evidence_of(session, [badge.id])[badge.id]
    if present := next((one for one in there if one.artefact_id == work.id), None):
        return present
    if len(there) >= EVIDENCE_MOST:
        raise TooMuchEvidence(most=EVIDENCE_MOST)
    one = Evidence(
        public_id=random_name(),
        badge_id=badge.id,
        artefact=work,
        words=words,
        position=there[-1].position + 1 if there else 0,
        is_shown=True,
        added_at=now,
    )
    session.add(one)
    session.flush()
    grow_edition(session, badge.person_id)
    return one


def _file(kept: Kept, now: datetime) -> ArtefactFile:
    return ArtefactFile(
        filename=kept.filename,
        media_type=kept.kind.media_type,
        size=kept.size,
        digest=kept.digest,
        storage_key=kept.key,
        preview=state_at_first(kept.kind.media_type, kept.size),
        added_at=now,
    )


def _keep(session: Session, person_id: int, works: Sequence[Artefact], now: datetime) -> None:
    if works_of(session, person_id) + len(works) > WORKS_MOST:
        raise TooManyWorks(most=WORKS_MOST)
    for work in works:
        work.public_id, work.added_at = random_name(), now
    session.add_all(works)
    session.flush()
