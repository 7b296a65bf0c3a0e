"""An export becomes a backpack again: same bytes, same JSON; twice is once; and nothing in it is believed."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from backpack.accounts.addresses import add_address, confirm_address, read_address
from backpack.accounts.models import Person
from backpack.badges.models import Badge, ImportItem
from backpack.badges.queries import own_badges
from backpack.collections.models import Collection
from backpack.cv.models import CV, CVShare, CVVersion
from backpack.cv.named_works import works_named_then
from backpack.cv.versions import cv_from
from backpack.database import reading, transaction, utcnow
from backpack.endorsements.models import Endorsement
from backpack.endorsements.queries import confirmed_about, endorsements_about
from backpack.evidence.models import Artefact, ArtefactFile
from backpack.leaving import returning
from backpack.leaving.models import Homecoming
from backpack.publishing.models import Profile, ShareLink
from backpack.wiring import wired
from tests.leaving.another import bring, changed, count, newcomer, packed, settle
from tests.leaving.conftest import taken_out
from tests.leaving.full import ELSEWHERE, STORY
from tests.leaving.zips import json_in, members
from tests.people import sign_up_person, signed_in, token_of


@pytest.fixture
def database_url(sqlite_template: Path, tmp_path: Path) -> str:
    """`test_round_trip` runs on both kinds; what is refused, and when, does not hang on it."""
    copy = tmp_path / "backpack.db"
    copy.write_bytes(sqlite_template.read_bytes())
    return f"sqlite:///{copy}"


def test_links_are_not_opened_again_and_nothing_is_public(there: tuple[bytes, Flask]) -> None:
    box, app = there
    client = newcomer(app)
    bring(client, box)
    assert count(ShareLink) == 0
    with reading() as session:
        profile = session.query(Profile).one()
        assert (profile.words, profile.published_at) == ("Je soude.", None)
        badges = session.query(Badge).all()
    assert {badge.story for badge in badges} >= {STORY}
    page = client.get("/compte/journal").text
    assert "Un export a été réimporté" in page


def test_words_of_others_come_back_as_words_that_this_site_did_not_see_confirmed(there: tuple[bytes, Flask]) -> None:
    """Whoever edits their export could make anybody say anything: so it is theirs to read, and on no page."""
    box, app = there
    client = newcomer(app)
    bring(client, box)
    with reading() as session:
        said = session.query(Endorsement).all()
        assert [(one.name, one.words) for one in said] == [("Anne Le Goff", "Elle a soudé\ndevant moi.")] * 2
        assert all(one.brought_at for one in said)
        badge = session.query(Badge).filter_by(id=next(one.badge_id for one in said if one.badge_id)).one()
        assert not confirmed_about(session, [badge.id], [one.artefact_id for one in said if one.artefact_id])
    page = client.get(f"/badges/{badge.public_id}/endorsements").text
    assert "Venues d’un autre Backpack" in page
    assert "non confirmé ici" in page
    assert "Anne Le Goff" not in client.get(f"/badges/{badge.public_id}/publish").text
    assert "M. Sans-Réponse" not in page, "an invitation belongs to the site that sent it"


def test_what_was_published_comes_back_and_no_link_gives_it(there: tuple[bytes, Flask]) -> None:
    box, app = there
    bring(newcomer(app), box)
    with reading() as session:
        version = session.query(CVVersion).one()
        assert (version.number, version.content["headline"]) == (1, "Étudiante")
        assert wired().storage.read(version.storage_key).startswith(b"%PDF-")
        cv = session.query(CV).one()
        assert cv.names_works
        assert cv_from(session, cv, version.content).badges[0].line == "Deux plaques"
        named = works_named_then(session, cv, version.content)
        assert [[one.title for one in works] for works in named.values()] == [["Visite", "Une page"]]
    assert count(CVShare) == 0


def test_what_waited_outside_enters_with_what_belongs_to_it(there: tuple[bytes, Flask]) -> None:
    """The export of somebody with two addresses, brought back before the second one is confirmed."""
    _box, app = there
    with reading() as session:
        assert session.query(Person).count() == 0
    first = newcomer(app, ELSEWHERE)
    bring(first, _box)
    with transaction() as session:
        badge = session.query(Badge).filter(Badge.name.like("%")).order_by(Badge.id.desc()).first()
        assert badge is not None
        badge.story = "Mon récit d’ailleurs."
        said = session.query(Endorsement).filter(Endorsement.badge_id.is_not(None)).one()
        said.badge_id = badge.id
    box = taken_out(first)
    assert len(json_in(box, "backpack.json")["badges"]) == 4
    with transaction() as session:
        session.query(Person).delete()
    second = newcomer(app)
    lines = bring(second, box)
    assert sorted({line.result for line in lines}) == ["added", "arrival", "known"]
    with transaction() as session:
        person = session.query(Person).one()
        assert len(own_badges(session, person.id)) == 3
        now = utcnow()
        confirm_address(session, add_address(session, person, read_address(ELSEWHERE), now), now)
    settle()
    with reading() as session:
        assert len(own_badges(session, person.id)) == 4
        assert session.query(Homecoming).one().state == "attached"
        entered = session.query(Badge).filter_by(story="Mon récit d’ailleurs.").one()
        assert [one.name for one in endorsements_about(session, badge_id=entered.id)] == ["Anne Le Goff"]
        assert count(Endorsement) == 2


def test_twice_is_once(there: tuple[bytes, Flask]) -> None:
    box, app = there
    client = newcomer(app)
    bring(client, box)
    once = {table: count(table) for table in (Badge, Artefact, ArtefactFile, Collection, CV, CVVersion, Endorsement)}
    before = json_in(taken_out(client), "backpack.json")
    bring(client, box)
    assert {table: count(table) for table in once} == once
    assert json_in(taken_out(client), "backpack.json") == before


def test_it_is_recognised_on_the_import_page_too(there: tuple[bytes, Flask]) -> None:
    box, app = there
    client = newcomer(app)
    files = [(io.BytesIO(box), "export.zip")]
    answer = client.post("/badges/import", data={"csrf_token": token_of(client, "/badges/import"), "files": files})
    assert answer.status_code == 303
    settle()
    assert count(Badge) == 3
    assert count(Collection) == 1
    assert "Les liens de partage ne sont pas rouverts" in client.get(answer.location).text


@pytest.mark.parametrize("step", ["_give_badges", "_attach_the_rest", "attach"])
def test_an_interrupted_return_goes_on_and_doubles_nothing(
    there: tuple[bytes, Flask], monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """The job fails once at this step, after whatever it did; it is tried again as any job is."""
    box, app = there
    client = newcomer(app)
    real, calls = getattr(returning, step), []

    def fails_once(*given: Any, **named: Any) -> Any:
        made = real(*given, **named)
        calls.append(step)
        if len(calls) == 1:
            raise OSError("the worker died here")
        return made

    monkeypatch.setattr(returning, step, fails_once)
    bring(client, box)
    assert calls
    assert json_in(taken_out(client), "backpack.json") == json_in(box, "backpack.json")


def test_names_that_somebody_else_has_become_others(full: FlaskClient, app: Flask, person: Person) -> None:
    """Two people on one site bring back the same export: each has a backpack of their own."""
    box = taken_out(full)
    with transaction() as session:
        other = sign_up_person(session, "Noé", "noe@x.example")
    noe = signed_in(app.test_client(), other)
    bring(noe, box)
    with reading() as session:
        assert own_badges(session, other.id) == [], "badges are their recipient's"
        theirs = session.query(Artefact).filter_by(person_id=other.id).all()
        mine = session.query(Artefact).filter_by(person_id=person.id).all()
        assert not {one.public_id for one in theirs} & {one.public_id for one in mine}
    assert len(theirs) == len(mine)
    bring(noe, box)
    with reading() as session:
        assert session.query(Artefact).filter_by(person_id=other.id).count() == len(theirs)


def with_content(cv: Any, **more: Any) -> Any:
    version = cv["versions"][0]
    return {**cv, "versions": [{**version, "content": {**version["content"], **more}}]}


def broken_lzma() -> bytes:
    """A ZIP whose manifest cannot be unpacked."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_LZMA) as made:
        made.writestr("manifest.json", b'{"format": "backpack"}' * 50)
    broken = bytearray(file.getvalue())
    broken[60:80] = b"\xff" * 20
    return bytes(broken)


