"""A renewed badge takes the place of its predecessor wherever that one stands; both are kept."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from backpack.accounts.models import Person
from backpack.badges.models import Badge
from backpack.badges.renewing import ended_before, renewed_by
from backpack.collections.models import CollectionItem
from backpack.cv import editing
from backpack.cv.models import CVBadge
from backpack.database import reading, transaction, utcnow
from backpack.evidence.queries import evidence_of
from backpack.publishing.models import ShareLink
from tests.backpacks import give_badge
from tests.collections.test_works import change, published, the_one
from tests.endorsements.test_endorsements import published as badge_page
from tests.people import post, sign_up_person, signed_in


def ended(badge: Badge, days: int = 30) -> None:
    with transaction() as session:
        then = utcnow() - timedelta(days=days)
        session.execute(sa.update(Badge).where(Badge.id == badge.id).values(valid_until=then))


@pytest.fixture
def old(person: Person) -> Badge:
    return give_badge(person, "Secourisme 2024")


@pytest.fixture
def new(person: Person) -> Badge:
    """Of the same achievement, from the same issuer."""
    return give_badge(person, "Secourisme 2026")


def renew(client: FlaskClient, new: Badge, old: Badge) -> int:
    return post(client, f"/badges/{new.public_id}/renews/{old.public_id}").status_code


def test_it_takes_the_place_on_pages_in_collections_and_on_cvs(
    app: Flask, signed_in_client: FlaskClient, person: Person, old: Badge, new: Badge
) -> None:
    add = f"/badges/{old.public_id}/evidence/add?kind=text"
    assert post(signed_in_client, add, "/compte", title="Mon exercice", text="Au port").status_code == 303
    with reading() as session:
        [work] = evidence_of(session, [old.id])[old.id]
    post(signed_in_client, "/collections/new", title="Stage", language="fr")
    words = {f"words-{old.public_id}": "Deux jours au port."}
    change(signed_in_client, person, do="add", add=[old.public_id])
    change(signed_in_client, person, **words)
    chosen: dict[str, Any] = {"level": "link", "badges": [old.public_id], "evidence": [work.public_id]}
    collection_path = published(signed_in_client, the_one(person), **chosen)
    badge_path = badge_page(signed_in_client, old, evidence=[work.public_id])
    with transaction() as session:
        cv = editing.begin(session, person, "CV", "fr", "", 0, utcnow())
        editing.choose(cv, [session.merge(old)], {}, utcnow())
    ended(old)
    assert "Secourisme 2024" in app.test_client().get(badge_path).text
    offered = signed_in_client.get(f"/badges/{new.public_id}").text
    assert f"/badges/{new.public_id}/renews/{old.public_id}" in offered
    assert renew(signed_in_client, new, old) == 303
    stranger = app.test_client()
    for path in (badge_path, collection_path):
        page = stranger.get(path).text
        assert "Secourisme 2026" in page
        assert "Secourisme 2024" not in page
        assert "Mon exercice" in page
    assert "Deux jours au port." in stranger.get(collection_path).text
    with reading() as session:
        assert list(session.scalars(sa.select(CVBadge.badge_id))) == [new.id]
        assert session.get(Badge, old.id) is not None
        assert [one.artefact.title for one in evidence_of(session, [old.id])[old.id]] == ["Mon exercice"]
    assert f"renews/{old.public_id}" not in signed_in_client.get(f"/badges/{new.public_id}").text
    assert f"/badges/{new.public_id}#renewal" in signed_in_client.get(f"/badges/{old.public_id}").text


def test_where_both_stand_the_ended_one_goes(
    app: Flask, signed_in_client: FlaskClient, person: Person, old: Badge, new: Badge
) -> None:
    post(signed_in_client, "/collections/new", title="Stage", language="fr")
    both = [old.public_id, new.public_id]
    change(signed_in_client, person, do="add", add=both)
    path = published(signed_in_client, the_one(person), level="link", badges=both)
    ended(old)
    assert renew(signed_in_client, new, old) == 303
    with reading() as session:
        assert list(session.scalars(sa.select(CollectionItem.badge_id))) == [new.id]
    assert "Secourisme 2024" not in app.test_client().get(path).text


def test_what_was_private_stays_so(app: Flask, signed_in_client: FlaskClient, old: Badge, new: Badge) -> None:
    ended(old)
    assert renew(signed_in_client, new, old) == 303
    with reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(ShareLink)) == 0


def test_only_a_valid_badge_of_the_same_kind_renews_one_that_ended(
    app: Flask, signed_in_client: FlaskClient, person: Person, old: Badge, new: Badge
) -> None:
    assert renew(signed_in_client, new, old) == 422, "the other one has not ended"
    ended(old)
    other = give_badge(person, "Soudure", id="https://issuer.example.org/achievements/2")
    assert renew(signed_in_client, other, old) == 422, "another achievement"
    assert renew(signed_in_client, old, new) == 422, "the wrong way round"
    with transaction() as session:
        broken = new.payload.replace(b"Secourisme 2026", b"Secourisme 2027")
        session.execute(sa.update(Badge).where(Badge.id == new.id).values(payload=broken))
    assert renew(signed_in_client, new, old) == 422, "altered"
    with transaction() as session:
        idriss = sign_up_person(session, "Idriss Lefort", "idriss@etu.example")
    theirs = give_badge(idriss, "Secourisme 2026", address="idriss@etu.example")
    assert renew(signed_in_client, theirs, old) == 404
    assert renew(signed_in(app.test_client(), idriss), theirs, old) == 404


def test_a_renewal_is_known_by_achievement_and_issuer(person: Person, old: Badge, new: Badge) -> None:
    now = utcnow()
    with reading() as session:
        assert list(ended_before(session, session.get_one(Badge, new.id), now)) == []
    ended(old)
    with reading() as session:
        one, other = session.get_one(Badge, new.id), session.get_one(Badge, old.id)
        assert [badge.id for badge in ended_before(session, one, now)] == [old.id]
        assert list(ended_before(session, other, now)) == []
        found = renewed_by(session, other, now)
        assert found is not None
        assert found.id == new.id
        assert renewed_by(session, one, now) is None
