"""Group `pages`: what a stranger's page costs, against a bare page on the same server and against its own template."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import Context
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import sqlalchemy as sa
from flask import Flask

from backpack import create_app, database, migrating
from backpack.badges import judging
from backpack.database import db, reading, utcnow
from backpack.publishing.remembering import RememberedPages
from backpack.publishing.views import opening, public
from backpack.settings import Settings, load
from tests.benchmarks.figure import Figure, against, ratio, timed
from tests.benchmarks.peopling import EACH, fill, page_of
from tests.servers import free_port

GROUP = "pages"
KEY = "a key for figures only, long enough to be taken"
ROOT = Path(__file__).resolve().parents[2]
BADGES = 20
CONNECTIONS, BATCHES, ROUNDS = 8, 60, 9
SMALL, LARGE = 100, 100_000
"""Other people in a small database and in a large one.

What is measured in this process goes by its own clock: SQLite works in it, so nothing is waited for. By the clock
on the wall the best of many rounds was from 0.8 to 2 times the other on a machine that had other work.
"""


def figures() -> Iterator[Figure]:
    with TemporaryDirectory(prefix="pages-") as folder:
        settings = made(Path(folder) / "few")
        few = create_app(settings)
        with few.app_context():
            token, other = page_of(BADGES), page_of(3)
            furnished, other_furnished = page_of(BADGES, furnished=True), page_of(3, furnished=True)
            fill(SMALL)
        yield warm(settings, token)
        yield cold(few, token)
        yield cold(few, token, forgets_proofs=True)
        yield constant(few, "badges alone", token, other)
        yield constant(few, "badges with works, endorsements and skills", furnished, other_furnished)
        large = create_app(made(Path(folder) / "many"))
        with large.app_context():
            there = page_of(BADGES, furnished=True)
            start = time.monotonic()
            rows = fill(LARGE)
            filled = time.monotonic() - start
        value = ratio(fresh(large, there), fresh(few, furnished), rounds=60, clock=time.process_time)
        name = f"cold page among {LARGE * EACH:,} badges of {LARGE:,} people, against {SMALL * EACH:,} badges"
        note = f"{rows:,} rows in all, made in {filled:.0f} s"
        yield Figure(group=GROUP, name=name, value=value, goal=1.2, note=note)
        for app in (few, large):
            with app.app_context():
                db.engine.dispose()


def made(folder: Path) -> Settings:
    """A database of one's own, as `backpack migrate` makes it."""
    folder.mkdir()
    settings = load(
        {"SECRET_KEY": KEY, "DATA_DIR": str(folder), "MAIL_URL": "memory:", "PUBLIC_URL": "http://localhost:8000"}
    )
    engine = sa.create_engine(settings.database_url)
    database.prepare(engine)
    migrating.upgrade(engine)
    engine.dispose()
    return settings


def warm(settings: Settings, token: str) -> Figure:
    """Requests per second of a remembered page, against a bare page on the same server with the same settings."""
    with (
        serving("tests.benchmarks.hello:app") as bare,
        serving("wsgi:app", settings) as ours,
        crowd(bare, "/") as hello,
        crowd(ours, f"/c/{token}") as page,
    ):
        hello()
        page()
        value = 1 / against(page, lambda: timed(hello, 1), rounds=ROUNDS)
    name = f"page of {BADGES} badges, warm: requests in the time of one bare page"
    return Figure(group=GROUP, name=name, value=value, goal=0.5, at_least=True)


@contextmanager
def serving(what: str, settings: Settings | None = None) -> Iterator[int]:
    """One process of the server with this application in it; its port."""
    with served(what, settings) as (port, _process):
        yield port


