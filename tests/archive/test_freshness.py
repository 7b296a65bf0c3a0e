"""How long an answer is fresh and how long it counts; what an issuer's caching rules may change of that."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from backpack.archive.freshness import lifetime, next_try, rest_of_host
from backpack.settings import load

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
SETTINGS = load({"SECRET_KEY": "k" * 32, "DATA_DIR": str(Path("nowhere"))})
MINUTES = timedelta(minutes=1)
HOURS = timedelta(hours=1)


@pytest.mark.parametrize(
    ("kind", "headers", "fresh", "usable"),
    [
        pytest.param("assertion", {}, 15 * MINUTES, 24 * HOURS, id="an assertion"),
        pytest.param("status", {}, 15 * MINUTES, 24 * HOURS, id="a status list"),
        pytest.param("key", {}, HOURS, 72 * HOURS, id="a key"),
        pytest.param("achievement", {}, 24 * HOURS, 72 * HOURS, id="a badge class"),
        pytest.param("profile", {}, 24 * HOURS, 72 * HOURS, id="a profile"),
        pytest.param("assertion", {"cache-control": "max-age=1800"}, 30 * MINUTES, 24 * HOURS, id="a little longer"),
        pytest.param("assertion", {"cache-control": "max-age=31536000"}, HOURS, 24 * HOURS, id="a year: the ceiling"),
        pytest.param("assertion", {"cache-control": "no-store"}, 3.75 * MINUTES, 24 * HOURS, id="never: the floor"),
        pytest.param("assertion", {"cache-control": "max-age=1800", "age": "600"}, 20 * MINUTES, 24 * HOURS, id="age"),
        pytest.param("assertion", {"expires": "Mon, 23 Nov 2026 12:20:00 GMT"}, 20 * MINUTES, 24 * HOURS, id="a date"),
        pytest.param("assertion", {"expires": "0"}, 3.75 * MINUTES, 24 * HOURS, id="a date that is none"),
        pytest.param("profile", {"cache-control": "max-age=345600"}, 72 * HOURS, 72 * HOURS, id="never past its use"),
        pytest.param("key", {"cache-control": "nonsense"}, HOURS, 72 * HOURS, id="rules nobody can read"),
    ],
)
def test_an_answer_is_fresh_and_counts(kind: str, headers: dict[str, str], fresh: timedelta, usable: timedelta) -> None:
    life = lifetime(kind, headers, NOON, SETTINGS)
    assert (life.fresh_until - NOON, life.usable_until - NOON) == (fresh, usable)


@pytest.mark.parametrize(
    ("failures", "headers", "minutes"),
    [
        (1, {}, 5),
        (2, {}, 10),
        (4, {}, 40),
        (30, {}, 24 * 60),
        (1, {"retry-after": "3600"}, 60),
        (1, {"retry-after": "1"}, 5),
        (1, {"retry-after": "99999999"}, 24 * 60),
        (1, {"retry-after": "Wed, 21 Oct 2026"}, 5),
    ],
)
def test_a_failing_address_is_left_alone_for_longer_and_longer(
    failures: int, headers: dict[str, str], minutes: int
) -> None:
    assert next_try(failures, headers, NOON) - NOON == minutes * MINUTES


@pytest.mark.parametrize(("failures", "minutes"), [(5, 15), (6, 30), (8, 120), (40, 24 * 60)])
def test_a_silent_host_rests_for_longer_and_longer(failures: int, minutes: int) -> None:
    assert rest_of_host(failures, NOON) - NOON == minutes * MINUTES


def test_what_failed_together_does_not_come_back_together() -> None:
    assert next_try(1, {}, NOON, 1.0) - NOON == 5.5 * MINUTES
    assert next_try(30, {}, NOON, 1.0) - NOON == 24 * HOURS


def test_how_far_an_issuers_rules_count_is_a_setting() -> None:
    settings = load({"SECRET_KEY": "k" * 32, "DATA_DIR": "nowhere", "FRESHNESS_STRETCH": "1"})
    for rules in ("no-store", "max-age=31536000"):
        assert lifetime("assertion", {"cache-control": rules}, NOON, settings).fresh_until - NOON == 15 * MINUTES
