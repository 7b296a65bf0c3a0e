"""A credential with everything in it that the standard's complete example has."""

from __future__ import annotations

from backpack.openbadges.report import CheckResult, Outcome
from tests.openbadges import complete, issuing


def test_a_complete_credential_holds_and_departs_from_nothing() -> None:
    report = issuing.judged(issuing.signed(complete.credential()))
    assert report.outcome is Outcome.VALID
    assert issuing.check(report, "schema").result is CheckResult.PASSED


def test_an_endorsement_is_judged_as_its_author_signed_it() -> None:
    """A type that no context defines is not the outer issuer's word; taking it out must not break the inner proof."""
    report = issuing.judged(issuing.signed(complete.credential()))
    assert issuing.check(report, "terms").code == "unsigned-terms"
    assert not {code for code in issuing.codes(report) if code == "endorsement-invalid"}
