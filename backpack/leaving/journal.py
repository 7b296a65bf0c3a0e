"""The journal of deletions: a file in DATA_DIR that stays when the database is put back from a backup.

A line for each: a keyed fingerprint and the moment. `backpack deletions replay` reads it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Final

NAME: Final = "deletions.jsonl"


def write(folder: Path, digest: bytes, at: datetime) -> None:
    """Add a line, on disk when this returns. Twice is as good as once."""
    line = json.dumps({"left": digest.hex(), "at": at.isoformat()}) + "\n"
    handle = os.open(folder / NAME, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(handle, line.encode())
        os.fsync(handle)
    finally:
        os.close(handle)


def read(path: Path) -> set[bytes]:
    """The fingerprints in a journal; none where there is no file. A line cut off by a crash is passed over."""
    return {digest for digest, _at in _lines(path)}


def keep_since(folder: Path, since: datetime) -> None:
    """Drop the lines from before."""
    path = folder / NAME
    lines = list(_lines(path))
    kept = [(digest, at) for digest, at in lines if at >= since]
    if len(kept) == len(lines):
        return
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    for digest, at in kept:
        _append(fresh, digest, at)
    fresh.touch(0o600)
    fresh.replace(path)


def _append(path: Path, digest: bytes, at: datetime) -> None:
    with path.open("a", encoding="ascii") as file:
        file.write(json.dumps({"left": digest.hex(), "at": at.isoformat()}) + "\n")


def _lines(path: Path) -> Iterator[tuple[bytes, datetime]]:
    try:
        text = path.read_text("ascii", errors="replace")
    except FileNotFoundError:
        return
    for line in text.splitlines():
        with suppress(ValueError, KeyError, TypeError):
            said = json.loads(line)
            yield bytes.fromhex(said["left"]), datetime.fromisoformat(said["at"])
