"""What goes by itself, and what stays."""

from __future__ import annotations

from datetime import timedelta

import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from backpack.accounts.models import KnownNetwork, MailKey, Person, SignedSession, Throttle
from backpack.accounts.sweeping import sweep
from backpack.database import Base, reading, utcnow
from backpack.jobs import Job
from tests.people import ADDRESS, PASSWORD, post


def count(table: type[Base]) -> int:
    with reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_what_has_had_its_time_goes(app: Flask, client: FlaskClient, person: Person) -> None:
    with time_machine.travel(utcnow(), tick=False) as clock:
        form = {"name": "Zoé", "address": "zoe@x.example", "password": "a boat on the quay"}
        post(client, "/inscription", "/inscription", **form)
        post(client, "/connexion", "/connexion", address=ADDRESS, password="not the password")
        assert (count(Person), count(MailKey), count(SignedSession), count(Throttle)) == (2, 1, 1, 4)
        clock.shift(timedelta(days=6))
        sweep({})
        assert (count(Person), count(MailKey), count(SignedSession), count(Throttle)) == (2, 1, 0, 0)
        clock.shift(timedelta(days=1, minutes=1))
        sweep({})
        assert (count(Person), count(MailKey)) == (1, 0), "who confirmed stays"


def test_a_network_is_known_for_ninety_days(app: Flask, client: FlaskClient, person: Person) -> None:
    with time_machine.travel(utcnow(), tick=False) as clock:
        for _ in range(2):
            post(client, "/connexion", "/connexion", address=ADDRESS, password=PASSWORD)
            post(client, "/deconnexion", "/compte")
        clock.shift(timedelta(days=90))
        sweep({})
        assert count(KnownNetwork) == 1
        clock.shift(timedelta(minutes=1))
        sweep({})
        assert count(KnownNetwork) == 0


def test_it_asks_for_itself_once_an_hour(app: Flask) -> None:
    sweep({})
    sweep({})
    with reading() as session:
        assert session.scalar(select(func.count(Job.id)).where(Job.kind == "accounts.sweep")) == 1
