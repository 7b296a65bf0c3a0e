"""Nobody waits behind somebody else's dead issuers: a short first try for all, then one that leaves hands free."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from flask import Flask

from backpack import create_app, jobs
from backpack.archive.models import StoredDocument
from backpack.badges import handlers
from backpack.badges.handlers import IMPORT, PATIENT, SLOWLY
from backpack.database import db, reading
from backpack.outbound import Hurried, Outbound, OutOfTime
from backpack.settings import Settings
from backpack.wiring import wired
from tests.badges.conftest import Holder, items
from tests.badges.issuers import Issuer, hashed
from tests.openbadges import make
from tests.people import ADDRESS, Browser

PUBLIC = "93.184.215.14"


class Hanging:
    """Takes every connection as long as it may last, and never answers; until it is let go."""

    def __init__(self) -> None:
        self.let_go = threading.Event()

    def __call__(self, _address: str, _port: int, seconds: float) -> None:
        self.let_go.wait(seconds)
        raise TimeoutError


@pytest.fixture
def hanging() -> Hanging:
    return Hanging()


@pytest.fixture
def app(settings: Settings, issuer: Issuer, hanging: Hanging) -> Iterator[Flask]:
    door = Outbound(settings.public_url, answers=issuer.answer, resolver=lambda _host: [PUBLIC], connector=hanging)  # type: ignore[arg-type]
    app = create_app(settings, door)
    app.test_client_class = Browser
    with app.app_context():
        yield app
        db.engine.dispose()


def dead(number: int) -> bytes:
    """A hosted badge of an issuer that hangs."""
    host = f"https://dead-{number}.example"
    return make.text(make.assertion(id=f"{host}/assertion", badge=f"{host}/class", recipient=hashed(ADDRESS)))


def noted() -> int:
    with reading() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(StoredDocument)) or 0


def test_a_good_badge_is_judged_while_eight_issuers_hang(
    app: Flask, holder: Holder, issuer: Issuer, hanging: Hanging, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handlers, "FIRST_TRY", 2.0)
    files = [(f"dead-{number}.json", dead(number)) for number in range(jobs.HANDS)]
    batch = holder.give(*files, ("good.json", issuer.hosted())).location.rpartition("/")[2]
    stopping = threading.Event()

    def work() -> None:
        with app.app_context():
            jobs.work(wired().handlers, stopping, patient=PATIENT)

    worker = threading.Thread(target=work)
    worker.start()
    try:
        until = time.monotonic() + 20
        while items(batch)[-1].result == "waiting" and time.monotonic() < until:
            hanging.let_go.wait(0.05)
        assert [one.result for one in items(batch)] == ["waiting"] * jobs.HANDS + ["added"]
    finally:
        stopping.set()
        hanging.let_go.set()
        worker.join(30)


def test_what_a_first_try_has_no_time_for_is_not_held_against_the_issuer(
    holder: Holder, hanging: Hanging, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handlers, "FIRST_TRY", 0.2)
    batch = holder.give(("dead.json", dead(1))).location.rpartition("/")[2]
    [item] = items(batch)
    with pytest.raises(jobs.Elsewhere, match=IMPORT + SLOWLY):
        wired().handlers[IMPORT]({"item": item.id})
    assert (items(batch)[0].result, noted()) == ("waiting", 0)
    hanging.let_go.set()
    assert jobs.run_pending(wired().handlers) >= 2
    assert (items(batch)[0].result, noted()) == ("added", 1)


def test_a_door_in_a_hurry_asks_nothing_when_its_time_is_over(issuer: Issuer) -> None:
    asked = Outbound("https://backpack.example", answers=issuer.answer)
    with pytest.raises(OutOfTime):
        Hurried(asked, 0).fetch("https://issuer.example.org/a.json")
    assert issuer.asked == []
