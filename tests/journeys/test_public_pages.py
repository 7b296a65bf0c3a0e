"""The pages that strangers read, in Chromium: no fault in either language or theme, useful without script, no cookie,
nothing sideways on a narrow screen, and nobody else is asked for anything."""

from __future__ import annotations

import io
import queue
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page
from pypdf import PdfReader
from werkzeug.serving import BaseWSGIServer, make_server

from backpack import create_app, database, migrating
from backpack.database import db, utcnow
from backpack.demo import loading
from backpack.settings import load
from backpack.wiring import wired
from tests.conftest import KEY
from tests.publishing.open_pages import open_pages
from tests.servers import free_port

pytestmark = pytest.mark.browser
HOST: Final = "127.0.0.1"
NARROW, WIDE = 320, 1280
SIDEWAYS = "document.documentElement.scrollWidth > innerWidth"
OPEN_ALL = "document.querySelectorAll('details').forEach((one) => (one.open = true))"
COLOURS: Final = {"runOnly": {"type": "tag", "values": ["cat.color"]}}
"""The rules whose answer depends on the theme; all others read what both themes share."""
STATUSES = {"locked": 403, "gone": 410}
READ: Final = {
    "badge": ("Valide", "La fiche en trois étapes", "Tutorat en bibliothèque"),
    "collection": ("Valide", "Expiré", "La fiche en trois étapes", "Médiation d’exposition"),
    "profile": ("Valide", "Atelier de lecture à voix haute", "Camille Kervella"),
    "embed": ("Valide", "Tutorat en bibliothèque"),
    "cv today": ("Valide", "Finaliste du concours"),
    "cv": ("Valide", "Tutrice en bibliothèque", "Présence scénique"),
    "locked": ("phrase secrète",),
    "report": ("Envoyer le signalement",),
    "profile by link": ("Valide", "Atelier de lecture à voix haute"),
    "code form": ("Code de contrôle",),
    "endorse": ("Tutorat en bibliothèque", "Camille Kervella"),
    "endorse sent": ("7 jours",),
    "endorse confirm": ("Tutorat en bibliothèque", "Est-ce bien votre texte"),
    "endorse work": ("La fiche en trois étapes",),
    "gone": (),
}
"""What each page says to somebody who reads French, whether scripts run or not: the outcome and what is behind it."""


@dataclass(frozen=True, slots=True)
class Public:
    """A running Backpack and the paths of its public pages."""

    url: str
    pages: dict[str, str]


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Public]:
    """The living example with every sort of page open. It lives in a thread: Playwright's loop has the main one."""
    folder: Path = tmp_path_factory.mktemp("public")
    started: queue.Queue[tuple[BaseWSGIServer, Public] | Exception] = queue.Queue()
    thread = threading.Thread(target=_serve, args=(folder, started))
    thread.start()
    first = started.get(timeout=120)
    if isinstance(first, Exception):
        raise first
    server, public = first
    yield public
    server.shutdown()
    thread.join()


def _serve(folder: Path, started: queue.Queue[tuple[BaseWSGIServer, Public] | Exception]) -> None:
    try:
        url = f"http://{HOST}:{free_port()}"
        engine = sa.create_engine(f"sqlite:///{folder / 'backpack.db'}")
        database.prepare(engine)
        migrating.upgrade(engine)
        engine.dispose()
        told = {"SECRET_KEY": KEY, "DATA_DIR": str(folder), "MAIL_URL": "memory:", "DEMO": "1", "PUBLIC_URL": url}
        app = create_app(load(told))
        with app.app_context():
            loading.load(wired(), utcnow())
            pages = open_pages(utcnow())
        server = make_server(HOST, int(url.rpartition(":")[2]), app, threaded=True)
    except Exception as error:  # told to the test, which would wait for nothing otherwise
        started.put(error)
        return
    started.put((server, Public(url=url, pages=pages)))
    server.serve_forever()
    with app.app_context():
        db.engine.dispose()


def reader(browser: Browser, language: str, *, scripts: bool = True) -> BrowserContext:
    return browser.new_context(
        locale=language,
        reduced_motion="reduce",
        java_script_enabled=scripts,
        viewport={"width": NARROW, "height": 900},
    )


def faults_of(page: Page) -> Iterator[str]:
    """What is wrong with a page that just opened: on a narrow screen, on a wide one, and in the dark."""
    page.evaluate(OPEN_ALL)
    if page.evaluate(SIDEWAYS):
        yield f"scrolls sideways at {NARROW}"
    page.set_viewport_size({"width": WIDE, "height": 900})
    for scheme, options in (("light", {}), ("dark", COLOURS)):
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        found = Axe().run(page, options=options)
        if found.violations_count:
            yield f"{scheme}: {found.generate_report()}"


@pytest.mark.parametrize("language", ["fr-FR", "en-GB"])
def test_public_pages_have_no_fault_and_ask_nobody_else(browser: Browser, public: Public, language: str) -> None:
    context, asked = reader(browser, language), set()
    page = context.new_page()
    page.on("request", lambda request: asked.add(urlsplit(request.url).hostname))
    faults: list[str] = []
    for what in READ:
        page.set_viewport_size({"width": NARROW, "height": 900})
        answer = page.goto(public.url + public.pages[what])
        assert answer is not None
        assert answer.status == STATUSES.get(what, 200), what
        assert page.evaluate("document.documentElement.lang") == language[:2], what
        faults += [f"{what} {fault}" for fault in faults_of(page)]
    assert not faults, "\n".join(faults)
    assert asked == {HOST}
    assert context.cookies() == []
    context.close()


def test_public_pages_say_all_they_have_to_say_without_script(browser: Browser, public: Public) -> None:
    context = reader(browser, "fr-FR", scripts=False)
    page = context.new_page()
    for what, words in READ.items():
        page.goto(public.url + public.pages[what])
        said = page.inner_text("main")
        assert len(said) > 40, what
        assert [one for one in words if one not in said] == [], f"{what}: {said}"
    assert context.cookies() == []
    context.close()


PRINTED: Final = {"badge": 2, "collection": 4, "profile": 1}
"""How many sheets of paper each takes at most."""


def test_public_pages_print_what_they_say_and_where_it_is_read_today(browser: Browser, public: Public) -> None:
    context = reader(browser, "fr-FR")
    page = context.new_page()
    for what, most in PRINTED.items():
        page.goto(public.url + public.pages[what])
        paper = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True)))
        said = "".join("".join(sheet.extract_text().split()) for sheet in paper.pages)
        assert len(paper.pages) <= most, what
        for words in (*READ[what], public.url + public.pages[what]):
            assert "".join(words.split()) in said, f"{what}: {words}"
        assert "Partagercettepage" not in said, what
    context.close()
