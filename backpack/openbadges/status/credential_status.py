"""`credentialStatus` and `refreshService` of a verifiable credential (VERIFICATION 6.6)."""

from __future__ import annotations

from backpack.openbadges.case import Case
from backpack.openbadges.errors import N_
from backpack.openbadges.status import bitstring, lists
from backpack.openbadges.strict_json import JSON
from backpack.openbadges.versions.shapes import Object, many, string, strings

LISTS = frozenset({"1EdTechRevocationList"})


def check(case: Case, document: Object) -> None:
    """The check `status`: every entry is asked; the worst answer counts."""
    entries = many(document.get("credentialStatus"))
    if not entries:
        if not case.findings.answered("status"):
            case.findings.not_applicable("status", N_("The issuer publishes no revocation list."))
        return
    for entry in entries:
        _check_entry(case, entry, string(document.get("id")))


def _check_entry(case: Case, entry: JSON, credential_id: str | None) -> None:
    if not isinstance(entry, dict):
        case.findings.unknown("status", "status-unusable")
        return
    kinds = set(strings(entry.get("type")))
    if kinds & LISTS:
        lists.check_revoked_credentials(case, string(entry.get("id")) or "", credential_id)
    if kinds & bitstring.ENTRIES:
        bitstring.check(case, entry)
    if not kinds & (LISTS | bitstring.ENTRIES):
        case.findings.unknown("status", "status-unusable", name=", ".join(sorted(kinds)))
