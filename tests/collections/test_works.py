"""Works beside badges in a collection, its cover, and what of them a stranger gets: only what was chosen."""

from __future__ import annotations

import io
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from backpack import jobs
from backpack.accounts.models import Person
from backpack.badges.models import Badge
from backpack.collections.models import Collection
from backpack.collections.queries import own_collections
from backpack.database import reading, transaction
from backpack.evidence.models import Artefact
from backpack.publishing.links import token_of
from backpack.publishing.models import ShareLink
from backpack.wiring import wired
from tests.backpacks import give_badge
from tests.evidence import files
from tests.people import post, sign_up_person, signed_in


@pytest.fixture
def badge(person: Person) -> Badge:
    return give_badge(person, "Soudure")


@pytest.fixture
def works(signed_in_client: FlaskClient, badge: Badge) -> list[Artefact]:
    """Two photos behind the badge: as works they may stand anywhere."""
    for name in ("vitrine-jonquille", "réserve-lilas"):
        picture = (io.BytesIO(files.photo()), f"{name}.jpg")
        address = f"/badges/{badge.public_id}/evidence/add?kind=file"
        assert post(signed_in_client, address, "/compte", file=picture, title=name).status_code == 303
    jobs.run_pending(wired().handlers)  # others get a copy of a picture, made in the background
    with reading() as session:
        return list(session.scalars(sa.select(Artefact).order_by(Artefact.id)))


@pytest.fixture
def collection(signed_in_client: FlaskClient, person: Person, badge: Badge, works: list[Artefact]) -> Collection:
    post(signed_in_client, "/collections/new", title="Stage", language="fr")
    change(signed_in_client, person, do="add", add=[badge.public_id, *(work.public_id for work in works)])
    return the_one(person)


def the_one(person: Person) -> Collection:
    with reading() as session:
        return own_collections(session, person.id)[0]


def change(client: FlaskClient, person: Person, **fields: Any) -> None:
    now = the_one(person)
    given = {"title": now.title, "story": now.story, "language": now.language, "revision": now.revision, **fields}
    assert post(client, f"/collections/{now.public_id}/edit", "/compte", **given).status_code == 303


def published(client: FlaskClient, collection: Collection, **chosen: Any) -> str:
    done = post(
        client,
        f"/collections/{collection.public_id}/publish",
        "/compte",
        **{"name_shown": "none", "do": "publish", **chosen},
    )
    assert done.status_code == 303, done.text
    with reading() as session:
        link = session.scalars(sa.select(ShareLink).order_by(ShareLink.id.desc())).first()
        assert link is not None
        return f"/c/{token_of(link, wired().settings.secret_key)}"


def test_works_are_ordered_with_badges_and_keep_their_words(
    signed_in_client: FlaskClient, person: Person, collection: Collection, badge: Badge, works: list[Artefact]
) -> None:
    last = works[1].public_id
    change(signed_in_client, person, **{"do": f"place:{last}", f"place-{last}": "1", f"words-{last}": "Ma vitrine."})
    order = [(item.badge_id, item.artefact_id, item.words) for item in the_one(person).items]
    assert order == [(None, works[1].id, "Ma vitrine."), (badge.id, None, ""), (None, works[0].id, "")]
    change(signed_in_client, person, do="add", add=[last, badge.public_id])
    assert len(the_one(person).items) == 3
    change(signed_in_client, person, do=f"remove:{last}")
    assert [item.artefact_id for item in the_one(person).items] == [None, works[0].id]


def test_a_stranger_gets_the_chosen_work_and_no_other(
    app: Flask, signed_in_client: FlaskClient, collection: Collection, badge: Badge, works: list[Artefact]
) -> None:
    path = published(signed_in_client, collection, badges=[badge.public_id], works=[works[0].public_id])
    stranger = app.test_client()
    page = stranger.get(path).text
    assert "vitrine-jonquille" in page
    assert "réserve-lilas" not in page
    for part in ("", "/picture"):
        sent = stranger.get(f"{path}/works/{works[0].public_id}{part}")
        assert (sent.status_code, sent.mimetype, b"Canary" in sent.data) == (200, "image/webp", False)
        assert stranger.get(f"{path}/works/{works[1].public_id}{part}").status_code == 404


