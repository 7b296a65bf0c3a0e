"""Changes of bytes: for the tests, which are not guided by coverage, and where a container guards itself by sums."""

from __future__ import annotations

import random
import struct
import zlib

from backpack.openbadges.containers import png
from tests.fuzz import rewriting

WORDS: tuple[bytes, ...] = tuple(
    word.encode("utf-8", "surrogatepass")
    for word in (
        *'{}[]",:\\.<>&/#%',
        "null",
        "true",
        "-1",
        "1e400",
        "NaN",
        "\\ud800",
        "\ud800",
        "\0",
        "@id",
        "@type",
        "@context",
        "@graph",
        "@list",
        "@value",
        "id",
        "type",
        "proof",
        "issuer",
        "badge",
        "verification",
        "credentialSubject",
        "https://",
        "http://[",
        "did:web:",
        "did:key:z",
        "did:jwk:",
        "_:b",
        "2024-02-30T25:61:61Z",
        "9" * 20,
        "obj",
        "endobj",
        "<!ENTITY",
        "]]>",
        "\n\n\n",
        "410",
    )
)
MOST = 64 * 1024


def mutated(data: bytes, others: tuple[bytes, ...], chance: random.Random) -> bytes:
    """One to six changes, of the bytes or of the JSON they are; what grows beyond measure is cut."""
    if chance.random() < 0.3:
        return rewriting.rewritten(data, others, chance)[:MOST]
    for _ in range(chance.randint(1, 6)):
        data = _changed(data, others, chance)[:MOST]
    return data


def _changed(data: bytes, others: tuple[bytes, ...], chance: random.Random) -> bytes:
    start = chance.randint(0, len(data))
    end = min(len(data), start + chance.choice((1, 1, 2, 4, 16, 64, 1024)))
    piece = data[start:end]
    match chance.randrange(7):
        case 0:
            return data[:start] + bytes(byte ^ 1 << chance.randrange(8) for byte in piece) + data[end:]
        case 1:
            return data[:start] + data[end:]
        case 2:
            return data[:start] + piece * chance.choice((2, 3, 70)) + data[end:]
        case 3:
            return data[:start] + chance.choice(WORDS) + data[start:]
        case 4:
            return data[:start] + chance.choice(WORDS) + data[end:]
        case 5:
            other = chance.choice(others)
            return data[:start] + other[chance.randint(0, len(other)) :]
        case _:
            return data[:start] + chance.randbytes(len(piece)) + data[end:]


def with_sums(data: bytes) -> bytes:
    """A PNG whose chunks have the checksums of what is in them, so that a change gets past the first gate."""
    if not data.startswith(png.SIGNATURE):
        return data
    made, position = bytearray(data), len(png.SIGNATURE)
    while position + 12 <= len(made):
        end = position + 12 + int.from_bytes(made[position : position + 4], "big")
        if end > len(made):
            break
        made[end - 4 : end] = struct.pack(">I", zlib.crc32(made[position + 4 : end - 4]))
        position = end
    return bytes(made)
