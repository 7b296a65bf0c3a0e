"""The steps of a CV that goes out and comes back: built, published, downloaded, dropped on the public check."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.journeys.conftest import Site

TITLES = ("Tutorat en bibliothèque", "Présence scénique", "Finaliste du concours")
SECONDS = 1000
WORDS = "J’ai accueilli douze personnes chaque semaine."


def build(page: Page, site: Site) -> None:
    """A CV with these badges, their pages open; a line of one's own beside the first."""
    page.goto(f"{site.url}/cv")
    page.locator("#title").fill("Stage")
    page.locator("main form button.primary").click()
    page.wait_for_url(re.compile(r"/cv/[0-9a-f]{20}"))
    for title in TITLES:
        page.get_by_label(title).first.check()
    page.get_by_role("button", name="Enregistrer les badges").click()
    page.locator("input[name^='line-']:visible").first.fill(WORDS)
    page.get_by_role("button", name="Enregistrer les badges").click()
    page.get_by_role("button", name="Ouvrir les pages de ces badges").click()


def preview_follows(page: Page) -> None:
    """What is typed is saved by itself and drawn; what cannot be saved is said, though something was saved before."""
    picture, saved = page.locator("#paper .sheet").first, page.locator("#saved")
    before = picture.get_attribute("src") or ""
    name = page.locator("#name").input_value()
    page.locator("#headline").fill("Étudiante en médiation")
    expect(saved).to_have_text("Enregistré.")
    expect(picture).not_to_have_attribute("src", before)
    page.locator("#name").fill("")
    expect(saved).to_contain_text("Pas encore enregistré")
    page.locator("#name").fill(name)
    expect(saved).to_have_text("Enregistré.")


def publish(page: Page) -> str:
    """The address that a stranger gets; the builder is open again."""
    builder = page.url
    page.get_by_role("link", name="Publier un lien").click()
    page.get_by_role("button", name="Publier", exact=True).click()
    address = page.locator("[data-copy^='http']").first.get_attribute("data-copy")
    assert address
    page.goto(builder)
    return address


def saved(page: Page, link: Locator, path: Path) -> Path:
    with page.expect_download() as waiting:
        link.click()
    waiting.value.save_as(path)
    return path


def check(page: Page, site: Site, path: Path) -> list[str]:
    """What the public check says of each badge in the file."""
    page.goto(f"{site.url}/verify")
    page.locator("input[type=file]").set_input_files(str(path))
    page.locator("main form button.primary").click()
    expect(page.locator("main")).to_contain_text("La page dit la même chose", timeout=30 * SECONDS)
    return [str(one.get_attribute("data-state")) for one in page.locator("main .verdict[data-state]").all()]
