"""Rows and stored files fit together, and the doctor says where they do not: in a folder, and in an object store."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask.testing import FlaskClient

from backpack.accounts.models import Person
from backpack.cli import main
from backpack.database import reading, transaction, utcnow
from backpack.evidence.models import ArtefactFile
from backpack.leaving.forgetting import forget
from backpack.leaving.stored import KEYS, YOUNG, Missing, compare
from backpack.settings import Settings
from backpack.storage import KEY
from backpack.tables import metadata
from backpack.wiring import wired
from tests.leaving.conftest import taken_out

NO_KEYS = {("skill", "code_key")}
"""Columns whose names sound like it, and that hold something else."""
Doctor = Callable[[], tuple[int, str]]
LATER = YOUNG + timedelta(minutes=1)


@pytest.fixture
def doctor(settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Doctor:
    """`backpack doctor` on the very site of this test: its exit status, and what it printed."""
    for name in ("secret_key", "data_dir", "database_url", "storage_url", "mail_url"):
        monkeypatch.setenv(name.upper(), getattr(settings, name))

    def ask() -> tuple[int, str]:
        status = main(["doctor"])
        return status, capsys.readouterr().out

    return ask


def compared(after: timedelta = LATER) -> tuple[list[Missing], list[str]]:
    with reading() as session:
        return compare(session, wired().storage, utcnow() + after)


def test_no_column_that_names_bytes_is_forgotten() -> None:
    there = {(table.name, column.name) for table in metadata().sorted_tables for column in table.columns}
    assert set(KEYS) <= there
    text = {
        (table.name, column.name)
        for table in metadata().sorted_tables
        for column in table.columns
        if isinstance(column.type, sa.String | sa.Text | sa.TypeDecorator)
    }
    named = {one for one in text if one[1].endswith("_key") or one[1] == "picture"}
    assert named - NO_KEYS == set(KEYS), "backpack/leaving/stored.py must say of a new key that it names stored bytes"


def strings_in(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from strings_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings_in(inner)


def test_every_key_in_a_full_backpack_is_looked_for(full: FlaskClient) -> None:
    """By what the rows hold, whatever their columns are called: nothing that looks like a key stands elsewhere only."""
    taken_out(full)
    held: dict[str, set[str]] = {}
    covered: set[str] = set()
    with reading() as session:
        for table in metadata().sorted_tables:
            for row in session.execute(sa.select(table)).mappings():
                for name, value in row.items():
                    keys = {one for one in strings_in(value) if KEY.fullmatch(one)}
                    if (table.name, name) in KEYS:
                        covered |= keys
                    else:
                        for key in keys:
                            held.setdefault(key, set()).add(f"{table.name}.{name}")
    assert covered == set(wired().storage.keys()), "rows and files are the same set"
    assert {key: places for key, places in held.items() if key not in covered} == {}


def test_a_file_that_no_row_names_is_an_orphan_once_it_is_old(full: FlaskClient, person: Person) -> None:
    assert compared() == ([], [])
    key = wired().storage.put(person.public_id, b"a crash came before the row")
    assert compared(timedelta(0)) == ([], []), "its row may be on its way"
    assert compared() == ([], [key])


def test_the_doctor_says_which_bytes_are_missing(full: FlaskClient, doctor: Doctor) -> None:
    assert doctor() == (0, "All is well.\n")
    with reading() as session:
        file = session.scalars(sa.select(ArtefactFile).where(ArtefactFile.clean_key.is_not(None))).one()
    for key in (file.storage_key, file.clean_key, file.preview_key):
        wired().storage.delete(key or "")
    status, said = doctor()
    assert status == 1
    for name in ("storage_key", "clean_key", "preview_key"):
        assert f"artefact_file.{name}: {getattr(file, name)} is not in the storage\n" in said


def test_the_doctor_says_orphans_and_leaves_it_at_that(full: FlaskClient, person: Person, doctor: Doctor) -> None:
    key = wired().storage.put(person.public_id, b"nobody's")
    with time_machine.travel(utcnow() + LATER):
        assert doctor() == (0, f"storage: no row names {key}\n")
    assert wired().storage.exists(key)


def test_what_waits_to_go_with_somebody_is_no_orphan(full: FlaskClient, person: Person) -> None:
    key = wired().storage.put(person.public_id, b"left behind")
    with transaction() as session:
        forget(session, session.get_one(Person, person.id), wired().settings.secret_key, utcnow())
    assert wired().storage.exists(key)
    assert compared() == ([], [])
