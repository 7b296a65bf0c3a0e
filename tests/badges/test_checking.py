"""The check that anybody may make: the verdict of the command line, and nothing of it left behind."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from backpack import create_app
from backpack.archive.models import StoredDocument
from backpack.badges.checking import Asker
from backpack.badges.handlers import end_public_checks
from backpack.badges.models import Badge, ImportItem, PublicCheck
from backpack.database import db, reading, transaction, utcnow
from backpack.openbadges.recorded import RecordedDocuments
from backpack.outbound import Failure, Outbound, RecordedAnswer
from backpack.settings import Settings
from backpack.web.limits import limiter
from backpack.wiring import wired
from tests.badges.conftest import work
from tests.badges.issuers import HOST, Issuer, picture, png, signed
from tests.openbadges import make
from tests.people import ADDRESS, Browser

OURS = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture(autouse=True)
def _fresh_limits(app: Flask) -> Iterator[None]:
    limiter.reset()
    yield
    limiter.reset()


def ask(client: FlaskClient, data: bytes | None = None, name: str = "badge.png", **fields: str) -> TestResponse:
    """Send the form as a browser does; the answer's page, once the worker has worked."""
    sent: dict[str, Any] = dict(fields)
    if data is not None:
        sent["file"] = (io.BytesIO(data), name)
    answer = client.post("/verify", data=sent, headers=OURS)
    if answer.status_code != 303:
        return answer
    assert "data-refresh" in client.get(answer.location).text
    work()
    return client.get(answer.location)


def test_a_zip_that_is_opened_in_the_request_costs_no_more_than_a_file(app: Flask, client: FlaskClient) -> None:
    """Opened at once, so bounded by what it says to hold, before anything of it is unpacked."""
    assert "Soudure" in ask(client, make.box({"a.png": png(signed())}), "lot.zip").text
    most = wired().settings.max_import_mb
    for box in (
        make.box({"zeros.png": bytes(most * 1_000_000 + 1)}),
        make.box({f"{number}.json": b"{}" for number in range(51)}),
    ):
        refused = ask(client, box, "lot.zip")
        assert refused.status_code == 422
        assert "Ce ZIP" in refused.text
    assert left_behind()["public_check"] == 1


def left_behind() -> dict[str, int]:
    with reading() as session:
        return {
            table.__tablename__: session.scalar(select(func.count()).select_from(table)) or 0
            for table in (Badge, ImportItem, StoredDocument, PublicCheck)
        }


def test_a_file_an_address_and_a_text_get_the_same_answer(client: FlaskClient, issuer: Issuer) -> None:
    payload = issuer.hosted()
    for page in (
        ask(client, png(payload)),
        ask(client, pasted=f"{HOST}/assertions/1"),
        ask(client, pasted=payload.decode()),
    ):
        assert page.status_code == 200
        assert 'data-state="valid"' in page.text
        assert "Soudure" in page.text
        assert "Set-Cookie" not in page.headers


@pytest.mark.parametrize(
    ("address", "state"),
    [(ADDRESS, "valid"), ("somebody@else.example", "wrong_person"), ("", "valid")],
)
def test_it_tells_whether_it_was_issued_to_an_address(
    client: FlaskClient, issuer: Issuer, address: str, state: str
) -> None:
    page = ask(client, issuer.hosted(), recipient=address)
    assert f'data-state="{state}"' in page.text


def test_a_cv_with_badges_inside_gives_one_verdict_for_each(client: FlaskClient, issuer: Issuer) -> None:
    cv = make.pdf(None, a=png(signed(number=1)), b=png(issuer.hosted()), c=png(signed(number=3, name="Autre")))
    page = ask(client, cv, "cv.pdf")
    assert page.text.count("data-state=") == 3


