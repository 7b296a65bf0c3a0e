"""The library: works with their versions and words, behind several badges, and what their files answer."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from backpack import jobs
from backpack.accounts.models import Person
from backpack.badges.models import Badge
from backpack.database import reading, transaction, utcnow
from backpack.evidence.models import Artefact
from backpack.evidence.queries import evidence_of, own_works
from backpack.publishing.links import Choices, create_link, publish, token_of
from backpack.wiring import wired
from tests.backpacks import give_badge
from tests.evidence import files
from tests.evidence.test_taking_away import undo_at
from tests.people import post
from tests.removing import after_a_moment


@pytest.fixture
def badge(person: Person) -> Badge:
    return give_badge(person)


def send(client: FlaskClient, address: str, *sent: tuple[bytes, str], **fields: Any) -> TestResponse:
    return post(client, address, file=[(io.BytesIO(data), name) for data, name in sent], **fields)


def works(person: Person) -> list[Artefact]:
    with reading() as session:
        return list(own_works(session, person.id))


def test_several_files_at_once_each_by_itself(signed_in_client: FlaskClient, person: Person) -> None:
    answer = send(
        signed_in_client,
        "/works/add?kind=file&lang=en",
        (files.photo(), "un.jpg"),
        (files.photo()[:200], "coupee.jpg"),
        (files.heic(), "IMG_0002.HEIC"),
        (files.HTML, "page.png"),
        title="for one file only",
        people="Idriss",
        did="J’ai tenu l’appareil.",
        situation="Une nocturne.",
        action="Cadrer sans flash.",
        result="Une affiche.",
    )
    assert answer.status_code == 422
    assert "coupee.jpg” is cut off" in answer.text
    assert "page.png” is called one thing" in answer.text
    assert "2 works were added: un, IMG_0002." in answer.text
    assert sorted(one.title for one in works(person)) == ["IMG_0002", "un"]
    assert {(one.people, one.did, one.situation, one.action, one.result) for one in works(person)} == {
        ("Idriss", "J’ai tenu l’appareil.", "Une nocturne.", "Cadrer sans flash.", "Une affiche.")
    }


def test_what_its_owner_says_of_a_work_is_kept_and_shown(signed_in_client: FlaskClient, person: Person) -> None:
    told = {
        "title": "Visite guidée",
        "text": "Trois salles.",
        "did": "J’ai guidé.",
        "situation": "Un groupe de douze.",
        "action": "Trois objets à toucher.",
        "result": "Ils sont revenus.",
        "people": "Idriss et Maëlle",
        "skills": "médiation, écoute,  médiation",
    }
    assert post(signed_in_client, "/works/add?kind=text", **told).status_code == 303
    [work] = works(person)
    assert work.skills == ["médiation", "écoute"]
    page = signed_in_client.get(f"/works/{work.public_id}").text
    for words in ("Un groupe de douze.", "Ils sont revenus.", "Idriss et Maëlle", "médiation, écoute"):
        assert words in page
    changed = post(signed_in_client, f"/works/{work.public_id}", **told | {"result": "x" * 301})
    assert changed.status_code == 422
    assert post(signed_in_client, f"/works/{work.public_id}", **told | {"result": "Rien."}).status_code == 303
    assert works(person)[0].result == "Rien."


def test_a_work_stands_behind_several_badges_with_words_of_its_own(
    signed_in_client: FlaskClient, person: Person, badge: Badge
) -> None:
    other = give_badge(person, "Lecture")
    post(signed_in_client, "/works/add?kind=text", title="Récit", text="…")
    [work] = works(person)
    for one in (badge, other):
        assert (
            post(signed_in_client, f"/badges/{one.public_id}/evidence/choose", works=work.public_id).status_code == 303
        )
        assert post(signed_in_client, f"/badges/{one.public_id}/evidence/choose").status_code == 422
    with reading() as session:
        first, second = (evidence_of(session, [one.id])[one.id][0] for one in (badge, other))
    post(signed_in_client, f"/evidence/{first.public_id}/edit", title="Récit", text="…", words="Ici, la soudure.")
    post(signed_in_client, f"/evidence/{second.public_id}/edit", title="Récit", text="…", words="Là, la lecture.")
    with reading() as session:
        found = evidence_of(session, [badge.id, other.id])
    assert [found[one.id][0].words for one in (badge, other)] == ["Ici, la soudure.", "Là, la lecture."]


def remove_first_version(client: FlaskClient, at: str, page: str = "") -> TestResponse:
    """Press the button of the first version on the work's page, or on one that was opened before."""
    added = re.findall(r'name="added" value="([^"]+)"', page or client.get(at).text)[-1]
    return post(client, f"{at}/versions/1/remove", added=added)


def test_a_page_opened_before_removes_no_other_version(signed_in_client: FlaskClient, person: Person) -> None:
    send(signed_in_client, "/works/add?kind=file", (b"un", "plan.txt"))
    [work] = works(person)
    at = f"/works/{work.public_id}"
    for text in (b"deux", b"trois"):
        send(signed_in_client, f"{at}/versions", (text, "plan.txt"))
    page = signed_in_client.get(at).text
    assert remove_first_version(signed_in_client, at, page).status_code == 303
    again = remove_first_version(signed_in_client, at, page)
    assert again.status_code == 422
    assert "Rouvrez la preuve" in again.text
    assert [signed_in_client.get(f"{at}/file/{number}").data for number in (1, 2)] == [b"deux", b"trois"]


