"""What a page says of a badge, for every combination of what the engine can answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest

from backpack.openbadges.reasons import CHECKS, REASONS, Rank
from backpack.openbadges.report import CheckResult, Outcome, RecipientAnswer
from backpack.web.verdicts import HOW_KNOWN, HOW_UNKNOWN, LOOKS, SOON, State, families, headline, how_known, state_of
from tests.web.reports import HOSTED_ONLY, KNOWN, NOW, UNKNOWN, asked, check, checks, last, report

MATCH, MISMATCH, NOT_ASKED = RecipientAnswer.MATCH, RecipientAnswer.MISMATCH, RecipientAnswer.NOT_ASKED
YESTERDAY = NOW - timedelta(days=1)
GREEN = {State.VALID, State.VALID_EXPIRING}

BY_CODE = {
    "signature-wrong": State.ALTERED,
    "signature-missing": State.NOT_VALID,
    "no-proof": State.NOT_VALID,
    "algorithm-not-allowed": State.NOT_VALID,
    "key-unfit": State.NOT_VALID,
    "claims-disagree": State.NOT_VALID,
    "proof-purpose": State.NOT_VALID,
    "key-not-issuers": State.NOT_VALID,
    "key-revoked": State.NOT_VALID,
    "id-mismatch": State.NOT_VALID,
    "hosted-without-url": State.NOT_VALID,
    "out-of-scope": State.NOT_VALID,
    "malformed": State.NOT_VALID,
    "not-yet-valid": State.NOT_VALID,
    "inner-invalid": State.NOT_VALID,
    "revoked": State.REVOKED,
    "suspended": State.SUSPENDED,
    "expired": State.EXPIRED,
    "document-missing": State.UNREACHABLE_NEVER,
    "document-unreachable": State.UNREACHABLE_NEVER,
    "document-not-json": State.UNREACHABLE_NEVER,
    "key-unconfirmed": State.UNKNOWN_ISSUER,
    "key-unreachable": State.UNREACHABLE_NEVER,
    "status-unreachable": State.STATUS_UNKNOWN,
    "status-unusable": State.STATUS_UNKNOWN,
    "unknown-context": State.UNSUPPORTED,
    "proof-unsupported": State.UNSUPPORTED,
    "proof-not-derived": State.UNSUPPORTED,
    "did-unsupported": State.UNSUPPORTED,
    "too-deep": State.UNSUPPORTED,
}
"""VERIFICATION, section 9, for a badge that was never confirmed and names the right person."""


def test_every_code_of_the_engine_has_its_state() -> None:
    assert set(BY_CODE) == set(REASONS)


@pytest.mark.parametrize(("code", "expected"), BY_CODE.items())
def test_a_reason_leads_to_its_state_and_says_its_sentence(code: str, expected: State) -> None:
    said = headline(report(REASONS[code].outcome, code))
    assert said.state is expected
    assert expected not in GREEN
    if code != "document-unreachable":  # never reached has a sentence of its own
        assert said.sentences[0].text == REASONS[code].sentence


@pytest.mark.parametrize("code", [code for code, state in BY_CODE.items() if state is State.UNREACHABLE_NEVER])
def test_an_issuer_that_once_answered_is_not_never(code: str) -> None:
    said = headline(replace(report(Outcome.UNKNOWN, code), last=last(Outcome.VALID, YESTERDAY)))
    assert said.state is State.UNREACHABLE
    assert said.sentences[-1].facts["moment"] == YESTERDAY.isoformat()


@pytest.mark.parametrize("code", [code for code, one in REASONS.items() if one.outcome is Outcome.UNKNOWN])
@pytest.mark.parametrize(
    ("reason", "words"),
    [("revoked", "Withdrawn by its issuer on {date}."), ("suspended", "Suspended by its issuer on {date}.")],
)
def test_what_was_taken_back_stays_taken_back_while_its_issuer_is_silent(code: str, reason: str, words: str) -> None:
    one = replace(report(Outcome.UNKNOWN, code), last=last(Outcome.REVOKED, YESTERDAY, reason))
    said = headline(one, checking=True)
    assert (said.state, said.css, one.was_withdrawn) == (State.WITHDRAWN, "is-revoked", True)
    assert said.sentences[0].text == words
    assert said.sentences[0].facts == {"date": YESTERDAY.isoformat()}
    assert not any("valid then" in sentence.text or "active" in sentence.text for sentence in said.sentences)
    assert headline(replace(one, recipient=MISMATCH)).state is State.WITHDRAWN


@pytest.mark.parametrize(
    ("outcome", "words"), [(Outcome.EXPIRED, "the badge had expired"), (Outcome.INVALID, "the badge was not valid")]
)
def test_no_good_day_is_told_where_another_word_came_last(outcome: Outcome, words: str) -> None:
    for code in ("document-unreachable", "status-unreachable"):
        said = headline(replace(report(Outcome.UNKNOWN, code), last=last(outcome, YESTERDAY)))
        assert words in said.sentences[-1].text


@pytest.mark.parametrize(
    ("outcome", "reason", "recipient", "expected"),
    [
        (Outcome.INVALID, "signature-wrong", MISMATCH, State.ALTERED),
        (Outcome.INVALID, "malformed", MISMATCH, State.NOT_VALID),
        (Outcome.REVOKED, "revoked", MISMATCH, State.REVOKED),
        (Outcome.EXPIRED, "expired", MISMATCH, State.WRONG_PERSON),
        (Outcome.UNKNOWN, "document-unreachable", MISMATCH, State.WRONG_PERSON),
        (Outcome.VALID, None, MISMATCH, State.WRONG_PERSON),
        (Outcome.VALID, None, MATCH, State.VALID),
        (Outcome.VALID, None, NOT_ASKED, State.VALID),
    ],
)
def test_the_graver_state_comes_first(
    outcome: Outcome, reason: str | None, recipient: RecipientAnswer, expected: State
) -> None:
    assert state_of(report(outcome, reason, recipient=recipient)) is expected


@pytest.mark.parametrize(
    ("days", "expected"),
    [(None, State.VALID), (31, State.VALID), (30, State.VALID_EXPIRING), (1, State.VALID_EXPIRING)],
)
def test_thirty_days_before_its_end_a_badge_expires_soon(days: int | None, expected: State) -> None:
    ends = None if days is None else NOW + timedelta(days=days)
    assert state_of(report(valid_until=ends)) is expected
    assert timedelta(days=30) == SOON


def test_green_is_never_a_default() -> None:
    """Every combination: green only for valid, proven, established and nobody else's."""
    codes: list[str | None] = [None, "a-code-of-tomorrow", *REASONS]
    proofs = [
        checks(),
        checks(**HOSTED_ONLY, source=CheckResult.PASSED, copy=CheckResult.PASSED),
        (),
        checks(signature=CheckResult.UNKNOWN),
    ]
    for outcome, code, recipient, issuer, (number, found), known, checking in product(
        Outcome, codes, RecipientAnswer, (KNOWN, UNKNOWN), enumerate(proofs), (None, *Outcome), (False, True)
    ):
        one = report(outcome, code, recipient=recipient, issuer=issuer, found=found)
        one = replace(one, last=last(known, YESTERDAY) if known else None)
        said = headline(one, checking=checking)
        allowed = one.green and number < 2
        assert (said.state in GREEN) is allowed
        assert (said.css == "is-valid") is allowed
        assert said.sentences
        assert all(sentence.text for sentence in said.sentences)