def test_a_page_may_hold_works_alone_and_an_empty_choice_is_refused(
    app: Flask, signed_in_client: FlaskClient, collection: Collection, works: list[Artefact]
) -> None:
    address = f"/collections/{collection.public_id}/publish"
    refused = post(signed_in_client, address, "/compte", name_shown="none", do="publish")
    assert refused.status_code == 422
    path = published(signed_in_client, collection, works=[works[1].public_id])
    page = app.test_client().get(path)
    assert page.status_code == 200
    assert "réserve-lilas" in page.text
    assert "Soudure" not in page.text
    assert 'content="1 preuve"' in page.text


def test_a_work_added_later_or_taken_out_is_not_on_the_page(
    app: Flask, signed_in_client: FlaskClient, person: Person, collection: Collection, works: list[Artefact]
) -> None:
    first, second = works[0].public_id, works[1].public_id
    change(signed_in_client, person, do=f"remove:{second}")
    path = published(signed_in_client, collection, works=[first])
    change(signed_in_client, person, do="add", add=[second])
    stranger = app.test_client()
    assert "réserve-lilas" not in stranger.get(path).text
    assert second in signed_in_client.get(f"/collections/{collection.public_id}/edit").text
    change(signed_in_client, person, do=f"remove:{first}")
    assert "vitrine-jonquille" not in stranger.get(path).text
    assert stranger.get(f"{path}/works/{first}").status_code == 404


def test_removing_a_work_first_names_the_page_it_stands_on_by_itself(
    signed_in_client: FlaskClient, collection: Collection, works: list[Artefact]
) -> None:
    page = f"/works/{works[0].public_id}/remove"
    assert "Stage" not in signed_in_client.get(page).text
    published(signed_in_client, collection, works=[works[0].public_id])
    assert "Stage" in signed_in_client.get(page).text


def test_the_preview_names_the_work_that_stays_hidden(
    signed_in_client: FlaskClient, collection: Collection, works: list[Artefact]
) -> None:
    address = f"/collections/{collection.public_id}/publish"
    page = post(signed_in_client, address, "/compte", name_shown="none", do="look", works=[works[0].public_id]).text
    hidden, preview = page.split('class="after preview-of"')
    assert "réserve-lilas" in hidden
    assert "réserve-lilas" not in preview
    assert "vitrine-jonquille" in preview


def test_a_cover_is_made_anew_and_goes_with_its_link(
    app: Flask, signed_in_client: FlaskClient, collection: Collection, badge: Badge
) -> None:
    address = f"/collections/{collection.public_id}/cover"
    cover = (io.BytesIO(files.photo()), "photo.jpg")
    assert post(signed_in_client, address, "/compte", cover=cover, picture_words="Le quai").status_code == 303
    own = signed_in_client.get(f"{address}.webp")
    assert (own.mimetype, b"Canary" in own.data) == ("image/webp", False)
    path = published(signed_in_client, collection, badges=[badge.public_id])
    stranger = app.test_client()
    assert 'alt="Le quai"' in stranger.get(path).text
    assert stranger.get(f"{path}/cover.webp").data == own.data
    assert post(signed_in_client, address, "/compte", do="remove").status_code == 303
    assert stranger.get(f"{path}/cover.webp").status_code == 404
    assert "cover.webp" not in stranger.get(path).text


@pytest.mark.parametrize(
    ("data", "status"),
    [
        pytest.param(b"no picture at all", 422, id="no picture"),
        pytest.param(b"", 422, id="empty"),
        pytest.param(b"x" * 15_000_001, 413, id="larger than we take"),
    ],
)
def test_what_is_no_cover_gets_a_sentence_and_changes_nothing(
    signed_in_client: FlaskClient, person: Person, collection: Collection, data: bytes, status: int
) -> None:
    address = f"/collections/{collection.public_id}/cover"
    answer = post(signed_in_client, address, "/compte", cover=(io.BytesIO(data), "photo.jpg"))
    assert answer.status_code == status
    assert 'id="cover-error"' in answer.text
    assert the_one(person).picture is None


def test_somebody_else_s_cover_and_works_are_not_there(
    app: Flask, signed_in_client: FlaskClient, collection: Collection, works: list[Artefact]
) -> None:
    with transaction() as session:
        other = sign_up_person(session, "Idriss Lefort", "idriss@etu.example")
    idriss = signed_in(app.test_client(), other)
    assert idriss.get(f"/collections/{collection.public_id}/cover.webp").status_code == 404
    assert post(idriss, f"/collections/{collection.public_id}/cover", do="remove").status_code == 404
    post(idriss, "/collections/new", title="À moi", language="fr")
    change(idriss, other, do="add", add=[works[0].public_id])
    assert the_one(other).items == []
