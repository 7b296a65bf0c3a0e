"""Reports made by hand, for what pages say about them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from backpack.openbadges.documents import Document
from backpack.openbadges.model import Achievement, Credential, Issuer, Text, Version
from backpack.openbadges.reasons import CHECKS
from backpack.openbadges.report import (
    Check,
    CheckResult,
    IssuerAnswer,
    LastWord,
    Outcome,
    RecipientAnswer,
    Report,
    Sentence,
)

NOW = datetime(2026, 11, 23, 13, 5, tzinfo=UTC)
PAGE = "https://bu.estuaire.example/b/1"

HOSTED_ONLY = {"signature": CheckResult.NOT_APPLICABLE, "key": CheckResult.NOT_APPLICABLE}
SIGNED_ONLY = {"source": CheckResult.NOT_APPLICABLE, "copy": CheckResult.NOT_APPLICABLE}

KNOWN = IssuerAnswer(established=True, how="domain", name="bu.estuaire.example")
UNKNOWN = IssuerAnswer(established=False)


def check(check_id: str, result: CheckResult = CheckResult.PASSED, code: str | None = None) -> Check:
    sentence = Sentence(text=f"{check_id} {result}")
    return Check(id=check_id, result=result, message=sentence, code=code, document=PAGE)


def checks(**other: CheckResult) -> tuple[Check, ...]:
    """All sixteen, passed unless said otherwise; a signed badge without endorsements."""
    results = {**SIGNED_ONLY, "endorsements": CheckResult.NOT_APPLICABLE, **other}
    return tuple(check(check_id, results.get(check_id, CheckResult.PASSED)) for check_id in CHECKS)


def report(
    outcome: Outcome = Outcome.VALID,
    reason: str | None = None,
    *,
    issuer: IssuerAnswer = KNOWN,
    recipient: RecipientAnswer = RecipientAnswer.MATCH,
    valid_until: datetime | None = None,
    found: tuple[Check, ...] | None = None,
    **facts: str,
) -> Report:
    return Report(
        outcome=outcome,
        reason=reason,
        issuer=issuer,
        recipient=recipient,
        checks=checks() if found is None else found,
        credential=Credential(
            payload=b"{}",
            issuer=Issuer(name=Text(value="Bibliothèques de l’Estuaire (fictives)")),
            achievement=Achievement(name=Text(value="Tutorat en bibliothèque : accompagner ses pairs")),
            valid_until=valid_until,
        ),
        version=Version.OB_3_0,
        judged_at=NOW,
        used=(answer(NOW),),
        facts=facts,
    )


def last(outcome: Outcome, at: datetime, reason: str | None = None) -> LastWord:
    """What was known last, of that instant."""
    return LastWord(outcome=outcome, reason=reason, at=at, good_at=at if outcome is Outcome.VALID else None)


def answer(fetched_at: datetime) -> Document:
    """What the issuer's page said at this instant."""
    return Document(
        url=PAGE, final_url=PAGE, status=200, fetched_at=fetched_at, fresh_until=fetched_at, usable_until=fetched_at
    )


def asked(one: Report, fetched_at: datetime) -> Report:
    """The same report, resting on an answer of another instant."""
    return replace(one, used=(answer(fetched_at),))
