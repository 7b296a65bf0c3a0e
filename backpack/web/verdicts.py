"""What a page says about a badge: one word, one shape and one sentence, from a report and nothing else.

Pure functions. A state is never green by default: green needs a valid outcome, a proof that was checked, an issuer
who is established and nobody else's name on it. Sentences claim only what a check of this very report passed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from backpack.errors import N_
from backpack.openbadges.reasons import REASONS, Rank
from backpack.openbadges.report import Check, CheckResult, LastWord, Outcome, RecipientAnswer, Report, Sentence

SOON: Final = timedelta(days=30)
JUST_NOW: Final = timedelta(hours=6)


class State(StrEnum):
    """How a badge stands. Codes are stable: filters, letters and the API may use them."""

    VALID = "valid"
    VALID_EXPIRING = "valid_expiring"
    EXPIRED = "expired"
    REVOKED = "revoked"
    SUSPENDED = "suspended"
    WITHDRAWN = "withdrawn"
    """Taken back or suspended when that was last known; its issuer cannot be asked today."""
    UNREACHABLE = "unreachable"
    UNREACHABLE_NEVER = "unreachable_never"
    STATUS_UNKNOWN = "status_unknown"
    ALTERED = "altered"
    NOT_VALID = "not_valid"
    WRONG_PERSON = "wrong_person"
    UNKNOWN_ISSUER = "unknown_issuer"
    UNSUPPORTED = "unsupported"
    CHECKING = "checking"


@dataclass(frozen=True, slots=True)
class Look:
    """What does not depend on the badge: label, shape (`o-…` in the sprite), colour class, how its picture is shown,
    and what its owner can do about it."""

    label: str
    mark: str
    css: str
    art: str
    owner: str | None


LOOKS: Final[Mapping[State, Look]] = {
    State.VALID: Look(N_("Valid"), "valid", "is-valid", "", None),
    State.VALID_EXPIRING: Look(N_("Valid, expires soon"), "soon", "is-valid", "", N_("Ask the issuer to renew it.")),
    State.EXPIRED: Look(
        N_("Expired"), "expired", "is-expired", "faded", N_("Keep it as part of your history, or hide it.")
    ),
    State.REVOKED: Look(
        N_("Revoked by the issuer"),
        "revoked",
        "is-revoked",
        "out",
        N_("Contact the issuer. The badge no longer counts in your CVs."),
    ),
    State.SUSPENDED: Look(
        N_("Suspended by the issuer"),
        "revoked",
        "is-revoked",
        "faded",
        N_("Contact the issuer: a suspension can be lifted."),
    ),
    State.WITHDRAWN: Look(
        N_("Withdrawn, not confirmed today"),
        "revoked",
        "is-revoked",
        "out",
        N_("Contact the issuer. The badge no longer counts in your CVs."),
    ),
    State.UNREACHABLE: Look(
        N_("Not confirmed today"),
        "unlink",
        "is-unknown",
        "",
        N_("There is nothing for you to do."),
    ),
    State.UNREACHABLE_NEVER: Look(
        N_("Never confirmed"), "unlink", "is-unknown", "", N_("This badge cannot be published for now.")
    ),
    State.STATUS_UNKNOWN: Look(
        N_("Genuine, status not confirmed"), "unknown", "is-unknown", "", N_("There is nothing for you to do.")
    ),
    State.ALTERED: Look(
        N_("Altered after issue"),
        "invalid",
        "is-invalid",
        "out",
        N_("Import the original file that you received from the issuer."),
    ),
    State.NOT_VALID: Look(
        N_("Not valid"), "invalid", "is-invalid", "out", N_("Ask the issuer for a badge without this fault.")
    ),
    State.WRONG_PERSON: Look(
        N_("Issued to someone else"),
        "person",
        "is-invalid",
        "out",
        N_("Did you receive it at another address? Add that address and confirm it."),
    ),
    State.UNKNOWN_ISSUER: Look(N_("Issuer not recognised"), "issuer", "is-issuer", "", None),
    State.UNSUPPORTED: Look(
        N_("Format not supported"), "unknown", "is-unknown", "", N_("You can attach it to another badge as evidence.")
    ),
    State.CHECKING: Look(N_("Checking…"), "unknown", "is-unknown", "", None),
}

UNSUPPORTED: Final = frozenset(
    {"unknown-context", "proof-unsupported", "proof-not-derived", "did-unsupported", "too-deep"}
)
NOT_CHECKED: Final = N_("This could not be checked.")


@dataclass(frozen=True, slots=True)
class Headline:
    """A badge's state as a page shows it. `sentences` and `when` are translated where they are shown."""

    state: State
    look: Look
    sentences: tuple[Sentence, ...]
    when: Sentence | None

    @property
    def label(self) -> str:
        return self.look.label

    @property
    def mark(self) -> str:
        return self.look.mark

    @property
    def css(self) -> str:
        return self.look.css

    @property
    def art(self) -> str:
        return self.look.art

    @property
    def owner(self) -> str | None:
        return self.look.owner


