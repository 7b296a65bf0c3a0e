"""Every address without a name in it, asked by a stranger and by somebody signed in."""

from __future__ import annotations

from flask.testing import FlaskClient

from backpack import create_app
from backpack.settings import Settings, load
from backpack.web.headers import headers_of
from tests.conftest import KEY


def plain_addresses() -> list[str]:
    """The addresses of all GET rules without a parameter."""
    app = create_app(load({"SECRET_KEY": KEY, "DATABASE_URL": "sqlite:///", "MAIL_URL": "memory:", "DEMO": "0"}))
    return sorted(
        rule.rule for rule in app.url_map.iter_rules() if not rule.arguments and "GET" in (rule.methods or set())
    )


def closed(client: FlaskClient, settings: Settings, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code < 500, address
    for name, value in headers_of(settings).items():
        if name not in {"Cache-Control", "X-Robots-Tag"}:
            assert answer.headers.get(name) == value, f"{address}: {name}"
    if "Set-Cookie" in answer.headers or answer.headers.get("Vary", "").find("Cookie") >= 0:
        assert answer.headers["Cache-Control"] == "private, no-store", address


def test_every_page_is_closed_for_strangers(client: FlaskClient, settings: Settings) -> None:
    for address in plain_addresses():
        closed(client, settings, address)


def test_every_page_is_closed_for_somebody_signed_in(signed_in_client: FlaskClient, settings: Settings) -> None:
    for address in plain_addresses():
        closed(signed_in_client, settings, address)
        answer = signed_in_client.get(address)
        if "Camille" in answer.text:
            assert answer.headers["Cache-Control"] == "private, no-store", address
