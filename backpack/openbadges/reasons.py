"""The questions of a verification and the reasons of its outcome: stable ids and codes, and the sentences people read.

`CHECKS` is the order in which every report lists its checks. A reason belongs to one rank; among the reasons that
apply to a badge, the lowest rank makes the outcome: what is forged is never called expired, and what could not be
proven is never called revoked.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from backpack.openbadges.errors import N_
from backpack.openbadges.report import Outcome

CHECKS: dict[str, str] = {
    "format": N_("Format recognised"),
    "structure": N_("Required information is there"),
    "terms": N_("Everything shown is covered by the signature"),
    "source": N_("Found at the issuer’s address"),
    "copy": N_("The file says what the issuer says"),
    "scope": N_("The issuer issues from this address"),
    "signature": N_("Signature intact"),
    "key": N_("The issuer’s key"),
    "issuer": N_("Issuer identified"),
    "status": N_("Not revoked or suspended"),
    "start": N_("Validity has begun"),
    "expiry": N_("Within its dates"),
    "recipient": N_("Issued to this person"),
    "endorsements": N_("Endorsements verified"),
    "links": N_("Image and criteria online"),
    "schema": N_("Conforms in detail"),
}


class Rank(IntEnum):
    """Which answer outweighs which."""

    FORGED = 1
    UNPROVEN = 2
    REVOKED = 3
    EXPIRED = 4
    TOO_EARLY = 5
    STATUS_UNKNOWN = 6


_OUTCOME = {
    Rank.FORGED: Outcome.INVALID,
    Rank.UNPROVEN: Outcome.UNKNOWN,
    Rank.REVOKED: Outcome.REVOKED,
    Rank.EXPIRED: Outcome.EXPIRED,
    Rank.TOO_EARLY: Outcome.INVALID,
    Rank.STATUS_UNKNOWN: Outcome.UNKNOWN,
}


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a badge does not hold: its rank, the headline it goes under, and the sentence (places: what, date, name)."""

    rank: Rank
    headline: str
    sentence: str

    @property
    def outcome(self) -> Outcome:
        return _OUTCOME[self.rank]


_ALTERED = N_("Modified after it was issued")
_NOT_VALID = N_("Not valid")
_NOT_CONFIRMED = N_("Not confirmed")
_ISSUER_UNRECOGNISED = N_("Issuer not recognised")
_STATUS_UNCONFIRMED = N_("Status not confirmed")
_NOT_SUPPORTED = N_("Not supported")
_CANNOT_CHECK = N_("We cannot check this kind of signature yet ({name}).")

REASONS: dict[str, Reason] = {
    "signature-wrong": Reason(
        Rank.FORGED, _ALTERED, N_("The content no longer matches the issuer’s signature. Do not rely on it.")
    ),
    "signature-missing": Reason(Rank.FORGED, _NOT_VALID, N_("This badge says it is signed, but carries no signature.")),
    "no-proof": Reason(Rank.FORGED, _NOT_VALID, N_("Nothing in this file proves who issued it.")),
    "algorithm-not-allowed": Reason(Rank.FORGED, _NOT_VALID, N_("A kind of signature that proves nothing.")),
    "key-unfit": Reason(Rank.FORGED, _NOT_VALID, N_("The signing key is too weak to prove anything.")),
    "claims-disagree": Reason(
        Rank.FORGED,
        _NOT_VALID,
        N_("The badge contradicts itself: the signed envelope and its content differ."),
    ),
    "proof-purpose": Reason(Rank.FORGED, _NOT_VALID, N_("This signature was not made to issue a badge.")),
    "key-not-issuers": Reason(Rank.FORGED, _NOT_VALID, N_("The signing key does not belong to the named issuer.")),
    "key-revoked": Reason(Rank.FORGED, _NOT_VALID, N_("The issuer withdrew the key that signed this badge.")),
    "id-mismatch": Reason(Rank.FORGED, _NOT_VALID, N_("The badge’s address leads to another badge.")),
    "hosted-without-url": Reason(
        Rank.FORGED, _NOT_VALID, N_("This badge should be published online but does not say where.")
    ),
    "out-of-scope": Reason(Rank.FORGED, _NOT_VALID, N_("This issuer does not issue badges from this address.")),
    "malformed": Reason(Rank.FORGED, _NOT_VALID, N_("Required information is missing or unreadable: {what}.")),
    "inner-invalid": Reason(Rank.FORGED, _NOT_VALID, N_("One of the badges in this record is not valid.")),
    "document-missing": Reason(
        Rank.UNPROVEN, _NOT_CONFIRMED, N_("The issuer no longer finds this badge at its address.")
    ),
    "document-unreachable": Reason(Rank.UNPROVEN, _NOT_CONFIRMED, N_("We could not reach the issuer.")),
    "document-not-json": Reason(
        Rank.UNPROVEN, _NOT_CONFIRMED, N_("The badge’s address answers, but not with a badge.")
    ),
    "key-unconfirmed": Reason(
        Rank.UNPROVEN,
        _ISSUER_UNRECOGNISED,
        N_("The signature is intact, but nothing ties its key to the named issuer."),
    ),
    "key-unreachable": Reason(Rank.UNPROVEN, _NOT_CONFIRMED, N_("The issuer’s key does not answer.")),
    "unknown-context": Reason(Rank.UNPROVEN, _NOT_SUPPORTED, N_("This badge uses a vocabulary we do not know.")),
    "proof-unsupported": Reason(Rank.UNPROVEN, _NOT_SUPPORTED, _CANNOT_CHECK),
    "proof-not-derived": Reason(Rank.UNPROVEN, _NOT_SUPPORTED, _CANNOT_CHECK),
    "did-unsupported": Reason(Rank.UNPROVEN, _NOT_SUPPORTED, _CANNOT_CHECK),
    "too-deep": Reason(
        Rank.UNPROVEN,
        _NOT_SUPPORTED,
        N_("Records lie within one another, deeper than we open them: what is in the innermost was not checked."),
    ),
    "revoked": Reason(Rank.REVOKED, N_("Revoked"), N_("The issuer withdrew this badge.")),
    "suspended": Reason(Rank.REVOKED, N_("Suspended"), N_("The issuer suspended this badge.")),
    "expired": Reason(Rank.EXPIRED, N_("Expired"), N_("Genuine, but its validity ended on {date}.")),
    "not-yet-valid": Reason(Rank.TOO_EARLY, _NOT_VALID, N_("This badge is valid only from {date}.")),
    "status-unreachable": Reason(
        Rank.STATUS_UNKNOWN,
        _STATUS_UNCONFIRMED,
        N_("The signature is good; the revocation list does not answer."),
    ),
    "status-unusable": Reason(
        Rank.STATUS_UNKNOWN,
        _STATUS_UNCONFIRMED,
        N_("The signature is good; the revocation list cannot be used."),
    ),
}

UNREADABLE: tuple[str, ...] = (
    "no-badge-found",
    "ambiguous-container",
    "not-json",
    "not-a-badge",
    "too-large",
    "encrypted",
    "truncated",
)
"""Codes of an input in which no badge could be read: no outcome (see `errors`)."""
