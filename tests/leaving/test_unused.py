"""Unused accounts go after two warnings; used ones never; over five simulated years."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask

from backpack.accounts.addresses import add_address, confirm_address, read_address
from backpack.accounts.models import Person
from backpack.accounts.signing_in import signed_in as sign_in
from backpack.database import reading, transaction, utcnow
from backpack.leaving.models import Farewell
from backpack.leaving.sweeping import sweep
from backpack.wiring import wired
from tests.accounts.letters import letters_to
from tests.leaving.zips import work
from tests.people import ADDRESS, sign_up_person

OWN, NOES = "camille@kervella.example", "noe@x.example"


def people() -> set[str]:
    with reading() as session:
        return {one.name for one in session.query(Person)}


def pass_time(clock: Any, days: int, every: int = 10) -> None:
    for _ in range(days // every):
        clock.shift(timedelta(days=every))
        sweep(wired(), {})


def test_over_five_years(app: Flask, person: Person) -> None:
    """Camille never comes back; Noé does once a year; the example's person is left alone."""
    start = utcnow()
    with transaction() as session:
        camille = session.get_one(Person, person.id)
        added = add_address(session, camille, read_address(OWN), start)
        confirm_address(session, added, start)
        noe = sign_up_person(session, "Noé", NOES)
        sign_up_person(session, "Exemple", "exemple@x.example").is_demo = True
    gone_at: datetime | None = None
    with time_machine.travel(start, tick=False) as clock:
        for _year in range(5):
            with transaction() as session:
                sign_in(session, noe.id, b"a network", utcnow())
            for _ in range(36):
                pass_time(clock, 10)
                if gone_at is None and "Camille Kervella" not in people():
                    gone_at = utcnow()
            clock.shift(timedelta(days=5))
        assert people() == {"Noé", "Exemple"}
    assert gone_at is not None
    assert timedelta(days=730) <= gone_at - start <= timedelta(days=760)


def test_two_letters_to_every_address_and_then_thirty_days(app: Flask, person: Person) -> None:
    start = utcnow()
    with transaction() as session:
        added = add_address(session, session.get_one(Person, person.id), read_address(OWN), start)
        confirm_address(session, added, start)
    work()
    before = len(letters_to(ADDRESS))
    with time_machine.travel(start + timedelta(days=665), tick=False) as clock:
        sweep(wired(), {})
        assert len(letters_to(ADDRESS)) == before
        clock.shift(timedelta(days=6))
        for _ in range(2):
            sweep(wired(), {})
        assert (len(letters_to(ADDRESS)), len(letters_to(OWN))) == (before + 1, 1)
        letter = letters_to(OWN)[0]["body"]
        assert "/connexion" in letter
        assert "/compte/emporter" in letter
        assert "24 mois" in letter
        clock.shift(timedelta(days=31))
        sweep(wired(), {})
        assert (len(letters_to(ADDRESS)), len(letters_to(OWN))) == (before + 2, 2)
        clock.shift(timedelta(days=29))
        sweep(wired(), {})
        assert people() == {"Camille Kervella"}
        clock.shift(timedelta(days=2))
        sweep(wired(), {})
        assert people() == set()


@pytest.mark.parametrize("years", [3, 10])
def test_a_site_that_slept_still_warns_twice_first(app: Flask, person: Person, years: int) -> None:
    with time_machine.travel(utcnow() + timedelta(days=365 * years), tick=False) as clock:
        for _ in range(3):
            sweep(wired(), {})
            assert people() == {"Camille Kervella"}
        pass_time(clock, 50)
        assert people() == {"Camille Kervella"}
        pass_time(clock, 20)
        assert people() == set()


def test_coming_back_ends_it(app: Flask, person: Person) -> None:
    with time_machine.travel(utcnow() + timedelta(days=720), tick=False) as clock:
        pass_time(clock, 40)
        with transaction() as session:
            assert session.query(Farewell).count() == 2
            sign_in(session, person.id, b"a network", utcnow())
        pass_time(clock, 600)
        assert people() == {"Camille Kervella"}
        with reading() as session:
            assert session.query(Farewell).count() == 0
