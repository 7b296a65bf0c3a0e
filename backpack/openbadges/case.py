"""One badge under judgement: what is asked, what was found, and what becomes of it. Flows fill it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from backpack.openbadges.asking import Inquiry
from backpack.openbadges.errors import N_
from backpack.openbadges.findings import Findings
from backpack.openbadges.identity import addresses, recipients
from backpack.openbadges.model import Credential, Version
from backpack.openbadges.report import IssuerAnswer, Outcome, RecipientAnswer, Report

TOLERANCE = timedelta(minutes=5)
"""How far ahead of us an issuer's clock may be."""
NOT_ESTABLISHED = IssuerAnswer(established=False)


@dataclass(slots=True)
class Case:
    """`shown` is what may be shown as the issuer's words; until somebody proved more, the copy in hand."""

    credential: Credential
    inquiry: Inquiry
    recipients: Collection[str] = ()
    depth: int = 0
    findings: Findings = field(default_factory=Findings)
    shown: Credential = field(init=False)
    version: Version | None = field(init=False)
    issuer: IssuerAnswer = NOT_ESTABLISHED
    facts: dict[str, str] = field(default_factory=dict)
    members: list[Report] = field(default_factory=list)
    endorsements: list[Report] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.shown = self.credential
        self.version = self.credential.version

    def report(self) -> Report:
        """The verdict on what was found."""
        answer = self._recipient()
        outcome, check = self.findings.outcome()
        facts: Mapping[str, str] = {**self.facts, **(check.message.facts if check else {})}
        return Report(
            outcome=outcome,
            reason=check.code if check else None,
            issuer=self.issuer,
            recipient=answer,
            checks=self.findings.checks(),
            credential=self.shown,
            version=self.version,
            judged_at=self.inquiry.now,
            used=self.inquiry.used,
            wanted=self.inquiry.wanted,
            until=self.inquiry.until,
            facts=facts,
            members=tuple(self.members),
            endorsements=tuple(self.endorsements),
        )

    def check_dates(self, start: datetime | None, end: datetime | None) -> None:
        """The checks `start` and `expiry`."""
        now = self.inquiry.now
        if start is None:
            self.findings.not_applicable("start", N_("The badge does not say from when it is valid."))
        elif start > now + TOLERANCE:
            self.inquiry.turns(start - TOLERANCE)
            self.findings.failed("start", "not-yet-valid", date=start.isoformat())
        else:
            self.findings.passed("start", N_("Valid since {date}."), date=start.isoformat())
        if start is not None and end is not None and end < start and self.findings.holds("structure"):
            self.findings.failed("structure", "malformed", what="expires")
        if end is None:
            self.findings.not_applicable("expiry", N_("The badge does not expire."))
        elif end < now:
            self.findings.failed("expiry", "expired", date=end.isoformat())
        else:
            self.inquiry.turns(end + timedelta(microseconds=1))
            self.findings.passed("expiry", N_("Valid until {date}."), date=end.isoformat())

    def establish(self, how: str, host: str, *, name: str | None = None, document: str | None = None) -> None:
        """Says who the named issuer is; the check `issuer` passes only if the signature, where there is one, held."""
        known = self.inquiry.policy.known_issuers.get(host)
        self.issuer = IssuerAnswer(
            established=True, how=how, name=name or known or host, unicode_name=addresses.unicode_host(host)
        )
        if not self.findings.holds("signature"):
            text = N_("It names {name} as its issuer, but nothing shows that they said it.")
            shown = name or addresses.unicode_host(host)
            self.findings.warning("issuer", text, "not-proven", document, name=shown)
            return
        sentence = {
            "domain": N_("The issuer is who answers at {name}."),
            "known-key": N_("The key is known to belong to {name}."),
            "platform": N_("Issued through {name}, which vouches for the issuer."),
        }[how]
        self.findings.passed("issuer", sentence, document, name=name or addresses.unicode_host(host))

    def not_established(self, text: str, **facts: str) -> None:
        """Nothing says who the issuer is: a doubt beside the outcome, never part of it."""
        if not self.findings.answered("issuer"):
            self.issuer = NOT_ESTABLISHED
            self.findings.warning("issuer", text, "not-established", **facts)

    def _recipient(self) -> RecipientAnswer:
        if not self.recipients:
            if not self.findings.answered("recipient"):
                self.findings.not_applicable("recipient", N_("Nobody’s address was given to compare."))
            return RecipientAnswer.NOT_ASKED
        found = recipients.matches(self.shown.recipient, self.recipients)
        if found.matches:
            self.findings.passed("recipient", N_("Issued to this address."))
            if found.weak:
                self.findings.warning("recipient", N_("The address is hidden by a weak hash (MD5)."), "weak-hash")
            if found.bare:
                text = N_("The address is hidden by a hash that does not say its kind; it was read as SHA-256.")
                self.findings.warning("recipient", text, "bare-hash")
            return RecipientAnswer.MATCH
        self.findings.warning("recipient", N_("Issued to another address."), "recipient-mismatch")
        if found.unreadable:
            self.findings.warning("recipient", N_("The recipient is hidden by a hash we cannot read."), "unknown-hash")
        return RecipientAnswer.MISMATCH

    @property
    def holds(self) -> bool:
        return self.findings.outcome()[0] is Outcome.VALID
