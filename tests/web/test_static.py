"""Static files: hashed names, a year of cache, smaller bytes for who can unpack them."""

from __future__ import annotations

import gzip
import re

import pytest
from flask.testing import FlaskClient

from backpack.web.static import FOLDER, static_files

ADDRESS = re.compile(r'"/static/([^"]+)"')


def test_a_file_is_answered_with_its_type_and_kept_for_a_year(client: FlaskClient) -> None:
    for name, one in static_files().items():
        answer = client.get(f"/static/{one.address}")
        assert answer.status_code == 200, name
        assert answer.headers["Content-Type"] == one.media_type, name
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable", name
        assert answer.headers["X-Content-Type-Options"] == "nosniff", name
        assert "Set-Cookie" not in answer.headers, name


def test_text_travels_packed(client: FlaskClient) -> None:
    one = static_files()["look.css"]
    answer = client.get(f"/static/{one.address}", headers={"Accept-Encoding": "gzip, br"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(answer.data) == one.body
    assert len(answer.data) < len(one.body) / 3
    assert answer.headers["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize(
    "address", ["look.css", "look.000000000000.css", "../wsgi.py", "js/../look.css", "fonts/", "%2e%2e/wsgi.py"]
)
def test_any_other_address_leads_nowhere(client: FlaskClient, address: str) -> None:
    assert client.get(f"/static/{address}").status_code in {308, 404}


def test_what_a_file_names_is_there() -> None:
    addresses = {one.address for one in static_files().values()}
    named = {
        address
        for one in static_files().values()
        if one.media_type.startswith(("text/css", "text/javascript"))
        for address in ADDRESS.findall(one.body.decode())
    }
    assert named
    assert named <= addresses


def test_every_icon_used_is_in_the_sprite() -> None:
    sprite = (FOLDER / "icons.svg").read_text()
    templates = FOLDER.parent / "templates"
    used = {
        f"{'i' if macro == 'icon' else 'o'}-{name}"
        for page in templates.rglob("*.html")
        for macro, name in re.findall(r'\b(icon|sign|a_mark)\("([a-z]+)"', page.read_text())
    }
    assert [name for name in sorted(used) if f'id="{name}"' not in sprite] == []


def test_a_public_page_is_light() -> None:
    files = static_files()
    assert len(files["look.css"].body) < 40_000
    assert len(files["look.css"].packed or b"") < 9_000
