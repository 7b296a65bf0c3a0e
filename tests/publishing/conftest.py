"""What the tests of publishing start from."""

from __future__ import annotations

import io

import pytest
from flask import Flask
from flask.testing import FlaskClient

from backpack import jobs
from backpack.accounts.models import Person
from backpack.database import reading
from backpack.evidence.queries import evidence_of
from backpack.wiring import wired
from tests.backpacks import give_badge
from tests.evidence import files
from tests.people import post
from tests.publishing.world import World


@pytest.fixture
def world(app: Flask, person: Person, signed_in_client: FlaskClient) -> World:
    first, second = give_badge(person, "Soudure"), give_badge(person, "Lecture")
    add = f"/badges/{first.public_id}/evidence/add"
    for name in ("vitrine-jonquille", "réserve-lilas", "secret-œillet"):
        sent = post(
            signed_in_client, f"{add}?kind=file", "/compte", file=(io.BytesIO(files.photo()), f"{name}.jpg"), title=name
        )
        assert sent.status_code == 303
    jobs.run_pending(wired().handlers)  # others get a copy of a picture, made in the background
    with reading() as session:
        shown, unchosen, hidden = evidence_of(session, [first.id])[first.id]
    post(signed_in_client, f"/evidence/{hidden.public_id}/show", shown="0")
    return World(signed_in_client, app.test_client(), person, first, second, shown, unchosen, hidden)
