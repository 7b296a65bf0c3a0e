"""Taking works and badges away: first what it changes, then a moment in which it can be undone."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from backpack.accounts.models import Person
from backpack.badges.models import Badge, Removal
from backpack.collections.models import Collection, CollectionItem
from backpack.database import reading, transaction, utcnow
from backpack.evidence.adding import stand_behind
from backpack.evidence.models import Artefact, Evidence
from backpack.evidence.queries import evidence_of
from backpack.publishing.links import Choices, create_link, publish, token_of
from backpack.publishing.models import ShareLink
from backpack.wiring import wired
from tests.backpacks import give_badge
from tests.evidence import files
from tests.evidence.test_pages import add, add_file
from tests.people import post, sign_up_person, signed_in
from tests.removing import after_a_moment


@pytest.fixture
def badge(person: Person) -> Badge:
    return give_badge(person)


@pytest.fixture
def work(signed_in_client: FlaskClient, badge: Badge) -> Evidence:
    add_file(signed_in_client, badge, files.pdf(), "bilan.pdf")
    with reading() as session:
        return evidence_of(session, [badge.id])[badge.id][0]


@pytest.fixture
def shared(person: Person, badge: Badge, work: Evidence) -> str:
    """The address of an open link that shows the badge with its work."""
    with transaction() as session:
        link = create_link(session, person.id, secret=wired().settings.secret_key, now=utcnow(), badge_id=badge.id)
        publish(session, link, Choices(label="Musée", evidence={work.id}), utcnow())
        return f"/p/{token_of(link, wired().settings.secret_key)}"


def undo_at(client: FlaskClient, address: str) -> str:
    """The address of the undo button on a page."""
    found = re.search(
        r'action="(/undo/[0-9a-f]+|/evidence/[^"]+shown=1|/works/[^"]+/take-back)"', client.get(address).text
    )
    assert found
    return found[1].replace("&amp;", "&")


@pytest.mark.parametrize("what", ["badge", "work", "evidence"])
def test_it_says_what_changes_then_goes_and_comes_back_with_all_that_hung_on_it(
    app: Flask, signed_in_client: FlaskClient, badge: Badge, work: Evidence, shared: str, person: Person, what: str
) -> None:
    with transaction() as session:
        collection = Collection(person_id=person.id, title="Stage", created_at=utcnow(), changed_at=utcnow())
        session.add(collection)
        session.flush()
        session.add(CollectionItem(collection_id=collection.id, badge_id=badge.id, position=0, words="là"))
    client, stranger = signed_in_client, app.test_client()
    file = f"{shared}/evidence/{work.public_id}"
    address = {
        "badge": f"/badges/{badge.public_id}/remove",
        "work": f"/works/{work.artefact.public_id}/remove",
        "evidence": f"/evidence/{work.public_id}/remove",
    }[what]
    assert "Musée" in client.get(address).text
    before = stranger.get(shared).text
    assert stranger.get(file).data == files.pdf()

    gone = post(client, address)
    assert gone.status_code == 303
    assert stranger.get(file).status_code in {404, 410}
    assert stranger.get(shared).status_code == (410 if what == "badge" else 200)

    back = post(client, undo_at(client, gone.location))
    assert back.status_code == 303
    assert client.get(back.location).status_code == 200
    assert stranger.get(file).data == files.pdf()
    assert "bilan" in stranger.get(shared).text
    assert len(stranger.get(shared).text) == len(before)
    with reading() as session:
        assert session.scalars(sa.select(CollectionItem.words)).all() == ["là"]
        assert session.scalars(sa.select(ShareLink.label)).all() == ["Musée"]
        assert session.scalars(sa.select(Removal)).all() == []


def test_hiding_says_what_changes_and_can_be_undone(
    app: Flask, signed_in_client: FlaskClient, work: Evidence, shared: str
) -> None:
    client, stranger = signed_in_client, app.test_client()
    assert "Musée" in client.get(f"/evidence/{work.public_id}/hide").text
    hidden = post(client, f"/evidence/{work.public_id}/show", shown="0")
    assert stranger.get(f"{shared}/evidence/{work.public_id}").status_code == 404
    assert post(client, undo_at(client, hidden.location)).status_code == 303
    assert stranger.get(f"{shared}/evidence/{work.public_id}").status_code == 200


def test_hiding_it_behind_one_badge_says_where_its_work_stays(
    app: Flask, signed_in_client: FlaskClient, person: Person, work: Evidence, shared: str
) -> None:
    secret, now = wired().settings.secret_key, utcnow()
    other_badge = give_badge(person, "Reliure")
    with transaction() as session:
        other = stand_behind(session, other_badge, session.get_one(Artefact, work.artefact_id), "", now)
        collection = Collection(person_id=person.id, title="Stage", created_at=now, changed_at=now)
        session.add(collection)
        session.flush()
        session.add(CollectionItem(collection_id=collection.id, artefact_id=work.artefact_id, position=0))
        alone = create_link(session, person.id, secret=secret, now=now, collection_id=collection.id)
        publish(session, alone, Choices(label="Atelier", works={work.artefact_id}), now)
        behind = create_link(session, person.id, secret=secret, now=now, badge_id=other_badge.id)
        publish(session, behind, Choices(label="Usine", evidence={other.id}), now)
    for page in ("hide", "remove"):
        told = signed_in_client.get(f"/evidence/{work.public_id}/{page}").text
        gone, _, stays = told.partition("Elle reste montrée")
        assert "Musée" in gone
        assert "Atelier" in stays
        assert "Usine" in stays
        assert all(f'href="/shares/{link.public_id}"' in stays for link in (alone, behind))
    hidden = post(signed_in_client, f"/evidence/{work.public_id}/show", shown="0")
    assert "masquée des pages de ce badge" in signed_in_client.get(hidden.location).text
    stranger = app.test_client()
    assert stranger.get(f"{shared}/evidence/{work.public_id}").status_code == 404
    for address in (
        f"/c/{token_of(alone, secret)}/works/{work.artefact.public_id}",
        f"/p/{token_of(behind, secret)}/evidence/{other.public_id}",
    ):
        assert stranger.get(address).data == files.pdf()
    post(signed_in_client, f"/evidence/{other.public_id}/show", shown="0")
    assert "Usine" not in signed_in_client.get(f"/evidence/{work.public_id}/hide").text


def test_after_a_moment_it_is_gone_with_its_file(signed_in_client: FlaskClient, work: Evidence, badge: Badge) -> None:
    gone = post(signed_in_client, f"/works/{work.artefact.public_id}/remove")
    undo = undo_at(signed_in_client, gone.location)
    key = work.artefact.files[0].storage_key
    assert wired().storage.exists(key)
    after_a_moment()
    assert not wired().storage.exists(key)
    told = post(signed_in_client, undo)
    assert "ne peut plus être remis" in signed_in_client.get(told.location).text


def test_what_was_made_anew_meanwhile_stays(
    signed_in_client: FlaskClient, badge: Badge, work: Evidence, person: Person
) -> None:
    gone = post(signed_in_client, f"/badges/{badge.public_id}/remove")
    undo = undo_at(signed_in_client, gone.location)
    again = give_badge(person)
    told = post(signed_in_client, undo)
    assert "ne peut plus être remis" in signed_in_client.get(told.location).text
    assert signed_in_client.get(f"/badges/{again.public_id}").status_code == 200


def test_another_row_may_have_taken_its_number(signed_in_client: FlaskClient, badge: Badge, work: Evidence) -> None:
    gone = post(signed_in_client, f"/evidence/{work.public_id}/remove")
    undo = undo_at(signed_in_client, gone.location)
    add(signed_in_client, badge, "text", title="Nouveau", text="…")  # SQLite gives the free number to this one
    assert post(signed_in_client, undo).status_code == 303
    with reading() as session:
        found = evidence_of(session, [badge.id])[badge.id]
    assert sorted(one.artefact.title for one in found) == ["Nouveau", "bilan"]


def test_nobody_else_can_put_it_back(app: Flask, signed_in_client: FlaskClient, work: Evidence, badge: Badge) -> None:
    gone = post(signed_in_client, f"/evidence/{work.public_id}/remove")
    undo = undo_at(signed_in_client, gone.location)
    with transaction() as session:
        other = sign_up_person(session, "Idriss Lefort", "idriss@etu.example")
    post(signed_in(app.test_client(), other), undo)
    with reading() as session:
        assert evidence_of(session, [badge.id])[badge.id] == []
