"""Files and the rows that name them: of one person, only one at a time adds a row or deletes a file.

A file is stored before its row, and one that is there already is not written again. So between the two somebody may
delete it who saw no row; whoever writes the row holds the person, and looks once more.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from backpack.accounts.models import Person
from backpack.storage import Storage


def hold(session: Session, person_id: int) -> None:
    """Until the end of the transaction nobody else who asks for it adds to this person's files, or deletes one."""
    session.execute(select(Person.id).where(Person.id == person_id).with_for_update())


def gone(session: Session, storage: Storage, person_id: int, keys: Collection[str]) -> bool:
    """Whether one of these files was deleted since it was stored; those that are there stay until the end of the
    transaction. The caller stores it again, or comes later."""
    hold(session, person_id)
    return not all(storage.exists(key) for key in keys)
