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
RETRY_FIRST: Final = timedelta(minutes=5)
RETRY_LAST: Final = timedelta(hours=24)
RESTS_AFTER: Final = 5
REST_FIRST: Final = timedelta(minutes=15)
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
    stretch = settings.freshness_stretch  # an issuer's own rules move it by this factor, and no further
    fresh = usual if asked is None else min(max(asked, usual / stretch), usual * stretch)
    hours = settings.assertion_usable_hours if kind in QUICK else settings.other_usable_hours
    usable = timedelta(hours=hours)
    return Lifetime(now + min(fresh, usable), now + usable)


def next_try(failures: int, headers: Mapping[str, str], now: datetime, spread: float = 0.0) -> datetime:
    """When an address that failed so many times in a row is asked again: 5, 10, 20 minutes ... at most a day.

    `spread` (0 to 1) puts up to a tenth on top, so that what failed together does not come back together.
    """
    pause = RETRY_FIRST * (1 << min(max(failures - 1, 0), 12)) * (1 + spread / 10)
    pause = min(pause, RETRY_LAST)
    asked = headers.get("retry-after", "")
    if asked.isdecimal():
        pause = min(max(pause, timedelta(seconds=min(int(asked), 86_400))), RETRY_LAST)
    return now + pause


def rest_of_host(failures: int, now: datetime) -> datetime:
    """Until when a host that failed so many times in a row is left alone: a quarter of an hour after the fifth time,
    then twice as long each time, at most a day."""
    return now + min(REST_FIRST * (1 << min(max(failures - RESTS_AFTER, 0), 12)), RETRY_LAST)


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
