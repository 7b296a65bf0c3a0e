"""How pages say dates, numbers and the sentences of the engine, in the reader's language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Final, Protocol
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal
from flask import Flask
from flask_babel import gettext

from backpack.openbadges.model import Text
from backpack.web.languages import language
from backpack.wiring import wired

REGIONS: Final[Mapping[str, str]] = {"fr": "fr_FR", "en": "en_GB"}
"""Babel's plain `en` writes American dates."""
NBSP: Final = "\u00a0"
ISO: Final = re.compile(r"\d{4}-\d\d-\d\d(T.+)?")
TRANSLATED: Final = frozenset({"found", "what"})
"""Facts that are words of our own, marked with N_ where they are made."""


class Sentence(Protocol):
    """What the engine says: English, with `{named}` places for its facts."""

    @property
    def text(self) -> str: ...
    @property
    def facts(self) -> Mapping[str, str]: ...


class Error(Protocol):
    """What a person can act on: BackpackError (`%(named)s` places) or OpenBadgesError (`{named}` places)."""

    @property
    def sentence(self) -> str: ...
    @property
    def facts(self) -> Mapping[str, str | int]: ...


def init_app(app: Flask) -> None:
    for one in (sentence, day, short_day, month, clock, moment, number, size):
        app.add_template_filter(one)
    app.add_template_global(in_language)


def sentence(said: Sentence | Error | str) -> str:
    """What was said, in the reader's language, with its facts in their places. A fact that is missing stays empty."""
    if isinstance(said, str):
        return str(gettext(said)) if said else ""
    text = said.sentence if isinstance(said, Exception) else said.text  # type: ignore[union-attr]
    if not text:
        return ""
    facts = _Facts({name: _fact(name, value) for name, value in said.facts.items()})
    translated = str(gettext(text))
    return translated % facts if "%(" in translated else translated.format_map(facts)


def in_language(text: Text | None) -> str:
    """An issuer's own words, in the reader's language where the issuer gave them in it. Never translated by us."""
    return text.in_language(language()) if text else ""


class _Facts(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return ""


def _fact(name: str, value: str | int) -> str:
    text = str(value)
    if ISO.fullmatch(text):
        try:
            return _instant(name, datetime.fromisoformat(text))
        except ValueError:
            return text
    return str(gettext(text)) if name in TRANSLATED and text else text


def _instant(name: str, instant: datetime) -> str:
    if name == "clock":
        return clock(instant)
    return f"{day(instant)} {_between()} {clock(instant)}" if name == "moment" else day(instant)


def _between() -> str:
    return "à" if language() == "fr" else "at"


def local(instant: datetime) -> datetime:
    """The instant on the clock of the place this backpack serves. A date without a clock stays as it is."""
    return instant.astimezone(ZoneInfo(wired().settings.time_zone)) if instant.tzinfo else instant


def day(when: date | None) -> str:
    """1er novembre 2025, 1 November 2025."""
    return _date(when, "d MMMM y")


def short_day(when: date | None) -> str:
    """1er nov. 2025, 1 Nov 2025: for tables."""
    return _date(when, "d MMM y")


def month(when: date | None) -> str:
    """novembre 2025, November 2025."""
    return _date(when, "MMMM y")


def clock(instant: datetime) -> str:
    """14 h 05, 14:05."""
    at = local(instant)
    return f"{at.hour}{NBSP}h{NBSP}{at.minute:02}" if language() == "fr" else f"{at.hour}:{at.minute:02}"


def moment(instant: datetime) -> str:
    """lundi 23 novembre 2026 à 14 h 05, Monday 23 November 2026 at 14:05."""
    return f"{_date(instant, 'EEEE d MMMM y')} {_between()} {clock(instant)}"


def _date(when: date | None, pattern: str) -> str:
    if when is None:
        return ""
    if isinstance(when, datetime):
        when = local(when).date()
    written = format_date(when, pattern, locale=Locale.parse(REGIONS[language()]))
    return re.sub(r"\b1 (?=\D)", "1er ", written, count=1) if language() == "fr" and when.day == 1 else written


def number(value: float) -> str:
    """12 345,6 or 12,345.6."""
    return format_decimal(value, locale=Locale.parse(REGIONS[language()]))


def size(octets: int) -> str:
    """48 Ko, 3,1 Mo; 48 KB, 3.1 MB."""
    unit = "o" if language() == "fr" else "B"
    if octets < 1000:
        return f"{octets}{NBSP}{'octets' if unit == 'o' else 'bytes'}"
    if octets < 1_000_000:
        return f"{number(round(octets / 1000))}{NBSP}{'K' if unit == 'o' else 'k'}{unit}"
    return f"{number(round(octets / 1_000_000, 1))}{NBSP}M{unit}"
