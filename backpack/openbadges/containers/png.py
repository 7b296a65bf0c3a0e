"""PNG: the badge in a text chunk (Open Badges Baking; 3.0, "PNG"). Chunks are walked here, no picture is decoded.

`iTXt` is what the standards ask for; `tEXt` and `zTXt` what the first bakers wrote (PNG, 5 and 11.3).
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import NamedTuple

from backpack.openbadges.containers.kinds import Kind
from backpack.openbadges.errors import AlreadyBaked, AmbiguousContainer, CannotBake, NoBadgeFound, TooLarge, Truncated

NAME = "png"
SIGNATURE = b"\x89PNG\r\n\x1a\n"
MAX_TEXT = 4 * 1024 * 1024
MAX_CHUNKS = 200_000
_KEYWORDS = {kind.keyword.encode() for kind in Kind}
_HEAD = struct.Struct(">I4s").unpack_from
_SUM = struct.Struct(">I").unpack_from
_TEXT_CHUNKS = {b"tEXt", b"zTXt", b"iTXt"}


class Chunk(NamedTuple):
    """Where a chunk stands: its length field begins at `start`, the next chunk at `end`."""

    type: bytes
    start: int
    end: int


def recognises(head: bytes) -> bool:
    return head.startswith(SIGNATURE)


def extract(data: bytes) -> tuple[bytes, ...]:
    """The one badge in the picture. Raises NoBadgeFound, AmbiguousContainer, TooLarge or Truncated."""
    badges = [chunk for chunk in _chunks(data) if _is_badge(data, chunk)]
    if not badges:
        raise NoBadgeFound
    # Readers disagree on which of two counts: a file could show one and prove the other.
    if len(badges) > 1:
        raise AmbiguousContainer
    payload = _text(badges[0].type, data[badges[0].start + 8 : badges[0].end - 4])
    if not payload.strip():
        raise NoBadgeFound
    return (payload,)


def embed(data: bytes, payload: bytes, kind: Kind, *, replace: bool = False) -> bytes:
    """The picture with the badge in an uncompressed `iTXt` before the first `IDAT`; no other chunk is touched."""
    chunks = list(_chunks(data))
    old = [chunk for chunk in chunks if _is_badge(data, chunk)]
    if old and not replace:
        raise AlreadyBaked
    place = next((chunk.start for chunk in chunks if chunk.type == b"IDAT"), None)
    if place is None or b"\0" in payload or len(payload) > MAX_TEXT - 100:
        raise CannotBake
    baked = [data[: len(SIGNATURE)]]
    for chunk in chunks:
        if chunk.start == place:
            baked.append(_international_text(kind.keyword.encode(), payload))
        if chunk not in old:
            baked.append(data[chunk.start : chunk.end])
    return b"".join(baked) + data[chunks[-1].end :]


def _chunks(data: bytes) -> Iterator[Chunk]:
    """Every chunk in order, with its length and checksum proven. What follows `IEND` is no part of the picture."""
    view, size = memoryview(data), len(data)
    position = len(SIGNATURE)
    for number in range(MAX_CHUNKS):
        if position + 12 > size:
            raise Truncated
        length, kind = _HEAD(data, position)
        end = position + 12 + length
        if end > size or (kind == b"IHDR") != (number == 0):
            raise Truncated
        if zlib.crc32(view[position + 4 : end - 4]) != _SUM(data, end - 4)[0]:
            raise Truncated
        yield Chunk(kind, position, end)
        if kind == b"IEND":
            return
        position = end
    raise TooLarge


def _is_badge(data: bytes, chunk: Chunk) -> bool:
    if chunk.type not in _TEXT_CHUNKS:
        return False
    head = data[chunk.start + 8 : min(chunk.start + 8 + 80, chunk.end - 4)]
    return head.partition(b"\0")[0] in _KEYWORDS and b"\0" in head


def _text(kind: bytes, content: bytes) -> bytes:
    """The text of a chunk, as UTF-8."""
    if len(content) > MAX_TEXT:
        raise TooLarge
    _keyword, _, rest = content.partition(b"\0")
    if kind == b"iTXt":
        return _text_of_international(rest)
    if kind == b"zTXt":
        # One byte names the method of compression, of which there is only zlib's.
        return _utf8(_inflated(rest[1:]))
    return _utf8(rest)


def _text_of_international(rest: bytes) -> bytes:
    if len(rest) < 4:
        raise Truncated
    compressed, method = rest[0], rest[1]
    _language, language_ends, rest = rest[2:].partition(b"\0")
    _translated, translation_ends, text = rest.partition(b"\0")
    if not language_ends or not translation_ends or compressed > 1 or (compressed and method):
        raise Truncated
    return _inflated(text) if compressed else text


def _inflated(content: bytes) -> bytes:
    inflater = zlib.decompressobj()
    try:
        text = inflater.decompress(content, MAX_TEXT + 1)
    except zlib.error:
        raise Truncated from None
    if len(text) > MAX_TEXT:
        raise TooLarge
    if not inflater.eof:
        raise Truncated
    return text


def _utf8(text: bytes) -> bytes:
    """The standard says Latin-1 here, and bakers write UTF-8."""
    try:
        text.decode()
    except UnicodeDecodeError:
        return text.decode("latin-1").encode()
    return text


def _international_text(keyword: bytes, payload: bytes) -> bytes:
    content = b"iTXt" + keyword + b"\0" + b"\0\0" + b"\0" + b"\0" + payload
    return struct.pack(">I", len(content) - 4) + content + struct.pack(">I", zlib.crc32(content))
