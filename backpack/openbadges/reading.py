"""Bytes -> the badges in them (VERIFICATION 2). What is read is what a file claims; nothing is verified here.

read(data)            the badges in a file, a text or an address; raises an OpenBadgesError if there is none
read_each(data)       the same for a box of several, with a line for each thing in it that is no badge
read_payload(payload) the badge in a payload that was read before
document_in(payload)  its JSON: the document itself, or what a compact JWS claims; None for an address
bake(picture, payload)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from backpack.openbadges import versions
from backpack.openbadges.addresses import rewrite_address
from backpack.openbadges.containers import (
    BAKEABLE,
    BOXES,
    TEXTS,
    Container,
    Kind,
    address,
    compact_jws,
    container_of,
    pdf,
    plain_json,
    png,
    svg,
)
from backpack.openbadges.errors import N_, CannotBake, NoBadgeFound, NotABadge, OpenBadgesError
from backpack.openbadges.model import Credential, Version
from backpack.openbadges.strict_json import JSON, loads_object
from backpack.openbadges.versions.shapes import many, obj

OpenPDF = Callable[[bytes], tuple[bytes, ...]]
_BOX_IN_A_BOX = N_("a box within a box")
_KINDS = {
    Version.OB_3_0: Kind.OPEN_BADGE_CREDENTIAL,
    Version.VC_1: Kind.OPEN_BADGE_CREDENTIAL,
    Version.VC_2: Kind.OPEN_BADGE_CREDENTIAL,
    Version.CLR_2: Kind.LEARNER_RECORD,
}
MAX_LAYERS = 4
"""A presentation in a presentation, a record in a record: what lies deeper is not opened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One badge. `container` is png, svg, pdf, json, jwt or url: what it sat in. `payload` is its exact text.

    `file` is the file it came in, as it came (an entry of a ZIP by itself); `picture` is that file if it is one.
    """

    container: str
    payload: bytes
    credential: Credential
    file: bytes
    picture: bytes | None = None
    statement: bytes | None = None
    """What the badge's holder says beside it in the same picture (`statements`): claimed, as everything here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """One thing in a box of several that is no badge, and why."""

    error: OpenBadgesError
    file: bytes


def read(data: bytes) -> tuple[Found, ...]:
    """The badges in these bytes, at least one. Raises what was wrong with the first thing if none is there."""
    results = read_each(data)
    found = tuple(result for result in results if isinstance(result, Found))
    if not found:
        raise next((result.error for result in results if isinstance(result, Unread)), NoBadgeFound())
    return found


def read_each(data: bytes, open_pdf: OpenPDF = pdf.extract) -> tuple[Found | Unread, ...]:
    """Everything in these bytes, badge or not. Raises an OpenBadgesError for what holds only one thing, unreadable.

    `open_pdf` does what `containers.pdf.extract` does, in a process of its own: for whoever reads strangers' files.
    """
    container = container_of(data)
    if container in BOXES:
        return tuple(result for entry in container.extract(data) for result in _entry(entry, open_pdf))
    if container is pdf:
        return _in_pdf(data, open_pdf)
    return tuple(_found(data, container, data))


def read_payload(payload: bytes) -> Credential:
    """The badge a payload claims to be. Raises NotJSON, NotABadge or TooLarge."""
    document = document_in(payload)
    if document is None:
        return Credential(payload=payload, source_url=rewrite_address(payload.decode()))
    return _credential(document, payload, MAX_LAYERS)


def document_in(payload: bytes) -> dict[str, JSON] | None:
    """The JSON of a badge: itself, or what its compact JWS claims; None for an address. Raises NotJSON or TooLarge."""
    if compact_jws.recognises(payload[:4096]):
        return versions.document_of(compact_jws.claims(payload))
    if address.recognises(payload[:4096]):
        address.extract(payload)
        return None
    return loads_object(payload)


def bake(picture: bytes, payload: bytes, *, replace: bool = False) -> bytes:
    """The picture (or PDF) with the badge in it, under the keyword of its version; nothing else in it changes.

    Raises AlreadyBaked unless `replace`, CannotBake for what is no picture, and what `read_payload` raises.
    """
    version = read_payload(payload).version
    container = container_of(picture)
    for bakeable in BAKEABLE:
        if bakeable is container:
            return bakeable.embed(picture, payload, _kind_of(version), replace=replace)
    raise CannotBake


