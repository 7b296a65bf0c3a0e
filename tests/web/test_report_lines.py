"""The report's seven lines, grouped from sixteen checks."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from backpack.openbadges.reasons import CHECKS
from backpack.openbadges.report import Check, CheckResult, Sentence
from backpack.web.report_lines import ENDORSEMENTS, GROUPS, MISSING, Line, report_lines, tally
from tests.web.reports import HOSTED_ONLY, NOW, asked, check, checks, report

PASSED, FAILED, UNKNOWN = CheckResult.PASSED, CheckResult.FAILED, CheckResult.UNKNOWN
WARNING, NOT_APPLICABLE = CheckResult.WARNING, CheckResult.NOT_APPLICABLE


def line(found: tuple[Check, ...], number: int) -> Line:
    return report_lines(report(found=found))[number - 1]


def test_every_check_of_the_engine_is_in_one_line() -> None:
    grouped = [check_id for group in (*GROUPS, ENDORSEMENTS) for check_id in group.checks]
    assert sorted(grouped) == sorted(CHECKS)


def test_a_good_badge_has_seven_verified_lines() -> None:
    lines = report_lines(report())
    assert len(lines) == 7
    assert {one.result for one in lines} == {PASSED}


def test_endorsements_add_an_eighth_line() -> None:
    assert len(report_lines(report(found=checks(endorsements=PASSED)))) == 8


@pytest.mark.parametrize(
    ("found", "title"),
    [(checks(), "Issuer’s signature"), (checks(**HOSTED_ONLY, source=PASSED, copy=PASSED), "Issuer’s address")],
    ids=["signed", "hosted"],
)
def test_the_second_line_names_what_the_proof_is(found: tuple[Check, ...], title: str) -> None:
    assert line(found, 2).title == title


@pytest.mark.parametrize(
    ("results", "number", "expected", "css"),
    [
        pytest.param({"status": NOT_APPLICABLE}, 4, NOT_APPLICABLE, "is-unknown", id="does not apply, never verified"),
        pytest.param({"structure": FAILED, "terms": UNKNOWN}, 1, FAILED, "is-invalid", id="the worst counts"),
        pytest.param({"terms": WARNING}, 1, WARNING, "is-reserve", id="a warning shows"),
        pytest.param({"key": UNKNOWN}, 3, UNKNOWN, "is-unknown", id="unknown is not verified"),
        pytest.param({"recipient": FAILED}, 6, FAILED, "is-invalid", id="someone else"),
    ],
)
def test_a_line_is_as_good_as_its_worst_check(
    results: dict[str, CheckResult], number: int, expected: CheckResult, css: str
) -> None:
    one = line(checks(**results), number)
    assert (one.result, one.css) == (expected, css)


def test_a_check_that_is_missing_is_not_verified() -> None:
    found = tuple(one for one in checks() if one.id != "status")
    assert line(found, 4).result is UNKNOWN
    assert line(found, 4).sentences == (MISSING,)


def test_what_several_checks_say_alike_is_said_once() -> None:
    found = tuple(replace(one, message=Sentence(text="Not asked.")) for one in checks(structure=UNKNOWN, terms=UNKNOWN))
    assert line(found, 1).sentences == (Sentence(text="Not asked."),)


def test_an_empty_report_verifies_nothing() -> None:
    assert {one.result for one in report_lines(report(found=()))} == {UNKNOWN}


@pytest.mark.parametrize(
    ("code", "result", "mark"),
    [
        ("expired", FAILED, "expired"),
        ("revoked", FAILED, "revoked"),
        ("status-unreachable", UNKNOWN, "unlink"),
        ("status-unusable", UNKNOWN, "unknown"),
        ("malformed", FAILED, "invalid"),
    ],
)
def test_a_line_has_the_shape_of_its_reason(code: str, result: CheckResult, mark: str) -> None:
    found = (*(one for one in checks() if one.id != "status"), check("status", result, code))
    assert line(found, 4).mark == mark


def test_a_line_carries_the_clock_of_the_answer_it_rests_on() -> None:
    earlier = NOW - timedelta(hours=3)
    assert {one.at for one in report_lines(asked(report(), earlier))} == {earlier}


def test_lines_are_counted() -> None:
    counts = tally(report_lines(report(found=checks(status=UNKNOWN, expiry=FAILED))))
    assert (counts[PASSED], counts[UNKNOWN], counts[FAILED]) == (5, 1, 1)
