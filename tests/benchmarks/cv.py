"""Group `cv`: a CV as PDF, against a browser-grade engine drawing the same page, and many at once by the queue."""

from __future__ import annotations

import io
import re
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

import pikepdf
import sqlalchemy as sa
from flask import Flask
from flask_babel import force_locale

from backpack import create_app, database, jobs, migrating
from backpack.badges.models import Badge
from backpack.cv.composing import Chosen, Composed, compose
from backpack.cv.models import CV, CVBadge, CVEntry
from backpack.cv.pdf import pdf
from backpack.database import db, reading, transaction, utcnow
from backpack.openbadges.model import Credential
from backpack.openbadges.reasons import CHECKS
from backpack.openbadges.report import Check, CheckResult, IssuerAnswer, Outcome, RecipientAnswer, Report, Sentence
from backpack.settings import load
from tests.benchmarks.figure import Figure, ratio, timed
from tests.benchmarks.paper import drawer

GROUP = "cv"
KEY = "a key for figures only, long enough to be taken"
NOW = datetime(2026, 11, 23, 13, 5, tzinfo=UTC)
BADGES, CVS, CORES = 12, 100, 2
ROUNDS = 12
VOCABULARY = re.findall(
    r"\w+",
    "accueil adultes apprenant atelier bibliothèque bénévoles chantier collecte conception conduite deux découverte "
    "dont encadrement enquête exposition français fête gestion groupe habitants histoire image initiation jeunes "
    "langue lecture littérature lycée marché médiation mémoire ménage musée numérique œuvre paroles patrimoine pour "
    "public quarante quartier radio récit scène semaine séances théâtre traduction une visites voix étudiants île",
)


def figures() -> Iterator[Figure]:
    with TemporaryDirectory(prefix="cv-") as folder:
        settings = load({"SECRET_KEY": KEY, "DATA_DIR": folder, "MAIL_URL": "memory:"})
        engine = sa.create_engine(settings.database_url)
        database.prepare(engine)
        migrating.upgrade(engine)
        engine.dispose()
        app = create_app(settings)
        with app.app_context():
            with app.test_request_context(), force_locale("fr"):
                unlike = [a_page(number) for number in range(4 * ROUNDS)]
                edited = [a_page(0, edits) for edits in range(4 * ROUNDS)]
            yield against_a_browser_engine(f"a CV of 2 pages and {BADGES} badges, its words never drawn before", unlike)
            yield against_a_browser_engine("the same CV drawn again, a line of it changed", edited)
            yield from many_at_once(app, unlike)
            db.engine.dispose()


def a_page(number: int, edits: int = 0) -> Composed:
    """A CV of two pages with twelve badges, as `composing` makes it. Another number: other words everywhere; each edit
    changes one line."""
    chance = Random(number)
    sections = ("education", "experience", "experience", "experience", "project", "project", "skill", "language")
    entries = [
        CVEntry(section=section, position=place, title=words(chance, 3), place=words(chance, 3),
                period="01/2026 – 06/2026", text=words(chance, 28))
        for place, section in enumerate(sections)
    ]  # fmt: skip
    chosen = [a_badge(place, words(chance, 3), words(chance, 4), words(chance, 15)) for place in range(BADGES)]
    cv = CV(title="Stage", language="fr", name=words(chance, 2), headline=words(chance, 5),
            profile=f"{words(chance, 42)} {edits}", email="camille@kervella.example", phone="06 12 34 56 78",
            place="Saint-Nazaire", website="https://kervella.example/", entries=entries)  # fmt: skip
    zone = ZoneInfo("Europe/Paris")
    return compose(cv, chosen, base="https://cartable.example", cv_code="C0DEC0DE", now=NOW, zone=zone)


def words(chance: Random, count: int) -> str:
    return " ".join(chance.choices(VOCABULARY, k=count)).capitalize()


def a_badge(place: int, name: str, issuer: str, line: str) -> Chosen:
    report = Report(
        outcome=Outcome.VALID,
        reason=None,
        issuer=IssuerAnswer(established=True, how="domain", name="bu.estuaire.example"),
        recipient=RecipientAnswer.MATCH,
        checks=tuple(Check(id=one, result=CheckResult.PASSED, message=Sentence(text=one)) for one in CHECKS),
        credential=Credential(payload=b"{}"),
        version=None,
        judged_at=NOW,
    )
    badge = Badge(name=name, issuer_name=issuer, issued_on=NOW)
    return Chosen(place=CVBadge(position=place, line=line), badge=badge, report=report, code=f"7K3F9Q{place:02d}")