BAD: list[Any] = [
    pytest.param(lambda box: packed({"a.txt": b"x"}), "not-an-export", id="another ZIP"),
    pytest.param(lambda box: broken_lzma(), "not-an-export", id="broken inside"),
    pytest.param(lambda box: box[: len(box) // 2], "not-an-export", id="half of it"),
    pytest.param(
        lambda box: changed(box, "backpack.json", lambda c: {**c, "version": 2}), "newer-export", id="a newer content"
    ),
    pytest.param(
        lambda box: changed(
            changed(box, "manifest.json", lambda c: {**c, "version": 9}), "backpack.json", lambda c: {**c, "version": 9}
        ),
        "newer-export",
        id="a newer one",
    ),
    pytest.param(
        lambda box: changed(box, "backpack.json", lambda c: {**c, "works": [{"id": "../../x"}]}),
        "export-unlike-schema",
        id="an id that is a path",
    ),
    pytest.param(
        lambda box: changed(box, "backpack.json", lambda c: {**c, "collections": [{"id": "0" * 20, "title": "a\0b"}]}),
        "export-unlike-schema",
        id="NUL in a title",
    ),
    pytest.param(
        lambda box: changed(box, "backpack.json", lambda c: {**c, "cvs": [with_content(c["cvs"][0], person_id=1)]}),
        "export-unlike-schema",
        id="a published CV that says what none says",
    ),
    pytest.param(
        lambda box: changed(box, "backpack.json", lambda c: {**c, "works": [{"id": "0" * 20, "title": "x" * 9_000}]}),
        "export-unlike-schema",
        id="a title of 9,000 letters",
    ),
    pytest.param(
        lambda box: packed({**members(box), "zeros": bytes(30_000_000)}), "export-too-large", id="a bomb of zeros"
    ),
    pytest.param(
        lambda box: packed({**members(box), **{f"{n}": b"" for n in range(20_001)}}),
        "export-too-large",
        id="20,001 entries",
    ),
    pytest.param(
        lambda box: packed({**members(box), "backpack.json": b'{"a":' * 100_000}), "not-an-export", id="a deep JSON"
    ),
]


@pytest.mark.parametrize(("change", "code"), BAD)
def test_what_is_no_good_export_is_said_and_leaves_nothing(
    app: Flask, export: bytes, change: Callable[[bytes], bytes], code: str
) -> None:
    box = export
    with transaction() as session:
        other = sign_up_person(session, "Noé", "noe@x.example")
    noe = signed_in(app.test_client(), other)
    lines = bring(noe, change(box))
    assert [(line.result, line.reason) for line in lines] == [("refused", code)]
    assert count(Homecoming) == 0
    assert other.public_id not in wired().storage.owners()


def test_what_an_export_claims_is_not_believed(app: Flask, export: bytes) -> None:
    """A page called a picture, under a path that leads elsewhere; a date to come; a link that runs."""
    page = b"<!doctype html><script>alert(1)</script>"
    digest = hashlib.sha256(page).hexdigest()

    def forged(content: Any) -> Any:
        content["badges"] = []
        content["works"] = [
            {**content["works"][0], "id": "1" * 20, "kind": "link", "url": "https://a.example/ok", "files": []},
            {"id": "2" * 20, "kind": "file", "title": "x", "files": [{"file": digest, "filename": "a.png"}]},
            {"id": "3" * 20, "kind": "text", "title": "y", "text": "z", "added_at": "2999-01-01T00:00:00+00:00"},
        ]
        [cv] = content["cvs"]
        cv["versions"] = [{**cv["versions"][0], "number": 7, "file": digest}]
        content["collections"], content["endorsements"] = [], [{**content["endorsements"][0], "confirmed_at": None}]
        return content

    box = changed(export, "backpack.json", forged)
    files = members(box)
    manifest = json.loads(files["manifest.json"])
    manifest["files"].append({"sha256": digest, "path": "../../evil.png", "size": len(page)})
    box = packed({**files, "manifest.json": json.dumps(manifest).encode(), "../../evil.png": page})
    with transaction() as session:
        other = sign_up_person(session, "Noé", "noe@x.example")
    bring(signed_in(app.test_client(), other), box)
    with reading() as session:
        works = session.query(Artefact).filter_by(person_id=other.id).order_by(Artefact.public_id).all()
        assert [one.public_id[0] for one in works] == ["1", "3"], "a page called a picture is not taken"
        assert works[1].added_at <= utcnow()
        assert session.query(CV).filter_by(person_id=other.id).one().public_id
        assert session.query(CVVersion).filter_by(number=7).count() == 0, "a page called a PDF is not taken"
        assert session.query(Endorsement).filter_by(person_id=other.id).count() == 0, "nobody confirmed it"
    script = changed(
        box,
        "backpack.json",
        lambda c: {**c, "works": [{"id": "4" * 20, "kind": "link", "title": "x", "url": "javascript:alert(1)"}]},
    )
    lines = bring(signed_in(app.test_client(), other), script)
    assert lines[0].reason == "export-unlike-schema"


def test_a_file_that_is_no_zip_is_refused_in_the_same_answer(signed_in_client: FlaskClient) -> None:
    full = signed_in_client
    data = {"csrf_token": token_of(full, "/compte/rapporter"), "file": (io.BytesIO(b"hello"), "export.zip")}
    answer = full.post("/compte/rapporter", data=data)
    assert answer.status_code == 422
    assert "n’est pas l’export" in answer.text
    assert count(Homecoming) == 0


def test_exports_do_not_pile_up(app: Flask, full: FlaskClient) -> None:
    """Two at a time; and one that was brought in and only waits for badges lets its file go for the next."""

    def send(box: bytes) -> int:
        data = {"csrf_token": token_of(full, "/compte/rapporter"), "file": (io.BytesIO(box), "export.zip")}
        return full.post("/compte/rapporter", data=data).status_code

    assert [send(packed({"a.txt": word})) for word in (b"1", b"2", b"3")] == [303, 303, 422]
    with transaction() as session:
        first, _second = session.query(Homecoming).order_by(Homecoming.id)
        first.state, key = "attached", first.storage_key or ""
        session.query(ImportItem).filter_by(batch=first.batch).update({"storage_key": None, "result": "in"})
    assert wired().storage.exists(key)
    assert send(packed({"a.txt": b"3"})) == 303
    assert not wired().storage.exists(key)
