"""Open Badges of every version, read and judged. No web, no database, no network and no clock: facts in, a report out.

This is the whole public face of the library.
"""

from __future__ import annotations

from backpack.openbadges.addresses import rewrite_address
from backpack.openbadges.documents import Document, Documents, Missing
from backpack.openbadges.errors import OpenBadgesError
from backpack.openbadges.identity.signers import SigningKey, new_key
from backpack.openbadges.policy import Policy
from backpack.openbadges.reading import (
    Found,
    Unread,
    add_statement,
    bake,
    read,
    read_each,
    read_payload,
    without_statement,
)
from backpack.openbadges.report import Check, Outcome, Report
from backpack.openbadges.signing import sign
from backpack.openbadges.verifying import look_for_badge, verify

__all__ = [
    "Check",
    "Document",
    "Documents",
    "Found",
    "Missing",
    "OpenBadgesError",
    "Outcome",
    "Policy",
    "Report",
    "SigningKey",
    "Unread",
    "add_statement",
    "bake",
    "look_for_badge",
    "new_key",
    "read",
    "read_each",
    "read_payload",
    "rewrite_address",
    "sign",
    "verify",
    "without_statement",
]