def headline(report: Report, *, checking: bool = False, holder: str | None = None) -> Headline:
    """How a badge stands, in words.

    `checking`: whether its first check is still under way. `holder`: the name to say instead of "this person".
    """
    state = state_of(report, checking=checking)
    return Headline(state, LOOKS[state], _sentences(state, report, holder), _when(state, report))


def state_of(report: Report, *, checking: bool = False) -> State:
    """The state of a badge; several can apply, the first of PRODUCT's order wins."""
    match report.outcome:
        case Outcome.INVALID:
            return State.ALTERED if report.reason == "signature-wrong" else State.NOT_VALID
        case Outcome.REVOKED:
            return State.SUSPENDED if report.reason == "suspended" else State.REVOKED
        case _ if report.was_withdrawn:
            return State.WITHDRAWN
        case _ if report.recipient is RecipientAnswer.MISMATCH:
            return State.WRONG_PERSON
        case Outcome.EXPIRED:
            return State.EXPIRED
        case Outcome.VALID if is_authentic(report):
            return _valid(report)
        case _:
            return _unknown(report, checking)


def is_authentic(report: Report) -> bool:
    """Whether a proof of this badge was checked and held: its signature, or its issuer's own page."""
    return passed(report, "signature") or passed(report, "source")


def passed(report: Report, check_id: str) -> bool:
    """Whether this check was made and passed; one question can have several answers, and all must be good."""
    results = {check.result for check in checks_of(report, check_id)}
    return CheckResult.PASSED in results and not results & {CheckResult.FAILED, CheckResult.UNKNOWN}


def _valid(report: Report) -> State:
    if not report.issuer.established:
        return State.UNKNOWN_ISSUER
    ends = report.credential.valid_until
    return State.VALID_EXPIRING if ends and ends - report.judged_at <= SOON else State.VALID


def _unknown(report: Report, checking: bool) -> State:
    if report.reason in UNSUPPORTED:
        return State.UNSUPPORTED
    if checking and report.last is None:
        return State.CHECKING
    if report.reason in REASONS and REASONS[report.reason].rank is Rank.STATUS_UNKNOWN:
        return State.STATUS_UNKNOWN
    if report.reason == "key-unconfirmed":
        return State.UNKNOWN_ISSUER
    return State.UNREACHABLE if report.last else State.UNREACHABLE_NEVER


def _sentences(state: State, report: Report, holder: str | None) -> tuple[Sentence, ...]:
    match state:
        case State.VALID | State.VALID_EXPIRING:
            return (_praise(report, holder), _ends(report))
        case State.REVOKED:
            return _withdrawn(report)
        case State.WRONG_PERSON:
            return (Sentence(text=N_("This badge was not issued to any confirmed address of this person.")),)
        case State.CHECKING:
            return (Sentence(text=N_("The result will appear in a few seconds.")),)
        case State.UNKNOWN_ISSUER if report.reason is None:
            return (_nobody(report),)
        case State.UNREACHABLE_NEVER if report.reason in {None, "document-unreachable"}:
            return (Sentence(text=N_("We have never been able to reach this badge’s issuer.")),)
        case State.WITHDRAWN if report.last:
            return (_last_word(state, report.last), _reason(report))
        case State.UNREACHABLE | State.STATUS_UNKNOWN if report.last:
            return (_reason(report), _last_word(state, report.last))
        case _:
            return (_reason(report),)


def _reason(report: Report) -> Sentence:
    text = REASONS[report.reason].sentence if report.reason in REASONS else NOT_CHECKED
    facts = dict(report.facts)
    if report.reason == "expired" and report.credential.valid_until:
        facts.setdefault("date", report.credential.valid_until.isoformat())
    return Sentence(text=text, facts=facts)


def _praise(report: Report, holder: str | None) -> Sentence:
    theirs = report.recipient is RecipientAnswer.MATCH
    if theirs and holder:
        active, inactive = N_("Genuine and active badge, issued to {holder}."), N_("Genuine badge, issued to {holder}.")
    elif theirs:
        active = N_("Genuine and active badge, issued to this person.")
        inactive = N_("Genuine badge, issued to this person.")
    else:
        active, inactive = N_("Genuine and active badge."), N_("Genuine badge.")
    return Sentence(text=active if passed(report, "status") else inactive, facts={"holder": holder or ""})


def _ends(report: Report) -> Sentence:
    ends = report.credential.valid_until
    if ends is None:
        return Sentence(text=N_("No end date."))
    return Sentence(text=N_("Valid until {date}."), facts={"date": ends.isoformat()})


