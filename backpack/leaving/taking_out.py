"""Taking everything out: asked for in a request, made by a job, there for seven days, then gone."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backpack import jobs
from backpack.accounts.models import Person
from backpack.accounts.trail import note
from backpack.badges.handlers import let_go
from backpack.database import random_name, reading, transaction, utcnow
from backpack.errors import NotFound
from backpack.leaving.contents import contents_of
from backpack.leaving.models import Takeout
from backpack.leaving.packing import pack
from backpack.wiring import Handler, Wiring

MAKE: Final = "leaving.take-out"
KEPT: Final = timedelta(days=7)
PATIENCE: Final = timedelta(hours=1)
"""A ZIP that is not ready after this long may be asked for anew."""


def handlers(wiring: Wiring) -> dict[str, Handler]:
    return {MAKE: partial(make, wiring)}


def ask(session: Session, person_id: int, now: datetime) -> Takeout:
    """Ask for a ZIP of everything; one that is being made already is the one."""
    session.execute(select(Person.id).where(Person.id == person_id).with_for_update())
    waiting = select(Takeout).where(
        Takeout.person_id == person_id, Takeout.made_at.is_(None), Takeout.asked_at > now - PATIENCE
    )
    found = session.scalars(waiting.where(Takeout.problem.is_(None))).first()
    if found is not None:
        return found
    made = Takeout(public_id=random_name(), person_id=person_id, asked_at=now, ends_at=now + KEPT, size=0)
    session.add(made)
    session.flush()
    note(session, person_id, "export-asked", now)
    jobs.ask(session, MAKE, str(made.id), now, takeout=made.id)
    return made


def own_takeouts(session: Session, person_id: int, now: datetime) -> Sequence[Takeout]:
    """The ZIPs of a person that are there or being made, the newest first."""
    query = select(Takeout).where(Takeout.person_id == person_id, Takeout.ends_at > now)
    return session.scalars(query.order_by(Takeout.asked_at.desc(), Takeout.id.desc())).all()


def own_takeout(session: Session, person_id: int, public_id: str, now: datetime) -> Takeout:
    """A ZIP of this person that can be fetched. Raises NotFound."""
    query = select(Takeout).where(
        Takeout.public_id == public_id,
        Takeout.person_id == person_id,
        Takeout.ends_at > now,
        Takeout.storage_key.is_not(None),
    )
    found = session.scalar(query)
    if found is None:
        raise NotFound
    return found


def make(wiring: Wiring, payload: dict[str, Any]) -> None:
    """Make the ZIP. Done twice, it is there once: the file's name is the hash of its bytes."""
    now = utcnow()
    with reading() as session:
        takeout = session.get(Takeout, payload["takeout"])
        if takeout is None or takeout.made_at is not None:
            return
        contents = contents_of(session, takeout.person_id, now)
    with tempfile.TemporaryFile() as file:
        pack(contents, wiring, file)
        size = file.tell()
        file.seek(0)
        key = wiring.storage.put(contents.person.public_id, file)
    with transaction() as session:
        ready = update(Takeout).where(Takeout.id == takeout.id, Takeout.made_at.is_(None))
        session.execute(ready.values(storage_key=key, size=size, made_at=utcnow(), ends_at=utcnow() + KEPT))
        is_there = session.get(Takeout, takeout.id) is not None
    if not is_there:  # its owner left meanwhile
        let_go(wiring, [key])


def end_takeouts(session: Session, now: datetime) -> list[str]:
    """Delete the ZIPs whose days are over; the keys of their files."""
    ended = session.scalars(select(Takeout).where(Takeout.ends_at <= now)).all()
    keys = [one.storage_key for one in ended if one.storage_key]
    for one in ended:
        session.delete(one)
    return keys
