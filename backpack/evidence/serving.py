"""How a person's file is sent: as something to keep, never as a page of ours (SECURITY C4, D8)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from werkzeug.datastructures import ContentRange, IfRange, Range

from backpack.errors import NotFound
from backpack.evidence.filenames import disposition
from backpack.evidence.films import Blank, blanked
from backpack.evidence.kinds import family_of, is_in_boxes, stem_of
from backpack.evidence.models import ArtefactFile
from backpack.storage import Storage

FILE_POLICY: Final = "default-src 'none'; sandbox"
INLINE: Final = frozenset({"image/webp", "image/png"})
"""What may be shown inside a page: pictures that we made ourselves."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes over the wire: a status, headers, and the bytes a piece at a time."""

    status: int
    headers: dict[str, str]
    pieces: Iterator[bytes]


@dataclass(frozen=True, slots=True)
class Sending:
    """Which stored bytes to send, and how."""

    key: str
    headers: Mapping[str, str]
    blanks: Sequence[Blank] = ()
    digest: str = ""
    """Of the bytes as they are sent, where they are not those that are stored."""

    @property
    def etag(self) -> str:
        """Says when the bytes are others. Part of a key, which is no address: nobody can ask for it."""
        return (self.digest or self.key.rpartition("/")[2])[:32]

    def _pieces(self, storage: Storage, start: int, end: int) -> Iterator[bytes]:
        return blanked(storage.read_range(self.key, start, end), start, self.blanks)

    def answer(self, storage: Storage, asked: Range | None = None, only_if: IfRange | None = None) -> Answer:
        """All of it, or the one part that was asked for (RFC 9110, 14), so that sound and film can be wound.

        Several parts at once are answered with everything. Raises NotFound when the bytes are gone.
        """
        try:
            size = storage.size(self.key)
        except FileNotFoundError as error:
            raise NotFound from error
        headers = {**self.headers, "Accept-Ranges": "bytes", "ETag": f'"{self.etag}"'}
        if asked is None or asked.units != "bytes" or len(asked.ranges) != 1 or not self._is_same(only_if):
            return Answer(200, {**headers, "Content-Length": str(size)}, self._pieces(storage, 0, size))
        part = _within(asked, size).range_for_length(size)
        if part is None:
            return Answer(416, {**headers, "Content-Range": f"bytes */{size}", "Content-Length": "0"}, iter(()))
        start, end = part
        headers |= {
            "Content-Range": ContentRange("bytes", start, end, size).to_header(),
            "Content-Length": str(end - start),
        }
        return Answer(206, headers, self._pieces(storage, start, end))

    def _is_same(self, only_if: IfRange | None) -> bool:
        if only_if is None or (only_if.etag is None and only_if.date is None):
            return True
        return only_if.etag == self.etag


def _within(asked: Range, size: int) -> Range:
    """The same part; where more of the end was asked for than there is, all of it (RFC 9110, 14.1.2)."""
    start, end = asked.ranges[0]
    return Range(asked.units, [(max(start, -size), end)])


def for_owner(file: ArtefactFile) -> Sending:
    """The original, as it was given."""
    return Sending(file.storage_key, _headers(file.media_type, file.filename))


def reaches_others(file: ArtefactFile) -> bool:
    """Whether there is something that others may get. The original of a picture may say where it was taken, so it needs
    its copy; a film or a recording needs to have been looked into."""
    if family_of(file.media_type) == "image":
        return file.clean_key is not None
    return not (is_in_boxes(file.media_type) and file.preview == "waiting")


def for_others(file: ArtefactFile, *, inline: bool = False) -> Sending:
    """What others get: of a picture the copy without metadata, of a film or a recording the file with its blanks, of
    anything else the file, always to be kept. Raises NotFound where nothing reaches them yet."""
    if not reaches_others(file):
        raise NotFound
    if file.clean_key and file.clean_type:
        name = f"{stem_of(file.filename)}.{file.clean_type.partition('/')[2]}"
        return Sending(file.clean_key, _headers(file.clean_type, name, inline=inline))
    headers = _headers(file.media_type, file.filename)
    blanks = [Blank(*one) for one in file.blanks or ()]
    return Sending(file.storage_key, headers, blanks, (file.blanked_digest or b"").hex())


def preview_of(file: ArtefactFile) -> Sending:
    """The small picture of it, inside a page. Raises NotFound while there is none."""
    if file.preview_key is None:
        raise NotFound
    return Sending(file.preview_key, _headers("image/webp", f"{stem_of(file.filename)}.webp", inline=True))


def _headers(media_type: str, filename: str, *, inline: bool = False) -> dict[str, str]:
    kind = f"{media_type}; charset=utf-8" if media_type == "text/plain" else media_type
    return {
        "Content-Type": kind,
        "Content-Disposition": disposition(filename, inline=inline and media_type in INLINE),
        "Content-Security-Policy": FILE_POLICY,
        "X-Content-Type-Options": "nosniff",
    }
