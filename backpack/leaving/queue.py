"""Whom a waiting job is about: what goes with a person. A test fails for a kind of job that is not named here."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from sqlalchemy import ColumnElement, and_, delete, func, or_, select
from sqlalchemy.orm import Session

from backpack.jobs import Job
from backpack.leaving.rows import ids_of, table_named

OF_ROWS: Final[Mapping[str, str]] = {
    "address.confirmed": "person",
    "notices.write": "person",
    "badge.check": "badge",
    "badge.check-slowly": "badge",
    "badge.picture": "badge",
    "verdict.changed": "badge",
    "badge.import": "import_item",
    "badge.import-slowly": "import_item",
    "badge.unpack": "import_item",
    "backpack.export-found": "import_item",
    "evidence.preview": "artefact_file",
    "evidence.check-link": "artefact",
    "leaving.take-out": "takeout",
    "leaving.bring-back": "homecoming",
}
"""By kind, the table of the row whose number its key begins with."""
OF_NAMES: Final[Mapping[str, str]] = {"removal.end": "removal"}
"""The same where the key is the row's public id."""
OF_DOCUMENTS: Final = frozenset({"document.refresh", "document.changed"})
"""Their key is the digest of an address of the archive: they go with the document."""
LETTERS: Final = "mail.send"
"""Its payload names who gets the letter."""
OF_NOBODY: Final = frozenset(
    {
        "accounts.sweep",
        "archive.sweep",
        "badge.sweep",
        "badge.look",
        "badge.end-checks",
        "badge.public-check",
        "badge.public-check-slowly",
        "notices.look",
        "endorsements.sweep",
        "evidence.check-links",
        "evidence.sweep",
        "leaving.sweep",
        "leaving.clear",
    }
)
"""About everybody, or about a stranger's question that ends in ten minutes."""
AT_ONCE: Final = 500


def drop_jobs(session: Session, person_id: int, addresses: Collection[str], digests: Collection[bytes]) -> None:
    """Delete every job about a person, done or not: by their rows, their letters, and the documents only they need."""
    for kind, table in OF_ROWS.items():
        _delete(session, kind, [str(number) for number in ids_of(session, table, person_id)])
    for kind, table in OF_NAMES.items():
        own = table_named(table).c
        names = session.scalars(select(own.public_id).where(own.id.in_(ids_of(session, table, person_id))))
        _delete(session, kind, list(names))
    for kind in OF_DOCUMENTS:
        _delete(session, kind, [digest.hex() for digest in digests])
    letters = {address.lower() for address in addresses}
    if letters:
        to = func.lower(Job.payload["to"].as_string())
        session.execute(delete(Job).where(Job.kind == LETTERS, to.in_(letters)))


def _delete(session: Session, kind: str, keys: list[str]) -> None:
    for first in range(0, len(keys), AT_ONCE):
        some = keys[first : first + AT_ONCE]
        session.execute(delete(Job).where(and_(Job.kind == kind, _is_about(some))))


def _is_about(keys: Collection[str]) -> ColumnElement[bool]:
    """The key is the number, or begins with it and a colon."""
    return or_(Job.key.in_(keys), *(Job.key.startswith(f"{key}:") for key in keys))
