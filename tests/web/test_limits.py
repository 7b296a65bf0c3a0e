"""Coarse limits per network."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from wtforms import StringField
from wtforms.validators import InputRequired

from backpack import create_app
from backpack.settings import Settings
from backpack.web.forms import OpenForm
from backpack.web.limits import limiter, network, per_network, within_limit
from backpack.web.strangers import for_strangers
from tests.web.conftest import OURS


class Asking(OpenForm):
    word = StringField(validators=[InputRequired()])


@pytest.fixture
def limited(settings: Settings) -> FlaskClient:
    app = create_app(settings)

    @app.post("/probe/limited")
    @per_network("2 per minute")
    @for_strangers
    def once() -> str:
        form = Asking()
        return "done" if form.validate() else str(form.errors)

    return app.test_client()


def test_a_third_request_is_too_many_but_not_from_elsewhere(limited: FlaskClient) -> None:
    here = [limited.post("/probe/limited", headers=OURS).status_code for _ in range(3)]
    elsewhere = limited.post("/probe/limited", headers=OURS, environ_base={"REMOTE_ADDR": "192.0.2.9"}).status_code
    assert (here, elsewhere) == ([200, 200, 429], 200)


def test_a_strangers_form_needs_no_session_and_speaks_their_language(limited: FlaskClient) -> None:
    answer = limited.post("/probe/limited", headers={**OURS, "Accept-Language": "fr"})
    assert "Ce champ est requis." in answer.text
    assert "Set-Cookie" not in answer.headers


@pytest.fixture
def silent() -> Iterator[str]:
    """The address of a Redis that takes calls and never answers; the counter of other tests stays as it is."""
    with socket.create_server(("127.0.0.1", 0)) as server, pytest.MonkeyPatch.context() as kept:
        for name in ("_storage", "_limiter", "_storage_dead", "_fallback_limiter", "_in_memory_fallback_enabled"):
            kept.setattr(limiter, name, getattr(limiter, name))
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_redis_that_never_answers_holds_up_no_page(settings: Settings, silent: str) -> None:
    client = create_app(replace(settings, redis_url=silent)).test_client()
    assert [client.get("/aide").status_code for _ in range(2)] == [200, 200]
    assert within_limit("192.0.2.9", "web.help")


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("192.0.2.9", "192.0.2.9"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::"),
        ("2001:db8:1:2:bbbb::2", "2001:db8:1:2::"),
        ("nonsense", "unknown"),
    ],
)
def test_a_network_is_one_address_or_one_64(app: Flask, address: str, expected: str) -> None:
    with app.app_context(), app.test_request_context(environ_base={"REMOTE_ADDR": address}):
        assert network() == expected
