"""What a CV's page says, beside what the badges say: alterations are seen, fonts and line ends are looked away from."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from backpack.cv.proving import MOST_CODES, Comparison, compare, plain, read_page

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
    assert "tutoratenbibliothèque" in page.codes[0].before
    assert "tutoratenbibliothèque" not in page.codes[1].before
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
        ("Tutorat en bibliothèque", "Bibliothèques de l’Estuaire", None, (True, True, None)),
        ("Doctorat en bibliothèque", "Bibliothèques de l’Estuaire", NOVEMBER, (False, True, True)),
        ("Tutorat en bibliothèque", "Bibliothèques d’ailleurs", NOVEMBER, (True, False, True)),
        (
            "Tutorat en bibliothèque",
            "Bibliothèques de l’Estuaire",
            datetime(2024, 1, 1, tzinfo=UTC),
            (True, True, False),
        ),
        ("Finaliste du concours « Trois minutes »", "Pépinière des idées", NOVEMBER, (False, False, True)),
        ("", "Bibliothèques de l’Estuaire", NOVEMBER, (False, True, True)),
    ],
)
def test_what_stands_before_a_code_is_compared_with_its_badge(
    title: str, issuer: str, issued: datetime | None, expected: tuple[bool, bool, bool | None]
) -> None:
    found = compare(read_page(PAGE, HOST).codes[0].before, title, issuer, issued, PARIS)
    assert found == Comparison(*expected)
    assert found.agrees is (False not in expected)


def test_arabic_words_are_found_in_either_order() -> None:
    assert compare(plain("القراءة شارة"), "شارة القراءة", "شارة", None, PARIS).agrees


def test_a_flood_of_codes_is_cut_and_said() -> None:
    page = read_page("\n".join(f"{HOST}/v/{number:04d}-{number:04d}" for number in range(100)), HOST)
    assert len(page.codes) == MOST_CODES
    assert page.is_cut
