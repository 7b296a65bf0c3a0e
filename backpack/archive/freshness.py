"""How long an answer is fresh, and how long the last good one counts when no new one comes (VERIFICATION: 15 minutes
for an assertion or a status list, 1 hour for keys, 24 hours for badge class and profile; then 24 or 72 hours)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

from backpack.settings import Settings

QUICK: Final = frozenset(("assertion", "status", "endorsement"))
KEYS: Final = frozenset(("key",))
STRETCH: Final = 4
"""An issuer's own caching rules may shorten or lengthen freshness by this factor, and no further."""
RETRY_FIRST: Final = timedelta(minutes=5)
RETRY_LAST: Final = timedelta(hours=24)
MAX_AGE: Final = re.compile(r"\b(?:max-age|s-maxage)\s*=\s*\"?(\d{1,9})")


@dataclass(frozen=True, slots=True)
class Lifetime:
    """Until when an answer is fresh, and until when it counts."""

    fresh_until: datetime
    usable_until: datetime


def lifetime(kind: str, headers: Mapping[str, str], now: datetime, settings: Settings) -> Lifetime:
    """The lifetime of a good answer got at `now`. `headers` are in lower case."""
    usual = _usual(kind, settings)
    asked = _asked_for(headers, now)
    fresh = usual if asked is None else min(max(asked, usual / STRETCH), usual * STRETCH)
    hours = settings.assertion_usable_hours if kind in QUICK else settings.other_usable_hours
    return Lifetime(now + fresh, max(now + timedelta(hours=hours), now + fresh))


def next_try(failures: int, headers: Mapping[str, str], now: datetime) -> datetime:
    """When an address that failed so many times in a row is asked again: 5, 10, 20 minutes ... at most a day."""
    pause: timedelta = min(RETRY_FIRST * (1 << min(max(failures - 1, 0), 12)), RETRY_LAST)
    asked = headers.get("retry-after", "")
    if asked.isdecimal():
        pause = min(max(pause, timedelta(seconds=min(int(asked), 86_400))), RETRY_LAST)
    return now + pause


def _usual(kind: str, settings: Settings) -> timedelta:
    if kind in QUICK:
        return timedelta(minutes=settings.assertion_fresh_minutes)
    if kind in KEYS:
        return timedelta(minutes=settings.key_fresh_minutes)
    return timedelta(minutes=settings.profile_fresh_minutes)


def _asked_for(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """What the issuer's caching rules ask for (RFC 9111, 5.2 and 5.3); None where they say nothing readable."""
    rules = headers.get("cache-control", "").lower()
    if "no-store" in rules or "no-cache" in rules:
        return timedelta(0)
    if found := MAX_AGE.search(rules):
        age = headers.get("age", "")
        return max(timedelta(seconds=int(found[1]) - (int(age) if age.isdecimal() else 0)), timedelta(0))
    if "expires" not in headers:
        return None
    try:
        return max(parsedate_to_datetime(headers["expires"]) - now, timedelta(0))
    except (ValueError, TypeError):
        return timedelta(0)
