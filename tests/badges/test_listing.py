"""Finding badges in a large backpack: search, filters, order, pages; and never by what somebody else has."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from backpack.accounts.models import Person
from backpack.badges import listing
from backpack.badges.aligned import skill_key
from backpack.badges.listing import PAGE, Asked
from backpack.badges.models import Badge, BadgeSkill, BadgeTag
from backpack.badges.tagging import TooManyTags, typed_tags
from backpack.database import db, folded, random_name, reading, transaction
from tests.backpacks import give_badge
from tests.people import post, sign_up_person, signed_in

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
ADDRESS = "http://data.europa.eu/esco/skill/60c78287-22eb-4103-9c8c-28deaa460da0"
TEAM = {
    "type": ["Alignment"],
    "targetName": "Travailler en équipe",
    "targetUrl": ADDRESS,
    "targetFramework": "ESCO",
}


def put(person: Person, name: str, issuer: str = "Exemple", **columns: object) -> Badge:
    """A badge as lists know it; its payload is read only where it is shown."""
    with transaction() as session:
        badge = Badge(
            person_id=person.id,
            identity=random_name().encode(),
            payload=b"{}",
            version="3.0",
            name=name,
            issuer_name=issuer,
            **{"added_at": NOON, "folded": folded(f"{name} {issuer}"), "state": "valid", **columns},
        )
        session.add(badge)
        session.flush()
        return badge


def names(person: Person, asked: Asked) -> list[str]:
    with reading() as session:
        badges, total = listing.found(session, person.id, asked, NOON, 1)
        assert total == len(badges)
        return [badge.name for badge in badges]


@pytest.fixture
def shelf(person: Person) -> Person:
    """Five badges of Camille's, and one of Idriss'."""
    put(person, "Soudure", issued_on=datetime(2024, 5, 1, tzinfo=UTC))
    put(person, "Été à la ferme", "Les Quais", issued_on=datetime(2025, 7, 1, tzinfo=UTC))
    put(person, "Radio", "Les Quais", issued_on=datetime(2025, 1, 1, tzinfo=UTC), valid_until=NOON - timedelta(days=1))
    put(person, "Pitch", state="revoked", issued_on=datetime(2023, 1, 1, tzinfo=UTC))
    put(person, "50 %", state="")
    with transaction() as session:
        other = sign_up_person(session, "Idriss Lefort", "idriss@etu.example")
        radio = session.scalar(sa.select(Badge).where(Badge.name == "Radio"))
        assert radio is not None
        session.add(BadgeTag(badge_id=radio.id, label="Bénévolat", folded="benevolat"))
        session.add(BadgeSkill(badge_id=radio.id, key="at x", name="Parler", code="", framework="", url=""))
    put(other, "Soudure d’Idriss", "Exemple", issued_on=datetime(2024, 5, 1, tzinfo=UTC))
    return person


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        pytest.param(Asked(), ["Été à la ferme", "Radio", "Soudure", "Pitch", "50 %"], id="the newest first"),
        pytest.param(Asked(sort="oldest"), ["Pitch", "Soudure", "Radio", "Été à la ferme", "50 %"], id="oldest first"),
        pytest.param(Asked(sort="name"), ["50 %", "Été à la ferme", "Pitch", "Radio", "Soudure"], id="by name"),
        pytest.param(Asked(sort="issuer"), ["50 %", "Pitch", "Soudure", "Été à la ferme", "Radio"], id="by issuer"),
        pytest.param(Asked(q="ETE quais"), ["Été à la ferme"], id="words without accents, in any order"),
        pytest.param(Asked(q="benev"), ["Radio"], id="a word of a tag"),
        pytest.param(Asked(q="%"), ["50 %"], id="a sign that is no wildcard"),
        pytest.param(Asked(q="_"), [], id="another"),
        pytest.param(Asked(issuer="Les Quais"), ["Été à la ferme", "Radio"], id="an issuer"),
        pytest.param(Asked(year=2025), ["Été à la ferme", "Radio"], id="a year, its first day too"),
        pytest.param(Asked(year=1990), [], id="a year without badges"),
        pytest.param(Asked(tag="benevolat"), ["Radio"], id="a tag"),
        pytest.param(Asked(skill="at x"), ["Radio"], id="a skill"),
        pytest.param(Asked(state="valid"), ["Été à la ferme", "Soudure"], id="valid"),
        pytest.param(Asked(state="expired"), ["Radio"], id="ended since it was judged"),
        pytest.param(Asked(state="avoid"), ["Pitch"], id="not to be shown"),
        pytest.param(Asked(state="unconfirmed"), ["50 %"], id="never judged"),
        pytest.param(Asked(issuer="Les Quais", year=2025, state="expired", q="rad"), ["Radio"], id="all together"),
    ],
)
def test_badges_are_found(shelf: Person, asked: Asked, expected: list[str]) -> None:
    assert names(shelf, asked) == expected


def test_every_badge_is_counted_once(shelf: Person) -> None:
    with reading() as session:
        assert dict(listing.counts(session, shelf.id, NOON)) == {
            "valid": 2,
            "expired": 1,
            "avoid": 1,
            "unconfirmed": 1,
        }


def test_choices_are_of_one_s_own_badges(shelf: Person) -> None:
    with reading() as session:
        there = listing.choices(session, shelf.id)
    assert [name for name, _ in there.issuers] == ["Exemple", "Les Quais"]
    assert [year for year, _ in there.years] == [2025, 2024, 2023]
    assert list(there.skills) == [("at x", "Parler")]
    assert list(there.tags) == [("benevolat", "Bénévolat")]


def test_an_imported_badge_is_found_by_its_skills_and_their_codes(person: Person) -> None:
    give_badge(person, "Atelier", alignment=[TEAM], tag=["oralité"])
    key = skill_key(ADDRESS.replace("http:", "https:"), "", "", "")
    assert names(person, Asked(q="equipe")) == names(person, Asked(q="oralite")) == ["Atelier"]
    assert names(person, Asked(skill=key)) == ["Atelier"]


def test_two_thousand_badges_come_in_pages_with_the_same_statements(
    signed_in_client: FlaskClient, person: Person
) -> None:
    give_badge(person, "Soudure 1")
    few = statements(signed_in_client, "/badges")
    with transaction() as session:
        session.execute(sa.insert(Badge), [row(person.id, number) for number in range(300)])
    many = statements(signed_in_client, "/badges?q=soudure")
    assert many == few
    last = signed_in_client.get(f"/badges?page={-(-301 // PAGE)}&q=soudure").text
    assert last.count('<li class="tile"') == 301 % PAGE
    assert signed_in_client.get("/badges?page=99999").status_code == 200
    assert signed_in_client.get("/badges?page=-1&year=0000&skill=%00").status_code in {200, 400, 422}


def row(person_id: int, number: int) -> dict[str, object]:
    name = f"Soudure {number}"
    return {
        "public_id": random_name(),
        "person_id": person_id,
        "identity": str(number).encode(),
        "payload": b'{"type": "nothing"}',
        "version": "3.0",
        "name": name,
        "folded": folded(name),
        "issuer_name": "Exemple",
        "story": "",
        "state": "not_valid" if number % 7 else "valid",
        "added_at": NOON,
        "issued_on": NOON - timedelta(days=number),
        "valid_until": None,
        "picture": None,
        "achievement": None,
    }


def statements(client: FlaskClient, address: str) -> int:
    """How many reading statements a page costs (the second time, when nothing is left to note)."""
    client.get(address)
    seen: list[str] = []

    def count(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        seen.append(statement)

    sa.event.listen(db.engine, "before_cursor_execute", count)
    assert client.get(address).status_code == 200
    sa.event.remove(db.engine, "before_cursor_execute", count)
    return sum(one.lstrip().upper().startswith("SELECT") for one in seen)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        pytest.param("musée, #Bénévolat ; musée", ["musée", "Bénévolat"], id="commas, a hash sign, once each"),
        pytest.param(" , ,\n", [], id="nothing"),
        pytest.param("Été,ete", ["Été"], id="the same without accents"),
    ],
)
def test_tags_are_read_as_they_are_typed(typed: str, expected: list[str]) -> None:
    assert [folded(one) for one in typed_tags(typed)] == [folded(one) for one in expected]


@pytest.mark.parametrize("typed", ["x" * 41, ",".join(str(n) for n in range(21))], ids=["too long", "too many"])
def test_unfit_tags_are_refused_in_a_sentence(signed_in_client: FlaskClient, person: Person, typed: str) -> None:
    with pytest.raises(TooManyTags):
        typed_tags(typed)
    badge = give_badge(person)
    answer = post(signed_in_client, f"/badges/{badge.public_id}/tags", tags=typed)
    assert answer.status_code == 422
    assert typed in answer.text


def test_tags_are_kept_shown_to_their_owner_and_not_taken_from_others(
    app: Flask, signed_in_client: FlaskClient, person: Person
) -> None:
    badge = give_badge(person)
    assert post(signed_in_client, f"/badges/{badge.public_id}/tags", tags="<b>musée, radio").status_code == 303
    page = signed_in_client.get("/badges?tag=radio").text
    assert "#&lt;b&gt;musée" in page
    assert names(person, Asked(tag="radio")) == ["Soudure"]
    with transaction() as session:
        other = sign_up_person(session, "Idriss Lefort", "idriss@etu.example")
    idriss = signed_in(app.test_client(), other)
    assert post(idriss, f"/badges/{badge.public_id}/tags", tags="x").status_code == 404
    assert "Soudure" not in idriss.get("/badges?tag=radio").text
