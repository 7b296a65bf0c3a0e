"""A row in every table of a person, with a canary in every column that can hold one: nothing of it may be left."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backpack.accounts.models import Person
from backpack.archive.keeping import url_digest
from backpack.archive.models import Body, StoredDocument
from backpack.badges.models import BadgeDocument
from backpack.database import Instant, utcnow
from backpack.jobs import Job
from backpack.leaving.ledger import KEPT
from backpack.leaving.queue import LETTERS, OF_ROWS
from backpack.leaving.rows import table_named
from backpack.leaving.treatments import Kept
from backpack.wiring import wired
from tests.people import ADDRESS

CANARY = "kanarienvogel-3f9a"
ONE_OF: dict[str, set[str]] = {"share_link": {"badge_id"}, "collection_item": {"badge_id"}, "endorsement": {"badge_id"}}
"""References that a check of the table wants: a table of which one of several must be set is named here."""
URL = f"https://issuer.example.org/{CANARY}"


def plant(session: Session, person: Person) -> None:
    """One row each, and jobs of every kind about them: waiting, done and dead."""
    ids: dict[str, int] = {"person": person.id, "document": _answer(session)}
    for kept in KEPT:
        if kept.table != "person":
            ids[kept.table] = _row(session, kept, person, ids)
    session.execute(sa.update(Person).where(Person.id == person.id).values(name=f"{CANARY} name"))
    session.add(BadgeDocument(badge_id=ids["badge"], url_digest=url_digest(URL)))
    _jobs(session, ids)


def _row(session: Session, kept: Kept, person: Person, ids: dict[str, int]) -> int:
    table = table_named(kept.table)
    values = {column.name: _value(kept, column, person, ids) for column in table.columns if not column.primary_key}
    made = session.execute(table.insert().values(**values).returning(table.c.id)).scalar_one()
    return int(made)


def _value(kept: Kept, column: sa.Column[Any], person: Person, ids: dict[str, int]) -> Any:
    for key in column.foreign_keys:
        is_wanted = column.name == kept.whose or not column.nullable or column.name in ONE_OF.get(kept.table, ())
        return ids[key.column.table.name] if is_wanted else None
    word = f"{CANARY} {kept.table}.{column.name}"
    if column.name in {"storage_key", "clean_key", "picture"}:
        return wired().storage.put(person.public_id, word.encode())
    match column.type:
        case sa.LargeBinary():
            return word.encode()
        case sa.JSON():
            return {"content": word}
        case Instant():
            return utcnow() + timedelta(days=1)
        case sa.Date():
            return date(2026, 1, 31)
        case sa.Boolean():
            return False
        case sa.Integer():
            return 1
    return word


def _answer(session: Session) -> int:
    """What an issuer answered about this badge alone."""
    now, digest = utcnow(), b"kanarien" * 4
    session.add(Body(digest=digest, data=CANARY.encode()))
    session.flush()
    moments = {"first_at": now, "fetched_at": now, "fresh_until": now, "usable_until": now}
    answer = StoredDocument(
        url_digest=url_digest(URL),
        url=URL,
        accept="application/json",
        kind="assertion",
        host="issuer.example.org",
        chain=[URL],
        headers={"etag": CANARY},
        status=200,
        body_digest=digest,
        **moments,
    )
    session.add(answer)
    session.flush()
    return answer.id


def _jobs(session: Session, ids: dict[str, int]) -> None:
    later = utcnow() + timedelta(days=300)
    about = [(kind, f"{ids[table]}{ending}") for kind, table in OF_ROWS.items() for ending in ("", ":77")]
    about += [("document.refresh", url_digest(URL).hex()), (LETTERS, "waiting"), (LETTERS, "dead")]
    for kind, key in about:
        payload = {"to": ADDRESS.upper(), "body": CANARY} if kind == LETTERS else {"what": CANARY}
        dead = {"finished_at": utcnow(), "died_at": utcnow(), "last_error": CANARY} if key == "dead" else {}
        session.add(Job(kind=kind, key=key, payload=payload, run_at=later, created_at=utcnow(), **dead))
