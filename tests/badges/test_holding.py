"""A row names only bytes that are there, also when the same file is let go of and given again at one moment."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from backpack import jobs
from backpack.accounts.models import Person
from backpack.badges.handlers import let_go
from backpack.badges.models import BadgeFile
from backpack.database import reading, transaction, utcnow
from backpack.evidence.adding import Wording, hold_room, keep_file
from backpack.evidence.models import ArtefactFile
from backpack.evidence.readying import Limits, made_ready, put, put_again
from backpack.storage import Storage
from backpack.wiring import wired
from tests.backpacks import signed_badge
from tests.evidence import files
from tests.people import post

LEAFLET = files.pdf()


def give_work(client: FlaskClient) -> int:
    return post(client, "/works/add?kind=file", file=(io.BytesIO(LEAFLET), "bilan.pdf")).status_code


def give_badge(client: FlaskClient) -> int:
    given = post(client, "/badges/import", files=(io.BytesIO(signed_badge("Soudure")), "badge.json")).status_code
    jobs.run_pending(wired().handlers)
    return given


def keys(column: sa.orm.InstrumentedAttribute[str]) -> list[str]:
    with reading() as session:
        return list(session.scalars(sa.select(column)))


@pytest.mark.parametrize(
    ("give", "column"), [(give_work, ArtefactFile.storage_key), (give_badge, BadgeFile.storage_key)]
)
def test_a_file_deleted_between_its_storing_and_its_row_is_stored_again(
    signed_in_client: FlaskClient,
    monkeypatch: pytest.MonkeyPatch,
    give: Callable[[FlaskClient], int],
    column: sa.orm.InstrumentedAttribute[str],
) -> None:
    store, deleted = Storage.put, list[str]()

    def put_then_lose(storage: Storage, person: str, data: bytes, **how: bool) -> str:
        key = store(storage, person, data, **how)
        if key not in deleted:
            deleted.append(key)
            let_go(wired(), [key])  # as somebody does whose own row is gone, and who saw no other
            assert not storage.exists(key)
        return key

    monkeypatch.setattr(Storage, "put", put_then_lose)
    assert give(signed_in_client) == 303
    assert deleted
    assert len(keys(column)) == 1
    assert all(wired().storage.exists(key) for key in keys(column))


def test_whoever_gives_a_file_while_it_is_deleted_waits_and_stores_it_again(
    app: Flask, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = wired().storage.put(person.public_id, LEAFLET)  # nothing refers to it
    delete, is_put = Storage.delete, threading.Event()

    def again() -> None:
        with app.app_context():
            limits = Limits.of(wired().settings)
            kept = put(made_ready(io.BytesIO(LEAFLET), "bilan.pdf", limits), wired().storage, person.public_id)
            is_put.set()
            with transaction() as session:
                hold_room(session, person.id)
                put_again(kept, wired().storage, person.public_id)
                keep_file(session, person.id, kept, Wording(title=""), utcnow())

    giver = threading.Thread(target=again)

    def delete_late(storage: Storage, lost: str) -> None:
        giver.start()
        assert is_put.wait(20)  # it found the file, so it wrote nothing
        delete(storage, lost)

    monkeypatch.setattr(Storage, "delete", delete_late)
    let_go(wired(), [key])
    giver.join(20)
    assert keys(ArtefactFile.storage_key) == [key]
    assert wired().storage.exists(key)
