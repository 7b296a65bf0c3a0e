"""How a person's file is sent: as something to keep, never as a page of ours (SECURITY C4, D8)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from backpack.errors import NotFound
from backpack.evidence.filenames import disposition
from backpack.evidence.kinds import ending_of
from backpack.evidence.models import ArtefactFile
from backpack.storage import Storage

FILE_POLICY: Final = "default-src 'none'; sandbox"
INLINE: Final = frozenset({"image/webp", "image/png"})
"""What may be shown inside a page: pictures that we made ourselves."""


@dataclass(frozen=True, slots=True)
class Sending:
    """Which stored bytes to send, and how."""

    key: str
    headers: dict[str, str]

    def pieces(self, storage: Storage) -> tuple[Iterator[bytes], dict[str, str]]:
        """The bytes, a piece at a time, and their headers with their length. Raises NotFound when they are gone."""
        try:
            size = storage.size(self.key)
        except FileNotFoundError as error:
            raise NotFound from error
        return storage.read_range(self.key, 0, size), {**self.headers, "Content-Length": str(size)}


def for_owner(file: ArtefactFile) -> Sending:
    """The original, as it was given."""
    return Sending(file.storage_key, _headers(file.media_type, file.filename))


def for_others(file: ArtefactFile, *, inline: bool = False) -> Sending:
    """What others get: of a picture the copy without metadata, of anything else the file, always to be kept."""
    if file.clean_key and file.clean_type:
        name = f"{file.filename.removesuffix(ending_of(file.filename))}.{file.clean_type.partition('/')[2]}"
        return Sending(file.clean_key, _headers(file.clean_type, name, inline=inline))
    return Sending(file.storage_key, _headers(file.media_type, file.filename))


def _headers(media_type: str, filename: str, *, inline: bool = False) -> dict[str, str]:
    kind = f"{media_type}; charset=utf-8" if media_type == "text/plain" else media_type
    return {
        "Content-Type": kind,
        "Content-Disposition": disposition(filename, inline=inline and media_type in INLINE),
        "Content-Security-Policy": FILE_POLICY,
        "X-Content-Type-Options": "nosniff",
    }
