"""What of a film or a recording others get blank (ISO/IEC 14496-12, QuickTime File Format).

A phone writes where it was, and which phone it is, into boxes that no player needs. Others get each of them as free
space of the same length: nothing is encoded anew or kept twice, and no offset in the file changes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

Read = Callable[[int, int], bytes]
"""Bytes of a file: from where, how many. Fewer where it ends."""
FILE: Final = b""
NEEDED: Final[Mapping[bytes, frozenset[bytes]]] = {
    FILE: frozenset(
        (b"ftyp", b"styp", b"pdin", b"moov", b"moof", b"mfra", b"mdat", b"imda", b"sidx", b"ssix", b"prft", b"wide")
    ),
    b"moov": frozenset((b"mvhd", b"trak", b"mvex", b"iods", b"pssh", b"ctab", b"clip", b"prfl")),
    b"trak": frozenset(
        (b"tkhd", b"mdia", b"edts", b"tref", b"tapt", b"trgr", b"load", b"clip", b"matt", b"txas", b"imap")
    ),
    b"mdia": frozenset((b"mdhd", b"hdlr", b"elng", b"minf")),
    b"minf": frozenset((b"vmhd", b"smhd", b"hmhd", b"nmhd", b"sthd", b"gmhd", b"hdlr", b"dinf", b"stbl")),
    b"moof": frozenset((b"mfhd", b"traf", b"pssh")),
    b"traf": frozenset((b"tfhd", b"tfdt", b"trun", b"sbgp", b"sgpd", b"subs", b"saiz", b"saio", b"senc", b"sdtp")),
}
"""What a player needs, by the box it is in. All else goes: `udta` and `meta`, where places stand (`©xyz`, `loci`,
`com.apple.quicktime.location`), and what makers of cameras thought of, for which there is no list."""
SHOWN: Final = frozenset((b"vide", b"soun", b"text", b"sbtl", b"subt", b"clcp", b"tmcd"))
"""Handlers of tracks that a person sees or hears, and of time codes. All others may hold anything."""
TELLING: Final = (b"locat", b"gps", b"geo", b"latitude")
PAGE: Final = 64 * 1024
MOST_BOXES: Final = 20_000
MOST_BLANKS: Final = 1_000


class NotUnderstood(Exception):
    """Its boxes do not fit into each other, are more than we look at, or a track may hold places."""


class Blank(NamedTuple):
    """A box to be blanked: where its type stands, where what is in it begins, and where it ends."""

    kind: int
    inside: int
    end: int


class Box(NamedTuple):
    """A box of a file."""

    kind: bytes
    at: int
    inside: int
    end: int


def blanks_of(read: Read, size: int) -> list[Blank]:
    """The boxes of this file that others get blank, in their order. Raises NotUnderstood."""
    looked = _Look(_paged(read))
    looked.walk(Box(FILE, 0, 0, size))
    if not looked.tracks or len(looked.blanks) > MOST_BLANKS:
        raise NotUnderstood
    return looked.blanks


def blanked(pieces: Iterable[bytes], start: int, blanks: Sequence[Blank]) -> Iterator[bytes]:
    """These pieces of a file, the first of which begins at `start`, with those boxes as free space."""
    for piece in pieces:
        end = start + len(piece)
        touched = [blank for blank in blanks if blank.kind < end and blank.end > start]
        yield _blank_in(piece, start, touched) if touched else piece
        start = end


def _blank_in(piece: bytes, start: int, blanks: Iterable[Blank]) -> bytes:
    made = bytearray(piece)
    for blank in blanks:
        for at, byte in enumerate(b"free", blank.kind - start):
            if 0 <= at < len(made):
                made[at] = byte
        first, last = max(blank.inside - start, 0), min(blank.end - start, len(made))
        if first < last:
            made[first:last] = bytes(last - first)
    return bytes(made)


def _paged(read: Read) -> Read:
    """Looking at boxes asks for a few bytes here and there: storage is asked for a page at a time."""

    @lru_cache(maxsize=4)
    def page(number: int) -> bytes:
        return read(number * PAGE, PAGE)

    def few(at: int, length: int) -> bytes:
        number, first = divmod(at, PAGE)
        data = page(number)
        if first + length > PAGE:
            data += page(number + 1)
        return data[first : first + length]

    return few


class _Look:
    """One walk through the boxes of a file, no deeper than `NEEDED` goes."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self._seen = 0
        self.tracks = 0
        self.blanks: list[Blank] = []

    def walk(self, outer: Box) -> None:
        for box in self._boxes(outer):
            if box.kind in (b"cmov", b"rmra"):  # a packed table of contents; one that leads to other files
                raise NotUnderstood
            if box.kind not in NEEDED[outer.kind]:
                if box.inside < box.end:
                    self.blanks.append(Blank(box.at + 4, box.inside, box.end))
                continue
            if box.kind == b"mdia":
                self.tracks += 1
                self._check_track(box)
            if box.kind in NEEDED:
                self.walk(box)

    def _boxes(self, outer: Box) -> Iterator[Box]:
        at = outer.inside
        while at < outer.end:
            self._seen += 1
            head = self._read(at, 16)
            length, header = int.from_bytes(head[:4]), 8
            if length == 1:
                length, header = int.from_bytes(head[8:16]), 16
            elif length == 0 and outer.kind == FILE:  # only the last box of a file may leave its length open
                length = outer.end - at
            if self._seen > MOST_BOXES or length < header or at + length > outer.end:
                raise NotUnderstood
            yield Box(head[4:8], at, at + header, at + length)
            at += length

    def _check_track(self, media: Box) -> None:
        """Places may also be what a track is made of: those are among the pictures, and no box of their own."""
        handler = self._find(media, b"hdlr")
        if handler and self._read(handler.inside + 8, 4) in SHOWN:
            return
        table = self._find(self._find(self._find(media, b"minf"), b"stbl"), b"stsd")
        if table is None or table.end - table.inside > PAGE:
            raise NotUnderstood
        described = self._read(table.inside, table.end - table.inside)
        # One description, of metadata by key (`mebx`), none of whose keys is a place: faces, light, how it was held.
        is_by_key = described[4:8] == b"\0\0\0\1" and described[12:16] == b"mebx"
        if not is_by_key or any(word in described.lower() for word in TELLING):
            raise NotUnderstood

    def _find(self, outer: Box | None, kind: bytes) -> Box | None:
        return next((box for box in self._boxes(outer) if box.kind == kind), None) if outer else None
