"""The five places of the navigation are there, and say where one is."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from backpack.web.navigation import PLACES, leads, places
from tests.web.conftest import reader

ALSO = (
    "accounts.sign_in",
    "accounts.sign_out",
    "accounts.sign_up",
    "badges.check",
    "badges.import_page",
    "demo.example",
)
"""Where the shell and the first page lead besides."""


def test_every_place_is_wired(app: Flask) -> None:
    with reader(app):
        assert [endpoint for endpoint in (*(place.endpoint for place in PLACES), *ALSO) if not leads(endpoint)] == []
        assert len({place.address for place in places()}) == 5


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.endpoint)
def test_a_place_is_marked_when_one_is_there(app: Flask, signed_in_client: FlaskClient, place: object) -> None:
    with reader(app):
        address = next(one.address for one in places() if one == place)
    page = signed_in_client.get(address).text
    assert page.count('aria-current="page"') == 1
    assert f'<a href="{address}" aria-current="page">' in page


@pytest.mark.parametrize("address", ["/works", "/works/add", "/skills"])
def test_pages_about_badges_are_in_the_place_of_badges(signed_in_client: FlaskClient, address: str) -> None:
    page = signed_in_client.get(address).text
    assert page.count('<a href="/badges" aria-current="page">') == 1
    assert page.count('aria-current="page"') == (2 if "/add" in address else 1), "and in no other"


@pytest.mark.parametrize("address", ["/badges", "/works", "/skills"])
def test_badges_works_and_skills_lead_to_each_other(signed_in_client: FlaskClient, address: str) -> None:
    page = signed_in_client.get(address).text
    row = page.partition('class="nav beside"')[2].partition("</nav>")[0]
    for other in ("/badges", "/works", "/skills"):
        assert (f'href="{other}" aria-current="true"' in row) == (other == address)
        assert f'href="{other}"' in row


def test_a_stranger_sees_no_navigation_of_others(client: FlaskClient) -> None:
    assert "Navigation principale" not in client.get("/probe/words", headers={"Accept-Language": "fr"}).text
