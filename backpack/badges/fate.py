"""What becomes of a badge that somebody imports: theirs, for another address, nobody's, or not to be told yet."""

from __future__ import annotations

import re
from enum import StrEnum

from backpack.openbadges.model import Credential, Identity, Recipient
from backpack.openbadges.report import Outcome, RecipientAnswer, Report

ADDRESS_TYPES = {"email", "emailaddress"}


class Fate(StrEnum):
    MINE = "mine"
    ELSEWHERE = "elsewhere"
    """For an address that this person has not confirmed: it waits outside."""
    NAMELESS = "nameless"
    """Its holder is named in a way nobody here has proven (a DID, a telephone), or not at all."""
    GONE = "gone"
    """The issuer took it back, and nothing but its address is left."""
    SILENT = "silent"
    """Nothing of it could be read but an address: to be asked again."""


def fate_of(held: Credential, report: Report) -> Fate:
    """What the report says about whose badge this is. Nothing read is no reason to refuse, and none to accept."""
    if report.recipient is RecipientAnswer.MATCH:
        return Fate.MINE
    named = report.credential.recipient if _names(report.credential.recipient) else held.recipient
    if any(_is_address(one) for one in named.identities) or (named.id or "").lower().startswith("mailto:"):
        return Fate.ELSEWHERE
    if _names(named):
        return Fate.NAMELESS
    if report.outcome is Outcome.UNKNOWN:
        return Fate.SILENT
    return Fate.GONE if report.outcome is Outcome.REVOKED else Fate.NAMELESS


def _names(recipient: Recipient) -> bool:
    return bool(recipient.id or recipient.identities)


def _is_address(identity: Identity) -> bool:
    kind = re.split("[:/]", identity.type.lower())[-1]
    return kind in ADDRESS_TYPES or (not kind and ("@" in identity.value or identity.hashed))
