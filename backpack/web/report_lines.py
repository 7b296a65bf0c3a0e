"""The verification report as seven lines, grouped from the engine's checks. What is missing is "not checked"."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from backpack.errors import N_
from backpack.openbadges.report import Check, CheckResult, Report, Sentence
from backpack.web.verdicts import checks_of

MISSING: Final = Sentence(text=N_("This point was not looked at."))
WORST_FIRST: Final = (
    CheckResult.FAILED,
    CheckResult.UNKNOWN,
    CheckResult.WARNING,
    CheckResult.PASSED,
    CheckResult.NOT_APPLICABLE,
)
WORDS: Final[Mapping[CheckResult, str]] = {
    CheckResult.PASSED: N_("Verified"),
    CheckResult.FAILED: N_("Problem"),
    CheckResult.UNKNOWN: N_("Not verified"),
    CheckResult.WARNING: N_("Take note"),
    CheckResult.NOT_APPLICABLE: N_("Does not apply"),
}
SHAPES: Final[Mapping[CheckResult, tuple[str, str]]] = {
    CheckResult.PASSED: ("valid", "is-valid"),
    CheckResult.FAILED: ("invalid", "is-invalid"),
    CheckResult.UNKNOWN: ("unknown", "is-unknown"),
    CheckResult.WARNING: ("reserve", "is-reserve"),
    CheckResult.NOT_APPLICABLE: ("same", "is-unknown"),
}
OWN_SHAPES: Final[Mapping[str, tuple[str, str]]] = {
    "expired": ("expired", "is-expired"),
    "revoked": ("revoked", "is-revoked"),
    "suspended": ("revoked", "is-revoked"),
}


@dataclass(frozen=True, slots=True)
class Group:
    """One line: its title, the checks it stands for (the first one speaks when all is well)."""

    title: str
    checks: tuple[str, ...]


SIGNED: Final = Group(N_("Issuer’s signature"), ("signature", "source", "copy"))
HOSTED: Final = Group(N_("Issuer’s address"), ("source", "copy", "signature"))
GROUPS: Final = (
    Group(N_("Format recognised"), ("format", "structure", "terms", "schema")),
    SIGNED,
    Group(N_("Issuer identified"), ("issuer", "key", "scope")),
    Group(N_("Not revoked"), ("status",)),
    Group(N_("Within its dates"), ("expiry", "start")),
    Group(N_("Issued to this person"), ("recipient",)),
    Group(N_("Criteria and image online"), ("links",)),
)
ENDORSEMENTS: Final = Group(N_("Endorsements verified"), ("endorsements",))


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the report. `checks` is its technical detail; `at` when the answer it rests on was given."""

    title: str
    result: CheckResult
    word: str
    mark: str
    css: str
    sentences: tuple[Sentence, ...]
    at: datetime
    checks: tuple[Check, ...]


def report_lines(report: Report) -> tuple[Line, ...]:
    """The seven lines, and an eighth when the badge carries endorsements."""
    groups = [_group(report, group) for group in GROUPS]
    if any(check.result is not CheckResult.NOT_APPLICABLE for check in checks_of(report, "endorsements")):
        groups.append(ENDORSEMENTS)
    return tuple(_line(report, group) for group in groups)


def tally(lines: tuple[Line, ...]) -> Mapping[CheckResult, int]:
    """How many lines have which result."""
    return Counter(line.result for line in lines)


def _group(report: Report, group: Group) -> Group:
    if group is not SIGNED:
        return group
    signed = {check.result for check in checks_of(report, "signature")}
    return HOSTED if signed == {CheckResult.NOT_APPLICABLE} and checks_of(report, "source") else SIGNED


def _line(report: Report, group: Group) -> Line:
    found = [checks_of(report, check_id) for check_id in group.checks]
    checks = tuple(check for answers in found for check in answers)
    results = {check.result for check in checks} | ({CheckResult.UNKNOWN} if () in found else set())
    result = next(one for one in WORST_FIRST if one in results)
    deciding = [check for check in checks if check.result is result]
    mark, css = _shape(result, deciding)
    return Line(
        title=group.title,
        result=result,
        word=WORDS[result],
        mark=mark,
        css=css,
        sentences=_said(result, deciding),
        at=_asked(report, deciding),
        checks=checks,
    )


def _said(result: CheckResult, deciding: list[Check]) -> tuple[Sentence, ...]:
    if not deciding:
        return (MISSING,)
    good = result in {CheckResult.PASSED, CheckResult.NOT_APPLICABLE}
    said = [check.message for check in (deciding[:1] if good else deciding)]
    return tuple(one for number, one in enumerate(said) if one not in said[:number])


def _shape(result: CheckResult, deciding: list[Check]) -> tuple[str, str]:
    codes = {check.code for check in deciding if check.code}
    if result is CheckResult.FAILED:
        if any(check.id == "recipient" for check in deciding):
            return ("person", "is-invalid")
        return next((OWN_SHAPES[code] for code in OWN_SHAPES if code in codes), SHAPES[result])
    if result is CheckResult.UNKNOWN and any(code.endswith(("unreachable", "missing")) for code in codes):
        return ("unlink", "is-unknown")
    return SHAPES[result]


def _asked(report: Report, deciding: list[Check]) -> datetime:
    addresses = {check.document for check in deciding if check.document}
    answers = [one.fetched_at for one in report.used if {one.url, one.final_url} & addresses]
    return min(answers, default=report.judged_at)
