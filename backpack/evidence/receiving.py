"""Works that a badge brings along from another backpack: taken over piece by piece, and only where its holder says so.

A statement holds words, addresses and fingerprints, never files. A piece becomes the very work where the library has
it already; else a link to where its file can be had, or a text, each with the fingerprint that the file had.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from backpack.badges.models import Badge
from backpack.evidence.adding import (
    DID_MOST,
    TEXT_MOST,
    TITLE_MOST,
    WORDS_MOST,
    NotALink,
    Wording,
    keep_link,
    keep_text,
    stand_behind,
    web_address,
)
from backpack.evidence.models import Artefact, ArtefactFile, Evidence
from backpack.openbadges.statements import Piece
from backpack.web.forms import INVISIBLE

GENRE_MOST: Final = 60
TYPE_MOST: Final = 120
SHA256: Final = 32


def can_be_taken(piece: Piece) -> bool:
    """Whether a piece fits into a library as it is: whole, or not at all."""
    texts = (piece.name, piece.narrative, piece.description, piece.genre, piece.media_type or "")
    if not piece.name.strip() or any(INVISIBLE.search(text) for text in texts):
        return False
    try:
        web_address(piece.url or "https://nowhere.example")
    except NotALink:
        return False
    return (
        len(piece.name) <= TITLE_MOST
        and len(piece.narrative) <= TEXT_MOST
        and len(_told(piece)[1]) <= DID_MOST
        and len(piece.genre) <= GENRE_MOST
        and len(piece.media_type or "") <= TYPE_MOST
        and (piece.digest is None or len(piece.digest) == SHA256)
    )


def receive(session: Session, badge: Badge, pieces: Iterable[Piece], now: datetime) -> list[Evidence]:
    """Put these pieces behind the badge, each once however often it is asked. Raises TooMuchEvidence, TooManyWorks."""
    return [_behind(session, badge, piece, now) for piece in pieces if can_be_taken(piece)]


def _behind(session: Session, badge: Badge, piece: Piece, now: datetime) -> Evidence:
    words, did = _told(piece)
    work = _same(session, badge.person_id, piece)
    if work is None:
        work = _new(session, badge.person_id, piece, did, now)
    return stand_behind(session, badge, work, words, now)


def _is_written(piece: Piece) -> bool:
    """Whether it is a text itself. A file of text has a fingerprint, and only words about it are here."""
    return piece.genre == "Text" and piece.digest is None


def _told(piece: Piece) -> tuple[str, str]:
    """What is said of it at this badge, and what is said of the work; whole, whichever of the two holds it."""
    words, did = (piece.description, "") if _is_written(piece) else (piece.narrative, piece.description)
    if len(words) > WORDS_MOST:
        return "", "\n\n".join(part for part in (words, did) if part)
    return words, did


def _new(session: Session, person_id: int, piece: Piece, did: str, now: datetime) -> Artefact:
    wording = Wording(title=piece.name, did=did)
    if piece.url is not None:
        work = keep_link(session, person_id, piece.url, wording, now)
    else:
        # An empty text could not be saved again by its owner.
        text = piece.narrative or piece.name
        work = keep_text(session, person_id, text, wording, now)
    work.genre, work.media_type = piece.genre, piece.media_type or ""
    work.sha256 = (piece.digest or b"").hex()
    session.flush()
    return work


def _same(session: Session, person_id: int, piece: Piece) -> Artefact | None:
    """The work of this person that the piece tells of: the same file, else the same link or text."""
    mine = select(Artefact).where(Artefact.person_id == person_id).order_by(Artefact.id).limit(1)
    if piece.digest is not None:
        # A statement names the copy that others get, where there is one: the key of a picture's ends with its digest.
        is_it = or_(
            ArtefactFile.digest == piece.digest,
            ArtefactFile.blanked_digest == piece.digest,
            ArtefactFile.clean_key.endswith(piece.digest.hex()),
        )
        file = session.scalar(mine.join(ArtefactFile).where(is_it))
        return file or session.scalar(mine.where(Artefact.sha256 == piece.digest.hex()))
    if piece.url is not None:
        return session.scalar(mine.where(Artefact.url == piece.url))
    return session.scalar(
        mine.where(Artefact.kind == "text", Artefact.title == piece.name, Artefact.text == piece.narrative)
    )
