"""Adding many works at once, when some are refused or the connection is lost, and ordering them by keyboard."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.evidence.files import HTML
from tests.journeys.conftest import Site
from tests.journeys.test_works import BADGE, sign_in

pytestmark = pytest.mark.browser
IN_ONE_REQUEST = 20


@pytest.fixture
def badge(site: Site, page: Page) -> str:
    """The address of a badge of whoever is signed in."""
    page.set_default_timeout(20_000)
    sign_in(page, site)
    page.get_by_role("link", name=BADGE).first.click()
    page.wait_for_url(re.compile(r"/badges/[0-9a-f]{20}$"))
    return page.url


def texts(folder: Path, *names: str) -> list[Path]:
    for name in names:
        (folder / name).write_text(f"Ce que dit {name}.")
    return [folder / name for name in names]


def titles(page: Page) -> list[str]:
    return page.locator("#evidence [data-item] b").all_inner_texts()


def test_works_are_added_though_others_are_refused_or_a_connection_is_lost_then_ordered_by_keyboard(
    page: Page, badge: str, tmp_path: Path
) -> None:
    page.goto(f"{badge}/evidence/add?kind=file")
    (tmp_path / "faux.png").write_bytes(HTML)
    page.locator("#file").set_input_files([*texts(tmp_path, "un.txt", "deux.txt"), tmp_path / "faux.png"])
    page.locator("main form button.primary").click()
    told = page.locator(".error-list")
    expect(told).to_contain_text("faux.png")
    expect(told).to_contain_text("Les autres fichiers ont été ajoutés.")
    expect(told).to_be_focused()

    more = texts(tmp_path, *(f"lot {number:02}.txt" for number in range(IN_ONE_REQUEST + 2)))
    requests: list[str] = []

    def lose(route: Route) -> None:
        requests.append("sent")
        route.abort() if len(requests) == 2 else route.continue_()

    page.route("**/evidence/add*", lose)
    page.locator("#file").set_input_files(more)
    page.locator("main form button.primary").click()
    expect(page.locator(".progress")).to_contain_text("La connexion a été perdue")
    assert page.locator("#file").evaluate("field => field.files.length") == 2, "what arrived is not sent twice"
    page.unroute("**/evidence/add*")
    page.locator("main form button.primary").click()
    page.wait_for_url(re.compile(re.escape(badge) + "(#.*)?$"))
    assert titles(page) == ["un", "deux", *(path.stem for path in more)]

    lower = page.get_by_role("button", name="Descendre : un", exact=True)
    lower.focus()
    for _press in range(2):
        page.keyboard.press("Enter")
        expect(page.locator("[aria-live]", has_text="«\u00a0un\u00a0»")).to_be_attached()
    expect(page.locator("#evidence [data-item] b").nth(2)).to_have_text("un")
    expect(lower).to_be_focused()
    assert titles(page)[:3] == ["deux", "lot 00", "un"]
    page.reload()
    assert titles(page)[:3] == ["deux", "lot 00", "un"]
