"""Every sentence people read is there in French, well set, with the same named places; and the catalogues are fresh."""

from __future__ import annotations

import re

import pytest
from babel.messages.catalog import Message

from backpack.translations import english, french, mo_of, parts, path_of, po_of

NAMED = re.compile(r"%\(\w+\)[sd]|\{\w+\}")
MISSET = [
    (re.compile(r"(?<![\u202f?!…])[;!?](?!\w)"), "needs U+202F before ; ! ?"),
    (re.compile(r"(?<!\u00a0):(?=[\s\u00a0]|$)"), "needs U+00A0 before :"),
    (re.compile(r"«(?!\u00a0)|(?<!\u00a0)»"), "needs U+00A0 inside « »"),
    (re.compile(r"""["']"""), "has a straight quote"),
    (re.compile(r"\.\.\."), "has three dots instead of …"),
]


def words(given: object) -> list[str]:
    """One sentence, or the forms of a counted one."""
    if isinstance(given, str):
        return [given]
    assert isinstance(given, tuple | list)
    return [str(one) for one in given]


def forms(message: Message) -> list[str]:
    return words(message.string)


def test_every_sentence_is_translated() -> None:
    joined = french()
    assert not joined.untranslated
    assert not joined.disputed


def test_no_translation_is_a_guess() -> None:
    assert not [f"{name}: {message.id}" for name, message in parts() if message.fuzzy]


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_committed_catalogues_are_those_of_the_code(language: str) -> None:
    catalogue = {"fr": french, "en": english}[language]().catalogue
    assert path_of(language, "po").read_bytes() == po_of(catalogue), "run `python -m backpack.translations`"
    assert path_of(language, "mo").read_bytes() == mo_of(catalogue), "run `python -m backpack.translations`"


def test_french_is_set_as_french() -> None:
    found = [
        f"{name}: {fault}: {text}"
        for name, message in parts()
        for text in forms(message)
        for rule, fault in MISSET
        if rule.search(text)
    ]
    assert not found


def test_named_places_are_the_same() -> None:
    for name, message in parts():
        wanted = set(NAMED.findall("".join(words(message.id))))
        for text in forms(message):
            assert set(NAMED.findall(text)) <= wanted, f"{name}: {text}"
            assert wanted - {"%(num)d"} <= set(NAMED.findall(text)), f"{name}: {text}"


@pytest.mark.parametrize(
    ("text", "is_well_set"),
    [
        ("Où est l’original\u202f?", True),
        ("Où est l’original ?", False),
        ("Où est l’original?", False),
        ("Motif\u00a0: «\u00a0doublon\u00a0».", True),
        ("Motif : « doublon ».", False),
        ("https://exemple.example/?a=b à 14:05", True),
        ("L'original", False),
    ],
)
def test_the_rules_of_typography_see_what_they_should(text: str, is_well_set: bool) -> None:
    assert any(rule.search(text) for rule, _ in MISSET) is not is_well_set