def against_a_browser_engine(name: str, pages: Sequence[Composed]) -> Figure:
    """The whole PDF, the way to the rendering process included; the other engine in this very process. Neither draws
    the same page twice."""
    figure = Figure(
        group=GROUP,
        name=f"{name}: how many in the time of one of WeasyPrint's",
        value=None,
        goal=20.0,
        at_least=True,
        note="not run: WeasyPrint cannot be imported (requirements/test.txt, Debian: libpango-1.0-0)",
    )
    weasyprint = browser_engine()
    if weasyprint is None:
        return figure
    draw = drawer(weasyprint)
    for made in (pdf(pages[0], NOW), draw(pages[0].data)):
        with pikepdf.open(io.BytesIO(made)) as opened:
            assert len(opened.pages) == 2
    ours, theirs = iter(pages[1:]), iter(pages[1:])
    value = ratio(lambda: draw(next(theirs).data), lambda: pdf(next(ours), NOW), rounds=ROUNDS, calls=1)
    return replace(figure, value=value, note="")


def browser_engine() -> Any:
    """WeasyPrint, where it and the libraries of the system that it needs are there."""
    try:
        return __import__("weasyprint")
    except (ImportError, OSError):
        return None


def many_at_once(app: Flask, pages: Sequence[Composed]) -> Iterator[Figure]:
    """A hundred CVs waiting in the queue, drawn by a worker with a hand for each core; and what it all held at most."""

    waiting = cycle(pages)

    def draw(_payload: dict[str, Any]) -> None:
        pdf(next(waiting), NOW)

    draw({})
    alone = timed(lambda: draw({}), 20)
    with transaction() as session:
        for number in range(CVS):
            jobs.ask(session, "figures.draw", str(number), utcnow())
    with peak_memory() as peak:
        start = time.perf_counter()
        drain(app, {"figures.draw": draw})
        spent = time.perf_counter() - start
    name = f"{CVS} CVs by the queue on {CORES} cores, against the same one after another"
    yield Figure(group=GROUP, name=name, value=spent / (alone * CVS), goal=1.2, note=f"{CVS / spent:.0f} a second")
    held = Figure(
        group=GROUP, name=f"most memory while {CVS} CVs are drawn", value=peak[0] / 1024, goal=512.0, unit=" MB"
    )
    yield held


def drain(app: Flask, handlers: dict[str, jobs.Handler]) -> None:
    """Let a worker do all that waits."""
    stopping = threading.Event()

    def work() -> None:
        with app.app_context():
            jobs.work(handlers, stopping, hands=CORES)

    worker = threading.Thread(target=work)
    worker.start()
    unfinished = sa.select(sa.func.count()).where(jobs.Job.kind == "figures.draw", jobs.Job.finished_at.is_(None))
    for _ in range(6_000):
        with reading() as session:
            if not session.scalar(unfinished):
                break
        time.sleep(0.02)
    stopping.set()
    worker.join()


@contextmanager
def peak_memory() -> Iterator[list[int]]:
    """The most that this process and everything it started held together, in KB; shared pages count once (Linux)."""
    peak, done = [0], threading.Event()

    def watch() -> None:
        while not done.wait(0.03):
            peak[0] = max(peak[0], sum(held_by(pid) for pid in family()))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield peak
    finally:
        done.set()
        watcher.join()


def family() -> set[str]:
    """The process at work, its children and theirs."""
    parents: dict[str, str] = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[status.parent.name] = status.read_text().rpartition(")")[2].split()[1]
        except OSError:
            continue
    mine = {Path("/proc/self").resolve().name}
    while grown := {pid for pid, parent in parents.items() if parent in mine} - mine:
        mine |= grown
    return mine


def held_by(pid: str) -> int:
    try:
        rolled = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    found = re.search(r"^Pss:\s+(\d+)", rolled, re.MULTILINE)
    return int(found[1]) if found else 0
