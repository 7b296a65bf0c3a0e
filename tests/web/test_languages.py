"""Which language a page speaks, where it is in the other one, and how it writes dates, numbers and sentences."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from backpack.errors import TooMany
from backpack.openbadges.errors import NotJSON
from backpack.openbadges.model import Text
from backpack.openbadges.report import Sentence
from backpack.web import wording
from backpack.web.languages import other_languages
from tests.web.conftest import reader

NOON = datetime(2026, 11, 1, 13, 5, tzinfo=UTC)
MIDNIGHT = datetime(2025, 10, 31, 23, 30, tzinfo=UTC)
"""Already 1 November in Paris."""
NBSP, THIN = "\u00a0", "\u202f"


def language_of(client: FlaskClient, path: str, accept: str = "") -> str:
    page = client.get(path, headers={"Accept-Language": accept}).text
    return page.partition('<html lang="')[2][:2]


@pytest.mark.parametrize(
    ("path", "accept", "expected"),
    [
        ("/aide", "", "fr"),
        ("/aide", "de, it;q=0.5", "fr"),
        ("/aide", "en-GB, fr;q=0.5", "en"),
        ("/aide", "fr-CA", "fr"),
        ("/aide?lang=en", "fr", "en"),
        ("/aide?lang=de", "en", "en"),
        ("/aide?lang=", "en", "en"),
    ],
)
def test_a_page_speaks_what_was_asked_for(client: FlaskClient, path: str, accept: str, expected: str) -> None:
    assert language_of(client, path, accept) == expected


def test_a_choice_is_kept_in_this_browser_but_never_by_a_strangers_page(client: FlaskClient) -> None:
    client.get("/aide?lang=en")
    assert language_of(client, "/probe/words", "fr") == "fr"
    client.get("/probe/words?lang=en")
    assert language_of(client, "/probe/words", "fr") == "en"
    assert language_of(client, "/aide", "fr") == "fr"


def test_an_account_has_its_language_until_this_browser_says_otherwise(signed_in_client: FlaskClient) -> None:
    assert language_of(signed_in_client, "/probe/words", "en") == "fr"
    signed_in_client.get("/probe/words?lang=en")
    assert language_of(signed_in_client, "/probe/words", "fr") == "en"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/aide", "/aide?lang=en"),
        ("/aide?a=1&a=2", "/aide?a=1&a=2&lang=en"),
        ("/aide?lang=fr", "/aide?lang=en"),
        ("/aide?_scheme=javascript&_external=1", "/aide?_scheme=javascript&_external=1&lang=en"),
        ("/nowhere?a=1", "/?lang=en"),
    ],
)
def test_the_same_page_in_the_other_language(app: Flask, path: str, expected: str) -> None:
    with reader(app, path):
        assert other_languages() == [("en", "English", expected)]
        assert other_languages(absolute=True) == [("en", "English", f"http://localhost:8000{expected}")]


@pytest.mark.parametrize(
    ("written", "french", "english"),
    [
        (lambda: wording.day(NOON), "1er novembre 2026", "1 November 2026"),
        (lambda: wording.day(MIDNIGHT), "1er novembre 2025", "1 November 2025"),
        (lambda: wording.day(date(2025, 11, 21)), "21 novembre 2025", "21 November 2025"),
        (lambda: wording.day(None), "", ""),
        (lambda: wording.short_day(date(2025, 11, 16)), "16 nov. 2025", "16 Nov 2025"),
        (lambda: wording.month(date(2025, 11, 1)), "novembre 2025", "November 2025"),
        (lambda: wording.clock(NOON), f"14{NBSP}h{NBSP}05", "14:05"),
        (
            lambda: wording.moment(NOON),
            f"dimanche 1er novembre 2026 à 14{NBSP}h{NBSP}05",
            "Sunday 1 November 2026 at 14:05",
        ),
        (lambda: wording.number(12345.6), f"12{THIN}345,6", "12,345.6"),
        (lambda: wording.size(48_200), f"48{NBSP}Ko", f"48{NBSP}kB"),
        (lambda: wording.size(3_140_000), f"3,1{NBSP}Mo", f"3.1{NBSP}MB"),
        (lambda: wording.size(512), f"512{NBSP}octets", f"512{NBSP}bytes"),
    ],
)
def test_dates_and_numbers(app: Flask, written: object, french: str, english: str) -> None:
    assert callable(written)
    for language, expected in (("fr", french), ("en", english)):
        with reader(app, f"/?lang={language}"):
            assert written() == expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (
            Sentence(text="Valid until {date}.", facts={"date": "2026-11-01T23:30:00+00:00"}),
            "Valid until 2 November 2026.",
        ),
        (Sentence(text="Valid until {date}.", facts={"date": "2026-11-01"}), "Valid until 1 November 2026."),
        (Sentence(text="Valid until {date}.", facts={}), "Valid until ."),
        (Sentence(text="Checked at {clock}.", facts={"clock": NOON.isoformat()}), "Checked at 14:05."),
        (
            Sentence(text="Last known status: active, on {moment}.", facts={"moment": NOON.isoformat()}),
            "Last known status: active, on 1 November 2026 at 14:05.",
        ),
        (
            Sentence(text="Reason given: “{why}”.", facts={"why": "{0.__class__} %(x)s"}),
            "Reason given: “{0.__class__} %(x)s”.",
        ),
        (TooMany(minutes=10), "Too many tries. Try again in 10 minutes."),
        (
            NotJSON(found="no JSON text"),
            "The badge in this file is damaged (no JSON text). Download the original again.",
        ),
        ("Valid", "Valid"),
        ("", ""),
    ],
)
def test_sentences_have_their_facts(app: Flask, said: object, expected: str) -> None:
    with reader(app, "/?lang=en"):
        assert wording.sentence(said) == expected  # type: ignore[arg-type]


def test_a_sentence_is_translated_with_its_facts(app: Flask) -> None:
    with reader(app, "/?lang=fr"):
        said = Sentence(text="Valid until {date}.", facts={"date": "2026-12-12"})
        assert wording.sentence(said) == "Valide jusqu’au 12 décembre 2026."


def test_an_issuers_words_are_in_the_readers_language_if_they_were_given_in_it(app: Flask) -> None:
    words = Text(value="Library tutor", language="en", translations={"fr": "Tutorat"})
    for language, expected in (("fr", "Tutorat"), ("en", "Library tutor")):
        with reader(app, f"/?lang={language}"):
            assert wording.in_language(words) == expected
            assert wording.in_language(None) == ""
