"""ZIP: every entry that is a container is one; names are ignored, archives within archives are not opened."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator

from backpack.openbadges.errors import Encrypted, NoBadgeFound, TooLarge, Truncated

NAME = "zip"
MAX_ENTRIES = 2_000
MAX_TOTAL = 500 * 1024 * 1024
MAX_RATIO = 100
FREE = 1024 * 1024
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
"""How everybody packs. LZMA and bzip2 ask for memory that nobody bounds, by words of the entry's own."""
_SKIPPED = ("__MACOSX/",)


def recognises(head: bytes) -> bool:
    return head.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def extract(data: bytes) -> Iterator[bytes]:
    """Every entry's bytes, one at a time. Raises as `entries`."""
    return (content for _name, content in entries(data))


def entries(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Every entry's name and bytes, one at a time. A name is only something to show, never a path.

    Raises Encrypted, TooLarge, Truncated or NoBadgeFound.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as box:
            entries = [entry for entry in box.infolist() if not entry.filename.endswith("/")]
            _bound(entries, len(data))
            wanted = [entry for entry in entries if not entry.filename.startswith(_SKIPPED)]
            if not wanted:
                raise NoBadgeFound
            for entry in wanted:
                yield entry.filename, _content(box, entry)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError):
        raise Truncated from None


def names(data: bytes) -> Iterator[str]:
    """The name of every entry, nothing opened. Raises Truncated."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as box:
            yield from box.namelist()
    except (zipfile.BadZipFile, EOFError, OSError, ValueError, NotImplementedError):
        raise Truncated from None


def claimed(data: bytes) -> tuple[int, int]:
    """How many entries there are and how many bytes they say to hold, nothing opened. Raises Truncated."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as box:
            return len(box.infolist()), sum(entry.file_size for entry in box.infolist())
    except (zipfile.BadZipFile, EOFError, OSError, ValueError, NotImplementedError):
        raise Truncated from None


def _bound(entries: list[zipfile.ZipInfo], size: int) -> None:
    total = sum(entry.file_size for entry in entries)
    if len(entries) > MAX_ENTRIES or total > MAX_TOTAL:
        raise TooLarge
    if any(entry.flag_bits & 1 for entry in entries):
        raise Encrypted
    # Entries that share their compressed bytes make a small file large: the whole is bounded, not only each.
    if total > FREE and total > MAX_RATIO * size:
        raise TooLarge
    if any(entry.file_size > FREE and entry.file_size > MAX_RATIO * entry.compress_size for entry in entries):
        raise TooLarge


def _content(box: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """What the entry holds, and never more than it claims: the claim was bounded before."""
    if entry.compress_type not in _METHODS:
        raise Truncated
    with box.open(entry) as stream:
        content = stream.read(entry.file_size + 1)
    if len(content) != entry.file_size:
        raise Truncated
    return content
