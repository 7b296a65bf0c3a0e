"""The main job, end to end, in a real browser: drop badges in, tell, publish, see it checked, take it along.

The issuer changes its mind while a reader has the page open, and the page says so.
"""

from __future__ import annotations

import dataclasses
import os
import re
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pikepdf
import pytest
from playwright.sync_api import Browser, Page, expect

from backpack.demo import credentials, story
from backpack.openbadges import sign
from backpack.openbadges.identity.signers import key_from_pem
from tests.conftest import missing
from tests.journeys import round_trip
from tests.journeys.conftest import ROOT, Site

CULTURE = next(one for one in story.ISSUERS if one.key == "culture")
PATTERN = next(one for one in story.BADGES if one.key == "lecture")
NEW = {"fanfare": "Fanfare de quartier", "affiches": "Atelier d’affiches"}
SECONDS = 1000


@pytest.fixture
def files(site: Site, tmp_path: Path) -> list[Path]:
    """Two badges that the demo's issuer signs for Camille, put into pictures by `backpack bake`."""
    key = key_from_pem((site.data / "demo" / "keys" / "culture.pem").read_bytes())
    made = []
    for number, (name, title) in enumerate(NEW.items(), start=90):
        badge = dataclasses.replace(PATTERN, key=name, name=title, months_ago=1)
        now = datetime.now(UTC)
        document = credentials.credential_v3(CULTURE, key.did(), badge, story.ADDRESSES[0], now, number)
        payload, baked = tmp_path / f"{name}.json", tmp_path / f"{name}.png"
        payload.write_bytes(sign(document, key, created=credentials.issued_on(badge, now)))
        site.command("bake", str(site.data / "demo" / "lecture.png"), str(payload), "-o", str(baked))
        made.append(baked)
    return made


