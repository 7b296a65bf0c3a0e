"""A person's rows, table by table, one statement each, by the ways that `ledger.py` says lead to them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, select
from sqlalchemy.orm import Session

from backpack.database import Base
from backpack.leaving.ledger import BY_TABLE, KEPT
from backpack.leaving.treatments import File, Kept

Rows = Mapping[str, list[dict[str, Any]]]


def rows_of(session: Session, person_id: int) -> Rows:
    """All rows of a person, by table, in the order in which they were made. As many statements as there are tables."""
    return {one.table: [dict(row._mapping) for row in session.execute(_select(one, person_id))] for one in KEPT}


def ids_of(session: Session, table: str, person_id: int) -> list[int]:
    """The numbers of a person's rows in one table."""
    column = table_named(table).c.id
    return list(session.scalars(select(column).where(belongs(BY_TABLE[table], person_id))))


def table_named(name: str) -> Table:
    return Base.metadata.tables[name]


def belongs(kept: Kept, person_id: int) -> ColumnElement[bool]:
    """The condition under which a row is this person's."""
    column: ColumnElement[int] = table_named(kept.table).c[kept.whose]
    if kept.within is None:
        return column == person_id
    outer = BY_TABLE[kept.within]
    return column.in_(select(table_named(outer.table).c.id).where(belongs(outer, person_id)))


def _select(kept: Kept, person_id: int) -> Select[Any]:
    table = table_named(kept.table)
    return select(table).where(belongs(kept, person_id)).order_by(table.c.id)


def files_in(rows: Rows) -> Iterator[str]:
    """The storage keys of the files that are a person's own, each as often as a row names it."""
    for kept in KEPT:
        columns = [name for name, treatment in kept.columns.items() if isinstance(treatment, File)]
        yield from (row[column] for row in rows[kept.table] for column in columns if row[column])
