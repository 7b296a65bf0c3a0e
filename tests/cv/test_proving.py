"""What a CV's page says, beside what the badges say: alterations are seen, fonts and line ends are looked away from."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from backpack.cv.proving import MOST_CODES, Comparison, as_said, compare, names, read_page

HOST = "cartable.example"
PARIS = ZoneInfo("Europe/Paris")
NOVEMBER = datetime(2025, 10, 31, 23, 30, tzinfo=UTC)
PAGE = """Camille Kervella
camille@kervella.example · 06 12 34 56 78
11/2025 Tutorat en bibliothèque : accompagner
ses pairs – Bibliothèques de l’Estuaire
cartable.example/v/7K3F-9QX2 · état vérifié le 23 novembre 2026 : valide
03/2026 Finaliste du concours « Trois minutes »
Pépinière des idées
cartable.example/v/
R5J8-CM15 · état vérifié
ailleurs.example/v/AAAA-BBBB
"""


def test_codes_are_found_with_what_stands_before_them() -> None:
    page = read_page(PAGE, HOST)
    assert [one.code for one in page.codes] == ["7K3F9QX2", "R5J8CM15"]
    assert "tutoratenbibliothèque" in page.codes[0].before.flat
    assert "tutoratenbibliothèque" not in page.codes[1].before.flat
    assert page.elsewhere == ("ailleurs.example/v/AAAA-BBBB",)
    assert page.addresses == ("camille@kervella.example",)


@pytest.mark.parametrize(
    ("title", "issuer", "issued", "expected"),
    [
        (
            "Tutorat en bibliothèque : accompagner ses pairs",
            "Bibliothèques de l’Estuaire",
            NOVEMBER,
            (True, True, True),
        ),
        ("Tutorat en bibliothèque", "Bibliothèques de l’Estuaire", None, (True, True, None, False)),
        ("Doctorat en bibliothèque", "Bibliothèques de l’Estuaire", NOVEMBER, (False, True, True, False)),
        ("Tutorat en bibliothèque", "Bibliothèques d’ailleurs", NOVEMBER, (True, False, True, False)),
        (
            "Tutorat en bibliothèque",
            "Bibliothèques de l’Estuaire",
            datetime(2024, 1, 1, tzinfo=UTC),
            (True, True, False, False),
        ),
        ("Finaliste du concours « Trois minutes »", "Pépinière des idées", NOVEMBER, (False, False, True, False)),
        ("", "Bibliothèques de l’Estuaire", NOVEMBER, (False, True, True, False)),
    ],
)
def test_what_stands_before_a_code_is_compared_with_its_badge(
    title: str, issuer: str, issued: datetime | None, expected: tuple[Any, ...]
) -> None:
    found = compare(read_page(PAGE, HOST).codes[0].before, title, issuer, issued, PARIS)
    assert found == Comparison(*expected)
    assert found.agrees is (False not in expected)


@pytest.mark.parametrize(
    "line",
    [
        "11/2025 Tutorat en bibliothèque – Bibliothèques de l’Estuaire",
        "Tutorat en bibliothèque – Bibliothèques de l’Estuaire, valable jusqu’au 03/2027 11/2025",
        "Tutorat en bibliothèque – Bibliothèques de l’Estuaire, valid\nuntil 03/2027\n11/2025",
        "TUTORAT EN BIBLIO-\nTHÈQUE\nBibliothèques de l’Estuaire\n11/2025",
    ],
)
def test_a_title_that_stands_by_itself_agrees(line: str) -> None:
    assert compare(as_said(line), "Tutorat en bibliothèque", "Bibliothèques de l’Estuaire", NOVEMBER, PARIS).agrees


@pytest.mark.parametrize(
    "line",
    [
        "Master en tutorat en bibliothèque, mention très bien – Bibliothèques de l’Estuaire 11/2025",
        "Tutorat en bibliothèque – niveau expert – Bibliothèques de l’Estuaire 11/2025",
        "11/2025 Vice-champion du tutorat en bibliothèque\nBibliothèques de l’Estuaire",
    ],
)
def test_words_around_a_title_are_seen(line: str) -> None:
    found = compare(as_said(line), "Tutorat en bibliothèque", "Bibliothèques de l’Estuaire", NOVEMBER, PARIS)
    assert found.is_embellished
    assert not found.agrees


def test_arabic_words_are_found_in_either_order() -> None:
    assert compare(as_said("القراءة شارة"), "شارة القراءة", "شارة", None, PARIS).agrees


@pytest.mark.parametrize(
    ("holder", "expected"),
    [
        ("Camille Kervella", True),
        ("KERVELLA Camille", True),
        ("Camille K.", True),
        ("Dominique Rival", False),
        ("Camille Rival", False),
        ("", None),
    ],
)
def test_a_page_names_its_holder_or_not(holder: str, expected: bool | None) -> None:
    assert names(read_page(PAGE, HOST), [holder]) is expected


def test_a_holder_may_have_another_name_on_the_cv_than_on_the_account() -> None:
    assert names(read_page(PAGE, HOST), ["kam42", "Camille Kervella"])
    assert names(read_page(PAGE, HOST), ["kam42", ""]) is False


def test_a_flood_of_codes_is_cut_and_said() -> None:
    page = read_page("\n".join(f"{HOST}/v/{number:04d}-{number:04d}" for number in range(400)), HOST)
    assert len(page.codes) == MOST_CODES
    assert page.is_cut
