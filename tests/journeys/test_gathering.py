"""Arranging with a pointer and by keyboard, and a word from somebody without an account, in Chromium."""

from __future__ import annotations

import quopri
import re
import time
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from backpack.demo import story
from tests.journeys.conftest import Site

pytestmark = pytest.mark.browser
SIDEWAYS = "document.documentElement.scrollWidth > innerWidth"


def sign_in(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/connexion")
    page.fill("input[type=email]", story.ADDRESSES[0])
    page.fill("input[type=password]", story.PASSWORD)
    page.locator("main form button").first.click()
    page.wait_for_url("**/badges")


def order(page: Page) -> list[str]:
    return page.locator("[data-item] b").all_inner_texts()


def no_fault(page: Page) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, f"{page.url}: {found.generate_report()}"
    assert not page.evaluate(SIDEWAYS), f"{page.url} scrolls sideways"


def mailed_link(site: Site) -> str:
    """The confirming link of the newest letter, once the worker has written it."""
    for _ in range(100):
        letters = sorted(Path(site.data).rglob("*.eml"), key=lambda path: path.stat().st_mtime)
        for letter in reversed(letters):
            found = re.search(rb"http\S+/endorse/confirm/\S+", quopri.decodestring(letter.read_bytes()))
            if found:
                return found[0].decode()
        time.sleep(0.2)
    raise AssertionError("no letter came")


def test_a_collection_is_ordered_by_pointer_and_by_keyboard(page: Page, site: Site) -> None:
    sign_in(page, site)
    page.goto(f"{site.url}/collections")
    page.get_by_role("link", name="Prendre la parole", exact=True).click()
    first, second, third = order(page)
    handle = page.locator("[data-grip]").nth(2)
    handle.scroll_into_view_if_needed()
    start, goal = handle.bounding_box(), page.locator("[data-item]").nth(1).bounding_box()
    assert start is not None
    assert goal is not None
    page.mouse.move(start["x"] + 9, start["y"] + 9)
    page.mouse.down()
    page.mouse.move(goal["x"] + 9, goal["y"] + 40, steps=4)
    page.mouse.move(goal["x"] + 9, goal["y"] + 5, steps=2)
    with page.expect_response("**/edit"):
        page.mouse.up()
    page.locator(".flashes").wait_for()
    assert order(page) == [first, third, second]
    page.reload()
    assert order(page) == [first, third, second], "it was kept"
    page.get_by_role("button", name="Descendre").first.focus()
    page.keyboard.press("Enter")
    page.locator("p[aria-live]", has_text="position 2 sur 3").wait_for()
    assert order(page) == [third, first, second]
    assert page.evaluate("document.activeElement.value").startswith("down:"), "the focus stays where it was"
    no_fault(page)


@pytest.mark.parametrize("width", [320, 1280])
def test_the_pages_of_skills_and_of_a_large_backpack_have_no_fault(page: Page, site: Site, width: int) -> None:
    sign_in(page, site)
    page.set_viewport_size({"width": width, "height": 900})
    for path in ("/skills", "/skills?lang=en", "/badges?year=2026&sort=name&q=e", "/collections"):
        page.goto(f"{site.url}{path}")
        no_fault(page)


def test_somebody_without_an_account_confirms_a_badge(page: Page, site: Site, browser: Browser) -> None:
    sign_in(page, site)
    page.locator(".tile a", has_text="Tutorat").first.click()
    page.get_by_role("link", name="Inviter quelqu’un…").click()
    page.get_by_label("Qui vous invitez").fill("M. Roy")
    page.get_by_role("button", name="Créer un lien").click()
    no_fault(page)
    link = page.locator("[data-copy]").first.get_attribute("data-copy")
    assert link is not None
    context = browser.new_context(locale="fr-FR", java_script_enabled=False)
    guest = context.new_page()
    guest.goto(link)
    guest.get_by_label("Votre nom").fill("Paul Roy")
    guest.get_by_label("Votre rôle").fill("encadrait le tutorat")
    guest.get_by_label("Ce que vous confirmez").fill("Douze séances, et pas une de manquée.")
    guest.get_by_label("Votre adresse e-mail").fill("paul.roy@bu.example")
    guest.get_by_label("J’accepte").check()
    guest.get_by_role("button", name="M’envoyer").click()
    guest.goto(mailed_link(site))
    guest.get_by_role("button", name="Oui, je le confirme").click()
    assert "Merci" in guest.inner_text("h1")
    assert context.cookies() == []
    context.close()
    page.reload()
    assert "Douze séances, et pas une de manquée." in page.inner_text("main")
    assert "paul.roy@" not in page.content()
