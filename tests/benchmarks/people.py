"""Whether answers tell by their time if an account exists: known and unknown in turns, at each door.

`p` is Mann-Whitney's, by its normal approximation: small where the two are told apart.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from math import erfc, sqrt
from pathlib import Path
from statistics import median

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete

from backpack import create_app, database, migrating
from backpack.accounts.models import Address, Person
from backpack.database import db, transaction
from backpack.settings import load
from tests.benchmarks.figure import Figure
from tests.people import PASSWORD, Browser, sign_up_person, signed_in, token_of

ROUNDS = int(os.environ.get("ROUNDS", "30"))
"""Of each, at each door. `ROUNDS=1000 DOOR="sign-in" make bench ONLY=people` takes a quarter of an hour a door."""
ALIKE = 0.01
APART = 1.02
Fields = dict[str, str]

DOORS: dict[str, tuple[str, str, Fields]] = {
    "sign-in": ("/connexion", "/connexion", {"password": "not the password at all"}),
    "sign-up": ("/inscription", "/inscription", {"name": "Zoé", "password": PASSWORD}),
    "forgotten password": ("/mot-de-passe-oublie", "/mot-de-passe-oublie", {}),
    "recovery code": ("/code-de-secours", "/code-de-secours", {"code": "0000-0000-0000-0000"}),
    "another address": ("/compte/adresses", "/compte", {}),
}
"""Where the form is sent, on which page it stands, and what else is in it."""


def figures() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        app = application(Path(folder))
        with app.app_context():
            with transaction() as session:
                asker = sign_up_person(session, "Noé", "noe@etu.estuaire.example")
            for name, door in DOORS.items():
                if os.environ.get("DOOR", name) != name:
                    continue
                known, unknown = knocked(app, asker, name, door)
                note, p = f"n = {ROUNDS}", told_apart(known, unknown)
                title = f"{name}: known or not, by time (p)"
                yield Figure(group="people", name=title, value=p, goal=ALIKE, at_least=True, unit="", note=note)
                one, other = sorted((median(known), median(unknown)))
                title = f"{name}: the slower of known and unknown, in times of the other"
                yield Figure(group="people", name=title, value=other / one, goal=APART, note=note)
            db.engine.dispose()


def knocked(app: Flask, asker: Person, name: str, door: tuple[str, str, Fields]) -> tuple[list[float], list[float]]:
    """Seconds for known and for unknown addresses: now one first, now the other, each from a browser of its own."""
    taken: dict[bool, list[float]] = {True: [], False: []}
    for number in range(ROUNDS):
        for is_known in (True, False) if number % 2 else (False, True):
            address = f"{name.replace(' ', '-')}-{number}-{'k' if is_known else 'n'}@x.example"
            with transaction() as session:
                # Somebody signs up in either case: what was just written makes the next answer another one by itself.
                sign_up_person(session, "Camille", address if is_known else f"else-{address}")
                session.execute(delete(Address).where(Address.person_id == asker.id, ~Address.is_main))
            browser = app.test_client()
            # Each from a network of its own: a limit that is reached would answer at once, whoever is asked about.
            browser.environ_base["REMOTE_ADDR"] = f"2001:db8:{number:x}:{int(is_known)}::1"
            client = signed_in(browser, asker) if door[1] == "/compte" else browser
            taken[is_known].append(took(client, door, address))
    return taken[True], taken[False]


def took(client: FlaskClient, door: tuple[str, str, Fields], address: str) -> float:
    goes_to, page, fields = door
    sent = {"csrf_token": token_of(client, page), "address": address, **fields}
    start = time.perf_counter()
    answer = client.post(goes_to, data=sent)
    seconds = time.perf_counter() - start
    if answer.status_code == 429:
        raise RuntimeError(f"{goes_to} is limited, so this measures nothing")
    return seconds


def told_apart(one: list[float], other: list[float]) -> float:
    """Mann-Whitney's p for two samples without equal values."""
    ranks = {value: rank for rank, value in enumerate(sorted(one + other), start=1)}
    n, m = len(one), len(other)
    u = sum(ranks[value] for value in one) - n * (n + 1) / 2
    z = (u - n * m / 2) / sqrt(n * m * (n + m + 1) / 12)
    return erfc(abs(z) / sqrt(2))


def application(folder: Path) -> Flask:
    """An application as it is started, on a database of its own; nobody sends its letters."""
    secret = "a key for benchmarks only, long enough"
    settings = load({"SECRET_KEY": secret, "DATA_DIR": str(folder), "MAIL_URL": "memory:"})
    engine = sa.create_engine(settings.database_url)
    database.prepare(engine)
    migrating.upgrade(engine)
    engine.dispose()
    app = create_app(settings)
    app.test_client_class = Browser
    return app
