"""A badge as an address: where to ask for it. 0.5 and 1.x baked addresses, and people paste them."""

from __future__ import annotations

import re

from backpack.openbadges.errors import NoBadgeFound

NAME = "url"
MAX_TEXT = 4096
_HEAD = re.compile(rb"\s*https?://", re.IGNORECASE)
_ADDRESS = re.compile(rb"https?://[^\s<>\"{}|\\^`\x00-\x20]+", re.IGNORECASE)


def recognises(head: bytes) -> bool:
    return _HEAD.match(head) is not None


def extract(data: bytes) -> tuple[bytes, ...]:
    """The address, without white space around it. Raises NoBadgeFound for what is none."""
    address = data.removeprefix(b"\xef\xbb\xbf").strip()
    if len(address) > MAX_TEXT or not _ADDRESS.fullmatch(address):
        raise NoBadgeFound
    try:
        address.decode()
    except UnicodeDecodeError:
        raise NoBadgeFound from None
    return (address,)