@contextmanager
def served(what: str, settings: Settings | None = None, **more: str) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """The same, and the process that started it, with more in its environment; its group can be killed."""
    port = free_port()
    environment = {**os.environ, "LOG_FORMAT": "json", **more}
    if settings is not None:
        environment |= {"SECRET_KEY": KEY, "DATA_DIR": settings.data_dir, "PUBLIC_URL": settings.public_url}
        environment["TRUSTED_PROXIES"] = "1"
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    command += ["--workers", "1", "--blocking-threads", "4", "--no-ws", "--log-level", "error", what]
    with subprocess.Popen(
        command, env=environment, cwd=ROOT, stderr=subprocess.DEVNULL, start_new_session=True
    ) as process:
        try:
            for _ in range(200):
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.1)
            yield port, process
        finally:
            process.send_signal(signal.SIGTERM)


@contextmanager
def crowd(port: int, path: str) -> Iterator[Callable[[], None]]:
    """Readers on kept connections, who all ask at once and then all read: what one round of theirs does. Behind the
    proxy that stands before every site they are of many networks, none of which asks more than one may."""
    headers = "Host: localhost:8000\r\nAccept-Encoding: gzip\r\nAccept-Language: fr\r\nX-Forwarded-For: 192.0.2"
    asked = [f"GET {path} HTTP/1.1\r\n{headers}.{batch}\r\n\r\n".encode() for batch in range(BATCHES)]
    sockets = [socket.create_connection(("127.0.0.1", port)) for _ in range(CONNECTIONS)]

    def once() -> None:
        for request in asked:
            for one in sockets:
                one.sendall(request)
            for one in sockets:
                read_answer(one)

    try:
        yield once
    finally:
        for one in sockets:
            one.close()


def read_answer(one: socket.socket) -> None:
    data = one.recv(65536)
    while b"\r\n\r\n" not in data:
        data += one.recv(65536)
    head, _, body = data.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200"), head[:200]
    length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
    left = length - len(body)
    while left > 0:
        left -= len(one.recv(65536))


def cold(app: Flask, token: str, *, forgets_proofs: bool = False) -> Figure:
    """A whole request whose page nothing remembers, against rendering its template with everything at hand."""
    with app.test_request_context(f"/c/{token}"), reading() as session:
        page = opening.opened(session, token, utcnow())
        template = partial(public.collection_html, page, set())
        value = ratio(fresh(app, token, forgets_proofs=forgets_proofs), template, clock=time.process_time)
    kept = "proofs forgotten too" if forgets_proofs else "proofs of its bytes kept"
    name = f"page of {BADGES} badges, cold, {kept}, against rendering its template"
    return Figure(group=GROUP, name=name, value=value, goal=2.0)


def fresh(app: Flask, token: str, *, forgets_proofs: bool = False) -> Callable[[], None]:
    """Asks for a page of which the process remembers nothing but what it once proved about bytes; or not even that, as
    after its start."""
    client = app.test_client()

    def request() -> None:
        memory = app.extensions["publishing"]
        app.extensions["publishing"] = replace(memory, pages=RememberedPages())
        if forgets_proofs:
            judging.proofs.forget()
        # A context of its own, as in production.
        answer = Context().run(client.get, f"/c/{token}", headers={"Accept-Encoding": "gzip"})
        assert answer.status_code == 200

    request()
    return request


def constant(app: Flask, what: str, many: str, few: str) -> Figure:
    """The SQL statements of a cold page against those of one like it with three badges."""
    needed = statements(app, many)
    name = f"statements of a cold page of {BADGES} {what}, against one of 3"
    return Figure(group=GROUP, name=name, value=needed / statements(app, few), goal=1.0, note=f"{needed} statements")


def statements(app: Flask, token: str) -> int:
    """How many SQL statements a cold page needs: the fewest of three, as one of them may write down views."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, text: str, *_more: object) -> None:
        seen.append(text)

    with app.app_context():
        engine = db.engine
    sa.event.listen(engine, "before_cursor_execute", note)
    request, counts = fresh(app, token), []
    for _ in range(3):
        seen.clear()
        request()
        counts.append(len(seen))
    sa.event.remove(engine, "before_cursor_execute", note)
    return min(counts)
