"""One ZIP with everything: for its owner, after proof, for some days; and what is in it."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote

import jsonschema_rs
import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import sync_playwright

from backpack import openbadges
from backpack.accounts.models import Person, SignedSession
from backpack.badges.queries import own_badges
from backpack.database import reading, transaction, utcnow
from backpack.evidence.adding import Wording, keep_text
from backpack.leaving.models import Takeout
from backpack.leaving.schema import schema
from backpack.leaving.sweeping import sweep
from backpack.openbadges.recorded import read_recorded
from backpack.wiring import wired
from tests.badges.issuers import png, signed
from tests.conftest import missing
from tests.journeys.conftest import QUIET
from tests.leaving.conftest import taken_out
from tests.leaving.full import ELSEWHERE, STORY
from tests.leaving.zips import json_in, members, work
from tests.people import ADDRESS, NAME, post, sign_up_person, signed_in


@pytest.fixture
def database_url(sqlite_template: Path, tmp_path: Path) -> str:
    """What the ZIP holds does not hang on the kind of database; `test_coming_back` runs on both."""
    copy = tmp_path / "backpack.db"
    copy.write_bytes(sqlite_template.read_bytes())
    return f"sqlite:///{copy}"


def test_originals_are_in_it_to_the_byte_and_listed_by_their_hash(full: FlaskClient) -> None:
    box = taken_out(full)
    files, listed = members(box), json_in(box, "manifest.json")["files"]
    for one in listed:
        data = files[one["path"]]
        assert (hashlib.sha256(data).hexdigest(), len(data)) == (one["sha256"], one["size"])
    assert png(signed(number=1)) in files.values()
    by_name = {badge["name"]: badge for badge in json_in(box, "backpack.json")["badges"]}
    soudure = by_name["Soudure"] if "Soudure" in by_name else next(iter(by_name.values()))
    named = {one["sha256"] for one in listed}
    assert soudure["payload"] in named
    for badge in by_name.values():
        assert {one["file"] for one in badge["files"]} <= named


def test_it_holds_everything_and_the_schema_says_how(full: FlaskClient) -> None:
    box = taken_out(full)
    backpack, record = json_in(box, "backpack.json"), json_in(box, "record.json")
    jsonschema_rs.validator_for(schema()).validate(backpack)
    assert json_in(box, "backpack-export-1.schema.json") == full.get("/schemas/backpack-export-1.json").json
    assert backpack["person"]["name"] == NAME
    assert len(backpack["badges"]) == 3
    assert any(badge["story"] == STORY for badge in backpack["badges"])
    assert sorted(work["kind"] for work in backpack["works"]) == ["file", "link", "text"]
    assert [one["words"] for one in backpack["collections"][0]["items"]] == ["Place 0", "Place 1"]
    assert backpack["cvs"][0]["entries"][0]["period"] == "2024 – 2027"
    assert backpack["profile"]["words"] == "Je soude."
    assert len(backpack["arrivals"]) == 1
    assert [one["spelling"] for one in record["addresses"]] == [ADDRESS]
    assert len(record["links"]) == 3
    assert all(one["views"][0]["views"] == 1 for one in record["links"])
    assert {"signed-up", "export-asked", "link.published"} <= {one["what"] for one in record["events"]}
    assert all(badge["history"] for badge in record["badges"])


def test_it_holds_no_secret(full: FlaskClient, person: Person) -> None:
    everything = b"".join(members(taken_out(full)).values())
    with reading() as session:
        kept = session.get_one(Person, person.id)
        keys = [one.key_hash for one in session.query(SignedSession)]
    assert (kept.password_hash or "").encode() not in everything
    assert keys
    assert not [key for key in keys if key in everything or key.hex().encode() in everything]


def test_what_the_issuer_answered_lets_anybody_judge_again(full: FlaskClient, tmp_path: Path) -> None:
    files = members(taken_out(full))
    [hosted] = [path for path in files if path.endswith("documents.json") and b"assertions/7" in files[path]]
    (tmp_path / "documents.json").write_bytes(files[hosted])
    now = utcnow()
    payload = files[hosted.replace("documents.json", "lecture.json")]
    recorded = read_recorded(tmp_path / "documents.json", now)
    [found] = openbadges.read(payload)
    report = openbadges.verify(found.credential, recorded, now, recipients=[ADDRESS])
    assert report.outcome.value == json.loads(files[hosted.replace("documents", "report")])["outcome"] == "valid"


def test_the_table_runs_nothing_in_a_spreadsheet(full: FlaskClient) -> None:
    table = members(taken_out(full))["badges.csv"].decode("utf-8-sig")
    cells = [cell for row in csv.reader(io.StringIO(table)) for cell in row]
    assert any(cell.startswith("'=1+1") for cell in cells)
    assert not [cell for cell in cells if cell.startswith(("=", "+", "@"))]


def test_only_after_proof_and_only_its_owner(app: Flask, full: FlaskClient) -> None:
    taken_out(full)
    with reading() as session:
        address = f"/compte/emporter/{session.query(Takeout).one().public_id}.zip"
    with transaction() as session:
        other = sign_up_person(session, "Noé", "noe@x.example")
    assert signed_in(app.test_client(), other).get(address).status_code == 404
    assert app.test_client().get(address).location.startswith("/connexion")
    with time_machine.travel(utcnow() + timedelta(minutes=11)):
        assert full.get(address).location.startswith("/compte/preuve"), "proof lasts ten minutes"
        asked = post(full, "/compte/emporter", "/compte/emporter")
        assert asked.status_code == 403
        assert "proof_password" in asked.text


def test_after_seven_days_it_is_gone_with_its_file(full: FlaskClient) -> None:
    taken_out(full)
    with reading() as session:
        key = session.query(Takeout).one().storage_key
    assert key
    assert wired().storage.exists(key)
    with time_machine.travel(utcnow() + timedelta(days=8)):
        sweep(wired(), {})
    with reading() as session:
        assert session.query(Takeout).count() == 0
    assert not wired().storage.exists(key)


def test_asking_twice_makes_one(full: FlaskClient) -> None:
    for _ in range(2):
        post(full, "/compte/emporter", "/compte/emporter")
    work()
    with reading() as session:
        assert session.query(Takeout).count() == 1


def test_the_journal_says_what_was_done(full: FlaskClient) -> None:
    taken_out(full)
    page = full.get("/compte/journal").text
    for words in ("Un ZIP de toutes vos données a été téléchargé.", ADDRESS, "Un lien de partage"):
        assert words in page
    assert full.get("/compte/journal?before=" + "9" * 40).status_code == 200
    assert full.get("/compte/journal?before=x").status_code == 200


def test_the_portfolio_shows_what_others_confirmed_and_works_behind_no_badge(full: FlaskClient, person: Person) -> None:
    with transaction() as session:
        keep_text(session, person.id, "Une fresque.", Wording(title="La fresque du hall"), utcnow())
    page = members(taken_out(full))["index.html"].decode()
    assert page.count("<b>Anne Le Goff</b>, menait l’atelier") == 2, "of a badge and of a work; not of an invitation"
    assert "Sans-Réponse" not in page
    assert page.index("Preuves hors badge") < page.index("La fresque du hall") < page.index("Une fresque.")
    assert page.count("Récit") == 1, "what stands behind a badge stands there only"


def test_the_portfolio_opens_without_a_network(full: FlaskClient, tmp_path: Path) -> None:
    """In Chromium, from the unpacked folder: all of it is there, and nothing else is asked for."""
    chromium = shutil.which("chromium")
    if not chromium:
        missing("Chromium", "chromium")
    for path, data in members(taken_out(full)).items():
        (tmp_path / "out" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "out" / path).write_bytes(data)
    with ThreadPoolExecutor(1) as aside:  # Playwright's event loop and Flask's contexts do not share a thread
        seen = aside.submit(look_at, tmp_path / "out" / "index.html", str(chromium)).result()
    assert NAME in seen.heading
    assert seen.badges == 3
    assert seen.pictures_are_there
    assert seen.asked
    assert all(one.startswith("file://") for one in seen.asked)
    assert seen.failed == []
    own = [link for link in seen.links if link.startswith("file://") and "#" not in link]
    assert own
    assert [link for link in own if not Path(unquote(link.removeprefix("file://"))).is_file()] == []


@dataclass(slots=True)
class Seen:
    """What a browser made of a page."""

    heading: str = ""
    badges: int = 0
    pictures_are_there: bool = False
    asked: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)


def look_at(page_file: Path, chromium: str) -> Seen:
    seen = Seen()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(QUIET))
        page = browser.new_page()
        page.on("request", lambda request: seen.asked.append(request.url))
        page.on("requestfailed", lambda request: seen.failed.append(request.url))
        page.goto(page_file.as_uri())
        seen.heading = page.inner_text("h1")
        seen.badges = page.locator("article.badge").count()
        seen.pictures_are_there = page.evaluate("[...document.images].every(i => i.complete && i.naturalWidth > 0)")
        seen.links = page.locator("a[href]").evaluate_all("all => all.map(a => a.href)")
        browser.close()
    return seen


def test_nothing_of_the_address_not_confirmed_is_lost(full: FlaskClient) -> None:
    files = members(taken_out(full))
    assert any(ELSEWHERE.encode() in data for path, data in files.items() if path.startswith("waiting/"))


def test_badges_are_counted_once(full: FlaskClient, person: Person) -> None:
    with reading() as session:
        assert len(own_badges(session, person.id)) == 3