def test_an_earlier_version_stays_until_its_owner_removes_it(signed_in_client: FlaskClient, person: Person) -> None:
    send(signed_in_client, "/works/add?kind=file", (files.pdf(), "plan.pdf"))
    [work] = works(person)
    at = f"/works/{work.public_id}"
    assert send(signed_in_client, f"{at}/versions", (files.HTML, "plan.pdf")).status_code == 422
    assert send(signed_in_client, f"{at}/versions").status_code == 422
    again = send(signed_in_client, f"{at}/versions", (files.pdf(), "encore.pdf"))
    assert again.status_code == 422
    assert "déjà montré" in again.text
    assert signed_in_client.get(f"{at}/file").data == files.pdf()
    assert send(signed_in_client, f"{at}/versions", (files.photo(), "plan.jpg")).status_code == 303
    assert signed_in_client.get(f"{at}/file").data == files.photo()
    assert signed_in_client.get(f"{at}/file/1").data == files.pdf()
    page = signed_in_client.get(at).text
    assert all(file.digest.hex() in page for file in works(person)[0].files)
    assert post(signed_in_client, f"{at}/versions/2/remove").status_code == 404  # it is the one that is shown
    earlier = works(person)[0].files[0].storage_key
    assert wired().storage.exists(earlier)
    assert remove_first_version(signed_in_client, at).status_code == 303
    assert signed_in_client.get(f"{at}/file/2").status_code == 404
    after_a_moment()
    assert not wired().storage.exists(earlier)


def test_an_earlier_version_comes_back_as_the_earlier_one(signed_in_client: FlaskClient, person: Person) -> None:
    send(signed_in_client, "/works/add?kind=file", (files.pdf(), "plan.pdf"))
    [work] = works(person)
    at = f"/works/{work.public_id}"
    send(signed_in_client, f"{at}/versions", (files.wav(), "voix.wav"))
    gone = remove_first_version(signed_in_client, at)
    assert post(signed_in_client, undo_at(signed_in_client, gone.location)).status_code == 303
    assert signed_in_client.get(f"{at}/file").data == files.wav()
    assert signed_in_client.get(f"{at}/file/1").data == files.pdf()


def test_replacing_a_file_names_the_pages_that_give_it_and_can_be_undone(
    app: Flask, signed_in_client: FlaskClient, person: Person, badge: Badge
) -> None:
    send(signed_in_client, f"/badges/{badge.public_id}/evidence/add?kind=file", (files.pdf(), "plan.pdf"))
    [work] = works(person)
    at, secret, now = f"/works/{work.public_id}", wired().settings.secret_key, utcnow()
    assert "donneront aussitôt" not in signed_in_client.get(at).text
    with transaction() as session:
        one = evidence_of(session, [badge.id])[badge.id][0]
        link = create_link(session, person.id, secret=secret, now=now, badge_id=badge.id)
        publish(session, link, Choices(label="Musée", evidence={one.id}), now)
    told = signed_in_client.get(at).text.partition("donneront aussitôt")[2]
    assert "Musée" in told
    assert f'href="/shares/{link.public_id}"' in told
    address, stranger = f"/p/{token_of(link, secret)}/evidence/{one.public_id}", app.test_client()
    replaced = send(signed_in_client, f"{at}/versions", (files.wav(), "voix.wav"))
    assert stranger.get(address).data == files.wav()
    undo = undo_at(signed_in_client, replaced.location)
    back = post(signed_in_client, undo)
    assert stranger.get(address).data == files.pdf()
    again = undo_at(signed_in_client, back.location)
    assert post(signed_in_client, undo).status_code == 422  # the one before it is no replacing
    assert post(signed_in_client, again).status_code == 303
    assert stranger.get(address).data == files.wav()


def test_small_pictures_are_made_in_a_job(signed_in_client: FlaskClient, person: Person) -> None:
    send(signed_in_client, "/works/add?kind=file", (files.pdf(), "plan.pdf"), (files.wav(), "voix.wav"))
    waiting = signed_in_client.get("/works").text
    assert 'data-refresh="/works"' in waiting
    jobs.run_pending(wired().handlers)
    assert "data-refresh" not in signed_in_client.get("/works").text
    sound, plan = sorted(works(person), key=lambda one: one.title, reverse=True)
    assert signed_in_client.get(f"/works/{plan.public_id}/preview").mimetype == "image/webp"
    assert signed_in_client.get(f"/works/{sound.public_id}/preview").status_code == 404


@pytest.mark.parametrize(
    ("asked", "status", "part"),
    [
        pytest.param({}, 200, slice(None), id="all of it"),
        pytest.param({"Range": "bytes=10-19"}, 206, slice(10, 20), id="a part"),
        pytest.param({"Range": "bytes=100-"}, 206, slice(100, None), id="from here on"),
        pytest.param({"Range": "bytes=-5"}, 206, slice(-5, None), id="the end"),
        pytest.param({"Range": "bytes=-99999"}, 206, slice(0, None), id="more of the end than there is"),
        pytest.param({"Range": "bytes=10-19,30-39"}, 200, slice(None), id="two parts: everything"),
        pytest.param({"Range": "bytes=99999-"}, 416, slice(0, 0), id="after its end"),
        pytest.param({"Range": "bytes=0-9", "If-Range": '"another"'}, 200, slice(None), id="it changed since"),
    ],
)
def test_sound_can_be_wound(
    signed_in_client: FlaskClient, person: Person, asked: dict[str, str], status: int, part: slice
) -> None:
    send(signed_in_client, "/works/add?kind=file", (files.wav(), "voix.wav"))
    [work] = works(person)
    answer = signed_in_client.get(f"/works/{work.public_id}/file", headers=asked)
    assert (answer.status_code, answer.data) == (status, files.wav()[part])
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert int(answer.headers["Content-Length"]) == len(answer.data)
    if status == 206:
        start, end, _step = part.indices(len(files.wav()))
        assert answer.headers["Content-Range"] == f"bytes {start}-{end - 1}/{len(files.wav())}"
