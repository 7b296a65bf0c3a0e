"""PDF: badges in the document information, in XMP or attached, as Open Badge Factory and our own CV write them.

What is attached may be a container itself: `extract` gives it as it is, and the reader opens it. Reading a PDF can be
slow and heavy whatever the limits: whoever reads one from a stranger does so in a child process.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from pypdf import PdfReader, PdfWriter
from pypdf.errors import LimitReachedError
from pypdf.generic import StreamObject, TextStringObject

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
MAX_ATTACHMENTS = 320
MAX_ATTACHED = 32 * 1024 * 1024
KEY = "/openbadges"
_ATTACHED = "openbadge.txt"
"""One name whatever the badge's form: readers go by content, and replacing finds it again."""


def recognises(head: bytes) -> bool:
    return b"%PDF-" in head


def extract(data: bytes) -> tuple[bytes, ...]:
    """What may be a badge in it, each thing once. Raises NoBadgeFound, Encrypted, TooLarge or Truncated."""
    if len(data) > MAX_PDF:
        raise TooLarge
    with _pypdf_kept_in():
        found = dict.fromkeys(_all_found(data))
    if not found:
        raise NoBadgeFound
    return tuple(found)


def payloads(information: bytes | None, packet: bytes | None, attached: Iterable[bytes]) -> tuple[bytes, ...]:
    """As `extract`, from parts that a process of its own has read: what stands under KEY in the information, the XMP
    packet, and what is attached. Raises NoBadgeFound."""
    written = [information] if information is not None and information.strip() else []
    found = dict.fromkeys([*written, *(_in_packet(packet) if packet is not None else ()), *attached])
    if not found:
        raise NoBadgeFound
    return tuple(found)


def embed(data: bytes, payload: bytes, _kind: Kind, *, replace: bool = False) -> bytes:
    """The document with the badge in its information and attached, as an update after its last byte."""
    if not replace and _is_baked(data):
        raise AlreadyBaked
    baked = io.BytesIO()
    with _pypdf_kept_in():
        writer = PdfWriter(io.BytesIO(data), incremental=True)
        # What stands in XMP is another program's packet: two badges would be the result of leaving it.
        if writer.is_encrypted or any(_in_xmp(writer)):
            raise CannotBake
        writer.add_metadata({KEY: TextStringObject(payload.decode())})
        _attach(writer, payload)
        writer.write(baked)
    return baked.getvalue()


def _is_baked(data: bytes) -> bool:
    """Whether one of the three places is taken; other attachments are the document's own affair."""
    with _pypdf_kept_in():
        reader = _reader(data)
        return (
            any(_in_information(reader))
            or any(_in_xmp(reader))
            or any(attachment.name == _ATTACHED for attachment in reader.attachment_list)
        )


def _attach(writer: PdfWriter, payload: bytes) -> None:
    mine = [attachment for attachment in writer.attachment_list if attachment.name == _ATTACHED]
    if not mine:
        writer.add_attachment(_ATTACHED, payload)
    for old in mine:
        old.content = payload


def _reader(data: bytes) -> PdfReader:
    reader = PdfReader(io.BytesIO(data))
    if reader.is_encrypted and not reader.decrypt(""):
        raise Encrypted
    return reader


@contextmanager
def _pypdf_kept_in() -> Iterator[None]:
    """A damaged document makes pypdf raise of many kinds, its own and Python's: here they become ours."""
    try:
        yield
    except OpenBadgesError:
        raise
    except LimitReachedError:
        raise TooLarge from None
    except Exception:
        raise Truncated from None


def _all_found(data: bytes) -> Iterator[bytes]:
    reader = _reader(data)
    yield from _in_information(reader)
    yield from _in_xmp(reader)
    yield from _attached(reader)


def _in_information(reader: PdfReader) -> Iterator[bytes]:
    value = reader.metadata.get(KEY) if reader.metadata is not None else None
    if isinstance(value, str) and value.strip():
        yield value.encode()


def _in_xmp(document: PdfReader | PdfWriter) -> Iterator[bytes]:
    packet = document.root_object.get("/Metadata")
    stream = packet.get_object() if packet is not None else None
    if not isinstance(stream, StreamObject):
        return
    yield from _in_packet(stream.get_data())


def _in_packet(packet: bytes) -> Iterator[bytes]:
    try:
        elements = xml.read(packet).elements
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
