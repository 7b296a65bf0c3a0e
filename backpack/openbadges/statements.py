"""What a badge's holder says about it: a credential of its own beside the issuer's, and never mixed with it.

It is an Open Badges 3.0 credential that the holder asserts about themselves and a backpack signs. `relatedResource`
(VC Data Model 2.0, 5.9 "Integrity of Related Resources") names the badge it is about, by the digest of its exact
bytes, and gives the digest of every file. `portfolio` makes one, `read_statement` reads one back.
"""

from __future__ import annotations

import base64
import hashlib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from backpack.openbadges.model import Credential, Identity, Version
from backpack.openbadges.reading import document_in
from backpack.openbadges.strict_json import JSON
from backpack.openbadges.versions.shapes import many, obj, string

CONTEXTS: list[JSON] = [
    "https://www.w3.org/ns/credentials/v2",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
]
KIND = "ext:Portfolio"


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One piece of evidence. `digest` is the SHA-256 of its file; `url` is where it can be had, if anywhere."""

    name: str
    narrative: str = ""
    description: str = ""
    genre: str = ""
    url: str | None = None
    digest: bytes | None = None
    media_type: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What was said beside a badge, by whom it is signed, and whether it is about that very badge."""

    payload: bytes
    name: str
    signed_by: str
    said_at: str
    pieces: tuple[Piece, ...]
    is_about_it: bool


def portfolio(
    badge: Credential,
    pieces: Sequence[Piece],
    *,
    id_: str,
    name: str,
    story: str,
    issuer: Mapping[str, JSON],
    now: datetime,
) -> dict[str, JSON]:
    """The credential, unsigned. `name` says whose portfolio it is for which badge, `issuer` is who signs it."""
    evidence: list[JSON] = [_written(piece, number, id_) for number, piece in enumerate(pieces, 1)]
    files: list[JSON] = [
        {"id": obj(said)["id"], "digestSRI": _sri(piece.digest), "mediaType": piece.media_type}
        if piece.media_type
        else {"id": obj(said)["id"], "digestSRI": _sri(piece.digest)}
        for said, piece in zip(evidence, pieces, strict=True)
        if piece.digest is not None
    ]
    about: JSON = {"id": _address_of(badge), "digestSRI": _sri(hashlib.sha256(badge.payload).digest())}
    document: dict[str, JSON] = {
        "@context": CONTEXTS,
        "id": id_,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": name,
        "issuer": dict(issuer),
        "validFrom": now.astimezone(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z"),
        "credentialSubject": {
            "type": ["AchievementSubject"],
            **_holder(badge, id_),
            "achievement": {
                "id": _part(id_, "portfolio"),
                "type": ["Achievement"],
                "achievementType": KIND,
                "name": name,
                "description": "What the holder of a badge shows for it. Its issuer has not read this.",
                "criteria": {"narrative": "Self-asserted by the holder of the badge."},
            },
            "narrative": story,
        },
        "evidence": evidence,
        "relatedResource": [about, *files],
    }
    if not story:
        obj(document["credentialSubject"]).pop("narrative")
    if not evidence:
        document.pop("evidence")
    return document


def read_statement(payload: bytes, badge: bytes) -> Statement:
    """What a statement says, with whether it is about the badge of these bytes. Its proof is `verify`'s to check.

    Raises NotJSON, NotABadge or TooLarge.
    """
    document = document_in(payload) or {}
    related = [obj(one) for one in many(document.get("relatedResource"))]
    digests = {string(one.get("id")): one for one in related}
    wanted = _sri(hashlib.sha256(badge).digest())
    issuer = obj(document.get("issuer"))
    return Statement(
        payload=payload,
        name=string(document.get("name")) or "",
        signed_by=string(issuer.get("name")) or string(issuer.get("id")) or "",
        said_at=string(document.get("validFrom")) or "",
        pieces=tuple(_piece(obj(one), digests) for one in many(document.get("evidence"))),
        is_about_it=any(string(one.get("digestSRI")) == wanted for one in related[:1]),
    )


def _part(id_: str, name: str) -> str:
    """An id for a part of the statement, the same whenever it is asked for."""
    return uuid.uuid5(uuid.NAMESPACE_URL, f"{id_}#{name}").urn


def _written(piece: Piece, number: int, id_: str) -> JSON:
    said: dict[str, JSON] = {
        "id": piece.url or _part(id_, str(number)),
        "type": ["Evidence"],
        "name": piece.name,
        "narrative": piece.narrative,
        "description": piece.description,
        "genre": piece.genre,
    }
    return {name: value for name, value in said.items() if value != ""}


def _piece(said: dict[str, JSON], digests: Mapping[str | None, dict[str, JSON]]) -> Piece:
    id_ = string(said.get("id"))
    related = digests.get(id_, {})
    return Piece(
        name=string(said.get("name")) or "",
        narrative=string(said.get("narrative")) or "",
        description=string(said.get("description")) or "",
        genre=string(said.get("genre")) or "",
        url=id_ if id_ and id_.startswith(("https://", "http://")) else None,
        digest=_digest(string(related.get("digestSRI"))),
        media_type=string(related.get("mediaType")),
    )


def _sri(digest: bytes | None) -> str:
    """A digest as Subresource Integrity writes it."""
    return f"sha256-{base64.b64encode(digest or b'').decode()}"


def _digest(sri: str | None) -> bytes | None:
    try:
        return base64.b64decode((sri or "").removeprefix("sha256-"), validate=True) if sri else None
    except ValueError:
        return None


def _address_of(badge: Credential) -> str:
    """What the badge is called: its own id, else the name that its bytes give it (RFC 6920)."""
    digest = base64.urlsafe_b64encode(hashlib.sha256(badge.payload).digest()).decode().rstrip("=")
    return badge.id if badge.id and ":" in badge.id else f"ni:///sha-256;{digest}"


def _holder(badge: Credential, id_: str) -> dict[str, JSON]:
    """The holder, as the issuer named them and no clearer than that; where the standard has no word for how they did,
    a name that says nothing."""
    if badge.version is Version.OB_3_0:
        document = document_in(badge.payload) or {}
        subject = next((obj(one) for one in many(document.get("credentialSubject"))), {})
        named = {name: subject[name] for name in ("id", "identifier") if subject.get(name)}
    else:
        known = [_identifier(one) for one in badge.recipient.identities if one.type == "email"]
        named = {"identifier": known} if known else {}
    return named or {"id": _part(id_, "holder")}


def _identifier(identity: Identity) -> JSON:
    """A recipient of 2.0 in the words of 3.0 (IdentityObject)."""
    said: dict[str, JSON] = {
        "type": "IdentityObject",
        "hashed": identity.hashed,
        "identityHash": identity.value,
        "identityType": "emailAddress",
    }
    return {**said, "salt": identity.salt} if identity.salt else said
