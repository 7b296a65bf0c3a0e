"""Where one goes on after signing in: our pages only."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from backpack.accounts.models import Person
from backpack.accounts.returning import page_of_ours
from tests.people import ADDRESS, PASSWORD, post

ELSEWHERE = [
    "",
    " ",
    "//",
    "//evil.example",
    "///evil.example",
    "////evil.example/",
    "/\\evil.example",
    "\\\\evil.example",
    "\\/evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/\r/evil.example",
    "/ /evil.example",
    " //evil.example",
    "\x00//evil.example",
    "/\x0b/evil.example",
    "/\u00a0/evil.example",
    "http:evil.example",
    "https:evil.example",
    "https:/evil.example",
    "https:///evil.example",
    "http://evil.example",
    "HTTPS://evil.example",
    "http:\\\\evil.example",
    "javascript:alert(1)",
    "java\tscript:alert(1)",
    "data:text/html,x",
    "mailto:a@evil.example",
    "evil.example",
    "www.evil.example",
    "..//evil.example",
    "?next=//evil.example",
    "#//evil.example",
    "@evil.example",
    "//user@evil.example/",
    "//[::1]/",
    "//[",
    "/" + "a" * 3_000,
]


@pytest.mark.parametrize("wanted", ELSEWHERE)
def test_elsewhere_is_refused(wanted: str) -> None:
    assert page_of_ours(wanted) is None


@pytest.mark.parametrize(
    "wanted", ["/", "/compte", "/import?url=https://issuer.example/b/1", "/collections/0a1b/#top", "/a%2F%2Fb"]
)
def test_our_pages_are_kept(wanted: str) -> None:
    assert page_of_ours(wanted) == wanted


@pytest.mark.parametrize("wanted", ["//evil.example", "/\\evil.example", "https://evil.example/"])
def test_signing_in_never_leads_elsewhere(client: FlaskClient, person: Person, wanted: str) -> None:
    client.get("/connexion", query_string={"next": wanted})
    answer = post(client, "/connexion", "/connexion", address=ADDRESS, password=PASSWORD, next=wanted)
    assert answer.status_code == 303
    assert "evil" not in answer.headers["Location"]


def test_one_goes_on_to_the_page_one_came_for(app: Flask, person: Person) -> None:
    client = app.test_client()
    asked = client.get("/compte?from=mail")
    assert asked.status_code == 303
    client.get(asked.headers["Location"])
    answer = post(client, "/connexion", "/connexion", address=ADDRESS, password=PASSWORD)
    assert answer.headers["Location"] == "/compte?from=mail"
