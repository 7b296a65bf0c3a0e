"""A full backpack, an issuer who answers for it, and a worker that works when told to."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from backpack import create_app
from backpack.accounts.models import Person
from backpack.database import db
from backpack.jobs import run_pending
from backpack.outbound import Outbound
from backpack.settings import Settings
from backpack.wiring import wired
from tests.badges.issuers import Issuer
from tests.leaving.full import fill
from tests.people import Browser, post


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
def full(app: Flask, person: Person, signed_in_client: FlaskClient, issuer: Issuer) -> FlaskClient:
    """A browser of somebody who has something of everything."""
    fill(signed_in_client, person, issuer)
    return signed_in_client


def work() -> int:
    """Do what is due now."""
    return run_pending(wired().handlers)


def taken_out(client: FlaskClient) -> bytes:
    """The ZIP that somebody asks for and downloads."""
    assert post(client, "/compte/emporter", "/compte/emporter").status_code == 303
    work()
    page = client.get("/compte/emporter").text
    address = page.partition('href="/compte/emporter/')[2].partition('"')[0]
    answer = client.get(f"/compte/emporter/{address}")
    assert answer.status_code == 200, page
    return bytes(answer.data)


def members(box: bytes) -> dict[str, bytes]:
    """What is in a ZIP, by path."""
    with zipfile.ZipFile(io.BytesIO(box)) as opened:
        assert opened.testzip() is None
        return {one.filename: opened.read(one) for one in opened.infolist()}


def json_in(box: bytes, name: str) -> Any:
    return json.loads(members(box)[name])