def _withdrawn(report: Report) -> tuple[Sentence, ...]:
    date, why = report.facts.get("date"), report.facts.get("revocation_reason")
    first = N_("The issuer withdrew this badge on {date}.") if date else REASONS["revoked"].sentence
    said = (Sentence(text=first, facts={"date": date or ""}),)
    return (*said, Sentence(text=N_("Reason given: “{why}”."), facts={"why": why})) if why else said


def _nobody(report: Report) -> Sentence:
    if passed(report, "signature"):
        return Sentence(text=N_("The signature is good, but we cannot tell who this issuer is."))
    return Sentence(text=N_("We cannot tell who this issuer is."))


def _last_word(state: State, last: LastWord) -> Sentence:
    match last.outcome:
        case Outcome.REVOKED if last.reason == "suspended":
            return Sentence(text=N_("Suspended by its issuer on {date}."), facts={"date": last.at.isoformat()})
        case Outcome.REVOKED:
            return Sentence(text=N_("Withdrawn by its issuer on {date}."), facts={"date": last.at.isoformat()})
        case Outcome.EXPIRED:
            text, at = N_("Last known on {moment}: the badge had expired."), last.at
        case Outcome.VALID if state is State.STATUS_UNKNOWN:
            text, at = N_("Last known status: active, on {moment}."), last.good_at or last.at
        case Outcome.VALID:
            text, at = N_("Last successful check on {moment}: the badge was valid then."), last.good_at or last.at
        case _:
            text, at = N_("Last successful check on {moment}: the badge was not valid then."), last.at
    return Sentence(text=text, facts={"moment": at.isoformat()})


def _when(state: State, report: Report) -> Sentence | None:
    if state is State.CHECKING:
        return None
    if state in {State.UNREACHABLE, State.UNREACHABLE_NEVER, State.STATUS_UNKNOWN, State.WITHDRAWN}:
        return Sentence(
            text=N_("As of {clock}. We try again by ourselves."), facts={"clock": report.judged_at.isoformat()}
        )
    asked = report.answered_at
    if asked is None:
        return Sentence(text=N_("Checked at {clock}."), facts={"clock": report.judged_at.isoformat()})
    if report.judged_at - asked <= JUST_NOW:
        return Sentence(text=N_("Checked with the issuer at {clock}."), facts={"clock": asked.isoformat()})
    return Sentence(text=N_("Checked with the issuer on {moment}."), facts={"moment": asked.isoformat()})


def may_change_at(report: Report) -> datetime | None:
    """The instant from which a page left open looks again, because time may have changed this verdict; None where time
    changes nothing. An instant and no span: a page may be sent long after it was made."""
    return report.until + timedelta(seconds=1) if report.until else None


def checks_of(report: Report, check_id: str) -> tuple[Check, ...]:
    """The answers to one question of the engine; empty when the report lacks it."""
    return tuple(check for check in report.checks if check.id == check_id)


HOW_KNOWN: Final[Mapping[str, str]] = {
    "known-key": N_("Recognised issuer: its key is on this site’s list."),
    "domain": N_("Domain verified: the badge comes from this organisation’s own site."),
    "platform": N_("Published on a platform that vouches for its issuers."),
}
HOW_UNKNOWN: Final = N_("Nothing establishes who this issuer is.")


def how_known(report: Report) -> str:
    """How we know who the issuer is, as a sentence to be translated. Who a forged badge names said nothing."""
    is_theirs = report.issuer.established and passed(report, "issuer")
    return HOW_KNOWN.get(report.issuer.how or "", HOW_UNKNOWN) if is_theirs else HOW_UNKNOWN


@dataclass(frozen=True, slots=True)
class Family:
    """How many badges of a list stand alike."""

    name: str
    mark: str
    css: str
    count: int


FAMILIES: Final[tuple[tuple[str, str, str, frozenset[State]], ...]] = (
    ("valid", "valid", "is-valid", frozenset({State.VALID, State.VALID_EXPIRING})),
    ("issuer", "issuer", "is-issuer", frozenset({State.UNKNOWN_ISSUER})),
    (
        "unknown",
        "unlink",
        "is-unknown",
        frozenset(
            {
                State.UNREACHABLE,
                State.UNREACHABLE_NEVER,
                State.STATUS_UNKNOWN,
                State.UNSUPPORTED,
                State.CHECKING,
            }
        ),
    ),
    ("expired", "expired", "is-expired", frozenset({State.EXPIRED})),
    ("revoked", "revoked", "is-revoked", frozenset({State.REVOKED, State.SUSPENDED, State.WITHDRAWN})),
    ("invalid", "invalid", "is-invalid", frozenset({State.ALTERED, State.NOT_VALID, State.WRONG_PERSON})),
)


def families(headlines: Iterable[Headline]) -> list[Family]:
    """The sum of a list of badges, the good news first; families without a badge are left out."""
    states = [one.state for one in headlines]
    counted = [Family(name, mark, css, sum(s in members for s in states)) for name, mark, css, members in FAMILIES]
    return [family for family in counted if family.count]
