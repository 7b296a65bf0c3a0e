"""An application whose door leads to an issuer of ours, somebody signed in, and a worker that works when told to."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from backpack import create_app
from backpack.accounts.models import Person
from backpack.badges.models import Badge, ImportItem
from backpack.badges.queries import badges_by_id
from backpack.database import db, reading
from backpack.jobs import run_pending
from backpack.outbound import Outbound
from backpack.settings import Settings
from backpack.wiring import wired
from tests.badges.issuers import Issuer
from tests.people import Browser, token_of


@pytest.fixture
def issuer() -> Issuer:
    return Issuer()


@pytest.fixture
def app(settings: Settings, issuer: Issuer) -> Iterator[Flask]:
    app = create_app(settings, Outbound(settings.public_url, answers=issuer.answer))
    app.test_client_class = Browser
    with app.app_context():
        yield app
        db.engine.dispose()


@pytest.fixture
def holder(app: Flask, person: Person, signed_in_client: FlaskClient) -> Holder:
    return Holder(signed_in_client, person)


def work() -> int:
    """Do what is due now."""
    return run_pending(wired().handlers)


class Holder:
    """Somebody with a backpack, at their browser."""

    def __init__(self, client: FlaskClient, person: Person) -> None:
        self.client, self.person = client, person
        self._token: str | None = None

    @property
    def token(self) -> str:
        self._token = self._token or token_of(self.client, "/badges/import")
        return self._token

    def post(self, address: str, **fields: object) -> TestResponse:
        return self.client.post(address, data={"csrf_token": self.token, **fields})

    def give(self, *files: tuple[str, bytes], pasted: str = "") -> TestResponse:
        """Send files (and a pasted address or text) to the import page, as a browser does."""
        return self.post("/badges/import", files=[(io.BytesIO(data), name) for name, data in files], pasted=pasted)

    def import_(self, *files: tuple[str, bytes], pasted: str = "") -> list[ImportItem]:
        """Send them, let the worker work, and tell what became of each."""
        answer = self.give(*files, pasted=pasted)
        assert answer.status_code == 303, answer.text
        work()
        return items(answer.location.rpartition("/")[2])

    def badges(self) -> list[Badge]:
        with reading() as session:
            ids = [one.id for one in session.query(Badge).filter_by(person_id=self.person.id)]
            return sorted(badges_by_id(session, ids).values(), key=lambda one: one.id)


def items(batch: str) -> list[ImportItem]:
    with reading() as session:
        return list(session.query(ImportItem).filter_by(batch=batch).order_by(ImportItem.position, ImportItem.id))
