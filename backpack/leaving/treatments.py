"""What becomes of a column when a person leaves: the words in which `ledger.py` says it, table by table.

A column is moved (in backpack.json, read again on import), shown (there too, for readers; worked out again on import),
told (in record.json: what this site did, which no other site can vouch for), a reference, a file, or left out for a
reason that is written down.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Moved:
    """Goes into backpack.json and comes back from it. `most`: letters; `one_of`: the only values there are."""

    most: int = 300
    one_of: tuple[str, ...] = ()
    is_address: bool = False
    """Only an http or https address is taken back: nobody's link may run."""
    shape: Mapping[str, Any] | None = None
    """The JSON Schema of an object; without it, what is no text or number is a list of words."""


@dataclass(frozen=True, slots=True)
class Shown:
    """Stands in backpack.json for whoever reads it. An import works it out again and does not believe it."""


@dataclass(frozen=True, slots=True)
class Told:
    """Stands in record.json only."""


@dataclass(frozen=True, slots=True)
class Refers:
    """Leads to another row of the person's: written as that row's `public_id`."""

    table: str


@dataclass(frozen=True, slots=True)
class File:
    """Names bytes in storage: written as their SHA-256; manifest.json says where in the ZIP they are."""


@dataclass(frozen=True, slots=True)
class Payload:
    """Bytes in the row itself: a file of the ZIP too, written as its SHA-256."""


@dataclass(frozen=True, slots=True)
class Left:
    """In no file of the ZIP, and why."""

    why: str


Treatment = Moved | Shown | Told | Refers | File | Payload | Left


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A table that holds rows of people. `whose` is the column that leads to the person, or to the row of the table
    `within` that this one belongs to. `name` is what its rows are called in the files."""

    table: str
    name: str
    purpose: str
    """The line of the data map (`purposes.py`) that says why this is held and for how long."""
    whose: str
    within: str | None = None
    is_record: bool = False
    """Nothing of it moves: references and files, too, stand in record.json."""
    moves_once: str = ""
    """A row moves only when this column holds something; until then it is of this site alone."""
    columns: Mapping[str, Treatment] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Nobodys:
    """A table without a person's rows, or whose rows are nobody's until somebody's badge rests on them; and why."""

    table: str
    purpose: str
    why: str
    columns: tuple[str, ...]