def test_nothing_enters_the_archive_or_a_backpack_and_it_ends(client: FlaskClient, issuer: Issuer) -> None:
    answer = client.post("/verify", data={"pasted": f"{HOST}/assertions/1"}, headers=OURS)
    issuer.hosted()
    work()
    assert left_behind() == {"badge": 0, "import_item": 0, "document": 0, "public_check": 1}
    with transaction() as session:
        session.execute(update(PublicCheck).values(ends_at=utcnow() - timedelta(seconds=1)))
    assert client.get(answer.location).status_code == 404
    end_public_checks({})
    assert left_behind()["public_check"] == 0


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        pytest.param({}, 422, id="nothing"),
        pytest.param({"pasted": "hello"}, 422, id="words"),
        pytest.param({"pasted": "a\x00"}, 422, id="NUL"),
        pytest.param({"file": picture()}, 422, id="a picture without a badge"),
        pytest.param({"file": png(signed())[:-20]}, 422, id="a cut picture"),
        pytest.param({"file": b"\x89PNG" + bytes(11_000_000)}, 413, id="too large"),
    ],
)
def test_what_is_no_badge_is_said_at_once(client: FlaskClient, fields: Mapping[str, Any], status: int) -> None:
    data = fields.get("file")
    answer = ask(client, data, **({"pasted": fields["pasted"]} if "pasted" in fields else {}))
    assert answer.status_code == status
    assert left_behind()["public_check"] == 0


def test_an_address_without_a_badge_says_so(client: FlaskClient, issuer: Issuer) -> None:
    issuer.say_bytes(f"{HOST}/page", b"<html></html>", "text/html")
    page = ask(client, pasted=f"{HOST}/page")
    assert "data-state" not in page.text
    assert page.status_code == 200


def test_a_silent_issuer_is_unknown_never_green(client: FlaskClient, issuer: Issuer) -> None:
    payload = issuer.hosted()
    issuer.is_silent = True
    assert 'data-state="unreachable_never"' in ask(client, payload).text


def test_ten_an_hour_for_one_network_and_only_from_our_pages(client: FlaskClient) -> None:
    assert client.post("/verify", data={"pasted": "x"}).status_code == 403
    limiter.reset()
    statuses = [client.post("/verify", data={"pasted": "x"}, headers=OURS).status_code for _ in range(11)]
    assert statuses == [422] * 10 + [429]


def cases() -> list[Path]:
    folder = os.environ.get("BADGE_CORPUS")
    names = (
        "ob20-hosted-basic",
        "ob20-png-json-payload",
        "ob20-hosted-basic-url",
        "ob20-url-answers-baked-png",
        "ob20-input-good-hosted-expired",
        "ob20-revoked-410-body",
    )
    return [Path(folder, "cases", name) for name in names] if folder else []


@pytest.mark.corpus
@pytest.mark.skipif(not cases(), reason="BADGE_CORPUS does not name the folder of known badges, so this was skipped.")
@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_known_badges_get_their_known_verdict(settings: Settings, case: Path) -> None:
    """The public page answers what the manifest says, with the recorded answers of each case for a network."""
    manifest = (case.parents[1] / "MANIFEST.tsv").read_text().splitlines()
    columns = manifest[0].split("\t")
    row = next(
        dict(zip(columns, line.split("\t"), strict=False)) for line in manifest if line.startswith(f"{case.name}\t")
    )
    recorded = RecordedDocuments(json.loads((case / "responses.json").read_text()), utcnow(), case)

    def answer(url: str) -> RecordedAnswer:
        one = recorded.answers.get(url)
        if one is None or "error" in one:
            return RecordedAnswer(why="connection")
        return RecordedAnswer(status=one["status"], headers=one.get("headers", {}), body=recorded._body(one))

    app = create_app(settings, Outbound(settings.public_url, answers=answer))
    app.test_client_class = Browser
    with app.app_context():
        given = (case.parents[1] / row["input"]).read_bytes()
        page = (
            ask(app.test_client(), pasted=given.decode().strip())
            if row["input"].endswith(".url")
            else ask(app.test_client(), given, Path(row["input"]).name)
        )
        db.engine.dispose()
    shown = {"valid": {"valid", "valid_expiring", "unknown_issuer"}, "expired": {"expired"}, "revoked": {"revoked"}}
    assert any(f'data-state="{state}"' in page.text for state in shown[row["outcome"]]), page.text


def test_all_questions_of_a_check_end_together_however_many_issuers_are_slow() -> None:
    given: list[float] = []

    def slow(url: str, _accept: str, _kind: str, *, seconds: float) -> Failure:
        given.append(seconds)
        Event().wait(min(seconds, 0.2))
        return Failure(url=url, why="timeout")

    asker = Asker(slow, 60, seconds=0.5)
    found = [asker.fetch(f"https://issuer-{number}.example/", "*/*") for number in range(60)]
    assert {one.why for one in found if isinstance(one, Failure)} == {"timeout", "not-asked"}
    assert 1 <= len(given) <= 4
    assert given == sorted(given, reverse=True)
    assert given[0] <= 0.5
    assert asker.has_asked("https://another.example/")
