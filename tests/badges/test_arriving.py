"""A badge for an address not confirmed yet: outside until it is, in at once when it is."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from backpack.accounts.addresses import add_address, confirm_address, read_address
from backpack.accounts.models import Person
from backpack.badges import handlers
from backpack.badges.handlers import sweep
from backpack.badges.models import Arrival, ImportItem
from backpack.database import reading, transaction, utcnow
from backpack.wiring import wired
from tests.badges.conftest import Holder, items, work
from tests.badges.issuers import Issuer, hashed, plain

ELSE = "camille@elsewhere.example"


def arrivals() -> list[Arrival]:
    with reading() as session:
        return list(session.scalars(select(Arrival)))


def confirm(holder: Holder, address: str) -> None:
    with transaction() as session:
        person = session.get_one(Person, holder.person.id)
        added = add_address(session, person, read_address(address), utcnow())
        confirm_address(session, added, utcnow())
    work()


@pytest.mark.parametrize("recipient", [hashed(ELSE), plain(ELSE)])
def test_it_enters_when_its_address_is_confirmed(holder: Holder, issuer: Issuer, recipient: dict[str, object]) -> None:
    [line] = holder.import_(("badge.json", issuer.hosted(recipient=recipient)))
    assert len(arrivals()) == 1
    confirm(holder, "another@elsewhere.example")
    assert holder.badges() == []
    confirm(holder, ELSE)
    [badge] = holder.badges()
    assert arrivals() == []
    assert wired().storage.read(badge.files[0].storage_key)
    assert [one.result for one in items(line.batch)] == ["added"]


def test_what_there_is_no_time_for_comes_in_by_the_next_job(
    holder: Holder, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handlers, "ALL_SECONDS", 0)
    holder.import_(*((f"{number}.json", issuer.hosted(number, recipient=hashed(ELSE))) for number in range(1, 4)))
    assert holder.badges() == []
    confirm(holder, ELSE)
    assert len(holder.badges()) == 3


def test_it_can_be_declined_and_its_file_goes(holder: Holder, issuer: Issuer) -> None:
    holder.import_(("badge.json", issuer.hosted(recipient=plain(ELSE))))
    [waiting] = arrivals()
    assert ELSE not in holder.client.get(f"/badges/arrivals/{waiting.public_id}").text
    assert holder.post(f"/badges/arrivals/{waiting.public_id}/decline").status_code == 303
    assert arrivals() == []
    assert list(wired().storage.keys()) == []


def test_accepting_what_is_not_mine_changes_nothing(holder: Holder, issuer: Issuer) -> None:
    holder.import_(("badge.json", issuer.hosted(recipient=plain(ELSE))))
    assert holder.post(f"/badges/arrivals/{arrivals()[0].public_id}/accept").status_code == 303
    work()
    assert (len(arrivals()), holder.badges()) == (1, [])


def test_after_thirty_days_it_is_gone_with_its_file(holder: Holder, issuer: Issuer) -> None:
    holder.import_(("badge.json", issuer.hosted(recipient=plain(ELSE))))
    long_ago = utcnow() - timedelta(days=40)
    with transaction() as session:
        session.execute(update(Arrival).values(ends_at=long_ago))
        session.execute(update(ImportItem).values(created_at=long_ago))
    sweep(wired(), {})
    assert arrivals() == []
    with reading() as session:
        assert session.scalars(select(ImportItem)).all() == []
    assert list(wired().storage.keys()) == []
