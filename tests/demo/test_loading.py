"""The living example loads on both databases, once, and its issuers can be watched changing their minds."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from backpack import create_app
from backpack.accounts.models import Person
from backpack.archive.models import StoredDocument
from backpack.badges.judging import reports, spellings
from backpack.badges.models import Arrival, Badge
from backpack.badges.queries import own_badges
from backpack.collections.models import Collection
from backpack.cv.models import CV
from backpack.database import db, reading, utcnow
from backpack.demo import loading, story
from backpack.demo.issuers import NoSuchIssuer
from backpack.openbadges import Outcome
from backpack.settings import Settings
from backpack.wiring import wired


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    app = create_app(dataclasses.replace(settings, demo=True))
    with app.app_context():
        yield app
        db.engine.dispose()


def count(table: type[Badge] | type[Arrival] | type[Collection] | type[CV]) -> int:
    with reading() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(table)) or 0


def test_it_loads_once_and_stands_as_its_story_says(app: Flask) -> None:
    assert loading.once(wired(), utcnow()) is not None
    assert loading.once(wired(), utcnow()) is None
    assert (count(Badge), count(Arrival), count(Collection), count(CV)) == (11, 1, 2, 1)
    with reading() as session:
        camille = session.scalars(sa.select(Person).where(Person.name == story.CAMILLE)).one()
        badges = own_badges(session, camille.id)
        judged = reports(session, badges, utcnow(), spellings(session, camille.id))
        outcomes = sorted(report.outcome.value for report in judged.values())
        assert all(badge.picture for badge in badges if not badge.name.startswith("Recherche"))
    assert outcomes == ["expired", "invalid", "revoked", "unknown", "unknown", *["valid"] * 6]


def test_a_change_of_mind_lets_its_documents_grow_stale(example: Flask) -> None:
    now = utcnow()
    assert loading.change_mood(wired(), "theatre", "revoke", now) > 0
    with reading() as session:
        of_host = sa.select(StoredDocument).where(StoredDocument.host == "theatre.trois-mats.example")
        assert all(row.fresh_until <= now for row in session.scalars(of_host))
        others = sa.select(StoredDocument).where(StoredDocument.host == "bu.estuaire.example")
        assert any(row.fresh_until > now for row in session.scalars(others))


def test_an_issuer_that_is_not_there_is_said(example: Flask) -> None:
    with pytest.raises(NoSuchIssuer):
        loading.change_mood(wired(), "opera", "revoke", utcnow())


def test_the_badge_whose_issuer_is_gone_was_valid_once(example: Flask) -> None:
    with reading() as session:
        badge = session.scalars(sa.select(Badge).where(Badge.name.startswith("Bénévole"))).one()
        long_ago = utcnow() - loading.LONG_AGO + timedelta(hours=1)
        judged = reports(session, [badge], utcnow(), story.ADDRESSES)
        assert judged[badge.id].outcome is Outcome.UNKNOWN
        seen = sa.select(StoredDocument).where(StoredDocument.host == "quais-partages.example")
        assert any(row.why is None and row.fetched_at < long_ago for row in session.scalars(seen))
