"""Taking something away so that it can be put back for a moment.

A row goes with every row that hangs on it in whichever slice (places in collections, links, CVs, evidence, history):
what the foreign keys say is followed, so nothing here knows the tables. All of it is gone at once for everybody; what
it takes to put it back is kept for ten minutes and then forgotten, with the files that nothing else refers to.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, Final, cast

from sqlalchemy import Column, Table, delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from backpack import jobs
from backpack.archive.forgetting import forget_addresses
from backpack.badges.handlers import let_go
from backpack.badges.models import BadgeDocument, Removal, RemovalFile
from backpack.badges.queries import FILE_COLUMNS
from backpack.badges.recording import grow_edition
from backpack.database import Base, Row, transaction, utcnow
from backpack.errors import N_, BackpackError
from backpack.wiring import Handler, Wiring

A_MOMENT: Final = timedelta(minutes=10)
END: Final = "removal.end"
AT_A_TIME: Final = 500
Values = dict[str, Any]


class CannotUndo(BackpackError):
    code = "cannot-undo"
    sentence = N_("This can no longer be put back: its moment is over, or something else has taken its place.")


def take_out(session: Session, row: Row, *, person_id: int, title: str, back: str, now: datetime) -> Removal:
    """Delete a row of this person with all that hangs on it, remembered for a moment. `back` is where its page was."""
    session.flush()
    table = cast(Table, row.__table__)
    gone, loosened = _hanging_on(session, table, row.id)
    named = (values[name] for _table, values in gone for name in FILE_COLUMNS & values.keys())
    keys = sorted({str(key) for key in named if key})
    removal = Removal(
        person_id=person_id,
        title=title,
        back=back,
        rows=[_written(one, values) for one, values in gone] + loosened,
        ends_at=now + A_MOMENT,
        files=[RemovalFile(storage_key=key) for key in keys],
    )
    session.add(removal)
    session.flush()
    session.execute(delete(table).where(table.c.id == row.id))
    session.expire_all()
    jobs.ask(session, END, removal.public_id, now, run_at=removal.ends_at, removal=removal.id)
    grow_edition(session, person_id)
    return removal


def put_back(session: Session, person_id: int, public_id: str, now: datetime) -> Removal:
    """Bring back what was taken away, with everything that hung on it and whose other end is still there.

    Raises CannotUndo when its moment is over or something else has taken its place.
    """
    query = select(Removal).where(Removal.public_id == public_id, Removal.person_id == person_id, Removal.ends_at > now)
    removal = session.scalar(query.with_for_update())
    if removal is None:
        raise CannotUndo
    new_ids: dict[tuple[str, int], int] = {}
    for number, (table, values) in enumerate(_read(one) for one in removal.rows if "row" in one):
        restored = _restored(session, table, values, new_ids)
        if number == 0 and not restored:
            raise CannotUndo
    for one in removal.rows:
        if "loose" in one:
            _tie(session, one, new_ids)
    session.expire_all()
    session.delete(removal)
    grow_edition(session, person_id)
    return removal


def ending(wiring: Wiring) -> Handler:
    """The handler of `removal.end`."""
    return partial(end, wiring)


def end(wiring: Wiring, payload: Mapping[str, Any]) -> None:
    """Forget a removal whose moment is over, and every other one that was left behind."""
    now = utcnow()
    with transaction() as session:
        over = session.scalars(select(Removal).where(Removal.ends_at <= now).limit(AT_A_TIME)).all()
        keys = [file.storage_key for removal in over for file in removal.files]
        _forget_answers(session, over)
        for removal in over:
            session.delete(removal)
    let_go(wiring, keys)


def _forget_answers(session: Session, over: Iterable[Removal]) -> None:
    """What an issuer said of a person goes with the badge: every answer that no other badge rests on."""
    rested = [
        _read(one)[1]["url_digest"] for removal in over for one in removal.rows if one.get("row") == "badge_document"
    ]
    others = set(session.scalars(select(BadgeDocument.url_digest).where(BadgeDocument.url_digest.in_(rested))))
    forget_addresses(session, [digest for digest in rested if digest not in others])


def _hanging_on(session: Session, root: Table, root_id: int) -> tuple[list[tuple[Table, Values]], list[Values]]:
    """The row and all that would go with it, each after what it hangs on; and what would only lose its hold."""
    found: dict[tuple[str, int], tuple[Table, Values]] = {}
    loosened: list[Values] = []
    waiting: list[tuple[Table, set[int]]] = [(root, {root_id})]
    _note(found, root, session.execute(select(root).where(root.c.id == root_id)).mappings())
    while waiting:
        above, ids = waiting.pop()
        for table, column, how in _below(above):
            rows = session.execute(select(table).where(column.in_(ids))).mappings().all()
            if "id" not in table.c:
                continue
            if how == "CASCADE":
                if new := _note(found, table, rows):
                    waiting.append((table, new))
            else:
                tied = {"loose": table.name, "column": column.name}
                loosened += [{**tied, "id": row["id"], "to": row[column.name]} for row in rows]
    order = {table.name: number for number, table in enumerate(Base.metadata.sorted_tables)}
    return sorted(found.values(), key=lambda one: (order[one[0].name], one[1].get("id", 0))), loosened


def _note(found: dict[tuple[str, int], tuple[Table, Values]], table: Table, rows: Iterable[Any]) -> set[int]:
    new = {row["id"]: dict(row) for row in rows if (table.name, row["id"]) not in found}
    found |= {(table.name, number): (table, values) for number, values in new.items()}
    return set(new)


def _below(above: Table) -> Iterator[tuple[Table, Column[Any], str]]:
    """The tables whose rows hang on rows of this one, by which column, and what becomes of them."""
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            for key in column.foreign_keys:
                if key.column.table is above and key.column.name == "id" and key.ondelete in {"CASCADE", "SET NULL"}:
                    yield table, column, key.ondelete


def _restored(session: Session, table: Table, values: Values, new_ids: dict[tuple[str, int], int]) -> bool:
    """Insert a row again, under its own number if that is free; whether it could be."""
    old = values["id"]
    for column in table.columns:
        for key in column.foreign_keys:
            held = values[column.name]
            if held is None:
                continue
            values[column.name] = new_ids.get((key.column.table.name, held), held)
            if not _is_there(session, key.column, values[column.name]):
                if key.ondelete == "CASCADE" or not column.nullable:
                    return False
                values[column.name] = None
    if _is_there(session, table.c.id, old):
        del values["id"]
    try:
        with session.begin_nested():
            made = session.execute(insert(table).values(**values).returning(table.c.id)).scalar_one()
    except IntegrityError:  # the same thing was made anew meanwhile: that one stays
        return False
    new_ids[table.name, old] = int(made)
    return True


def _tie(session: Session, one: Mapping[str, Any], new_ids: Mapping[tuple[str, int], int]) -> None:
    table = Base.metadata.tables[one["loose"]]
    column = table.c[one["column"]]
    above = next(iter(column.foreign_keys)).column
    target = new_ids.get((above.table.name, one["to"]))
    if target is not None:
        loose = (table.c.id == one["id"], column.is_(None))
        session.execute(update(table).where(*loose).values({column.name: target}))


def _is_there(session: Session, column: Column[Any], value: Any) -> bool:
    return session.execute(select(column).where(column == value)).first() is not None


def _written(table: Table, values: Values) -> Values:
    return {"row": table.name, "values": {name: _plain(value) for name, value in values.items()}}


def _read(one: Mapping[str, Any]) -> tuple[Table, Values]:
    return Base.metadata.tables[one["row"]], {name: _full(value) for name, value in one["values"].items()}


def _plain(value: Any) -> Any:
    """A column's value as JSON can hold it; what JSON has no word for is wrapped."""
    match value:
        case bytes() | memoryview():
            return {"is": "bytes", "of": base64.b64encode(bytes(value)).decode()}
        case datetime():
            return {"is": "instant", "of": value.isoformat()}
        case date():
            return {"is": "date", "of": value.isoformat()}
        case dict() | list():
            return {"is": "json", "of": value}
        case _:
            return value


def _full(value: Any) -> Any:
    match value:
        case {"is": "bytes", "of": text}:
            return base64.b64decode(text)
        case {"is": "instant", "of": text}:
            return datetime.fromisoformat(text)
        case {"is": "date", "of": text}:
            return date.fromisoformat(text)
        case {"is": "json", "of": inner}:
            return inner
        case _:
            return value
