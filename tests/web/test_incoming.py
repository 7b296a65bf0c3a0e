"""What is refused before any view sees it."""

from __future__ import annotations

import random
from dataclasses import replace
from io import SEEK_END, BytesIO

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from werkzeug.test import EnvironBuilder

from backpack import create_app
from backpack.settings import Settings
from backpack.web.incoming import IN_MEMORY, Incoming
from tests.web.conftest import OURS

CROSS = {"Sec-Fetch-Site": "cross-site"}


@pytest.mark.parametrize(
    ("path", "headers", "expected"),
    [
        pytest.param("/probe/stranger", OURS, 200, id="stranger, our page"),
        pytest.param("/probe/stranger", {"Origin": "http://localhost:8000"}, 200, id="stranger, our origin"),
        pytest.param("/probe/stranger", {}, 403, id="stranger, browser says nothing"),
        pytest.param("/probe/stranger", {"Origin": "null"}, 403, id="stranger, origin hidden"),
        pytest.param("/probe/stranger", CROSS, 403, id="stranger, other site"),
        pytest.param("/probe/stranger", {"Sec-Fetch-Site": "same-site"}, 403, id="stranger, sister site"),
        pytest.param("/probe/stranger", {"Origin": "https://evil.example"}, 403, id="stranger, other origin"),
        pytest.param("/probe/browser", OURS, 400, id="browser without token"),
        pytest.param("/probe/browser", {}, 400, id="old browser without token"),
        pytest.param("/probe/browser", CROSS, 403, id="browser, other site"),
        pytest.param("/probe/machine", {}, 200, id="machine"),
        pytest.param("/probe/machine", CROSS, 200, id="machine, cookies mean nothing"),
    ],
)
def test_unsafe_requests_come_from_our_pages(
    client: FlaskClient, path: str, headers: dict[str, str], expected: int
) -> None:
    assert client.post(path, headers=headers).status_code == expected


@pytest.mark.parametrize(("headers", "expected"), [({}, 200), (OURS, 200), (CROSS, 403)])
def test_a_form_with_its_token_is_taken_but_never_from_another_site(
    client: FlaskClient, headers: dict[str, str], expected: int
) -> None:
    token = client.get("/probe/browser").text
    assert client.post("/probe/browser", data={"csrf_token": token}, headers=headers).status_code == expected


def test_a_token_is_worth_nothing_in_another_session(app: Flask) -> None:
    token = app.test_client().get("/probe/browser").text
    other = app.test_client()
    other.get("/probe/browser")
    assert other.post("/probe/browser", data={"csrf_token": token}).status_code == 400


@pytest.mark.parametrize("place", ["query value", "query name", "form value", "form name", "path"])
def test_nul_is_refused_wherever_it_stands(client: FlaskClient, place: str) -> None:
    match place:
        case "query value":
            answer = client.get("/probe/browser?a=b%00c")
        case "query name":
            answer = client.get("/probe/browser?a%00=b")
        case "form value":
            answer = client.post("/probe/stranger", data={"a": "b\0c"}, headers=OURS)
        case "form name":
            answer = client.post("/probe/stranger", data={"a\0": "b"}, headers=OURS)
        case _:
            answer = client.get("/probe/raises/a%00b")
    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("path", "length", "expected"),
    [("/probe/stranger", 50_000, 200), ("/probe/stranger", 50_001, 422), ("/probe/files", 1_000_000, 200)],
)
def test_a_value_has_a_longest_length(client: FlaskClient, path: str, length: int, expected: int) -> None:
    assert client.post(path, data={"a": "x" * length}, headers=OURS).status_code == expected


def test_a_query_has_a_longest_length(client: FlaskClient) -> None:
    assert client.get("/probe/browser?q=" + "x" * 2001).status_code == 422


@pytest.mark.parametrize(
    ("path", "megabytes", "expected"),
    [("/probe/files", 10, 200), ("/probe/files", 13, 413), ("/probe/stranger", 3, 413)],
)
def test_only_a_view_that_takes_files_takes_large_requests(
    client: FlaskClient, path: str, megabytes: int, expected: int
) -> None:
    data = {"file": (BytesIO(b"x" * megabytes * 1_000_000), "a.png")}
    assert client.post(path, data=data, headers=OURS).status_code == expected


def test_a_form_has_a_thousand_fields_at_most(client: FlaskClient) -> None:
    data = {f"f{number}": (BytesIO(b"x"), "a.png") for number in range(1_100)}
    assert client.post("/probe/files", data=data, headers=OURS).status_code == 413


@pytest.mark.parametrize(
    ("host", "expected"),
    [("localhost:8000", 200), ("localhost", 200), ("127.0.0.1:8000", 200), ("evil.example", 400), ("", 400)],
)
def test_only_our_own_hosts_are_answered(client: FlaskClient, host: str, expected: int) -> None:
    assert client.get("/probe/browser", headers={"Host": host}).status_code == expected


@pytest.mark.parametrize(("proxies", "expected"), [(0, "127.0.0.1"), (1, "203.0.113.7"), (2, "198.51.100.9")])
def test_a_forwarded_address_counts_only_from_proxies_we_have(settings: Settings, proxies: int, expected: str) -> None:
    seen: list[str | None] = []
    app = create_app(replace(settings, trusted_proxies=proxies))

    @app.get("/probe/address")
    def address() -> str:
        seen.append(request.remote_addr)
        return "seen"

    forwarded = {"X-Forwarded-For": "192.0.2.1, 198.51.100.9, 203.0.113.7"}
    app.test_client().get("/probe/address", headers=forwarded)
    assert seen == [expected]


@pytest.mark.parametrize(("size", "in_memory"), [(200_000, True), (IN_MEMORY + 1, False)])
def test_files_wait_in_memory_only_where_they_are_small(size: int, in_memory: bool) -> None:
    data = random.Random(size).randbytes(size)
    sent = EnvironBuilder(method="POST", data={"file": (BytesIO(data), "a.bin")})
    stream = Incoming(sent.get_environ()).files["file"].stream
    assert isinstance(stream, BytesIO) is in_memory
    assert stream.read() == data
    assert (stream.seek(-10, SEEK_END), stream.read()) == (size - 10, data[-10:])
