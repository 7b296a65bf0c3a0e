"""Verdicts from the archive: the same cost for many, history by jobs only, and pages that change their mind."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa
from sqlalchemy import select

from backpack.accounts.models import Person
from backpack.archive.fetching import fetch_and_keep
from backpack.archive.models import StoredDocument
from backpack.badges import handlers
from backpack.badges.handlers import check_badge
from backpack.badges.judging import reports, spellings
from backpack.badges.models import VerdictChange
from backpack.badges.queries import own_badges
from backpack.database import db, reading, transaction, utcnow
from backpack.openbadges import Outcome
from backpack.openbadges.asking import JSON_LD
from backpack.openbadges.report import RecipientAnswer, Wanted
from backpack.wiring import wired
from tests.badges.conftest import Holder, work
from tests.badges.issuers import HOST, Issuer, plain, signed
from tests.openbadges import make
from tests.people import ADDRESS

URL = f"{HOST}/assertions/1"
ENDED = make.assertion(id=URL, expires="2025-01-01T00:00:00Z", recipient=plain(ADDRESS))


@contextmanager
def statements() -> Iterator[list[str]]:
    """What is said to the database meanwhile."""
    said: list[str] = []

    def note(_c: object, _cur: object, statement: str, *_rest: object) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")):
            said.append(statement)

    sa.event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", note)


def changes() -> list[tuple[str, str | None]]:
    with reading() as session:
        rows = session.scalars(select(VerdictChange).order_by(VerdictChange.id))
        return [(row.outcome, row.reason) for row in rows]


def edition(holder: Holder) -> int:
    with reading() as session:
        return session.get_one(Person, holder.person.id).edition


def ask_again(url: str = URL) -> None:
    fetch_and_keep(Wanted(url=url, accept=JSON_LD, kind="assertion"), wired())
    work()


def test_many_badges_cost_as_many_statements_as_one(holder: Holder, issuer: Issuer) -> None:
    costs = []
    for numbers in (range(1), range(1, 12)):
        hosted = [(f"{n}.json", issuer.hosted(n)) for n in numbers]
        holder.import_(*hosted, *((f"s{n}.json", signed(number=n)) for n in numbers))
        with reading() as session:
            badges = own_badges(session, holder.person.id)
            recipients = spellings(session, holder.person.id)
            with statements() as said:
                found = reports(session, badges, utcnow(), recipients)
        assert {one.recipient for one in found.values()} == {RecipientAnswer.MATCH}
        costs.append(len(said))
    assert costs[0] == costs[1] <= 5


def test_the_grid_costs_the_same_for_many(holder: Holder, issuer: Issuer) -> None:
    costs = []
    for numbers in (range(1), range(1, 12)):
        holder.import_(*((f"{n}.json", issuer.hosted(n)) for n in numbers))
        with statements() as said:
            assert holder.client.get("/badges").status_code == 200
        costs.append(len(said))
    assert costs[0] == costs[1]


@pytest.mark.parametrize(
    ("answer", "status", "expected"),
    [
        pytest.param({"id": URL, "revoked": True}, 200, ("revoked", "revoked"), id="taken back"),
        pytest.param({}, 410, ("revoked", "revoked"), id="gone"),
        pytest.param(
            ENDED,
            200,
            ("expired", "expired"),
            id="ended",
        ),
    ],
)
def test_when_an_issuer_says_something_else_history_says_so(
    holder: Holder, issuer: Issuer, answer: dict[str, object], status: int, expected: tuple[str, str]
) -> None:
    holder.import_(("badge.json", issuer.hosted()))
    before = edition(holder)
    issuer.say(URL, answer, status)
    ask_again()
    assert changes() == [("valid", None), expected]
    assert edition(holder) > before
    page = holder.client.get(f"/badges/{holder.badges()[0].public_id}").text
    assert f'data-state="{expected[0]}"' in page


def test_a_document_behind_many_badges_is_judged_in_turns(
    holder: Holder, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handlers, "MOST_CONCERNED", 2)
    holder.import_(*((f"{number}.json", issuer.hosted(number)) for number in range(1, 6)))
    moment = utcnow()
    issuer.say(make.profile()["id"], {**make.profile(), "name": "Autre nom"})
    ask_again(str(make.profile()["id"]))
    with reading() as session:
        judged = session.scalars(select(VerdictChange.confirmed_at)).all()
    assert len(judged) == 5
    assert all(at > moment for at in judged)


def test_a_short_silence_changes_nothing(holder: Holder, issuer: Issuer) -> None:
    holder.import_(("badge.json", issuer.hosted()))
    issuer.is_silent = True
    ask_again()
    assert changes() == [("valid", None)]
    assert 'data-state="valid"' in holder.client.get(f"/badges/{holder.badges()[0].public_id}").text


def test_the_words_of_a_badge_stay_while_its_issuer_is_silent(holder: Holder, issuer: Issuer) -> None:
    holder.import_(("badge.json", issuer.hosted()))
    issuer.is_silent = True
    check_badge(wired(), {"badge": holder.badges()[0].id})
    assert holder.badges()[0].name == "Soudure"


def test_check_now_asks_and_notes(holder: Holder, issuer: Issuer) -> None:
    holder.import_(("badge.json", issuer.hosted()))
    [badge] = holder.badges()
    with transaction() as session:
        long_ago = utcnow().replace(year=utcnow().year - 1)
        session.execute(sa.update(VerdictChange).values(at=long_ago, confirmed_at=long_ago))
        session.execute(sa.update(StoredDocument).values(fetched_at=long_ago, fresh_until=long_ago))
    issuer.say(URL, {"id": URL, "revoked": True, "revocationReason": "doublon"})
    check_badge(wired(), {"badge": badge.id})
    assert changes() == [("valid", None), ("revoked", "revoked")]
    assert "doublon" in holder.client.get(f"/badges/{badge.public_id}").text


def test_check_now_is_at_least_a_minute_apart(holder: Holder, issuer: Issuer) -> None:
    holder.import_(("badge.json", issuer.hosted()))
    issuer.asked.clear()
    answer = holder.post(f"/badges/{holder.badges()[0].public_id}/check")
    assert answer.status_code == 303
    work()
    assert issuer.asked == []


def test_an_altered_badge_makes_nobody_fetch_its_picture(holder: Holder, issuer: Issuer) -> None:
    holder.import_(("badge.json", signed().replace(b"Soudure", b"Doctorat")))
    assert holder.badges()[0].picture is None
    assert f"{HOST}/badge.png" not in issuer.asked


def test_the_outcome_is_the_engines_own(holder: Holder, issuer: Issuer) -> None:
    holder.import_(("badge.json", signed()))
    with reading() as session:
        badges = own_badges(session, holder.person.id)
        report = reports(session, badges, utcnow())[badges[0].id]
    assert (report.outcome, report.issuer.established) == (Outcome.VALID, False)
