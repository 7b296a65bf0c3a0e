"""Whether an issuer issues from the address a badge stands at (VERIFICATION 4.6; 2.0 Profile.verification)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from backpack.openbadges.case import Case
from backpack.openbadges.errors import N_
from backpack.openbadges.identity import addresses
from backpack.openbadges.model import Version
from backpack.openbadges.proofs.chain import Node
from backpack.openbadges.versions.shapes import many, obj, string

_HOST = re.compile(
    r"(?=.{1,253}\Z)(?:localhost|(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?)"
)


def check(case: Case, issued: Sequence[Node], issuer: Node) -> None:
    """The check `scope`. `issued`: the assertion, and the badge class where there is one."""
    findings, assertion = case.findings, issued[0]
    if case.version is Version.OB_0_5:
        _check_origin(case, assertion, issuer)
        return
    if issuer.url is None:
        findings.not_applicable("scope", N_("The issuer has no address of its own to compare with."))
        return
    verification = obj(issuer.document.get("verification"))
    starts = [value for value in many(verification.get("startsWith")) if isinstance(value, str)] if verification else []
    origins = many(verification.get("allowedOrigins")) if verification else []
    if origins:
        inside = _host_of(assertion) in {_named_host(value) for value in origins} - {None}
    else:
        own = addresses.host_and_port(issuer.url)
        inside = all(addresses.host_and_port(node.url) == own for node in issued if node.url is not None)
    if any(_named_host(value) is None for value in origins):
        findings.failed("structure", "malformed", issuer.url, what="allowedOrigins")
    if inside and starts:
        inside = any(addresses.is_web(start) and (assertion.url or "").startswith(start) for start in starts)
    if inside:
        findings.passed("scope", N_("The issuer issues badges from this address."), issuer.url)
    else:
        findings.failed("scope", "out-of-scope", issuer.url)


def _check_origin(case: Case, assertion: Node, issuer: Node) -> None:
    """0.5: an assertion stands on the origin that it names as its issuer's."""
    stated = string(issuer.document.get("origin"))
    if stated and addresses.host_and_port(stated) == addresses.host_and_port(assertion.url or ""):
        case.findings.passed("scope", N_("The issuer issues badges from this address."), assertion.url)
    else:
        case.findings.failed("scope", "out-of-scope", assertion.url)


def _host_of(node: Node) -> str | None:
    return addresses.host(node.url)


def _named_host(value: object) -> str | None:
    """A bare host name, compared whole and without case; anything else names nothing."""
    if not isinstance(value, str):
        return None
    name = addresses.ascii_host(value)
    return name if _HOST.fullmatch(name) else None
