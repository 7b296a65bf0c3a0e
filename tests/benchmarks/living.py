"""Group `living`: what issuers that hang cost a reader, what judging anew costs, and how often readers make us ask."""

from __future__ import annotations

import itertools
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import sqlalchemy as sa
from flask import Flask

from backpack import openbadges
from backpack.accounts.models import Person
from backpack.archive.judging import judge
from backpack.archive.models import Host, StoredDocument
from backpack.badges.judging import reports
from backpack.badges.models import Badge
from backpack.badges.recording import enter
from backpack.collections.models import Collection, CollectionItem
from backpack.database import db, reading, transaction, utcnow
from backpack.jobs import Job
from backpack.openbadges import Outcome
from backpack.openbadges.strict_json import JSON
from backpack.outbound.sockets import WHOLE_SECONDS
from backpack.publishing.links import Choices, create_link, publish, token_of
from backpack.settings import Settings
from backpack.wiring import wired
from tests import living_site
from tests.backpacks import signed_badge
from tests.benchmarks.figure import Figure
from tests.benchmarks.pages import KEY, ROOT, made, read_answer
from tests.loopback import Loopback, answer
from tests.openbadges import make
from tests.people import ADDRESS, sign_up_person
from tests.servers import free_port

GROUP = "living"
BADGES, READERS, REQUESTS, ROUNDS = 20, 32, 10, 10
"""Badges of the page, readers at a time, pages each of them opens in a round, and rounds of either kind."""
JUDGED, CROWD = 200, 1_000
MOST = 1.2


def figures() -> Iterator[Figure]:
    with TemporaryDirectory(prefix="living-") as folder, issuers() as theirs:
        settings = made(Path(folder) / "data")
        os.environ |= {"SECRET_KEY": KEY, "DATA_DIR": settings.data_dir, "MAIL_URL": "memory:"}
        os.environ |= {"PUBLIC_URL": settings.public_url, "TRUSTED_PROXIES": "1"}
        app = living_site.made(theirs.port)
        with app.app_context():
            with transaction() as session:
                person = sign_up_person(session)
            hosted = [take_in(person, hosted_badge(number)) for number in range(JUDGED)]
            signed = [take_in(person, signed_badge(f"Badge {number}")) for number in range(JUDGED)]
            page, one = page_of(person, hosted[:BADGES]), page_of(person, hosted[:1])
            yield from rates(hosted, signed)
        with running(settings, theirs.port) as port:
            yield hanging_against_healthy(app, theirs, port, page)
            yield one_fetch(app, theirs, port, one)
        with app.app_context():
            db.engine.dispose()


class Issuers(Loopback):
    """Every issuer of the group: answers what it was given, or takes the question and says nothing."""

    def __init__(self) -> None:
        self.bodies: dict[str, bytes] = {}
        self.is_hanging = False
        super().__init__(self._say)

    def _say(self, connection: socket.socket, head: bytes) -> None:
        if self.is_hanging:
            connection.recv(1)  # until the door gives up
            return
        lines = head.decode().split("\r\n")
        host = next(line.split(": ")[1] for line in lines if line.lower().startswith("host: "))
        body = self.bodies.get(f"http://{host}{lines[0].split(' ')[1]}")
        connection.sendall(answer(404) if body is None else answer(200, body))

    def asked_for(self, path: str) -> int:
        return sum(head.startswith(f"GET {path} ".encode()) for head in self.heads)


_issuers: list[Issuers] = []
_crowds = itertools.count()


@contextmanager
def issuers() -> Iterator[Issuers]:
    server = Issuers()
    _issuers.append(server)
    try:
        yield server
    finally:
        server.close()


def hosted_badge(number: int) -> bytes:
    """A hosted badge of 2.0 on a host of its own, which answers for it from now on."""
    host = f"http://issuer-{number}.example"
    recipient: JSON = {"type": "email", "hashed": False, "identity": ADDRESS}
    assertion = make.assertion(id=f"{host}/assertions/{number}", badge=f"{host}/class", recipient=recipient)
    achievement = make.badge_class(id=f"{host}/class", issuer=f"{host}/issuer", image=f"{host}/badge.png")
    profile = make.profile(id=f"{host}/issuer", url=host)
    for document in (assertion, achievement, profile):
        _issuers[-1].bodies[str(document["id"])] = json.dumps(document).encode()
    return json.dumps(assertion).encode()


def take_in(person: Person, payload: bytes) -> Badge:
    """Judged as an import is, with the network, and put into the backpack."""
    held = openbadges.read_payload(payload)
    report = judge(held, wired(), recipients=[ADDRESS])
    assert report.outcome is Outcome.VALID, report.reason
    with transaction() as session:
        badge, _is_new = enter(session, person.id, held, report, None, utcnow())
        return badge


def page_of(person: Person, badges: Sequence[Badge]) -> str:
    """The path of a published collection of these badges."""
    now = utcnow()
    with transaction() as session:
        collection = Collection(person_id=person.id, title="Stage", story="", created_at=now, changed_at=now)
        session.add(collection)
        session.flush()
        session.add_all(
            CollectionItem(collection_id=collection.id, badge_id=badge.id, position=place)
            for place, badge in enumerate(badges)
        )
        link = create_link(session, person.id, secret=KEY, now=now, collection_id=collection.id)
        publish(session, link, Choices(badges=[badge.id for badge in badges]), now)
        return f"/c/{token_of(link, KEY)}"


