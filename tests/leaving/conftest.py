"""A full backpack, an issuer who answers for it, and a worker that works when told to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from backpack import create_app
from backpack.accounts.models import Person
from backpack.database import db
from backpack.outbound import Outbound
from backpack.settings import Settings
from tests.badges.issuers import Issuer
from tests.leaving.another import another_site
from tests.leaving.full import fill, host
from tests.leaving.zips import work
from tests.people import Browser, post
from tests.servers import with_files_as_sites_have_them


@pytest.fixture
def issuer() -> Issuer:
    return Issuer()


@pytest.fixture
def settings(request: pytest.FixtureRequest, settings: Settings) -> Settings:
    return with_files_as_sites_have_them(request, settings)


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


def taken_out(client: FlaskClient) -> bytes:
    """The ZIP that somebody asks for and downloads."""
    assert post(client, "/compte/emporter", "/compte/emporter").status_code == 303
    work()
    page = client.get("/compte/emporter").text
    address = page.partition('href="/compte/emporter/')[2].partition('"')[0]
    answer = client.get(f"/compte/emporter/{address}")
    assert answer.status_code == 200, page
    return bytes(answer.data)


_made: list[bytes] = []


@pytest.fixture
def export(request: pytest.FixtureRequest) -> bytes:
    """The export of a full backpack; made once, since making it takes longer than reading it."""
    if not _made:
        _made.append(taken_out(request.getfixturevalue("full")))
    return _made[0]


@pytest.fixture
def there(
    export: bytes, settings: Settings, tmp_path: Path, sqlite_template: Path, issuer: Issuer
) -> Iterator[tuple[bytes, Flask]]:
    """An export, and a fresh instance at work, where the issuers answer as they did."""
    host(issuer)
    with another_site(settings, tmp_path, sqlite_template, issuer) as app:
        yield export, app
