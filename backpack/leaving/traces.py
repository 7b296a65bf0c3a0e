"""Looking for traces: whether a word (somebody's id, an address) still stands anywhere this site keeps something."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backpack.database import Base, db
from backpack.storage import Storage

PIECE = 1024 * 1024


def traces(session: Session, storage: Storage, word: str) -> Iterator[str]:
    """Where the word stands: table and column, a stored file's name, the database's own file. Capitals do not matter
    in text."""
    yield from _in_rows(session, word)
    yield from (f"storage: {owner}/" for owner in sorted(storage.owners()) if word.lower() in owner.lower())
    yield from _in_files(word)


def _in_rows(session: Session, word: str) -> Iterator[str]:
    dialect = session.get_bind().dialect.name
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            condition = _holds(column, word, dialect)
            if condition is None:
                continue
            count = session.scalar(sa.select(sa.func.count()).select_from(table).where(condition))
            if count:
                yield f"{table.name}.{column.name}: {count}"


def _holds(column: sa.Column[Any], word: str, dialect: str) -> sa.ColumnElement[bool] | None:
    """The condition under which a row's column holds the word; None for numbers and dates."""
    find = sa.func.instr if dialect == "sqlite" else sa.func.strpos
    if isinstance(column.type, sa.LargeBinary):
        # As hexadecimal, which both databases write; a hit between two bytes is a trace too many, never one too few.
        written = sa.func.hex(column) if dialect == "sqlite" else sa.func.upper(sa.func.encode(column, "hex"))
        return find(written, word.encode().hex().upper()) > 0
    if isinstance(column.type, sa.JSON) or _is_text(column.type):
        return find(sa.func.lower(sa.cast(column, sa.Text())), word.lower()) > 0
    return None


def _is_text(type_: sa.types.TypeEngine[Any]) -> bool:
    return isinstance(type_, sa.TypeDecorator) and isinstance(type_.impl, sa.Text)


def _in_files(word: str) -> Iterator[str]:
    """In SQLite's own file and its log: also what was deleted may stand there."""
    path = db.engine.url.database
    if db.engine.dialect.name != "sqlite" or not path:
        return
    for file in (Path(path), Path(f"{path}-wal")):
        if file.exists() and _holds_bytes(file, word.encode()):
            yield f"file: {file.name}"


def _holds_bytes(path: Path, needle: bytes) -> bool:
    tail = b""
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            if needle in tail + piece:
                return True
            tail = piece[-len(needle) :]
    return False
