"""Each person settles what they get letters about; one click in a letter stops them all, without signing in."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from backpack.accounts.models import Person
from backpack.database import reading, transaction, utcnow
from backpack.jobs import Job
from backpack.mail import letter as made
from backpack.notices.letters import write
from backpack.notices.models import Notice
from backpack.notices.queries import kinds_without_letters
from backpack.notices.stopping import stop_token
from backpack.notices.telling import EXPIRING, REVOKED, UNREACHABLE, tell
from tests.backpacks import give_badge
from tests.conftest import KEY
from tests.people import post, sign_up_person, signed_in

ALL = frozenset({REVOKED, EXPIRING, UNREACHABLE})


def news(person: Person, *kinds: str) -> None:
    badge = give_badge(person)
    now = utcnow()
    with transaction() as session:
        for kind in kinds or (REVOKED,):
            tell(session, badge, kind, "once", now, date=now.isoformat(), host="issuer.example.org")
    write({"person": person.id})


def payloads() -> list[dict[str, str]]:
    with reading() as session:
        return [job.payload for job in session.scalars(select(Job).where(Job.kind == "mail.send").order_by(Job.id))]


def without(person: Person) -> frozenset[str]:
    with reading() as session:
        return kinds_without_letters(session, person.id)


def stop_address(person: Person) -> str:
    return f"/notices/stop/{person.public_id}/{stop_token(person, KEY)}"


def test_a_letter_can_be_stopped_by_the_mail_program(app: Flask, person: Person) -> None:
    news(person)
    [payload] = payloads()
    letter = made(payload, "Backpack <backpack@example.org>")
    assert letter["List-Unsubscribe"] == f"<http://localhost:8000{stop_address(person)}>"
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    sent = letter.as_bytes().decode()
    assert re.search(rf"^List-Unsubscribe: <http://localhost:8000{stop_address(person)}>\r$", sent, re.M)
    assert stop_address(person) in letter.get_content()


def test_opening_the_link_stops_nothing_and_posting_to_it_does(client: FlaskClient, person: Person) -> None:
    address = stop_address(person)
    page = client.get(address)
    assert (page.status_code, without(person)) == (200, frozenset())
    assert "Set-Cookie" not in page.headers
    assert person.name not in page.text
    by_program = {"Sec-Fetch-Site": "cross-site", "Origin": "https://mail.example"}
    answer = client.post(address, data={"List-Unsubscribe": "One-Click"}, headers=by_program)
    assert (answer.status_code, without(person)) == (200, ALL)
    assert client.post(address).status_code == 200
    news(person)
    assert payloads() == []
    with reading() as session:
        assert session.scalars(select(Notice.kind)).all() == [REVOKED]


@pytest.mark.parametrize("wrong", ["a" * 32, "", "é", "%00"])
def test_a_link_that_is_not_ours_stops_nothing(client: FlaskClient, person: Person, wrong: str) -> None:
    for ask in (client.get, client.post):
        assert ask(f"/notices/stop/{person.public_id}/{wrong}").status_code in {404, 422}
        assert ask(f"/notices/stop/{'0' * 20}/{stop_token(person, KEY)}").status_code == 404
    assert without(person) == frozenset()


def test_nobody_is_written_to_about_what_they_did_not_want(signed_in_client: FlaskClient, person: Person) -> None:
    answer = post(signed_in_client, "/notices/choices", "/notices/choices", revoked="y", language="en")
    assert (answer.status_code, without(person)) == (303, frozenset({EXPIRING, UNREACHABLE}))
    news(person, REVOKED, EXPIRING, UNREACHABLE)
    [payload] = payloads()
    assert payload["subject"] == "Taken back by its issuer: Soudure"
    assert "ends on" not in payload["body"]
    page = signed_in_client.get("/notices?lang=en").text
    assert all(words in page for words in ("took back", "ends on", "has not answered since"))


def test_a_language_we_do_not_speak_is_refused_and_nothing_is_kept(
    signed_in_client: FlaskClient, person: Person
) -> None:
    answer = post(signed_in_client, "/notices/choices", "/notices/choices", revoked="y", language="tlh")
    assert (answer.status_code, without(person)) == (422, frozenset())


def test_what_was_read_is_laid_aside(signed_in_client: FlaskClient, person: Person) -> None:
    news(person, REVOKED, EXPIRING)
    assert "2 nouvelles" in signed_in_client.get("/badges").text
    with reading() as session:
        first, _second = session.scalars(select(Notice).order_by(Notice.id)).all()
    assert post(signed_in_client, f"/notices/{first.public_id}/seen").status_code == 303
    assert "1 nouvelle" in signed_in_client.get("/badges").text
    assert post(signed_in_client, "/notices/seen").status_code == 303
    assert "nouvelle" not in signed_in_client.get("/badges").text


def test_somebody_elses_notice_is_not_there(app: Flask, person: Person) -> None:
    news(person)
    with transaction() as session:
        other = sign_up_person(session, "Léa", "lea@example.org")
    client = signed_in(app.test_client(), other)
    with reading() as session:
        notice = session.scalars(select(Notice)).one()
    assert post(client, f"/notices/{notice.public_id}/seen").status_code == 404
    assert "Soudure" not in client.get("/notices").text
    with reading() as session:
        assert session.scalars(select(Notice.seen_at)).one() is None


def test_a_person_without_a_confirmed_address_reads_it_on_the_page(app: Flask, person: Person) -> None:
    badge = give_badge(person)
    with transaction() as session:
        tell(session, badge, REVOKED, "once", utcnow())
        session.execute(Person.metadata.tables["address"].update().values(confirmed_at=None))
    write({"person": person.id})
    assert payloads() == []
    with reading() as session:
        assert session.scalars(select(Notice.written_at)).one() is not None
