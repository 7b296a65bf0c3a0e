"""Our parts and scripts in Chromium: no fault that axe can find, nothing the policy has to stop, and it works."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page
from werkzeug.serving import BaseWSGIServer, make_server

from backpack import create_app
from backpack.settings import Settings
from tests.servers import free_port
from tests.web.conftest import probes

pytestmark = pytest.mark.browser
OUR_PAGES = ["/", "/aide", "/accessibilite", "/vie-privee", "/nowhere", "/probe/guide"]
SIDEWAYS = "document.documentElement.scrollWidth > innerWidth"


@pytest.fixture
def url(settings: Settings) -> Iterator[str]:
    """The address of the application on loopback. It lives in a thread: Playwright's event loop has the main one."""
    port = free_port()
    servers: queue.Queue[BaseWSGIServer] = queue.Queue()

    def serve() -> None:
        app = create_app(settings)
        app.register_blueprint(probes())
        server = make_server("127.0.0.1", port, app, threaded=True)
        servers.put(server)
        server.serve_forever()

    thread = threading.Thread(target=serve)
    thread.start()
    server = servers.get(timeout=30)
    yield f"http://127.0.0.1:{port}"
    server.shutdown()
    thread.join()


@pytest.fixture
def complaints(page: Page) -> list[str]:
    """What the browser complains of: policy violations, errors of scripts, missing files."""
    found: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and "404 (NOT FOUND)" not in message.text:
            found.append(message.text)

    page.on("console", note)
    page.on("pageerror", lambda error: found.append(str(error)))
    return found


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_our_pages_have_no_fault_that_a_machine_finds(browser: Browser, url: str, scheme: str) -> None:
    for width in (320, 1280):
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if scheme == "dark" else "light",
            locale="fr-FR",
        )
        page = context.new_page()
        for path in OUR_PAGES:
            page.goto(url + path)
            page.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))")
            assert not page.evaluate(SIDEWAYS), f"{path} scrolls sideways at {width}"
            found = Axe().run(page)
            assert found.violations_count == 0, f"{path} at {width}: {found.generate_report()}"
        context.close()


def test_our_pages_make_the_browser_complain_of_nothing(page: Page, url: str, complaints: list[str]) -> None:
    for path in OUR_PAGES:
        page.goto(url + path)
        page.wait_for_load_state("networkidle")
    assert complaints == []


def test_a_part_asks_again_until_it_is_final(page: Page, url: str, complaints: list[str]) -> None:
    page.goto(f"{url}/probe/guide")
    page.get_by_text("asked 2").wait_for(timeout=10_000)
    assert complaints == []


def test_a_copy_button_copies(page: Page, url: str, complaints: list[str]) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{url}/probe/guide")
    page.locator("button[data-copy]").click()
    page.get_by_text("Copié").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == "Tutorat en bibliothèque"
    assert complaints == []


def test_characters_left_are_counted(page: Page, url: str) -> None:
    page.goto(f"{url}/probe/guide")
    page.locator("#story").fill("douze mots")
    assert page.locator("[data-count]").text_content() == "290"


@pytest.mark.parametrize("scripts", [True, False], ids=["with script", "without"])
def test_files_arrive(browser: Browser, url: str, tmp_path: Path, scripts: bool) -> None:
    files = [tmp_path / "a.png", tmp_path / "b.png"]
    for file in files:
        file.write_bytes(b"x" * 200_000)
    page = browser.new_page(java_script_enabled=scripts)
    page.goto(f"{url}/probe/guide")
    page.set_input_files("#files", files)
    page.locator("#send").click()
    page.get_by_text("n = 2").wait_for()
    assert page.url.endswith("/probe/uploaded/2")
    assert page.title() == "Reçu"
    page.close()


def test_files_that_are_dropped_are_sent(page: Page, url: str, complaints: list[str]) -> None:
    page.goto(f"{url}/probe/guide")
    carried = page.evaluate_handle(
        "() => { const t = new DataTransfer(); t.items.add(new File(['x'], 'a.png')); return t }"
    )
    page.dispatch_event("[data-drop]", "dragover", {"dataTransfer": carried})
    assert "over" in (page.locator("[data-drop]").get_attribute("class") or "")
    page.dispatch_event("[data-drop]", "drop", {"dataTransfer": carried})
    page.get_by_text("n = 1").wait_for()
    assert complaints == []


def test_a_lost_network_is_said(page: Page, url: str, tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"x")
    page.goto(f"{url}/probe/guide")
    page.route("**/probe/upload", lambda route: route.abort())
    page.set_input_files("#files", tmp_path / "a.png")
    page.locator("#send").click()
    page.get_by_text("Perdu").wait_for()
    assert page.locator("#send").is_enabled()
