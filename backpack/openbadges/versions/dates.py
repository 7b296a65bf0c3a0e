"""Dates as each version writes them. What cannot be read is None; `conformance` says what that means."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache

from backpack.openbadges.strict_json import JSON

_DATE_TIME = re.compile(
    # The basic format of ISO 8601 leaves out what separates, in the date and in the time or in neither.
    r"(?P<year>\d{4})(?P<dash>-?)(?P<month>\d\d)(?P=dash)(?P<day>\d\d)[Tt]"
    r"(?P<hour>\d\d)(?P<colon>:?)(?P<minute>\d\d)(?:(?P=colon)(?P<second>\d\d)(?:[.,](?P<fraction>\d{1,30}))?)?"
    r"(?P<zone>[Zz]|[+-]\d\d(?::?\d\d)?)?"
)
# What the standard library reads as we do: no leap second, no other fractions.
_USUAL = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-9]{2}:[0-5][0-9](?:\.[0-9]{3}|\.[0-9]{6})?(?:Z|[+-][0-9]{2}:[0-5][0-9])"
)
_LONGEST = len("2026-06-01T12:00:00.") + 30 + len("+00:00")
_HELD = 64
"""The dates of one badge are asked for again by its rules, its model and its verdict."""
_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
_SECONDS = re.compile(r"-?\d{1,12}(\.\d{1,9})?")


def zoned(value: JSON) -> datetime | None:
    """A date with time and zone (2.0 DateTime, 3.0 DateTimeZ)."""
    return _zoned(value) if isinstance(value, str) and len(value) <= _LONGEST and value.isascii() else None


@lru_cache(maxsize=_HELD)
def _zoned(words: str) -> datetime | None:
    if _USUAL.fullmatch(words):
        try:
            return datetime.fromisoformat(words).astimezone(UTC)
        except (ValueError, OverflowError):
            pass  # what it cannot read, the rules below may
    parts = _DATE_TIME.fullmatch(words)
    return _instant(parts) if parts is not None and parts["zone"] is not None else None


def stamped(value: JSON) -> datetime | None:
    """A date as verifiable credentials write it (XML Schema dateTimeStamp): as above, never without its separators."""
    return zoned(value) if isinstance(value, str) and value[4:5] == "-" else None


def lenient(value: JSON) -> datetime | None:
    """As 0.5 to 1.1 allow: also without zone (UTC), a plain day (its first moment) or Unix seconds."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _seconds(value)
    if not isinstance(value, str) or not value.isascii():
        return None
    words = value.strip()
    if day := _DATE.fullmatch(words):
        return _moment(*(int(part) for part in day.groups()))
    if _SECONDS.fullmatch(words):
        return _seconds(float(words))
    parts = _DATE_TIME.fullmatch(words.replace(" ", "T", 1))
    return _instant(parts) if parts else None


def _instant(parts: re.Match[str]) -> datetime | None:
    year, month, day, hour, minute = (int(parts[name]) for name in ("year", "month", "day", "hour", "minute"))
    second = int(parts["second"] or 0)
    # A leap second is a moment of its own in ISO 8601 and none in Python: it counts as the one before.
    local = _moment(year, month, day, hour, minute, 59 if second == 60 else second)
    zone = _zone(parts["zone"])
    if local is None or zone is None:
        return None
    fraction = int((parts["fraction"] or "0")[:6].ljust(6, "0"))
    try:
        return (local.replace(tzinfo=zone) + timedelta(microseconds=fraction)).astimezone(UTC)
    except OverflowError:
        return None


def _zone(words: str | None) -> timezone | None:
    if words is None or words in "Zz":
        return UTC
    digits = words[1:].replace(":", "").ljust(4, "0")
    hours, minutes = int(digits[:2]), int(digits[2:])
    if hours > 23 or minutes > 59:
        return None
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(-offset if words[0] == "-" else offset)


def _moment(year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0) -> datetime | None:
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None


def _seconds(value: float) -> datetime | None:
    try:
        return datetime.fromtimestamp(value, UTC)
    except (OverflowError, ValueError, OSError):
        return None
