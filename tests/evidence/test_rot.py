"""Links that stand as works: asked once a week, and a dead one is told to its owner only."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from backpack import create_app, jobs
from backpack.accounts.models import Person
from backpack.database import db, reading, transaction
from backpack.evidence import rot
from backpack.evidence.models import Artefact
from backpack.outbound import Outbound
from backpack.outbound.answers import RecordedAnswer
from backpack.settings import Settings
from backpack.wiring import wired
from tests.people import Browser, post

AT = "https://site.example/page"


@pytest.fixture
def said() -> dict[str, RecordedAnswer]:
    return {AT: RecordedAnswer()}


@pytest.fixture
def app(settings: Settings, said: dict[str, RecordedAnswer]) -> Iterator[Flask]:
    app = create_app(settings, Outbound(settings.public_url, answers=said.get))
    app.test_client_class = Browser
    with app.app_context():
        yield app
        db.engine.dispose()


def days_pass(days: int) -> None:
    """The worker sweeps again after so many days."""
    with transaction() as session:
        for column in (Artefact.checked_at, Artefact.dead_since):
            for work in session.scalars(sa.select(Artefact).where(column.is_not(None))):
                setattr(work, column.key, getattr(work, column.key) - timedelta(days=days))
    rot.sweep({})
    jobs.run_pending(wired().handlers)


@pytest.mark.parametrize(
    ("answer", "is_dead"),
    [
        pytest.param(RecordedAnswer(), False, id="it is there"),
        pytest.param(RecordedAnswer(status=403), False, id="it wants a sign-in"),
        pytest.param(RecordedAnswer(status=404), True, id="it is gone"),
        pytest.param(RecordedAnswer(status=410), True, id="it says that it is gone"),
        pytest.param(RecordedAnswer(why="dns"), True, id="its host is gone"),
        pytest.param(RecordedAnswer(why="refused"), True, id="it leads into our own network"),
        pytest.param(RecordedAnswer(why="too-large"), False, id="a film"),
        pytest.param(RecordedAnswer(why="redirect"), False, id="it leads from https to http"),
    ],
)
def test_a_dead_link_is_told_to_its_owner_after_a_second_look(
    signed_in_client: FlaskClient,
    person: Person,
    said: dict[str, RecordedAnswer],
    answer: RecordedAnswer,
    is_dead: bool,
) -> None:
    post(signed_in_client, "/works/add?kind=link", title="Ma page", url=AT)
    days_pass(0)
    said[AT] = answer
    warning = "ne répond plus depuis"
    days_pass(8)
    assert warning not in signed_in_client.get("/works").text  # once may be an accident
    days_pass(2)
    assert (warning in signed_in_client.get("/works").text) is is_dead
    said[AT] = RecordedAnswer()
    days_pass(8)
    assert warning not in signed_in_client.get("/works").text


def test_a_link_is_not_asked_again_within_the_week(
    signed_in_client: FlaskClient, person: Person, said: dict[str, RecordedAnswer]
) -> None:
    post(signed_in_client, "/works/add?kind=link", title="Ma page", url=AT)
    days_pass(0)
    said[AT] = RecordedAnswer(status=404)
    days_pass(3)
    with reading() as session:
        assert session.scalars(sa.select(Artefact.dead_since)).all() == [None]


def test_a_page_at_a_port_that_is_not_asked_is_not_called_dead(
    signed_in_client: FlaskClient, person: Person, said: dict[str, RecordedAnswer]
) -> None:
    address = "https://site.example:8443/page"
    said[address] = RecordedAnswer(why="refused")
    post(signed_in_client, "/works/add?kind=link", title="Ma page", url=address)
    for _week in range(3):
        days_pass(8)
    assert "ne répond plus depuis" not in signed_in_client.get("/works").text
    with reading() as session:
        assert session.scalars(sa.select(Artefact.checked_at)).one() is not None, "it would be due at every sweep"


def test_however_many_links_there_are_a_week_is_enough_for_all(
    signed_in_client: FlaskClient, said: dict[str, RecordedAnswer], monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(6):
        said[f"{AT}/{number}"] = RecordedAnswer()
        post(signed_in_client, "/works/add?kind=link", title="Ma page", url=f"{AT}/{number}")
    monkeypatch.setattr(rot, "LEAST_A_SWEEP", 1)
    monkeypatch.setattr(rot, "SWEEPS_A_WEEK", 3)
    for _hour in range(3):
        days_pass(0)
    with reading() as session:
        assert session.scalars(sa.select(Artefact.id).where(Artefact.checked_at.is_(None))).all() == []
