"""Names of files as people gave them, made fit to be shown and sent: never used as a path."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote

LONGEST = 120
BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Marks that turn the direction of writing: with one, `gpj.exe` reads as `exe.jpg`."""

UNSEEN = frozenset({"Cc", "Cs", "Co", "Cn", "Zl", "Zp"})


def cleaned(name: str | None, otherwise: str = "file") -> str:
    """The name without its folders, control characters and marks of direction, at most 120 characters long."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name or ""))[-1]
    shown = "".join(c for c in BIDI.sub("", last) if unicodedata.category(c) not in UNSEEN)
    plain = " ".join(shown.replace('"', "'").split()).strip(". ")
    start, dot, end = plain.rpartition(".")
    if dot and len(plain) > LONGEST and len(end) < 12:
        return f"{start[: LONGEST - len(end) - 1].rstrip()}.{end}"
    return plain[:LONGEST].rstrip() or otherwise


def disposition(name: str, *, inline: bool = False) -> str:
    """A Content-Disposition header that every browser reads and no name can break (RFC 6266, RFC 8187)."""
    plain = re.sub(r"[^A-Za-z0-9 ._()-]", "_", unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode())
    how = "inline" if inline else "attachment"
    return f"{how}; filename=\"{plain or 'file'}\"; filename*=UTF-8''{quote(name, safe='')}"
