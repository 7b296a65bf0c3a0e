"""A badge's file that carries its holder's works along: the issuer's credential as it came, and beside it, in a place
of its own, what the holder says, signed by this backpack."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from backpack import openbadges
from backpack.badges.models import Badge
from backpack.errors import N_, BackpackError
from backpack.evidence.kinds import family_of
from backpack.evidence.models import Artefact, Evidence
from backpack.evidence.queries import file_of
from backpack.openbadges.errors import OpenBadgesError
from backpack.openbadges.statements import Piece, portfolio
from backpack.openbadges.strict_json import JSON
from backpack.signature import Signer
from backpack.storage import Storage

GENRES: Final[Mapping[str, str]] = {
    "image": "Image",
    "document": "Document",
    "audio": "Audio",
    "video": "Video",
    "text": "Text",
}
TYPES: Final = {"png": "image/png", "svg": "image/svg+xml"}
Published = Callable[[Evidence], str | None]
"""Where a file can be had by whoever opens a link; None where no open link shows it."""


class NoPicture(BackpackError):
    code = "badge-without-picture"
    sentence = N_("This badge has no picture yet that could carry your works. Check it now, then try again.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Carrier:
    """A picture with the badge in it."""

    data: bytes
    container: str


def carrier_of(badge: Badge, storage: Storage) -> Carrier:
    """The file the badge came in if it is a picture, else its picture with the badge baked in. Raises NoPicture, also
    where the storage has lost it."""
    for file in badge.files:
        if file.container in TYPES:
            data = storage.read(file.storage_key) if storage.exists(file.storage_key) else b""
            if _holds(data, badge.payload):
                return Carrier(data=data, container=file.container)
    if badge.picture is None or not storage.exists(badge.picture):
        raise NoPicture
    baked = openbadges.bake(storage.read(badge.picture), badge.payload, replace=True)
    return Carrier(data=baked, container="png")


def with_works(
    carrier: Carrier,
    badge: Badge,
    works: Sequence[Evidence],
    published: Published,
    *,
    title: str,
    site: tuple[str, str],
    signer: Signer,
    now: datetime,
) -> bytes:
    """The picture with the statement in it. `site` is this backpack's name and address. Raises an OpenBadgesError."""
    issuer: dict[str, JSON] = {"id": signer.did, "type": ["Profile"], "name": site[0], "url": site[1]}
    document = portfolio(
        openbadges.read_payload(badge.payload),
        [piece_of(one, published(one)) for one in works],
        id_=uuid.uuid4().urn,
        name=title,
        story=badge.story,
        issuer=issuer,
        now=now,
    )
    signed = openbadges.sign(document, signer.key, created=now, method=signer.method)
    return openbadges.add_statement(carrier.data, signed)


def piece_of(one: Evidence, url: str | None) -> Piece:
    """A work as a statement says it. Of a file that others can open, the digest is that of the copy they get."""
    work, file = one.artefact, file_of(one)
    told = "\n\n".join(part for part in (work.did, work.situation, work.action, work.result) if part)
    if file is None:
        return _without_a_file(work, one.words, told)
    clean = file.clean_digest if url is not None else None
    return Piece(
        name=work.title,
        narrative=one.words or told,
        description=told if one.words else "",
        genre=GENRES[family_of(file.media_type)],
        url=url,
        digest=clean or file.digest,
        media_type=(file.clean_type if clean else None) or file.media_type,
    )


def _without_a_file(work: Artefact, words: str, told: str) -> Piece:
    """A link or a text; one that came with a badge stays what it was there."""
    genre = work.genre or ("Link" if work.kind == "link" else "Text")
    is_written = genre == "Text" and not work.sha256  # with a fingerprint it is the words about a file of text
    about = "\n\n".join(part for part in (words, told) if part)
    return Piece(
        name=work.title,
        narrative=work.text if is_written else words or told,
        description=about if is_written else told if words else "",
        genre=genre,
        url=work.url,
        digest=bytes.fromhex(work.sha256) or None,
        media_type=work.media_type or None,
    )


def _holds(data: bytes, payload: bytes) -> bool:
    try:
        return any(found.payload == payload for found in openbadges.read(data))
    except OpenBadgesError:
        return False
