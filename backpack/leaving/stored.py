"""Whether rows and stored files fit together: bytes that a row names and are not there, and files no row names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from backpack.leaving.models import Deletion
from backpack.leaving.rows import table_named
from backpack.storage import Storage

KEYS: Final = (
    ("arrival", "storage_key"),
    ("artefact_file", "clean_key"),
    ("artefact_file", "preview_key"),
    ("artefact_file", "storage_key"),
    ("badge", "picture"),
    ("badge_file", "storage_key"),
    ("collection", "picture"),
    ("cv_version", "storage_key"),
    ("homecoming", "storage_key"),
    ("import_item", "storage_key"),
    ("removal_file", "storage_key"),
    ("takeout", "storage_key"),
)
"""Every column that names stored bytes. Unlike in `ledger.py`, copies that are left out of an export count here too."""
YOUNG: Final = timedelta(hours=1)
"""Bytes are stored before the row that names them is committed: a file this young may still get its row."""


@dataclass(frozen=True, slots=True)
class Missing:
    """A row's bytes are not there."""

    column: str
    key: str


def compare(session: Session, storage: Storage, now: datetime) -> tuple[list[Missing], list[str]]:
    """What rows name and the storage has not; and the keys of orphans, files that no row names.

    The files are listed before the rows are read, so that what is added meanwhile is taken for neither. What is
    waiting to go with somebody who left is no orphan.
    """
    there = dict(storage.dated_keys())
    named: set[str] = set()
    missing = []
    for column, key in _named(session):
        named.add(key)
        if key not in there and not storage.exists(key):
            missing.append(Missing(column, key))
    leaving = set(session.scalars(select(Deletion.leaving).where(Deletion.leaving.is_not(None))))
    orphans = sorted(
        key
        for key, since in there.items()
        if key not in named and since < now - YOUNG and key.partition("/")[0] not in leaving
    )
    return missing, orphans


def _named(session: Session) -> Iterator[tuple[str, str]]:
    for table, name in KEYS:
        column = table_named(table).c[name]
        for key in session.scalars(select(column).where(column.is_not(None)).distinct()):
            yield f"{table}.{name}", key
