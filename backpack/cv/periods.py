"""When something was, as people type it, for formats that want dates. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

DATE: Final = re.compile(r"(?<!\d)(?:(0?[1-9]|1[0-2])\s?[/.]\s?)?((?:19|20)\d\d)(?:-(0[1-9]|1[0-2]))?(?!\d)")
ONGOING: Final = re.compile(r"aujourd|en cours|présent|depuis|present|ongoing|today|now\b|since", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Period:
    """ISO 8601 dates as exact as what was typed: a year, or a year and a month. Empty where nothing was understood."""

    start: str = ""
    end: str = ""
    is_ongoing: bool = False


def period_of(typed: str) -> Period:
    """The dates in a text such as 09/2024 – 06/2026, 2019, or since 2022. One date alone is when it ended, unless it
    goes on."""
    dates = [
        f"{year}-{int(month or after):02d}" if month or after else year for month, year, after in DATE.findall(typed)
    ]
    goes_on = bool(ONGOING.search(typed)) and len(dates) < 2
    if not dates:
        return Period()
    if len(dates) == 1:
        return Period(start=dates[0], is_ongoing=True) if goes_on else Period(end=dates[0])
    return Period(start=dates[0], end=dates[1])


def typed_as(start: str, end: str, present: str = "") -> str:
    """A period for people, from ISO dates: MM/YYYY – MM/YYYY. `present` stands for an end that has not come."""
    begun = _for_people(start)
    parts = [begun, _for_people(end) or (present if begun else "")]
    return " – ".join(part for part in parts if part)


def _for_people(iso: str) -> str:
    match = re.fullmatch(r"((?:19|20)\d\d)(?:-(\d\d))?(?:-\d\d)?(?:T.*)?", iso.strip())
    if match is None:
        return ""
    return f"{match[2]}/{match[1]}" if match[2] else match[1]