def test_a_badge_is_only_altered_when_its_signature_is_wrong() -> None:
    altered = [code for code in REASONS if state_of(report(REASONS[code].outcome, code)) is State.ALTERED]
    assert altered == ["signature-wrong"]


@pytest.mark.parametrize(
    ("status", "recipient", "holder", "expected"),
    [
        (CheckResult.PASSED, MATCH, None, "Genuine and active badge, issued to this person."),
        (CheckResult.PASSED, MATCH, "Camille", "Genuine and active badge, issued to {holder}."),
        (CheckResult.PASSED, NOT_ASKED, "Camille", "Genuine and active badge."),
        (CheckResult.NOT_APPLICABLE, MATCH, None, "Genuine badge, issued to this person."),
        (CheckResult.NOT_APPLICABLE, NOT_ASKED, None, "Genuine badge."),
    ],
)
def test_a_sentence_claims_only_what_was_checked(
    status: CheckResult, recipient: RecipientAnswer, holder: str | None, expected: str
) -> None:
    one = report(recipient=recipient, found=checks(status=status))
    assert headline(one, holder=holder).sentences[0].text == expected


@pytest.mark.parametrize(
    ("age", "expected"),
    [
        (timedelta(0), "Checked with the issuer at {clock}."),
        (timedelta(hours=5), "Checked with the issuer at {clock}."),
        (timedelta(days=2), "Checked with the issuer on {moment}."),
    ],
)
def test_the_clock_is_that_of_the_answer(age: timedelta, expected: str) -> None:
    when = headline(asked(report(), NOW - age)).when
    assert when is not None
    assert when.text == expected
    assert next(iter(when.facts.values())) == (NOW - age).isoformat()


