"""A profile as a card for an address book (vCard 4.0, RFC 6350): what its owner made public there, nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

MEDIA_TYPE: Final = "text/vcard"
LINE: Final = 75
"""Octets of a line without its end (RFC 6350, 3.2)."""
_CONTROL: Final = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")


def vcard(
    name: str, address: str, *, headline: str = "", words: str = "", website: str = "", skills: Iterable[str] = ()
) -> bytes:
    """The card of whoever is called `name` and has a profile at `address`. A name is one piece: which part of it is
    the family's, nobody but its owner knows."""
    lines = [
        "BEGIN:VCARD",
        "VERSION:4.0",
        "KIND:individual",
        f"FN:{_text(name)}",
        f"UID:{address}",
        f"URL:{address}",
        *([f"TITLE:{_text(headline)}"] if headline else []),
        *([f"NOTE:{_text(words)}"] if words else []),
        *([f"URL:{_CONTROL.sub('', website)}"] if website else []),
        *(f"EXPERTISE:{_text(skill)}" for skill in skills if skill),  # RFC 6715, 2.1
        "END:VCARD",
    ]
    return b"".join(part + b"\r\n" for line in lines for part in _folded(line.encode()))


def _text(value: str) -> str:
    """A text value (RFC 6350, 3.4)."""
    plain = _CONTROL.sub("", value.replace("\r\n", "\n")).replace("\\", "\\\\")
    return plain.replace(",", "\\,").replace(";", "\\;").replace("\n", "\\n")


def _folded(line: bytes) -> Iterator[bytes]:
    """A line in parts of at most 75 octets; each further one begins with a space. No letter is cut in two."""
    start, room = b"", LINE
    while len(line) > room:
        end = room
        while line[end] & 0xC0 == 0x80:
            end -= 1
        yield start + line[:end]
        line, start, room = line[end:], b" ", LINE - 1
    yield start + line
