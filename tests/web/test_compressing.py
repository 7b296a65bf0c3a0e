"""What leaves compressed, and what must not."""

from __future__ import annotations

import gzip

from flask.testing import FlaskClient

PACKED = {"Accept-Encoding": "gzip"}


def test_strangers_pages_leave_compressed_for_who_takes_it(client: FlaskClient) -> None:
    plain, packed = client.get("/aide"), client.get("/aide", headers=PACKED)
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert "Content-Encoding" not in plain.headers
    assert "Content-Encoding" not in client.get("/aide", headers={"Accept-Encoding": "gzip;q=0"}).headers


def test_small_answers_stay_as_they_are(client: FlaskClient) -> None:
    assert "Content-Encoding" not in client.get("/robots.txt", headers=PACKED).headers


def test_a_page_with_a_token_in_it_is_never_compressed(signed_in_client: FlaskClient) -> None:
    page = signed_in_client.get("/compte", headers=PACKED)
    assert b"csrf_token" in page.data
    assert "Content-Encoding" not in page.headers
