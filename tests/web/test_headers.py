"""The headers of every answer, and the few exceptions."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask, Response, make_response
from flask.testing import FlaskClient

from backpack import create_app
from backpack.settings import Settings
from backpack.web.headers import cacheable, embeddable, headers_of, indexable

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; "
    "font-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; "
    "trusted-types 'none'"
)


@pytest.mark.parametrize("path", ["/probe/browser", "/nowhere", "/probe/raises/defect", "/aide", "/healthz"])
def test_every_answer_is_closed(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers
    assert headers["Content-Security-Policy"] == POLICY
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]


def test_a_page_is_private_and_unlisted_unless_it_says_otherwise(client: FlaskClient) -> None:
    headers = client.get("/probe/browser").headers
    assert headers["Cache-Control"] == "private, no-store"
    assert headers["X-Robots-Tag"] == "noindex"


@pytest.mark.parametrize("path", ["/", "/aide", "/accessibilite", "/vie-privee"])
def test_our_own_pages_may_be_kept_and_listed_and_set_no_cookie(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers
    assert headers["Cache-Control"] == "public, max-age=300"
    assert {"Accept-Language", "Accept-Encoding"} <= {one.strip() for one in headers["Vary"].split(",")}
    assert "Cookie" not in headers["Vary"]
    assert "X-Robots-Tag" not in headers
    assert "Set-Cookie" not in headers


@pytest.mark.parametrize(
    ("public_url", "https_only", "referrer"),
    [
        ("https://badges.example.org", True, "no-referrer"),
        ("http://localhost:8000", False, "no-referrer"),
        ("http://192.0.2.7:8000", False, "same-origin"),
    ],
)
def test_headers_follow_the_public_address(
    settings: Settings, public_url: str, https_only: bool, referrer: str
) -> None:
    headers = headers_of(replace(settings, public_url=public_url))
    assert ("Strict-Transport-Security" in headers) is https_only
    assert headers["Referrer-Policy"] == referrer


def test_pictures_may_come_from_the_origin_of_peoples_files(settings: Settings) -> None:
    headers = headers_of(replace(settings, files_url="https://files.example.org"))
    assert "img-src 'self' https://files.example.org;" in headers["Content-Security-Policy"]


def test_an_exception_is_for_one_answer_only(settings: Settings) -> None:
    app: Flask = create_app(settings)

    @app.get("/probe/embed")
    def embed() -> Response:
        return indexable(cacheable(embeddable(make_response("x"), settings), 60))

    client = app.test_client()
    framed = client.get("/probe/embed").headers
    assert "frame-ancestors *" in framed["Content-Security-Policy"]
    assert "Cross-Origin-Opener-Policy" not in framed
    assert "frame-ancestors 'none'" in client.get("/aide").headers["Content-Security-Policy"]
