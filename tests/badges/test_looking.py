"""What only time brings about is noted by itself, and what an issuer said goes with the badge."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from sqlalchemy import select

from backpack.accounts.models import Person
from backpack.archive.forgetting import forget_old
from backpack.archive.models import Body, StoredDocument
from backpack.archive.refreshing import SWEEP
from backpack.badges.judging import reports
from backpack.badges.looking import look
from backpack.badges.models import VerdictChange
from backpack.badges.standing import standings
from backpack.database import reading, transaction, utcnow
from backpack.wiring import wired
from tests.badges.conftest import Holder, work
from tests.badges.issuers import HOST, Issuer, hashed
from tests.openbadges import make
from tests.people import ADDRESS, sign_up_person, signed_in

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
URL = f"{HOST}/assertions/1"


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=True) as traveller:
        yield traveller


def changes() -> list[tuple[str, str | None]]:
    with reading() as session:
        rows = session.scalars(select(VerdictChange).order_by(VerdictChange.id))
        return [(row.outcome, row.reason) for row in rows]


def documents(url: str = "") -> list[str]:
    with reading() as session:
        found = session.scalars(select(StoredDocument.url).order_by(StoredDocument.id))
        return [one for one in found if one.startswith(url)]


def nights(clock: time_machine.Traveller, days: int) -> None:
    """So many days in which nobody looks: the sweeps have their turns, every four hours here."""
    for _turn in range(days * 6):
        clock.shift(timedelta(hours=4))
        wired().handlers[SWEEP]({})
        work()
        look({})
        work()


def edition(person: Person) -> int:
    with reading() as session:
        return session.get_one(Person, person.id).edition


def test_a_badge_nobody_looks_at_stays_confirmed(holder: Holder, issuer: Issuer, clock: time_machine.Traveller) -> None:
    holder.import_(("badge.json", issuer.hosted()))
    before = edition(holder.person)
    nights(clock, 2)
    assert changes() == [("valid", None)]
    assert edition(holder.person) == before  # remembered pages stay good
    [badge] = holder.badges()
    with reading() as session:
        good = standings(session, [badge.id])[badge.id].word.good_at
    assert good is not None
    assert utcnow() - good < timedelta(hours=31)
    assert 'data-state="valid"' in signed_in(holder.client, holder.person).get(f"/badges/{badge.public_id}").text


def test_an_end_is_noted_by_itself(holder: Holder, issuer: Issuer, clock: time_machine.Traveller) -> None:
    ends = NOON + timedelta(days=1)
    holder.import_(("badge.json", issuer.hosted(expires=ends.isoformat())))
    nights(clock, 2)
    assert changes() == [("valid", None), ("expired", "expired")]


def test_a_silence_is_noted_once_its_time_has_come_and_so_is_its_end(
    holder: Holder, issuer: Issuer, clock: time_machine.Traveller
) -> None:
    holder.import_(("badge.json", issuer.hosted()))
    issuer.is_silent = True
    nights(clock, 2)
    assert changes() == [("valid", None), ("unknown", "document-unreachable")]
    [badge] = holder.badges()
    with reading() as session:
        good = standings(session, [badge.id])[badge.id].word.good_at
    assert good is not None
    assert good < NOON + timedelta(minutes=1)
    issuer.is_silent = False
    nights(clock, 2)
    assert [outcome for outcome, _reason in changes()] == ["valid", "unknown", "valid"]


def test_what_a_line_of_history_rests_on_is_kept(holder: Holder, issuer: Issuer, clock: time_machine.Traveller) -> None:
    holder.import_(("badge.json", issuer.hosted()))
    clock.shift(timedelta(hours=1))
    issuer.say(URL, {"id": URL, "revoked": True})
    holder.client.get(f"/badges/{holder.badges()[0].public_id}")
    work()
    assert changes() == [("valid", None), ("revoked", "revoked")]
    with transaction() as session:
        assert forget_old(session, utcnow() + timedelta(days=400)) == 0
    assert len(documents(URL)) == 2


def test_a_badge_that_moves_to_another_class_is_judged_once_that_class_answers(
    holder: Holder, issuer: Issuer, clock: time_machine.Traveller
) -> None:
    holder.import_(("badge.json", issuer.hosted()))
    clock.shift(timedelta(hours=1))
    new = f"{HOST}/classes/new"
    issuer.say(new, {**make.badge_class(), "id": new})
    issuer.say(URL, make.assertion(id=URL, recipient=hashed(ADDRESS), badge=new))
    for _reader in range(3):
        signed_in(holder.client, holder.person).get(f"/badges/{holder.badges()[0].public_id}")
        work()
    assert new in documents()
    [badge] = holder.badges()
    with reading() as session:
        [report] = reports(session, [badge], utcnow()).values()
    assert changes()[-1] == (report.outcome.value, report.reason)


def after_a_moment(clock: time_machine.Traveller) -> None:
    clock.shift(timedelta(minutes=11))
    work()


def test_a_removed_badge_takes_along_what_its_issuer_said_of_it(
    holder: Holder, issuer: Issuer, clock: time_machine.Traveller
) -> None:
    with transaction() as session:
        other = sign_up_person(session, "Léa", "lea@example.org")
    theirs = Holder(signed_in(holder.client.application.test_client(), other), other)
    holder.import_(("badge.json", issuer.hosted()))
    theirs.import_(("badge.json", issuer.hosted(2, recipient={"type": "email", "identity": "lea@example.org"})))
    assert URL in documents()
    holder.post(f"/badges/{holder.badges()[0].public_id}/remove")
    assert URL in documents()  # it may still be put back
    after_a_moment(clock)
    left = {f"{HOST}/{path}" for path in ("assertions/2", "classes/1", "profile")}
    assert left <= set(documents())
    assert URL not in documents()
    theirs.post(f"/badges/{theirs.badges()[0].public_id}/remove")
    after_a_moment(clock)
    assert documents() == []
    with reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Body)) == 0
