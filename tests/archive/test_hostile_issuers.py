"""Issuers that misbehave, on loopback and through the guarded door: what a badge's verdict becomes, what is kept."""

from __future__ import annotations

import gzip
import json
import socket
import ssl
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from backpack import create_app
from backpack.archive.judging import judge
from backpack.archive.models import StoredDocument
from backpack.database import db, reading
from backpack.openbadges import Outcome, read_payload
from backpack.openbadges.report import Report
from backpack.openbadges.strict_json import JSON
from backpack.outbound import Outbound
from backpack.settings import Settings
from backpack.wiring import wired
from tests.loopback import PUBLIC, Authority, Connector, Loopback, Resolver, answer, hanging
from tests.openbadges import make

HOST = "http://issuer.example.org"
ASSERTION, CLASS, PROFILE = f"{HOST}/assertions/1", f"{HOST}/class", f"{HOST}/profile"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
RECIPIENT: JSON = {"type": "email", "hashed": False, "identity": "ann@example.org"}
HELD = make.assertion(id=ASSERTION, badge=CLASS, recipient=RECIPIENT)
GOOD = {
    "/assertions/1": HELD,
    "/class": make.badge_class(id=CLASS, issuer=PROFILE, image=f"{HOST}/badge.png"),
    "/profile": make.profile(id=PROFILE, url=HOST),
}
Script = Callable[[socket.socket, bytes], None]


def said(**changes: object) -> bytes:
    return json.dumps({**HELD, **changes}).encode()


def as_(status: int, body: bytes = b"{}", media_type: str = "application/json", **headers: str) -> Script:
    """Answers like this."""

    def script(connection: socket.socket, _head: bytes) -> None:
        connection.sendall(answer(status, body, {"Content-Type": media_type, **headers}))

    return script


def bomb(connection: socket.socket, _head: bytes) -> None:
    body = gzip.compress(b" " * (8 << 20))
    connection.sendall(answer(200, body, {"Content-Encoding": "gzip"}))


class Issuer:
    """Well-behaved, but for the badge's own address once `assertion` is a script of another kind."""

    def __init__(self) -> None:
        self.assertion: Script | None = None
        self.server = Loopback(self._say)
        self.resolver = Resolver([PUBLIC])
        self.connector = Connector(self.server.port)

    def _say(self, connection: socket.socket, head: bytes) -> None:
        path = head.split(b" ")[1].decode()
        if path == "/assertions/1" and self.assertion is not None:
            self.assertion(connection, head)
        elif path in GOOD:
            connection.sendall(answer(200, json.dumps(GOOD[path]).encode()))
        else:
            connection.sendall(answer(404))


@pytest.fixture
def database_url(sqlite_template: Path, tmp_path: Path) -> str:
    """On SQLite alone: what the archive keeps is tested on both, and these wait for clocks."""
    copy = tmp_path / "backpack.db"
    copy.write_bytes(sqlite_template.read_bytes())
    return f"sqlite:///{copy}"


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    one = Issuer()
    yield one
    one.server.close()


@pytest.fixture
def app(settings: Settings, issuer: Issuer) -> Iterator[Flask]:
    door = Outbound(settings.public_url, resolver=lambda host: issuer.resolver(host), connector=issuer.connector)
    app = create_app(settings, door)
    with app.app_context():
        yield app
        db.engine.dispose()


def judged(moment: datetime) -> Report:
    return judge(read_payload(json.dumps(HELD).encode()), wired(), clock=lambda: moment)


def outcome(moment: datetime) -> tuple[Outcome, str | None]:
    report = judged(moment)
    return report.outcome, report.reason


VALID, UNREACHABLE = (Outcome.VALID, None), (Outcome.UNKNOWN, "document-unreachable")
REVOKED = (Outcome.REVOKED, "revoked")


