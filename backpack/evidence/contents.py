"""A file's bytes for whoever must look into them, without having all of them in memory: a film may be large."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from typing import IO, Final

EDGE: Final = 4096
"""Bytes at each end that are at hand."""
PIECE: Final = 256 * 1024


class Content:
    """What was sent: its size, both ends, and the rest a piece at a time."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self.size = stream.seek(0, os.SEEK_END)
        self.head = self.at(0, EDGE)
        self.tail = self.at(max(0, self.size - EDGE), EDGE)

    @classmethod
    def of(cls, data: bytes) -> Content:
        """The same for bytes that are in memory."""
        return cls(io.BytesIO(data))

    def at(self, start: int, length: int) -> bytes:
        """These bytes, or as many of them as there are."""
        self._stream.seek(start)
        return self._stream.read(length)

    def opened(self) -> IO[bytes]:
        """The stream, at its beginning."""
        self._stream.seek(0)
        return self._stream

    def pieces(self) -> Iterator[bytes]:
        """All of it, from the beginning."""
        self._stream.seek(0)
        while piece := self._stream.read(PIECE):
            yield piece

    def read(self) -> bytes:
        """All of it at once: for what its kind keeps small."""
        return self.at(0, self.size)

    @property
    def is_blank(self) -> bool:
        """Whether there is nothing in it, or nothing but zeros and white space."""
        return not any(piece.strip(b"\0 \t\r\n") for piece in self.pieces())
