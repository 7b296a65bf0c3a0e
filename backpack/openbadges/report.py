"""The verdict: three separate answers (does it hold, who said it, about whom) and the checks they rest on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from backpack.openbadges.documents import Document
from backpack.openbadges.model import Credential, Version


class Outcome(StrEnum):
    """Does the statement hold, now? There is no sixth, and none is a default."""

    VALID = "valid"
    EXPIRED = "expired"
    REVOKED = "revoked"
    INVALID = "invalid"
    UNKNOWN = "unknown"


class CheckResult(StrEnum):
    __hash__ = str.__hash__  # Enum's own is a call in Python, and sets of these are asked at every step

    PASSED = "passed"
    FAILED = "failed"
    UNKNOWN = "unknown"
    WARNING = "warning"
    NOT_APPLICABLE = "not-applicable"


class RecipientAnswer(StrEnum):
    MATCH = "match"
    MISMATCH = "mismatch"
    NOT_ASKED = "not-asked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A plain sentence, translated where it is shown. `text` is the English one, with `{named}` places for `facts`."""

    text: str
    facts: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.text.format_map(_Blank(self.facts))


class _Blank(dict[str, str]):
    """A fact that nobody named leaves a gap, never an error."""

    def __missing__(self, key: str) -> str:
        return "…"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One question and its answer. `id` and `code` are stable (VERIFICATION: the checks, the reason codes)."""

    id: str
    result: CheckResult
    message: Sentence
    code: str | None = None
    subject: str | None = None
    document: str | None = None
    """The address of the document it rests on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuerAnswer:
    """Who the named issuer is, if anything establishes that. `how`: domain, known-key, platform.

    That the issuer said it is another answer: of a badge whose signature does not hold, `issuer` never passes.
    `name` is the host, the platform or the name on the operator's list; `unicode_name` the host as its owner writes it.
    """

    established: bool
    how: str | None = None
    name: str | None = None
    unicode_name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A document the engine asked for and did not get, or got only in a stale form."""

    url: str
    accept: str
    kind: str
    """assertion, status, key, achievement, profile, endorsement: says how long an answer stays fresh."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LastWord:
    """What was found for sure last, by whoever keeps a history: the engine keeps none."""

    outcome: Outcome
    reason: str | None
    at: datetime
    good_at: datetime | None
    """The last day on which it was valid; None where it was taken back or found wrong after it, or never was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The verdict on one badge at one instant."""

    outcome: Outcome
    reason: str | None
    issuer: IssuerAnswer
    recipient: RecipientAnswer
    checks: tuple[Check, ...]
    credential: Credential
    version: Version | None
    judged_at: datetime
    used: tuple[Document, ...] = ()
    wanted: tuple[Wanted, ...] = ()
    until: datetime | None = None
    """The next instant at which time alone could change this report; None if there is none."""
    facts: Mapping[str, str] = field(default_factory=dict)
    """What the sentence of `reason` names: date, what, name, revocation_reason ..."""
    members: tuple[Report, ...] = ()
    endorsements: tuple[Report, ...] = ()
    last: LastWord | None = None
    """Of what ended or cannot be confirmed, what was known last; whoever keeps a history puts it in."""

    @property
    def was_withdrawn(self) -> bool:
        """Whether its issuer took it back, as far as is known: its silence since takes nothing of that back."""
        known = self.last.outcome if self.last and self.outcome is Outcome.UNKNOWN else self.outcome
        return known is Outcome.REVOKED

    @property
    def answered_at(self) -> datetime | None:
        """When the issuer said what this report rests on; None if nothing had to be asked.

        The oldest of the answers about the badge itself (its page, its status): nobody may claim a later one.
        """
        addresses = {check.document for check in self.checks if check.id in {"source", "status"} and check.document}
        answers = [one.fetched_at for one in self.used if {one.url, one.final_url} & addresses]
        return min(answers, default=None)

    @property
    def green(self) -> bool:
        """Whether a page may show it in green: valid, issuer established, and not somebody else's."""
        return (
            self.outcome is Outcome.VALID and self.issuer.established and self.recipient is not RecipientAnswer.MISMATCH
        )