def add_statement(picture: bytes, statement: bytes) -> bytes:
    """The picture with what its holder says beside the badge, in place of an earlier statement. The badge in it, and
    every other byte, stays as it is. Raises CannotBake for what is no PNG or SVG."""
    container = container_of(picture)
    if container is png:
        return png.embed(picture, statement, Kind.STATEMENT, replace=True)
    if container is svg:
        return svg.embed(picture, statement, Kind.STATEMENT, replace=True)
    raise CannotBake


def without_statement(data: bytes) -> bytes:
    """A file with a badge as its issuer's part stands: a PNG or SVG loses what its holder says beside the badge, and no
    other byte. Raises an OpenBadgesError."""
    container = container_of(data)
    if container is png:
        return png.without_statement(data)
    return svg.without_statement(data) if container is svg else data


def statement_in(data: bytes) -> bytes | None:
    """What a holder says beside the badge in a picture; None where there is none that can be read."""
    try:
        container = container_of(data)
        return png.statement(data) if container is png else svg.statement(data) if container is svg else None
    except OpenBadgesError:
        return None


def _kind_of(version: Version | None) -> Kind:
    return _KINDS.get(version, Kind.OPEN_BADGE) if version is not None else Kind.OPEN_BADGE


def _entry(entry: bytes, open_pdf: OpenPDF) -> Iterator[Found | Unread]:
    """One entry of an archive: a bad one costs only itself."""
    try:
        container = container_of(entry)
        if container in BOXES:
            raise NotABadge(found=_BOX_IN_A_BOX)
        yield from _in_pdf(entry, open_pdf) if container is pdf else _found(entry, container, entry)
    except OpenBadgesError as error:
        yield Unread(error=error, file=entry)


def _in_pdf(data: bytes, open_pdf: OpenPDF) -> tuple[Found, ...]:
    """The badges of a PDF, each once though it may stand in it three times. Other attachments are nobody's fault."""
    badges: dict[bytes, Found] = {}
    errors: list[OpenBadgesError] = []
    for thing in open_pdf(data):
        try:
            container = container_of(thing)
            if container in (*BOXES, pdf):
                raise NotABadge(found=_BOX_IN_A_BOX)
            for found in _found(thing, container, data):
                badges.setdefault(found.payload.strip(), replace(found, container=pdf.NAME))
        except OpenBadgesError as error:
            errors.append(error)
    if not badges:
        raise next((error for error in errors if not isinstance(error, NotABadge)), NoBadgeFound())
    return tuple(badges.values())


def _found(data: bytes, container: Container, file: bytes) -> Iterator[Found]:
    """The badges in a picture or a text."""
    picture = None if container in TEXTS else data
    said = statement_in(data)
    for payload in container.extract(data) if picture is not None else (data,):
        for text, inner in _texts(payload, MAX_LAYERS):
            credential = read_payload(text)
            name = container.NAME if picture is not None or container is not plain_json else inner.NAME
            yield Found(container=name, payload=text, credential=credential, file=file, picture=picture, statement=said)


def _texts(data: bytes, layers: int) -> Iterator[tuple[bytes, Container]]:
    """The badges' own texts in a text that may hold several, layer by layer."""
    container = container_of(data)
    if container not in TEXTS or layers < 0:
        raise NotABadge(found=_BOX_IN_A_BOX)
    for payload in container.extract(data):
        presented = _presented(payload) if container is compact_jws else []
        if presented:
            for item in presented:
                yield from _texts(plain_json.written(item), layers - 1)
        elif payload == data or payload == data.strip():
            yield payload, container
        else:
            yield from _texts(payload, layers - 1)


def _presented(token: bytes) -> list[JSON]:
    """The credentials in a presentation that is a JWT, of either data model."""
    claims = compact_jws.claims(token)
    presentation = claims.get("vp", claims)
    return plain_json.presented(presentation) if isinstance(presentation, dict) else []


def _credential(document: dict[str, JSON], payload: bytes, layers: int) -> Credential:
    """The badge, and if it is a learner record those in it, so many records deep. Raises NotABadge."""
    credential = versions.credential(document, payload)
    if credential.version is not Version.CLR_2 or not layers:
        return credential
    return replace(credential, members=tuple(_members(document, layers - 1)))


def _members(document: dict[str, JSON], layers: int) -> Iterator[Credential]:
    """The credentials in a learner record (CLR 2.0, ClrSubject). What is none is for `conformance` to tell."""
    for member in many(obj(document.get("credentialSubject")).get("verifiableCredential")):
        if not isinstance(member, (dict, str)):
            continue
        try:
            for payload, _ in _texts(plain_json.written(member), MAX_LAYERS):
                if (inner := document_in(payload)) is not None:
                    yield _credential(inner, payload, layers)
        except OpenBadgesError:
            continue
