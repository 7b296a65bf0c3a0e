"""docs/data-map.md, written from the ledger: the register of what is held, for the data-protection officer."""

from __future__ import annotations

from collections.abc import Iterator

from backpack.leaving.ledger import KEPT, NOBODYS
from backpack.leaving.purposes import PURPOSES, Purpose
from backpack.leaving.treatments import File, Left, Moved, Payload, Refers, Shown, Told, Treatment

HEAD = """# Data map

What a Backpack holds about people, why, on which ground and for how long; then every column of every table, and what
becomes of it when its owner takes everything out. This page is written by `python -m backpack.leaving` from
`backpack/leaving/ledger.py` and `purposes.py`; a test holds it against the tables.

Files of people lie in the storage under the random id of their owner and the SHA-256 of their bytes. Whoever leaves
is removed from rows, files and queue at once, and from backups when the oldest of them goes ([leaving](leaving.md)).
"""
WORDS: dict[type[Treatment], str] = {
    Moved: "backpack.json, and back from it",
    Shown: "backpack.json, for readers",
    Told: "record.json",
    Refers: "by the id of the other row",
    File: "a file of the ZIP, to the byte",
    Payload: "a file of the ZIP, to the byte",
}


def data_map() -> str:
    """The whole page."""
    return "\n".join([HEAD, *_purposes(), "", *_tables()]) + "\n"


def _purposes() -> Iterator[str]:
    yield "| what | why | ground | how long | tables |"
    yield "|---|---|---|---|---|"
    for one in PURPOSES:
        yield f"| {one.what} | {one.why} | {one.basis} | {one.until} | {', '.join(_of(one))} |"


def _of(purpose: Purpose) -> list[str]:
    return [f"`{one.table}`" for one in (*KEPT, *NOBODYS) if one.purpose == purpose.key]


def _tables() -> Iterator[str]:
    for kept in KEPT:
        yield f"## {kept.table}\n"
        yield "| column | when its owner takes everything out |"
        yield "|---|---|"
        for column, treatment in kept.columns.items():
            yield f"| `{column}` | {_said(treatment)} |"
        yield ""
    for one in NOBODYS:
        yield f"## {one.table}\n"
        yield f"In no export: {one.why}. Columns: {', '.join(f'`{name}`' for name in one.columns)}.\n"


def _said(treatment: Treatment) -> str:
    return f"not in it: {treatment.why}" if isinstance(treatment, Left) else WORDS[type(treatment)]
