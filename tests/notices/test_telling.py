"""An owner is told once, on the page and in one letter, what happened to a badge by itself, and what it touches."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from sqlalchemy import select

from backpack.archive.models import Host
from backpack.badges.handlers import judge_concerned
from backpack.badges.models import Badge
from backpack.collections.models import Collection, CollectionItem
from backpack.cv.models import CV, CVBadge
from backpack.database import reading, transaction, utcnow
from backpack.mail import InMemory
from backpack.notices.looking import look
from backpack.notices.models import Notice
from backpack.publishing.links import Choices, create_link, publish
from backpack.wiring import wired
from tests.badges.conftest import Holder, work
from tests.badges.issuers import HOST, Issuer
from tests.conftest import KEY
from tests.people import signed_in

URL = f"{HOST}/assertions/1"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=True) as traveller:
        yield traveller


def letters() -> list[str]:
    mailer = wired().mailer
    assert isinstance(mailer, InMemory)
    return [f"{one['Subject']}\n{one.get_content()}" for one in mailer.letters if one["List-Unsubscribe"]]


def notices() -> list[tuple[str, str]]:
    with reading() as session:
        return [(one.kind, one.facts.get("why", "")) for one in session.scalars(select(Notice).order_by(Notice.id))]


def pass_time(clock: time_machine.Traveller, **time: int) -> None:
    clock.shift(timedelta(**time))
    work()


def placed(holder: Holder, badge: Badge) -> None:
    """The badge on an open page of a collection, and on a CV."""
    now = utcnow()
    with transaction() as session:
        collection = Collection(
            person_id=holder.person.id, title="Mes ateliers", story="", language="fr", created_at=now, changed_at=now
        )
        cv = CV(person_id=holder.person.id, title="Stage", name="Camille", created_at=now, changed_at=now)
        session.add_all([collection, cv])
        session.flush()
        session.add(CollectionItem(collection_id=collection.id, badge_id=badge.id, position=0, words=""))
        session.add(CVBadge(cv_id=cv.id, badge_id=badge.id, position=0))
        link = create_link(session, holder.person.id, secret=KEY, now=now, collection_id=collection.id)
        publish(session, link, Choices(label="Musée", badges=[badge.id]), now)


def taken_back(issuer: Issuer, clock: time_machine.Traveller, why: str = "doublon") -> None:
    issuer.say(URL, {"id": URL, "revoked": True, "revocationReason": why})
    refreshed(clock)


def refreshed(clock: time_machine.Traveller) -> None:
    """An hour later somebody looks at the badge, and the worker works."""
    clock.shift(timedelta(hours=1))


def looked_at(holder: Holder) -> str:
    badge = holder.badges()[0]
    signed_in(holder.client, holder.person)  # days may have passed
    holder.client.get(f"/badges/{badge.public_id}")
    work()
    return holder.client.get(f"/badges/{badge.public_id}").text


def test_a_badge_taken_back_is_told_once_with_what_it_touches(
    holder: Holder, issuer: Issuer, clock: time_machine.Traveller
) -> None:
    holder.import_(("badge.json", issuer.hosted()))
    [badge] = holder.badges()
    placed(holder, badge)
    taken_back(issuer, clock)
    page = looked_at(holder)
    assert "Mes ateliers" in page
    assert "doublon" in page
    assert letters() == []  # more news may come within five minutes
    pass_time(clock, minutes=6)
    pass_time(clock, minutes=6)
    [letter] = letters()
    assert letter.startswith("Retiré par son émetteur")
    for words in ("Soudure", "doublon", "la collection « Mes ateliers » (Musée)", "le CV « Stage »", badge.public_id):
        assert words in letter.replace("\u00a0", " ")
    judge_concerned({"url_digest": digest()})
    pass_time(clock, hours=1)
    assert (notices(), len(letters())) == ([("revoked", "doublon")], 1)


def digest() -> str:
    with reading() as session:
        return bytes(session.execute(sa.text("SELECT url_digest FROM badge_document LIMIT 1")).scalar_one()).hex()


def test_taken_back_again_is_told_again(holder: Holder, issuer: Issuer, clock: time_machine.Traveller) -> None:
    holder.import_(("badge.json", issuer.hosted()))
    taken_back(issuer, clock)
    looked_at(holder)
    issuer.hosted()
    refreshed(clock)
    assert 'data-state="valid"' in looked_at(holder)
    taken_back(issuer, clock, "encore")
    looked_at(holder)
    assert notices() == [("revoked", "doublon"), ("revoked", "encore")]


def test_what_was_taken_back_stays_one_piece_of_news_through_its_issuer_s_silence(
    holder: Holder, issuer: Issuer, clock: time_machine.Traveller
) -> None:
    holder.import_(("badge.json", issuer.hosted()))
    taken_back(issuer, clock)
    looked_at(holder)
    issuer.is_silent = True
    for _day in range(9):
        pass_time(clock, days=1)
        looked_at(holder)
        look({})
    assert 'data-state="withdrawn"' in looked_at(holder)
    issuer.is_silent = False
    pass_time(clock, days=2)
    assert 'data-state="revoked"' in looked_at(holder)
    pass_time(clock, minutes=6)
    assert (notices(), len(letters())) == ([("revoked", "doublon")], 1)


def test_several_at_once_are_one_letter(holder: Holder, issuer: Issuer, clock: time_machine.Traveller) -> None:
    holder.import_(*((f"{number}.json", issuer.hosted(number)) for number in range(1, 6)))
    for number in range(1, 6):
        issuer.say(f"{HOST}/assertions/{number}", {}, 410)
    clock.shift(timedelta(hours=1))
    holder.client.get("/badges")
    work()
    pass_time(clock, minutes=6)
    [letter] = letters()
    assert letter.startswith("5 de vos badges")
    assert len(notices()) == 5


def test_what_ends_within_thirty_days_is_told_once_for_each_end(
    holder: Holder, issuer: Issuer, clock: time_machine.Traveller
) -> None:
    ends = NOON + timedelta(days=40)
    holder.import_(("badge.json", issuer.hosted(expires=ends.isoformat())))
    look({})
    assert notices() == []
    clock.shift(timedelta(days=15))
    looked_at(holder)  # an issuer's answer is a day old at most
    look({})
    look({})
    assert notices() == [("expiring", "")]
    pass_time(clock, minutes=6)
    [letter] = letters()
    assert "11 avril 2026" in letter.replace("\u00a0", " ")
    issuer.hosted(expires=(ends + timedelta(days=10)).isoformat())
    clock.shift(timedelta(days=10))
    looked_at(holder)
    look({})
    assert [kind for kind, _why in notices()] == ["expiring", "expiring"]


def test_an_issuer_silent_for_a_week_is_told_once(
    holder: Holder, issuer: Issuer, clock: time_machine.Traveller
) -> None:
    holder.import_(("badge.json", issuer.hosted()))
    issuer.is_silent = True
    for _day in range(6):
        pass_time(clock, days=1)
        looked_at(holder)
        look({})
    assert notices() == []
    for _day in range(3):
        pass_time(clock, days=1)
        looked_at(holder)
        look({})
    assert notices() == [("unreachable", "")]
    pass_time(clock, minutes=6)
    [letter] = letters()
    assert "3 mars 2026" in letter.replace("\u00a0", " ")
    assert HOST.removeprefix("https://") in letter
    assert "la preuve de son dernier jour confirmé" in letter.replace("\u00a0", " ")
    issuer.is_silent = False
    pass_time(clock, days=1)
    looked_at(holder)
    with reading() as session:
        assert session.scalars(select(Host.failures)).all() == [0]


def test_no_good_day_is_offered_where_there_was_none(
    holder: Holder, issuer: Issuer, clock: time_machine.Traveller
) -> None:
    file = issuer.hosted()
    issuer.is_silent = True
    holder.import_(("badge.json", file))
    for _day in range(9):
        pass_time(clock, days=1)
        looked_at(holder)
        look({})
    pass_time(clock, minutes=6)
    [letter] = letters()
    assert "vous pouvez écrire à l’émetteur" in letter.replace("\u00a0", " ")
    assert "dernier jour" not in letter


def test_a_badge_that_holds_is_no_news(holder: Holder, issuer: Issuer, clock: time_machine.Traveller) -> None:
    holder.import_(("badge.json", issuer.hosted()))
    look({})
    assert notices() == []
    assert "Aucune nouvelle" in holder.client.get("/notices").text