def rates(hosted: Sequence[Badge], signed: Sequence[Badge]) -> Iterator[Figure]:
    """Verdicts per second of one core, from the archive alone: the documents are read in the same session."""
    for name, badges, goal in (("hosted 2.0", hosted, 200), ("signed, proven before", signed, 1_000)):
        value = max(rate(badges) for _ in range(5))
        yield Figure(
            group=GROUP, name=f"verdicts from the archive, {name}", value=value, goal=goal, at_least=True, unit="/s"
        )


def rate(badges: Sequence[Badge]) -> float:
    start = time.process_time()
    with reading() as session:
        found = reports(session, badges, utcnow())
    assert len(found) == len(badges)
    return len(badges) / (time.process_time() - start)


@contextmanager
def running(settings: Settings, issuers_port: int) -> Iterator[int]:
    """The server and one worker beside it, as `backpack start` runs them; the server's port."""
    port = free_port()
    environment = {**os.environ, living_site.ISSUERS: str(issuers_port), "DATA_DIR": settings.data_dir}
    server = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    server += ["--workers", "2", "--blocking-threads", "32", "--no-ws", "--log-level", "error"]
    commands = ([*server, "tests.living_site:app"], [sys.executable, "-m", "tests.living_site"])
    processes = [subprocess.Popen(one, env=environment, cwd=ROOT, stderr=subprocess.DEVNULL) for one in commands]
    try:
        for _ in range(300):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield port
    finally:
        for process in processes:
            process.send_signal(signal.SIGTERM)
        for process in processes:
            process.wait(60)  # a worker ends what it has begun


def hanging_against_healthy(app: Flask, theirs: Issuers, port: int, page: str) -> Figure:
    ratios = []
    for number in range(ROUNDS + 1):
        slow: dict[bool, float] = {}
        for is_hanging in (False, True) if number % 2 else (True, False):
            make_stale(app, theirs, is_hanging=is_hanging)
            slow[is_hanging] = p99(crowd(port, page, READERS, REQUESTS))
        if number:  # the first round warms both
            ratios.append(slow[True] / slow[False])
    theirs.is_hanging = False
    note = f"from {min(ratios):.2f} to {max(ratios):.2f} in {len(ratios)} rounds"
    name = f"p99 of a page of {BADGES} badges, issuers hanging against healthy, {READERS} readers"
    return Figure(group=GROUP, name=name, value=statistics.median(ratios), goal=MOST, note=note)


def one_fetch(app: Flask, theirs: Issuers, port: int, page: str) -> Figure:
    time.sleep(WHOLE_SECONDS + 1)  # what the worker still asks for an earlier round ends, well or badly
    make_stale(app, theirs, is_hanging=False)
    crowd(port, page, READERS, CROWD // READERS + 1)
    for _ in range(60):  # all that was queued is done
        with app.app_context(), reading() as session:
            if session.scalar(sa.select(Job.id).where(Job.finished_at.is_(None)).limit(1)) is None:
                break
        time.sleep(0.5)
    fetches = theirs.asked_for("/assertions/0")
    name = f"fetches that {CROWD:,} readers of one stale badge cause: how far from exactly one"
    return Figure(group=GROUP, name=name, value=abs(fetches - 1), goal=0, unit="", note=f"{fetches} fetched")


def make_stale(app: Flask, theirs: Issuers, *, is_hanging: bool) -> None:
    """Every answer is old enough to be asked again, nothing is queued, and no failure is remembered."""
    now = utcnow()
    theirs.is_hanging = True  # what is still being asked ends by itself
    with app.app_context(), transaction() as session:
        session.execute(sa.delete(Job))
        session.execute(sa.delete(StoredDocument).where(StoredDocument.why.is_not(None)))
        old = {"fetched_at": now - timedelta(minutes=20), "fresh_until": now - timedelta(minutes=5)}
        session.execute(sa.update(StoredDocument).values(**old, usable_until=now + timedelta(days=1)))
        spared = {"failures": 0, "failing_since": None, "rest_until": None, "minute": None, "asked": 0}
        session.execute(sa.update(Host).values(**spared))
        session.execute(sa.update(Person).values(edition=Person.edition + 1))
    theirs.is_hanging = is_hanging
    theirs.heads.clear()


def crowd(port: int, path: str, readers: int, each: int) -> list[float]:
    """The seconds of each answer that so many readers at a time waited for: each of a network of its own, behind the
    proxy that stands before every site, so that none asks more often than one may."""
    headers = "Host: localhost:8000\r\nAccept-Encoding: gzip\r\nAccept-Language: fr"
    together, number = threading.Barrier(readers), next(_crowds)

    def read(reader: int) -> list[float]:
        forwarded = f"X-Forwarded-For: 198.{number}.{reader}.1"
        asked = f"GET {path} HTTP/1.1\r\n{headers}\r\n{forwarded}\r\n\r\n".encode()
        spent = []
        with socket.create_connection(("127.0.0.1", port)) as connection:
            together.wait()
            for _ in range(each):
                start = time.perf_counter()
                connection.sendall(asked)
                read_answer(connection)
                spent.append(time.perf_counter() - start)
        return spent

    with ThreadPoolExecutor(readers) as people:
        return [seconds for some in people.map(read, range(readers)) for seconds in some]


def p99(seconds: Sequence[float]) -> float:
    return sorted(seconds)[int(len(seconds) * 0.99)]
