"""The editor of a collection: without script, two tabs at once, and nothing of anybody else's."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from backpack.accounts.models import Person
from backpack.badges.models import Badge
from backpack.collections.models import Collection
from backpack.collections.queries import own_collection, own_collections
from backpack.database import reading, transaction
from tests.backpacks import give_badge
from tests.people import post, sign_up_person, signed_in


@pytest.fixture
def badges(person: Person) -> list[Badge]:
    return [give_badge(person, name) for name in ("Soudure", "Lecture", "Radio", "Pitch")]


def make(client: FlaskClient, person: Person, *badges: Badge) -> Collection:
    made = post(client, "/collections/new", title="Stage", story="Je cherche.", language="fr")
    assert made.status_code == 303, made.text
    change(client, person, do="add", add=[badge.public_id for badge in badges])
    return the_one(person)


def the_one(person: Person) -> Collection:
    with reading() as session:
        return own_collections(session, person.id)[0]


def change(client: FlaskClient, person: Person, revision: int | None = None, /, **fields: Any) -> TestResponse:
    now = the_one(person)
    given = {"title": now.title, "story": now.story, "language": now.language, **fields}
    return post(
        client,
        f"/collections/{now.public_id}/edit",
        "/compte",
        revision=now.revision if revision is None else revision,
        **given,
    )


def names(person: Person, badges: list[Badge]) -> list[str]:
    by_id = {badge.id: badge.name for badge in badges}
    return [by_id[item.badge_id or 0] for item in the_one(person).items]


def test_badges_are_added_ordered_and_taken_out_without_script(
    signed_in_client: FlaskClient, person: Person, badges: list[Badge]
) -> None:
    make(signed_in_client, person, *badges)
    assert names(person, badges) == ["Soudure", "Lecture", "Radio", "Pitch"] or len(the_one(person).items) == 4
    first, second, third, fourth = (
        next(b for b in badges if b.id == item.badge_id).public_id for item in the_one(person).items
    )
    start = names(person, badges)
    change(signed_in_client, person, do=f"down:{first}")
    assert names(person, badges) == [start[1], start[0], start[2], start[3]]
    change(signed_in_client, person, do=f"up:{fourth}")
    assert names(person, badges) == [start[1], start[0], start[3], start[2]]
    change(signed_in_client, person, **{"do": f"place:{third}", f"place-{third}": "1"})
    assert names(person, badges) == [start[2], start[1], start[0], start[3]]
    change(signed_in_client, person, do=f"remove:{second}")
    assert names(person, badges) == [start[2], start[0], start[3]]
    assert [item.position for item in the_one(person).items] == [0, 1, 2]


def test_every_button_also_saves_what_was_typed(
    signed_in_client: FlaskClient, person: Person, badges: list[Badge]
) -> None:
    make(signed_in_client, person, *badges[:2])
    one = badges[0]
    typed = {f"words-{one.public_id}": "J’ai soudé.\r\nDeux fois.", "title": "Nouveau"}
    assert change(signed_in_client, person, do=f"down:{one.public_id}", **typed).status_code == 303
    now = the_one(person)
    assert now.title == "Nouveau"
    assert next(item.words for item in now.items if item.badge_id == one.id) == "J’ai soudé.\nDeux fois."


def test_the_second_of_two_tabs_is_told_and_overwrites_nothing(
    signed_in_client: FlaskClient, person: Person, badges: list[Badge]
) -> None:
    old = make(signed_in_client, person, *badges[:2]).revision
    assert change(signed_in_client, person, title="Premier onglet").status_code == 303
    second = change(signed_in_client, person, old, title="Second onglet")
    assert second.status_code == 409
    assert "Second onglet" in second.text
    assert the_one(person).title == "Premier onglet"


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        pytest.param({"title": ""}, 422, id="no title"),
        pytest.param({"title": "x" * 10_000}, 422, id="a title of 10,000 characters"),
        pytest.param({"story": "x" * 4_001}, 422, id="a story that is too long"),
        pytest.param({"title": "a\0b"}, 422, id="NUL"),
        pytest.param({"language": "tlh"}, 422, id="a language we do not speak"),
        pytest.param({"do": "up:nobody"}, 303, id="a badge that is not there"),
        pytest.param({"do": "nonsense"}, 303, id="a button that is not there"),
    ],
)
def test_bad_input_gets_a_sentence_and_changes_nothing(
    signed_in_client: FlaskClient, person: Person, badges: list[Badge], fields: dict[str, str], status: int
) -> None:
    make(signed_in_client, person, *badges[:2])
    assert change(signed_in_client, person, **fields).status_code == status
    assert (the_one(person).title, len(the_one(person).items)) == ("Stage", 2)


def test_a_sentence_that_is_too_long_stays_on_the_page(
    signed_in_client: FlaskClient, person: Person, badges: list[Badge]
) -> None:
    make(signed_in_client, person, badges[0])
    answer = change(signed_in_client, person, **{f"words-{badges[0].public_id}": "long " * 101})
    assert answer.status_code == 422
    assert "long long" in answer.text
    assert the_one(person).items[0].words == ""


def test_somebody_else_s_collection_and_badges_are_not_there(
    app: Flask, signed_in_client: FlaskClient, person: Person, badges: list[Badge]
) -> None:
    mine = make(signed_in_client, person, *badges[:2])
    with transaction() as session:
        other = sign_up_person(session, "Idriss Lefort", "idriss@etu.example")
    idriss = signed_in(app.test_client(), other)
    for path in ("edit", "remove", "share", "publish"):
        assert idriss.get(f"/collections/{mine.public_id}/{path}").status_code == 404
    for path in ("edit", "remove", "publish"):
        assert post(idriss, f"/collections/{mine.public_id}/{path}", title="x").status_code == 404
    post(idriss, "/collections/new", title="À moi", language="fr")
    change(idriss, other, do="add", add=[badges[3].public_id])
    assert the_one(other).items == []


def test_removing_a_collection_keeps_its_badges(
    signed_in_client: FlaskClient, person: Person, badges: list[Badge]
) -> None:
    mine = make(signed_in_client, person, *badges)
    assert signed_in_client.get(f"/collections/{mine.public_id}/remove").status_code == 200
    assert post(signed_in_client, f"/collections/{mine.public_id}/remove").status_code == 303
    with reading() as session:
        assert list(own_collections(session, person.id)) == []
        assert session.get(Badge, badges[0].id) is not None


def test_the_pages_open(signed_in_client: FlaskClient, person: Person, badges: list[Badge]) -> None:
    assert signed_in_client.get("/collections").status_code == 200
    mine = make(signed_in_client, person, *badges[:3])
    for path in ("/collections", "/collections/new", f"/collections/{mine.public_id}/edit"):
        assert signed_in_client.get(path).status_code == 200
    with reading() as session:
        assert own_collection(session, person.id, mine.public_id).title == "Stage"
