"""Revocation lists that are plain JSON: those of 2.0 (and 1.x), and `1EdTechRevocationList` (VERIFICATION 5.5, 6.6).

Nobody signs them: they are good because the issuer names their address, and only as good as the host that answers.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from backpack.openbadges.asking import GONE
from backpack.openbadges.case import Case
from backpack.openbadges.documents import Missing
from backpack.openbadges.errors import N_, OpenBadgesError
from backpack.openbadges.identity import addresses
from backpack.openbadges.strict_json import JSON, loads
from backpack.openbadges.versions.shapes import identifier, many, string

_NOT_LISTED = N_("Not on the issuer’s revocation list.")
_NOT_LISTED_AT = N_("Not on the revocation list that {name} answers; such lists are not signed.")


def check_revoked_assertions(case: Case, address: str, ids: Collection[str]) -> None:
    """The list of a 2.0 profile (`revokedAssertions`), or the map of 1.x from id to reason."""
    document = _read(case, address)
    if document is None:
        return
    entries = document.get("revokedAssertions")
    if entries is None and "type" not in document and "@context" not in document:
        entries = [{"id": name, "revocationReason": reason} for name, reason in document.items()]
    elif entries is None:
        case.findings.unknown("status", "status-unusable", address)
        return
    _look_for(case, address, entries, ids)


def check_revoked_credentials(case: Case, address: str, credential_id: str | None) -> None:
    """A `1EdTechRevocationList`: `revokedCredential`, an array or one object; plain ids are read too."""
    document = _read(case, address)
    if document is None:
        return
    if "revokedCredential" not in document:
        case.findings.unknown("status", "status-unusable", address)
        return
    entries = many(document["revokedCredential"])
    if any(not isinstance(entry, dict) for entry in entries):
        case.findings.warning(
            "schema", N_("{what} departs from the standard."), "schema", address, what="revokedCredential"
        )
    issuer = identifier(document.get("issuer"))
    if issuer is not None and issuer != case.shown.issuer.id:
        case.findings.warning("status", N_("The list names another issuer."), "status-list-other-issuer", address)
    if _is_nobodys(case, address):
        case.findings.unknown("status", "status-unusable", address)
        return
    _remark_on_host(case, address)
    _look_for(case, address, entries, {credential_id} if credential_id else (), _NOT_LISTED_AT)


def _read(case: Case, address: str) -> dict[str, JSON] | None:
    if not addresses.is_web(address):
        case.findings.unknown("status", "status-unusable", address)
        return None
    answer = case.inquiry.ask(address, "status", "application/json")
    if isinstance(answer, Missing) or answer.status == GONE:
        case.findings.unknown("status", "status-unreachable", address)
        return None
    try:
        document = loads(answer.body)
    except OpenBadgesError:
        document = None
    if not isinstance(document, dict):
        case.findings.unknown("status", "status-unusable", address)
        return None
    return document


def _is_nobodys(case: Case, address: str) -> bool:
    """Whether it neither came encrypted nor stands with the issuer or its platform: anybody may have written it."""
    return not addresses.is_https(address) and not _is_at_home(case, address)


def _is_at_home(case: Case, address: str) -> bool:
    host, issuer, policy = addresses.host(address) or "", case.shown.issuer, case.inquiry.policy
    own = (issuer.id, issuer.url, case.shown.id)
    return addresses.on_platform(policy, host) is not None or any(
        addresses.same_domain(policy, host, addresses.host(one)) for one in own
    )


def _remark_on_host(case: Case, address: str) -> None:
    """Nobody signs such a list: it is as good as the host that answers it (6.6)."""
    if not addresses.is_https(address):
        text = N_("The list is answered without encryption, so anybody could answer in its place.")
        case.findings.warning("status", text, "status-list-unencrypted", address)
    elif not _is_at_home(case, address):
        text = N_("The list is answered by {name}, which is not known to be the issuer’s.")
        name = addresses.unicode_host(addresses.host(address) or "")
        case.findings.warning("status", text, "status-list-elsewhere", address, name=name)


def _look_for(case: Case, address: str, entries: JSON, ids: Collection[str], not_listed: str = _NOT_LISTED) -> None:
    for named, revoked, reason in _entries(entries):
        if named & set(ids) and revoked:
            case.findings.failed("status", "revoked", address)
            if reason:
                case.facts["revocation_reason"] = reason
            return
    name = addresses.unicode_host(addresses.host(address) or "")
    case.findings.passed("status", not_listed, address, name=name)


def _entries(entries: JSON) -> Iterator[tuple[set[str], bool, str | None]]:
    """The ids of an entry, whether it revokes, and why."""
    for entry in many(entries):
        if isinstance(entry, str):
            yield {entry}, True, None
        elif isinstance(entry, dict):
            ids = {value for name in ("id", "@id", "uid") if (value := string(entry.get(name)))}
            reason = string(entry.get("revocationReason")) or string(entry.get("reason"))
            yield ids, entry.get("revoked", True) is not False, reason