def sign_in(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/connexion")
    page.locator("input[name=address]").fill(story.ADDRESSES[0])
    page.locator("input[name=password]").fill(story.PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/badges")


def import_files(page: Page, site: Site, files: list[Path]) -> str:
    """Choose the files; the page of their results, when every line is settled."""
    page.goto(f"{site.url}/badges/import")
    page.locator("input[name=files]").set_input_files([str(one) for one in files])
    if not re.search(r"/import/\w+", page.url):
        submit = page.locator("form:has(input[name=files]) button[type=submit]")
        if submit.is_visible():
            submit.click(no_wait_after=True)
    page.wait_for_url(re.compile(r"/import/[0-9a-f]{20}"))
    expect(page.get_by_text("en cours").first).not_to_be_visible(timeout=30 * SECONDS)
    return page.url


def badge_address(page: Page, site: Site, title: str) -> str:
    page.goto(f"{site.url}/badges")
    address = page.get_by_role("link", name=title).first.get_attribute("href")
    assert address
    return site.url + address


def add_text(page: Page, badge: str) -> None:
    page.goto(f"{badge}/evidence/add?kind=text")
    page.locator("#title").fill("Ce que j’ai retenu")
    page.locator("#text").fill("Nous avons joué **trois fois** devant le marché.")
    page.locator("#words").fill("J’ai tenu la caisse claire.")
    page.locator("main form button.primary").click()
    expect(page.locator("body")).to_contain_text("Ce que j’ai retenu")


def publish_collection(page: Page, site: Site, titles: list[str]) -> str:
    """A new collection of these badges, published with everything; the address a stranger gets."""
    page.goto(f"{site.url}/collections/new")
    page.locator("#title").fill("Musique et affiches")
    page.locator("main form button.primary").click()
    page.wait_for_url(re.compile(r"/collections/[0-9a-f]{20}"))
    for title in titles:
        page.get_by_label(title).check()
    page.locator("button[value=add]").click()
    page.goto(re.sub(r"/edit.*$", "", page.url) + "/share")
    for box in page.locator("input[name=badges]:not([disabled]), input[name=evidence]:not([disabled])").all():
        box.check()
    page.locator("button[value=publish]").click()
    address = page.locator("[data-copy^='http']").first.get_attribute("data-copy")
    assert address
    return address


def test_from_a_file_to_a_cv(site: Site, files: list[Path], page: Page, browser: Browser, tmp_path: Path) -> None:
    page.set_default_timeout(20 * SECONDS)
    sign_in(page, site)
    import_files(page, site, files)
    for title in NEW.values():
        expect(page.locator("body")).to_contain_text(title)
    badge = badge_address(page, site, NEW["fanfare"])
    add_text(page, badge)
    address = publish_collection(page, site, [*NEW.values(), "Médiation d’exposition"])

    # A recruiter without session and without script.
    stranger = browser.new_context(java_script_enabled=False, locale="fr-FR")
    plain = stranger.new_page()
    plain.goto(address)
    expect(plain.locator("body")).to_contain_text(NEW["fanfare"])
    expect(plain.locator("body")).to_contain_text("J’ai tenu la caisse claire.")
    expect(plain.locator("body")).to_contain_text("Valide")
    assert story.ADDRESSES[0] not in plain.content()
    assert stranger.cookies() == []

    take_the_cv(page, site, tmp_path)


def test_a_page_left_open_says_what_its_issuer_says(site: Site, page: Page, browser: Browser) -> None:
    """Nobody touches the page: once its answers are no longer fresh, it looks again by itself."""
    page.set_default_timeout(20 * SECONDS)
    sign_in(page, site)
    page.goto(f"{site.url}/shares")
    shared = page.locator("tr", has_text="Stage médiation culturelle").locator("[data-copy^='http']").first
    address = shared.get_attribute("data-copy")
    assert address
    plain = browser.new_context(java_script_enabled=False, locale="fr-FR").new_page()
    watching = browser.new_context(locale="fr-FR").new_page()
    watching.clock.install()
    watching.goto(address)
    expect(watching.locator("body")).not_to_contain_text("Révoqué par l’émetteur")
    site.command("demo", "issuer", "culture", "revoke")
    try:
        watching.clock.fast_forward("01:00:05")
        expect(watching.locator("body")).to_contain_text("Révoqué par l’émetteur", timeout=30 * SECONDS)
        plain.goto(address)
        expect(plain.locator("body")).to_contain_text("Révoqué par l’émetteur")
    finally:
        site.command("demo", "issuer", "culture", "restore")


def take_the_cv(page: Page, site: Site, tmp_path: Path) -> None:
    """A CV with a badge, its pages opened, downloaded, and read as a recruiter's software does."""
    if not shutil.which("pdftotext"):
        missing("pdftotext", "poppler-utils")
    page.goto(f"{site.url}/cv")
    page.locator("#title").fill("Stage")
    page.locator("main form button.primary").click()
    page.wait_for_url(re.compile(r"/cv/[0-9a-f]{20}"))
    page.get_by_label("Tutorat en bibliothèque").check()
    page.get_by_role("button", name="Enregistrer les badges").click()
    page.get_by_role("button", name="Ouvrir les pages de ces badges").click()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Télécharger le PDF").click()
    path = tmp_path / "cv.pdf"
    waiting.value.save_as(path)
    text = subprocess.run(["pdftotext", str(path), "-"], capture_output=True, check=True, text=True).stdout
    assert "Camille Kervella" in text
    assert "Tutorat en bibliothèque" in " ".join(text.split()).replace("\u00a0", " ")
    links = subprocess.run(["pdfinfo", "-url", str(path)], capture_output=True, check=True, text=True).stdout
    codes = set(re.findall(rf"{re.escape(site.url)}/v/[0-9A-Z]{{4}}-[0-9A-Z]{{4}}", links))
    assert len(codes) == 2  # the CV's own, and the badge's
    for code in codes:
        answer = page.request.get(code)
        assert answer.ok
        assert "Tutorat en bibliothèque" in answer.text().replace("\u00a0", " ")


def test_a_cv_goes_out_and_comes_back(site: Site, page: Page, browser: Browser, tmp_path: Path) -> None:
    page.set_default_timeout(20 * SECONDS)
    sign_in(page, site)
    round_trip.build(page, site)
    round_trip.preview_follows(page)
    address = round_trip.publish(page)
    plain = round_trip.saved(page, page.get_by_role("link", name="Télécharger le PDF"), tmp_path / "plain.pdf")
    full = round_trip.saved(page, page.get_by_role("link", name="PDF avec les badges joints"), tmp_path / "full.pdf")
    with pikepdf.open(plain) as one, pikepdf.open(full) as other:
        assert (len(one.attachments), len(other.attachments)) == (0, len(round_trip.TITLES))

    stranger = browser.new_context(locale="fr-FR")
    reader = stranger.new_page()
    reader.set_default_timeout(20 * SECONDS)
    reader.goto(address)
    expect(reader.locator("main")).to_contain_text(round_trip.WORDS)
    for path in (full, plain):  # by what is inside, and by the codes that the page prints
        assert round_trip.check(reader, site, path) == ["valid"] * len(round_trip.TITLES)
        for title in round_trip.TITLES:
            expect(reader.locator("main")).to_contain_text(title)
        expect(reader.get_by_text("La page dit la même chose")).to_have_count(len(round_trip.TITLES))
    assert stranger.cookies() == []


def test_badges_of_the_corpus_are_read_and_said(site: Site, page: Page) -> None:
    """Real badges of other people: anybody can have them checked, and none of them enters Camille's backpack."""
    folder = os.environ.get("BADGE_CORPUS")
    if not folder:
        pytest.skip("BADGE_CORPUS names no folder of real badges, so this test was skipped")
    # Two that need no answer of anybody: nothing is asked of the network.
    chosen = [Path(folder) / "cases" / name for name in ("png-json/input.png", "svg-jwt/input.svg")]
    page.set_default_timeout(20 * SECONDS)
    sign_in(page, site)
    page.goto(f"{site.url}/badges")
    before = page.locator("main .shelf > li").count()
    page.goto(f"{site.url}/verify")
    for path in chosen:
        page.goto(f"{site.url}/verify")
        page.locator("input[type=file]").set_input_files(str(path))
        page.locator("main form button.primary").click()
        expect(page.locator("main .verdict").first).to_be_visible(timeout=30 * SECONDS)
    page.goto(f"{site.url}/badges")
    assert page.locator("main .shelf > li").count() == before


def test_the_second_start_takes_under_five_seconds(site: Site) -> None:
    """All is there already: nothing is made twice."""
    first = (site.data / "secret.key").read_bytes()
    assert site.command("init").endswith("nothing changed.\n")
    assert (site.data / "secret.key").read_bytes() == first
    assert site.command("demo", "--once") == ""
    assert (ROOT / "wsgi.py").is_file()
