"""The part of CBOR (RFC 8949) that selective disclosure proofs use: integers, bytes, arrays, maps, definite lengths."""

from __future__ import annotations

from typing import TypeAlias

CBOR: TypeAlias = "int | bytes | list[CBOR] | dict[int, CBOR]"
_MAX_ITEMS = 100_000
_MAX_DEPTH = 4


class BadCBOR(ValueError):
    """Not CBOR, or more of it than a proof holds."""


def loads(data: bytes) -> CBOR:
    """The one item these bytes are. Raises BadCBOR."""
    value, end = _item(data, 0, 0)
    if end != len(data):
        raise BadCBOR("bytes after the item")
    return value


def _item(data: bytes, at: int, depth: int) -> tuple[CBOR, int]:
    major, count, at = _head(data, at)
    if depth > _MAX_DEPTH:
        raise BadCBOR("too deep")
    match major:
        case 0:
            return count, at
        case 2:
            if at + count > len(data):
                raise BadCBOR("cut")
            return data[at : at + count], at + count
        case 4:
            return _array(data, at, count, depth)
        case 5:
            return _map(data, at, count, depth)
        case _:
            raise BadCBOR("unexpected kind")


def _array(data: bytes, at: int, count: int, depth: int) -> tuple[list[CBOR], int]:
    items: list[CBOR] = []
    for _ in range(count):
        item, at = _item(data, at, depth + 1)
        items.append(item)
    return items, at


def _map(data: bytes, at: int, count: int, depth: int) -> tuple[dict[int, CBOR], int]:
    members: dict[int, CBOR] = {}
    for _ in range(count):
        key, at = _item(data, at, depth + 1)
        if not isinstance(key, int) or key in members:
            raise BadCBOR("key")
        members[key], at = _item(data, at, depth + 1)
    return members, at


def _head(data: bytes, at: int) -> tuple[int, int, int]:
    if at >= len(data):
        raise BadCBOR("cut")
    major, short = data[at] >> 5, data[at] & 0x1F
    at += 1
    if short < 24:
        return major, short, at
    width = {24: 1, 25: 2, 26: 4, 27: 8}.get(short)
    if width is None or at + width > len(data):
        raise BadCBOR("length")
    count = int.from_bytes(data[at : at + width], "big")
    if major in (4, 5) and count > _MAX_ITEMS:
        raise BadCBOR("too many items")
    return major, count, at + width
