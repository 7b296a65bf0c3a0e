"""PNG: the badge in a text chunk (Open Badges Baking; 3.0, "PNG"). Chunks are walked here, no picture is decoded.

`iTXt` is what the standards ask for; `tEXt` and `zTXt` what the first bakers wrote (PNG, 5 and 11.3).
"""

from __future__ import annotations

import struct
import zlib
from typing import TypeAlias

from backpack.openbadges.containers.kinds import BADGES, Kind
from backpack.openbadges.errors import AlreadyBaked, AmbiguousContainer, CannotBake, NoBadgeFound, TooLarge, Truncated

NAME = "png"
SIGNATURE = b"\x89PNG\r\n\x1a\n"
MAX_TEXT = 4 * 1024 * 1024
MAX_CHUNKS = 200_000
_KEYWORDS = {kind.keyword.encode() for kind in BADGES}
_STATEMENT = {Kind.STATEMENT.keyword.encode()}
_HEAD = struct.Struct(">I4s").unpack_from
_SUM = struct.Struct(">I").unpack_from
_SUM_AND_HEAD = struct.Struct(">II4s").unpack_from
_TEXT_CHUNKS = {b"tEXt", b"zTXt", b"iTXt"}


Chunk: TypeAlias = tuple[bytes, int, int]
"""The type of a chunk and where it stands: where its length field begins, and where the next chunk does."""


def recognises(head: bytes) -> bool:
    return head.startswith(SIGNATURE)


def extract(data: bytes) -> tuple[bytes, ...]:
    """The one badge in the picture. Raises NoBadgeFound, AmbiguousContainer, TooLarge or Truncated."""
    badges = _named(data, _chunks(data), _KEYWORDS)
    if not badges:
        raise NoBadgeFound
    # Readers disagree on which of two counts: a file could show one and prove the other.
    if len(badges) > 1:
        raise AmbiguousContainer
    kind, start, end = badges[0]
    payload = _text(kind, data[start + 8 : end - 4])
    if not payload.strip():
        raise NoBadgeFound
    return (payload,)


def embed(data: bytes, payload: bytes, kind: Kind, *, replace: bool = False) -> bytes:
    """The picture with the badge in an uncompressed `iTXt` before the first `IDAT`; no other chunk is touched."""
    chunks = _chunks(data)
    old = _named(data, chunks, _STATEMENT if kind is Kind.STATEMENT else _KEYWORDS)
    if old and not replace:
        raise AlreadyBaked
    place = next((start for type_, start, _ in chunks if type_ == b"IDAT"), None)
    if place is None or b"\0" in payload or len(payload) > MAX_TEXT - 100:
        raise CannotBake
    baked = [data[: len(SIGNATURE)]]
    for chunk in chunks:
        _, start, end = chunk
        if start == place:
            baked.append(_international_text(kind.keyword.encode(), payload))
        if chunk not in old:
            baked.append(data[start:end])
    return b"".join(baked) + data[chunks[-1][2] :]


def statement(data: bytes) -> bytes | None:
    """What the holder says beside the badge, if the picture carries it once. Raises TooLarge or Truncated."""
    said = _named(data, _chunks(data), _STATEMENT)
    if len(said) != 1:
        return None
    kind, start, end = said[0]
    return _text(kind, data[start + 8 : end - 4])


def without_statement(data: bytes) -> bytes:
    """The picture without what the holder says beside the badge; no other byte changes. Raises TooLarge, Truncated."""
    chunks = _chunks(data)
    for _, start, end in reversed(_named(data, chunks, _STATEMENT)):
        data = data[:start] + data[end:]
    return data


def _chunks(data: bytes) -> list[Chunk]:
    """Every chunk in order, with its length and checksum proven. What follows `IEND` is no part of the picture."""
    view, size, crc32, sum_and_head = memoryview(data), len(data), zlib.crc32, _SUM_AND_HEAD
    found: list[Chunk] = []
    start = len(SIGNATURE)
    length, kind = _HEAD(data, start) if start + 8 <= size else (0, b"")
    if kind != b"IHDR":
        raise Truncated
    for _ in range(MAX_CHUNKS):
        end = start + 12 + length
        # A picture has a hundred chunks and more: one look at its sum, and at the head of the next.
        if end + 8 <= size:
            stated, length, following = sum_and_head(data, end - 4)
        elif end <= size and kind == b"IEND":
            stated = _SUM(data, end - 4)[0]
        else:
            raise Truncated
        if crc32(view[start + 4 : end - 4]) != stated:
            raise Truncated
        found.append((kind, start, end))
        if kind == b"IEND":
            return found
        if following == b"IHDR":
            raise Truncated
        start, kind = end, following
    raise TooLarge


def _named(data: bytes, chunks: list[Chunk], keywords: set[bytes]) -> list[Chunk]:
    """The text chunks of these names."""
    return [chunk for chunk in chunks if chunk[0] in _TEXT_CHUNKS and _is_called(data, chunk, keywords)]


def _is_called(data: bytes, chunk: Chunk, keywords: set[bytes]) -> bool:
    _, start, end = chunk
    head = data[start + 8 : min(start + 8 + 80, end - 4)]
    return head.partition(b"\0")[0] in keywords and b"\0" in head


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
