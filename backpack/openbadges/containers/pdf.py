"""PDF: badges in the document information, in XMP or attached, as Open Badge Factory and our own CV write them.

What is attached may be a container itself: `extract` gives it as it is, and the reader opens it. Reading a PDF can be
slow and heavy whatever the limits: whoever reads one from a stranger does so in a child process.
"""

from __future__ import annotations

import io
from collections.abc import Iterator

from pypdf import PdfReader, PdfWriter
from pypdf.errors import LimitReachedError, PyPdfError
from pypdf.generic import DictionaryObject, StreamObject, TextStringObject

from backpack.openbadges.containers import svg, xml
from backpack.openbadges.containers.kinds import Kind
from backpack.openbadges.errors import (
    AlreadyBaked,
    CannotBake,
    Encrypted,
    NoBadgeFound,
    OpenBadgesError,
    TooLarge,
    Truncated,
)

NAME = "pdf"
MAX_PDF = 64 * 1024 * 1024
MAX_ATTACHMENTS = 200
MAX_ATTACHED = 32 * 1024 * 1024
_KEY = "/openbadges"
_ATTACHED = {Kind.OPEN_BADGE: "openbadge", Kind.OPEN_BADGE_CREDENTIAL: "openbadgecredential"}


def recognises(head: bytes) -> bool:
    return b"%PDF-" in head


def extract(data: bytes) -> tuple[bytes, ...]:
    """What may be a badge in it, each thing once. Raises NoBadgeFound, Encrypted, TooLarge or Truncated."""
    if len(data) > MAX_PDF:
        raise TooLarge
    found = dict.fromkeys(_all_found(data))
    if not found:
        raise NoBadgeFound
    return tuple(found)


def embed(data: bytes, payload: bytes, kind: Kind, *, replace: bool = False) -> bytes:
    """The document with the badge in its information and attached, as an update after its last byte."""
    if not replace:
        try:
            extract(data)
        except NoBadgeFound:
            pass
        else:
            raise AlreadyBaked
    try:
        words = payload.decode()
        writer = PdfWriter(io.BytesIO(data), incremental=True)
        if writer.is_encrypted:
            raise Encrypted
        writer.add_metadata({_KEY: TextStringObject(words)})
        _attach(writer, payload, kind)
        baked = io.BytesIO()
        writer.write(baked)
    except OpenBadgesError:
        raise
    except Exception:  # pypdf lets many kinds out of a damaged document
        raise CannotBake from None
    return baked.getvalue()


def _attach(writer: PdfWriter, payload: bytes, kind: Kind) -> None:
    end = "jwt" if payload[:1].isalpha() else "json"
    name = f"{_ATTACHED.get(kind, 'clr')}.{end}"
    for old in list(writer.attachment_list):
        if old.name == name:
            old.delete()
    writer.add_attachment(name, payload)


def _all_found(data: bytes) -> Iterator[bytes]:
    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise Encrypted
        yield from _in_information(reader)
        yield from _in_xmp(reader)
        yield from _attached(reader)
    except OpenBadgesError:
        raise
    except LimitReachedError:
        raise TooLarge from None
    except (PyPdfError, Exception):  # pypdf lets many kinds out of a damaged document
        raise Truncated from None


def _in_information(reader: PdfReader) -> Iterator[bytes]:
    value = reader.metadata.get(_KEY) if reader.metadata is not None else None
    if isinstance(value, str) and value.strip():
        yield value.encode()


def _in_xmp(reader: PdfReader) -> Iterator[bytes]:
    root = reader.trailer["/Root"].get_object()
    packet = root.get("/Metadata") if isinstance(root, DictionaryObject) else None
    stream = packet.get_object() if packet is not None else None
    if not isinstance(stream, StreamObject):
        return
    try:
        elements = xml.read(stream.get_data()).elements
    except Truncated:
        # Other writers' metadata may be damaged without any harm to the badge elsewhere in the document.
        return
    for element in elements:
        yield svg.payload_of(element)


def _attached(reader: PdfReader) -> Iterator[bytes]:
    size = 0
    for number, attachment in enumerate(reader.attachment_list):
        if number >= MAX_ATTACHMENTS:
            raise TooLarge
        content = attachment.content
        size += len(content)
        if size > MAX_ATTACHED:
            raise TooLarge
        yield content