def test_nothing_asked_means_nothing_claimed_about_asking() -> None:
    when = headline(replace(report(), used=())).when
    assert when is not None
    assert when.text == "Checked at {clock}."


def test_two_answers_to_one_question_must_both_be_good() -> None:
    found = (*checks(), check("signature", CheckResult.FAILED, "signature-wrong"))
    assert state_of(report(found=found)) not in GREEN


def test_a_revoked_badge_says_when_and_why_if_its_issuer_did() -> None:
    bare, told = (
        report(Outcome.REVOKED, "revoked"),
        report(Outcome.REVOKED, "revoked", date="2026-03-03T00:00:00+00:00", revocation_reason="doublon"),
    )
    assert [one.text for one in headline(bare).sentences] == ["The issuer withdrew this badge."]
    assert [one.text for one in headline(told).sentences] == [
        "The issuer withdrew this badge on {date}.",
        "Reason given: “{why}”.",
    ]


def test_only_a_first_check_is_under_way() -> None:
    one = report(Outcome.UNKNOWN, "document-unreachable")
    assert state_of(one, checking=True) is State.CHECKING
    assert state_of(replace(one, last=last(Outcome.VALID, YESTERDAY)), checking=True) is State.UNREACHABLE
    assert state_of(report(Outcome.REVOKED, "revoked"), checking=True) is State.REVOKED


def test_every_state_has_a_look_and_only_valid_ones_are_green() -> None:
    assert set(LOOKS) == set(State)
    assert {state for state, look in LOOKS.items() if look.css == "is-valid"} == GREEN


def test_a_list_is_summed_up_with_the_good_news_first() -> None:
    reports = [
        report(Outcome.EXPIRED, "expired"),
        report(),
        report(valid_until=NOW + timedelta(days=3)),
        report(Outcome.UNKNOWN, "document-unreachable"),
    ]
    summed = [(family.name, family.count) for family in families(headline(one) for one in reports)]
    assert summed == [("valid", 2), ("unknown", 1), ("expired", 1)]


def test_the_engine_and_the_pages_agree_on_what_ranks_as_status() -> None:
    status = {code for code, reason in REASONS.items() if reason.rank is Rank.STATUS_UNKNOWN}
    assert status == {code for code, state in BY_CODE.items() if state is State.STATUS_UNKNOWN}
    assert len(CHECKS) == 16


def test_whom_a_forged_badge_names_is_not_said_to_have_issued_it() -> None:
    assert how_known(report()) == HOW_KNOWN["domain"]
    forged = checks(signature=CheckResult.FAILED, key=CheckResult.NOT_APPLICABLE, issuer=CheckResult.WARNING)
    assert how_known(report(Outcome.INVALID, "signature-wrong", found=forged)) == HOW_UNKNOWN
