"""How much of a person's name a link shows: theirs to choose, per link."""

from __future__ import annotations

from typing import Final

FULL: Final = "full"
INITIAL: Final = "initial"
NONE: Final = "none"
WAYS: Final = (FULL, INITIAL, NONE)
"""The one that shows most first."""


def shows_more(way: str, other: str) -> bool:
    """Whether the first of two ways to show a name tells more of it than the second."""
    return other in WAYS and way in WAYS[: WAYS.index(other)]


def name_for_others(name: str, way: str) -> str:
    """The name as a link shows it: whole, first name and initial, or empty. What is not understood shows nothing."""
    parts = name.split()
    if way == FULL:
        return " ".join(parts)
    if way == INITIAL and parts:
        return parts[0] if len(parts) == 1 else f"{parts[0]} {parts[-1][0]}."
    return ""
