"""Reading an answer's body: one layer of gzip at most, unpacked piece by piece, cut at a size."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

import urllib3

from backpack.outbound.answers import Stopped

PIECE = 16 * 1024


def read_body(raw: urllib3.BaseHTTPResponse, encoding: str, largest: int) -> bytes:
    """The bytes behind the answer. Raises Stopped: `too-large` beyond `largest` unpacked bytes, `connection` when the
    packing is one we did not ask for or is broken."""
    pieces = _pieces(raw)
    packed = encoding.strip().lower()
    if packed in ("gzip", "x-gzip"):
        pieces = _unpacked(pieces)
    elif packed not in ("", "identity"):
        raise Stopped("connection", "packed in a way we did not ask for")
    body = bytearray()
    for piece in pieces:
        body += piece
        if len(body) > largest:
            raise Stopped("too-large", f"more than {largest} bytes")
    return bytes(body)


def _pieces(raw: urllib3.BaseHTTPResponse) -> Iterator[bytes]:
    while piece := raw.read(PIECE, decode_content=False):
        yield piece


def _unpacked(pieces: Iterator[bytes]) -> Iterator[bytes]:
    unpacking = zlib.decompressobj(31)
    try:
        for piece in pieces:
            waiting = piece
            while waiting and not unpacking.eof:
                yield unpacking.decompress(waiting, PIECE)
                waiting = unpacking.unconsumed_tail
    except zlib.error as error:
        raise Stopped("connection", "broken packing") from error
    if not unpacking.eof:
        raise Stopped("connection", "cut short")
