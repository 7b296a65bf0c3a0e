"""What may be said of a badge while its issuer is silent: the last thing that was found for sure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from backpack.accounts.models import Person
from backpack.badges.models import Badge, VerdictChange
from backpack.badges.standing import standings
from backpack.database import reading, transaction

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
A_DAY = timedelta(days=1)


@pytest.fixture
def badge(app: Flask, person: Person) -> Badge:
    words = {"payload": b"{}", "version": "", "name": "", "folded": "", "issuer_name": ""}
    with transaction() as session:
        badge = Badge(person_id=person.id, identity=b"1", added_at=NOON, **words)
        session.add(badge)
    return badge


@pytest.mark.parametrize(
    ("history", "last", "day", "good_day"),
    [
        pytest.param("unknown", None, None, None, id="never known"),
        pytest.param("valid unknown", "valid", 0, 0, id="silent"),
        pytest.param("valid expired unknown", "expired", 1, 0, id="ended, then silent"),
        pytest.param("valid revoked unknown", "revoked", 1, None, id="taken back, then silent"),
        pytest.param("revoked unknown", "revoked", 0, None, id="taken back before it came"),
        pytest.param("valid revoked unknown revoked unknown", "revoked", 1, None, id="the first day counts"),
        pytest.param("valid revoked unknown valid unknown", "valid", 3, 3, id="given back"),
        pytest.param("valid revoked invalid unknown", "revoked", 1, None, id="a spoilt answer gives nothing back"),
        pytest.param("valid invalid unknown", "invalid", 1, None, id="found wrong, then silent"),
        pytest.param("invalid unknown", None, None, None, id="never good"),
    ],
)
def test_the_last_word(badge: Badge, history: str, last: str | None, day: int | None, good_day: int | None) -> None:
    with transaction() as session:
        for number, outcome in enumerate(history.split()):
            at = NOON + number * A_DAY
            reason = None if outcome == "valid" else outcome
            session.add(VerdictChange(badge_id=badge.id, at=at, outcome=outcome, reason=reason, confirmed_at=at))
    with reading() as session:
        found = standings(session, [badge.id]).get(badge.id)
    if found is None:
        assert last is None
        return
    assert (found.word.outcome, found.word.at) == (last, NOON + A_DAY * (day or 0))
    assert found.word.good_at == (None if good_day is None else NOON + A_DAY * good_day)
    assert (found.good is None) is (good_day is None)
