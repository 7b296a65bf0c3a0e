"""The shapes of values in backpack.json, as JSON Schema."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from backpack.cv.composing import SECTIONS
from backpack.cv.editing import LAYOUTS, PAPERS
from backpack.cv.versions import LINE, WORDS

Shape = dict[str, Any]
SHA256: Final[Shape] = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
PUBLIC_ID: Final[Shape] = {"type": "string", "pattern": "^[0-9a-f]{20}$"}
WITHOUT_NUL: Final = "^[^\\u0000]*$"
LANGUAGES: Final = ("fr", "en")
MOST: Final = 5_000
"""Rows of one kind. More is nobody's backpack."""
MOST_WORDS: Final = 5_000


def words(most: int) -> Shape:
    """A text of so many letters."""
    return {"type": "string", "maxLength": most, "pattern": WITHOUT_NUL}


def many(one: Shape) -> Shape:
    """A list of these."""
    return {"type": "array", "maxItems": MOST, "items": one}


def exactly(properties: Shape, perhaps: Shape | None = None) -> Shape:
    """An object with all of these members, those of `perhaps`, and no other."""
    return {
        "type": "object",
        "required": sorted(properties),
        "additionalProperties": False,
        "properties": {**properties, **(perhaps or {})},
    }


def _texts(names: Collection[str]) -> Shape:
    return {name: words(MOST_WORDS) for name in names}


NAMED_WORK: Final = exactly({"evidence": PUBLIC_ID, **_texts(["title"])})
CV_CONTENT: Final = exactly(
    {
        **_texts(WORDS),
        "language": {"enum": list(LANGUAGES)},
        "layout": {"enum": list(LAYOUTS)},
        "paper": {"enum": list(PAPERS)},
        "entries": many(exactly({**_texts(LINE), "section": {"enum": list(SECTIONS)}})),
        "badges": many(exactly({"badge": PUBLIC_ID, **_texts(["line"])}, {"works": many(NAMED_WORK)})),
        "collections": many(PUBLIC_ID),
    },
    {"names_works": {"type": "boolean"}, "printed": many(PUBLIC_ID)},
)
"""What a CV said when a version of it was published (`cv/versions.py`)."""
