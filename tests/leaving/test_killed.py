"""Killed anywhere while somebody leaves or takes everything out, nothing is half: `KILL_EVERY=1` kills everywhere."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from backpack.accounts.models import Person
from backpack.database import db, reading, transaction, utcnow
from backpack.leaving import journal
from backpack.leaving.forgetting import fingerprint
from backpack.leaving.models import Deletion, Takeout
from backpack.leaving.rows import rows_of
from backpack.leaving.stored import compare
from backpack.leaving.taking_out import ask
from backpack.leaving.traces import traces
from backpack.settings import Settings
from backpack.wiring import wired
from tests.leaving.dying import Killer, killer
from tests.leaving.full import ELSEWHERE
from tests.leaving.zips import work
from tests.people import ADDRESS

EVERY = int(os.environ.get("KILL_EVERY", "12"))


@pytest.fixture
def database_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A database in a file: the processes that die share it with the test."""
    copy = tmp_path / "backpack.db"
    copy.write_bytes(sqlite_template.read_bytes())
    return f"sqlite:///{copy}"


@pytest.fixture
def kills(full: FlaskClient, settings: Settings) -> Iterator[Killer]:
    work()
    db.engine.dispose()
    with killer(settings) as made:
        yield made


def lost() -> list[object]:
    """Bytes that a row names and that are not there."""
    with reading() as session:
        return [*compare(session, wired().storage, utcnow())[0]]


def test_killed_anywhere_in_a_deletion_all_or_nothing_is_there(
    kills: Killer, person: Person, settings: Settings
) -> None:
    with reading() as session:
        before = rows_of(session, person.id)
    for _death in kills.until_done("leave", EVERY):
        with reading() as session:
            assert rows_of(session, person.id) == before, "what was not committed did not happen"
            assert session.scalar(sa.select(sa.func.count()).select_from(Deletion)) == 0
        assert lost() == []
    for _death in kills.until_done("work", max(EVERY // 6, 1)):
        with reading() as session:
            assert session.get(Person, person.id) is None, "gone is gone"
            deletion = session.scalars(sa.select(Deletion)).one()
            assert deletion.done_at or deletion.leaving or journal.read(settings.data / journal.NAME)
    work()
    with reading() as session:
        places = [
            place for word in (person.public_id, ADDRESS, ELSEWHERE) for place in traces(session, wired().storage, word)
        ]
        assert session.scalars(sa.select(Deletion)).one().done_at is not None
    assert places == []
    assert journal.read(settings.data / journal.NAME) == {fingerprint(person.public_id, settings.secret_key)}
    assert kills.killed >= 60 // EVERY, "there are that many places to die at"


def test_killed_anywhere_in_an_export_it_is_whole_or_not_there(kills: Killer, person: Person) -> None:
    with transaction() as session:
        ask(session, person.id, utcnow())
    for _death in kills.until_done("work", EVERY):
        assert lost() == []
        with reading() as session:
            one = session.scalars(sa.select(Takeout)).one()
        assert (one.made_at is None) == (one.storage_key is None)
    work()
    with reading() as session:
        one = session.scalars(sa.select(Takeout)).one()
        _missing, orphans = compare(session, wired().storage, utcnow() + timedelta(days=1))
    with zipfile.ZipFile(io.BytesIO(wired().storage.read(one.storage_key or ""))) as box:
        assert box.testzip() is None
    assert len(orphans) <= kills.killed, "files that no row names, which the sweep removes"
    assert kills.killed >= 80 // EVERY
