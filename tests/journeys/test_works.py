"""From a phone: three photos and a text behind a badge, one of them hidden again, and what a stranger then gets.

With the files in a local folder, and again with the files in an object store.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from backpack.demo import story
from tests.evidence.files import photo
from tests.journeys.conftest import Site, running_site

pytestmark = pytest.mark.browser
PHONE = ViewportSize(width=390, height=844)
PHOTOS = ("affiche", "atelier", "vernissage")
TEXT = "Ce que j’en retiens"
BADGE = "Journée d’accueil international"


@pytest.fixture(scope="module", params=["folder", "object store"])
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    settings = {}
    if request.param == "object store":
        url: str = request.getfixturevalue("object_store")
        settings["STORAGE_URL"] = url.replace("PREFIX", "journey")
    with running_site(tmp_path_factory.mktemp("site"), **settings) as site:
        yield site
        assert (site.data / "files").exists() is (request.param == "folder")


def sign_in(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/connexion")
    page.fill("input[type=email]", story.ADDRESSES[0])
    page.fill("input[type=password]", story.PASSWORD)
    page.locator("main form button").first.click()
    page.wait_for_url("**/badges")


def add_works(page: Page, folder: Path) -> None:
    """As one does: from the badge's page, all photos at once, then a text."""
    badge = page.url
    files = []
    for number, name in enumerate(PHOTOS):
        files.append(folder / f"{name}.jpg")
        files[-1].write_bytes(photo(size=(60 + number, 40)))
    page.get_by_role("link", name="Ajouter une preuve").click()
    page.locator("#file").set_input_files(files)
    page.locator("main form button.primary").click()
    page.wait_for_url(re.compile(re.escape(badge) + "(#.*)?$"))
    page.get_by_role("link", name="Ajouter une preuve").click()
    page.get_by_role("link", name="Un texte").click()
    page.locator("#title").fill(TEXT)
    page.locator("#text").fill("On apprend **en montrant**.")
    page.locator("main form button.primary").click()
    page.wait_for_url(re.compile(re.escape(badge) + "(#.*)?$"))
    for title in (*PHOTOS, TEXT):
        expect(page.locator("#evidence")).to_contain_text(title)
    page.goto(urljoin(badge, "/works"))  # it shows by itself what the worker has drawn
    for title in PHOTOS:
        expect(page.locator("#works li", has_text=title).locator("img")).to_be_visible(timeout=30_000)


def publish(page: Page, badge: str) -> str:
    page.goto(f"{badge}/publish")
    for title in (*PHOTOS, TEXT):
        page.get_by_label(title, exact=True).check()
    page.locator("button[value=publish]").click()
    address = page.locator("[data-copy^='http']").first.get_attribute("data-copy")
    assert address
    return address


def hide(page: Page, badge: str, title: str) -> None:
    page.goto(badge)
    page.locator("#evidence li", has_text=title).get_by_role("link").click()
    page.get_by_role("link", name="La masquer des pages de ce badge").click()
    page.get_by_role("button", name="La masquer des pages de ce badge").click()
    page.wait_for_url(re.compile(re.escape(badge) + "(#.*)?$"))


def test_three_photos_and_a_text_of_which_one_is_hidden(site: Site, browser: Browser, tmp_path: Path) -> None:
    page = browser.new_context(locale="fr-FR", viewport=PHONE, has_touch=True).new_page()
    page.set_default_timeout(20_000)
    sign_in(page, site)
    page.get_by_role("link", name=BADGE).first.click()
    page.wait_for_url(re.compile(r"/badges/[0-9a-f]{20}$"))
    badge = page.url
    add_works(page, tmp_path)
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), "it scrolls sideways"
    address = publish(page, badge)

    stranger = browser.new_context(java_script_enabled=False, locale="fr-FR", viewport=PHONE)
    plain = stranger.new_page()
    plain.goto(address)
    proofs = plain.locator("ul.proofs .proof")
    direct = {
        title: [
            site.url + str(proofs.filter(has_text=title).locator("a").get_attribute("href")),
            re.sub(r"/picture$", "", site.url + str(proofs.filter(has_text=title).locator("a").get_attribute("href"))),
        ]
        for title in PHOTOS
    }
    before = {title: [stranger.request.get(one).status for one in direct[title]] for title in PHOTOS}
    assert before == {title: [200, 200] for title in PHOTOS}

    hide(page, badge, PHOTOS[1])
    plain.goto(address)
    for title in (PHOTOS[0], PHOTOS[2], TEXT):
        expect(proofs.filter(has_text=title)).to_be_visible()
        expect(proofs.filter(has_text=title)).to_contain_text("ajouté")
    expect(plain.locator("body")).not_to_contain_text(PHOTOS[1])
    after = {title: [stranger.request.get(one).status for one in direct[title]] for title in PHOTOS}
    assert after == {PHOTOS[0]: [200, 200], PHOTOS[1]: [404, 404], PHOTOS[2]: [200, 200]}
    assert stranger.cookies() == []
