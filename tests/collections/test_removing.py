"""Removing a collection: first what it changes, then a moment in which it can be undone, its links and codes as they
were."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from backpack.accounts.models import Person
from backpack.badges.models import Removal
from backpack.collections.models import Collection, CollectionItem
from backpack.cv.models import CV, CVCollection
from backpack.database import reading, transaction, utcnow
from backpack.publishing.codes import code_for
from backpack.publishing.links import Choices, create_link, publish, token_of, withdraw
from backpack.publishing.models import ShareLink
from backpack.wiring import wired
from tests.backpacks import give_badge
from tests.openbadges import make
from tests.people import post
from tests.removing import after_a_moment


@dataclass
class Shared:
    """A collection with a cover, named on a CV: the addresses of its page, its withdrawn page and its printed code."""

    remove: str
    page: str
    withdrawn: str
    code: str
    cover: str


@pytest.fixture
def shared(person: Person) -> Shared:
    badges = [give_badge(person, name) for name in ("Soudure", "Lecture")]
    cover = wired().storage.put(person.public_id, make.png(9, 9))  # not the badges’ picture, which stays
    now, secret = utcnow(), wired().settings.secret_key
    moments = {"created_at": now, "changed_at": now}
    with transaction() as session:
        items = [CollectionItem(badge_id=one.id, position=at, words=f"mot {at}") for at, one in enumerate(badges)]
        collection = Collection(person_id=person.id, title="Stage", picture=cover, items=items, **moments)
        session.add(collection)
        session.flush()
        cv = CV(person_id=person.id, title="Bretagne", name="Camille", **moments)
        cv.collections = [CVCollection(collection_id=collection.id, position=0)]
        session.add(cv)
        links = [create_link(session, person.id, secret=secret, now=now, collection_id=collection.id) for _ in range(2)]
        for link, label in zip(links, ("Musée", "Théâtre"), strict=True):
            publish(session, link, Choices(label=label, badges={badges[0].id}), now)
        withdraw(session, links[1], now)
        page, withdrawn = (f"/c/{token_of(link, secret)}" for link in links)
        code = f"/v/{code_for(session, links[0], None, now)}"
        return Shared(f"/collections/{collection.public_id}/remove", page, withdrawn, code, cover)


def removed(client: FlaskClient, shared: Shared) -> str:
    """Remove the collection; the address of the button that undoes it."""
    gone = post(client, shared.remove)
    assert gone.status_code == 303
    found = re.search(r'action="(/undo/[0-9a-f]+)"', client.get(gone.location).text)
    assert found
    return found[1]


def test_it_says_which_links_and_cvs_it_changes(signed_in_client: FlaskClient, shared: Shared) -> None:
    text = signed_in_client.get(shared.remove).text
    assert "Musée" in text
    assert "Bretagne" in text
    assert "dix minutes" in text
    assert "Théâtre" not in text, "that link is closed already"


def test_it_comes_back_with_its_links_and_codes_as_they_were(
    app: Flask, signed_in_client: FlaskClient, shared: Shared
) -> None:
    stranger = app.test_client()
    before, by_code = stranger.get(shared.page).text, stranger.get(shared.code)
    assert by_code.location.endswith(shared.page)
    assert stranger.get(shared.withdrawn).status_code == 410

    undo = removed(signed_in_client, shared)
    assert stranger.get(shared.page).status_code == 410
    assert stranger.get(shared.code).location is None
    assert wired().storage.exists(shared.cover)
    with reading() as session:
        assert session.scalars(sa.select(CVCollection)).all() == []

    back = post(signed_in_client, undo)
    assert back.status_code == 303
    assert signed_in_client.get(back.location).status_code == 200
    after = stranger.get(shared.page)
    assert after.status_code == 200
    assert len(after.text) == len(before)
    assert "Soudure" in after.text
    assert "Lecture" not in after.text, "what the link did not show stays hidden"
    assert stranger.get(shared.code).location == by_code.location
    assert stranger.get(shared.withdrawn).status_code == 410
    with reading() as session:
        assert session.scalars(sa.select(CollectionItem.words).order_by(CollectionItem.position)).all() == [
            "mot 0",
            "mot 1",
        ]
        assert session.scalars(sa.select(ShareLink.label).order_by(ShareLink.id)).all() == ["Musée", "Théâtre"]
        assert len(session.scalars(sa.select(CVCollection)).all()) == 1
        assert session.scalars(sa.select(Removal)).all() == []


def test_after_a_moment_it_is_gone_with_its_cover(app: Flask, signed_in_client: FlaskClient, shared: Shared) -> None:
    undo = removed(signed_in_client, shared)
    after_a_moment()
    assert not wired().storage.exists(shared.cover)
    told = post(signed_in_client, undo)
    assert "ne peut plus être remis" in signed_in_client.get(told.location).text
    assert app.test_client().get(shared.page).status_code == 410
