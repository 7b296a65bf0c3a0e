"""Group `gathering`: the backpack's own page with 2,000 badges, against the same page with 50."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr
from datetime import UTC, datetime, timedelta
from functools import partial
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

import sqlalchemy as sa
from flask.testing import FlaskClient

from backpack import create_app, migrating
from backpack.accounts.models import Person
from backpack.badges.models import Badge, BadgeSkill, BadgeTag
from backpack.database import db, folded, random_name, transaction
from backpack.settings import load
from tests.backpacks import give_badge
from tests.benchmarks.figure import Figure, ratio
from tests.people import Browser, sign_up_person, signed_in

GROUP = "gathering"
FEW, MANY = 50, 2_000
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
PAGES = {
    "the first page": "/badges",
    "a search": "/badges?q=soudure+ete",
    "an issuer, a skill, a year and a tag": "/badges?issuer=Atelier+3&skill=name+souder+3&year=2025&tag=musee",
    "an outcome, by name": "/badges?state=valid&sort=name",
    "the last page": "/badges?page=42",
}


def figures() -> Iterator[Figure]:
    log = redirect_stderr(StringIO())  # a line per request
    with TemporaryDirectory() as folder, log, backpacks(Path(folder)) as (few, many):
        for name, address in PAGES.items():
            yield Figure(
                group=GROUP,
                name=f"{name} of a backpack of {MANY:,} badges, against one of {FEW}",
                value=ratio(partial(many.get, address), partial(few.get, "/badges")),
                goal=1.5,
            )


@contextmanager
def backpacks(folder: Path) -> Iterator[tuple[FlaskClient, FlaskClient]]:
    """Two browsers: of somebody with few badges, and of somebody with many. SQLite, or the DATABASE_URL given."""
    url = os.environ.get("BENCH_DATABASE_URL", f"sqlite:///{folder / 'backpack.db'}")
    app = create_app(
        load({"SECRET_KEY": "x" * 40, "DATA_DIR": str(folder), "DATABASE_URL": url, "MAIL_URL": "memory:"})
    )
    app.test_client_class = Browser
    with app.app_context():
        migrating.upgrade(db.engine)
        yield filled(app.test_client(), "few", FEW), filled(app.test_client(), "many", MANY)
        db.engine.dispose()


def filled(client: FlaskClient, name: str, count: int) -> FlaskClient:
    """A browser of a person with so many really signed badges; one payload serves all, each under its own name."""
    with transaction() as session:
        person = sign_up_person(session, name, f"{name}@etu.example")
    payload = give_badge(person, "Soudure", address=f"{name}@etu.example").payload
    with transaction() as session:
        session.execute(sa.insert(Badge), [row(person, number, payload) for number in range(1, count)])
        ids = session.scalars(sa.select(Badge.id).where(Badge.person_id == person.id)).all()
        session.execute(sa.insert(BadgeSkill), [skill(one) for one in ids])
        session.execute(sa.insert(BadgeTag), [{"badge_id": one, "label": "musée", "folded": "musee"} for one in ids])
    signed_in(client, person)
    for address in PAGES.values():
        assert client.get(address).status_code == 200
    return client


def row(person: Person, number: int, payload: bytes) -> dict[str, object]:
    name = f"Soudure d’été {number}"
    return {
        "public_id": random_name(),
        "person_id": person.id,
        "identity": hashlib.sha256(str(number).encode()).digest(),
        "payload": payload,
        "version": "3.0",
        "name": name,
        "issuer_name": f"Atelier {number % 40}",
        "folded": folded(f"{name} atelier souder"),
        "story": "",
        "state": ("valid", "unknown_issuer", "expired", "revoked")[number % 4],
        "added_at": NOW,
        "issued_on": NOW - timedelta(days=number),
        "valid_until": None,
        "picture": None,
        "achievement": None,
    }


def skill(badge_id: int) -> dict[str, object]:
    number = badge_id % 60
    return {
        "badge_id": badge_id,
        "key": f"name souder {number}",
        "name": f"Souder {number}",
        "code": "",
        "framework": "",
        "url": "",
    }