@pytest.mark.parametrize(
    ("script", "soon", "late"),
    [
        pytest.param(hanging, VALID, None, id="says nothing"),
        pytest.param(bomb, VALID, UNREACHABLE, id="a small answer that swells"),
        pytest.param(as_(302, Location="http://10.0.0.1/"), VALID, UNREACHABLE, id="leads to a private network"),
        pytest.param(as_(302, Location="http://169.254.169.254/"), VALID, UNREACHABLE, id="leads to a cloud's inside"),
        pytest.param(as_(500), VALID, UNREACHABLE, id="is broken"),
        pytest.param(as_(404), VALID, (Outcome.UNKNOWN, "document-missing"), id="finds it no more"),
        pytest.param(as_(410), REVOKED, REVOKED, id="withdrew it"),
        pytest.param(as_(200, said(revoked=True)), REVOKED, REVOKED, id="took it back"),
        pytest.param(as_(200, said(expires="2026-01-01T00:00:00Z")), (Outcome.EXPIRED, "expired"), None, id="ended it"),
        pytest.param(as_(200, said(id=f"{HOST}/other")), None, None, id="another badge under the same address"),
        pytest.param(as_(200, b"<html>", "text/html"), (Outcome.UNKNOWN, "document-not-json"), None, id="a web page"),
        pytest.param(as_(200, said(), "text/html"), VALID, None, id="the badge under a wrong type"),
    ],
)
def test_a_badge_that_was_good_yesterday(
    app: Flask,
    issuer: Issuer,
    script: Script,
    soon: tuple[Outcome, str | None] | None,
    late: tuple[Outcome, str | None] | None,
) -> None:
    assert outcome(NOON) == VALID
    issuer.assertion = script
    first = outcome(NOON + timedelta(hours=2))
    assert first == soon if soon else first[0] is not Outcome.VALID
    if late:
        assert outcome(NOON + timedelta(hours=25)) == late
    assert all(address == PUBLIC for address, _port in issuer.connector.told)


def test_a_broken_host_that_comes_back_is_believed_again(app: Flask, issuer: Issuer) -> None:
    issuer.assertion = as_(500)
    assert outcome(NOON) == UNREACHABLE
    issuer.assertion = None
    assert outcome(NOON + timedelta(minutes=10)) == VALID


def test_other_words_under_the_same_address_count_at_once_and_are_told(app: Flask, issuer: Issuer) -> None:
    assert outcome(NOON) == VALID
    issuer.assertion = as_(200, said(issuedOn="2020-02-02T00:00:00Z"))
    report = judged(NOON + timedelta(hours=1))
    assert "copy-differs" in {check.code for check in report.checks}
    assert str(report.credential.valid_from)[:10] == "2020-02-02"
    with reading() as session:
        kept = sa.select(sa.func.count()).select_from(StoredDocument).where(StoredDocument.url == ASSERTION)
        assert session.scalar(kept) == 2


def test_a_name_that_leads_elsewhere_the_second_time_leads_nowhere(app: Flask, issuer: Issuer) -> None:
    assert outcome(NOON) == VALID
    issuer.resolver = Resolver(["127.0.0.1"])
    before = len(issuer.connector.told)
    assert outcome(NOON + timedelta(hours=2)) == VALID
    assert outcome(NOON + timedelta(hours=25)) == UNREACHABLE
    assert len(issuer.connector.told) == before


def test_a_certificate_of_somebody_else_proves_nothing(settings: Settings, tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    context: ssl.SSLContext = authority.context_for("another.example")
    server = Loopback(as_(200, said()), context)
    door = Outbound(
        settings.public_url,
        resolver=Resolver([PUBLIC]),
        connector=Connector(server.port),
        authorities=str(authority.file),
    )
    with create_app(settings, door).app_context():
        held = make.assertion(id=ASSERTION.replace("http:", "https:"), badge=CLASS, recipient=RECIPIENT)
        report = judge(read_payload(json.dumps(held).encode()), wired(), clock=lambda: NOON)
        with reading() as session:
            why = session.scalars(sa.select(StoredDocument.why)).all()
        db.engine.dispose()
    server.close()
    assert (report.outcome, report.reason, why) == (Outcome.UNKNOWN, "document-unreachable", ["tls"])
    assert server.heads == []
