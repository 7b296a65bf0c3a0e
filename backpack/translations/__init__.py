"""What people read, in French and English. `python -m backpack.translations` makes the catalogues again.

English sentences stand in the code and are the keys. Each room writes its French in `parts/<room>.fr.po`; all sentences
of the code and the templates are collected here, joined with the parts, and written as `<language>/LC_MESSAGES/
messages.po` and `.mo`. Both are committed: whoever runs Backpack needs no tool to make them.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

FOLDER: Final = Path(__file__).resolve().parent
ROOT: Final = FOLDER.parent.parent
SOURCE: Final = "en"
TRANSLATED: Final = "fr"
KEYWORDS: Final = {
    "_": None,
    "_l": None,
    "N_": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "lazy_ngettext": (1, 2),
}
PLACES: Final[tuple[tuple[str, list[tuple[str, str]], dict[str, dict[str, str]]], ...]] = (
    ("backpack", [("**.py", "python")], {}),
    ("templates", [("**", "jinja2")], {"**": {"trimmed": "true", "silent": "false"}}),
)
LONG_AGO: Final = datetime(2026, 1, 1, tzinfo=UTC)
"""A date that never changes: the same sentences always make the same files."""

Words = str | tuple[str, ...] | list[str]


@dataclass(frozen=True, slots=True)
class Joined:
    """The catalogue of a language, and what is wrong with the parts it was made from."""

    catalogue: Catalog
    untranslated: tuple[str, ...] = ()
    disputed: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()


def sentences() -> dict[str, Words]:
    """Every sentence of the code and the templates by its key; (one, many) where it counts something."""
    found: dict[str, Words] = {}
    for folder, methods, options in PLACES:
        for _file, _line, words, _comments, _context in extract_from_dir(
            ROOT / folder, method_map=methods, options_map=options, keywords=KEYWORDS
        ):
            key = _key(words)
            if key and (key not in found or isinstance(words, tuple)):
                found[key] = words
    return dict(sorted(found.items()))


def parts() -> Iterator[tuple[str, Message]]:
    """(file name, message) of everything the rooms translated."""
    for path in sorted((FOLDER / "parts").glob(f"*.{TRANSLATED}.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale=TRANSLATED, charset="utf-8", abort_invalid=True):
                if message.id:
                    yield path.name, message


def french() -> Joined:
    """The French catalogue. A sentence that two rooms translate differently is disputed; the first room is followed."""
    wanted = sentences()
    given: dict[str, Words] = {}
    disputed: list[str] = []
    for name, message in parts():
        key = _key(message.id)
        if message.fuzzy or not message.string or not all(_each(message.string)):
            continue
        if given.setdefault(key, message.string) != message.string:
            disputed.append(f"{name}: {key}")
    catalogue = _empty(TRANSLATED)
    for key, words in wanted.items():
        catalogue.add(words, _fitting(words, given.get(key)))
    return Joined(
        catalogue,
        untranslated=tuple(key for key in wanted if key not in given),
        disputed=tuple(disputed),
        unused=tuple(key for key in given if key not in wanted),
    )


def english() -> Joined:
    """The English catalogue: the sentences themselves."""
    catalogue = _empty(SOURCE)
    for words in sentences().values():
        catalogue.add(words, words)
    return Joined(catalogue)


def po_of(catalogue: Catalog) -> bytes:
    file = io.BytesIO()
    write_po(file, catalogue, width=120, omit_header=False, no_location=True)
    return file.getvalue()


def mo_of(catalogue: Catalog) -> bytes:
    file = io.BytesIO()
    write_mo(file, catalogue)
    return file.getvalue()


def path_of(language: str, suffix: str) -> Path:
    """Where the catalogue of a language is kept; `suffix` is po or mo."""
    return FOLDER / language / "LC_MESSAGES" / f"messages.{suffix}"


def write() -> Joined:
    """Write all catalogues; what is wrong with the French one is returned."""
    joined = french()
    for language, catalogue in ((TRANSLATED, joined.catalogue), (SOURCE, english().catalogue)):
        path_of(language, "po").parent.mkdir(parents=True, exist_ok=True)
        path_of(language, "po").write_bytes(po_of(catalogue))
        path_of(language, "mo").write_bytes(mo_of(catalogue))
    return joined


def _empty(language: str) -> Catalog:
    return Catalog(
        locale=language,
        project="Backpack",
        version="1",
        header_comment="# Made by `python -m backpack.translations`; the sentences stand in parts/ and in the code.\n#",
        creation_date=LONG_AGO,
        revision_date=LONG_AGO,
        last_translator="the rooms",
        language_team="the rooms",
        msgid_bugs_address="none",
        fuzzy=False,
    )


def _key(words: Words) -> str:
    return words if isinstance(words, str) else words[0]


def _each(words: Words) -> tuple[str, ...]:
    return (words,) if isinstance(words, str) else tuple(words)


def _fitting(words: Words, given: Words | None) -> Words | None:
    """One form for a sentence, two for a counted one, however the part wrote it."""
    if given is None or isinstance(words, str):
        return _key(given) if given else None
    forms = _each(given)
    return (forms[0], forms[-1])
