"""Signed badges of 1.x and 2.x: a compact JWS around the assertion (VERIFICATION 5; 2.0 SignedBadge Verification)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from backpack.openbadges import versions
from backpack.openbadges.asking import GONE
from backpack.openbadges.case import Case
from backpack.openbadges.documents import Document
from backpack.openbadges.errors import N_
from backpack.openbadges.identity import addresses, keys, published
from backpack.openbadges.identity.signers import SigningKey
from backpack.openbadges.model import Version
from backpack.openbadges.opened import plain_document
from backpack.openbadges.proofs import compact, hosted
from backpack.openbadges.proofs.chain import Node
from backpack.openbadges.proofs.compact import Token
from backpack.openbadges.status import lists
from backpack.openbadges.strict_json import JSON
from backpack.openbadges.versions.shapes import Object, identifier, many, obj, string

_SIGNED = N_("The badge carries its issuer’s signature; it need not stand at an address.")


@dataclass(frozen=True, slots=True)
class _Key:
    """A key the issuer lists: the key itself, or why it cannot be had."""

    url: str | None
    key: keys.PublicKey | None = None
    code: str | None = None
    owner: str | None = None


def judge(case: Case, token: Token) -> None:
    """Judges a signed assertion whose token is in order."""
    findings = case.findings
    document = plain_document(token.claims)
    findings.not_applicable("source", _SIGNED)
    findings.not_applicable("copy", _SIGNED)
    findings.not_applicable("scope", _SIGNED)
    findings.not_applicable("terms", N_("The signature covers every byte."))
    if token.fault is not None:
        code, found = token.fault
        findings.open("structure" if code == "malformed" else "signature", code, what=found, name=found)
        if findings.forged:
            # No answer of anybody could make it prove anything.
            return
    badge, issuer = hosted.documents_behind(case, document)
    hosted.check_structure(case, document, badge, issuer)
    if issuer is None or findings.forged:
        return
    hosted.show(case, document, badge, issuer)
    if token.fault is not None:
        return
    trusted = _trusted_keys(case, document, issuer)
    if not _check_signature(case, token, trusted):
        return
    _establish(case, [node for node in (badge, issuer) if node is not None], trusted)
    _check_status(case, document, issuer)
    case.check_dates(case.shown.valid_from, case.shown.valid_until)


def _trusted_keys(case: Case, document: Object, issuer: Node) -> list[_Key]:
    """The keys that may have signed: those the issuer's own profile lists (5.2, 5.3)."""
    verification = obj(document.get("verification", document.get("verify")))
    if case.version in (Version.OB_1_0, Version.OB_1_1):
        address = string(verification.get("url")) or string(verification.get("creator"))
        if address is None or addresses.origin(address) != addresses.origin(issuer.url or ""):
            case.findings.failed("key", "key-not-issuers", address)
            return []
        return [_read_key(case, address, {})]
    listed = {identifier(value): value for value in many(issuer.document.get("publicKey"))}
    creator = identifier(verification.get("creator"))
    if creator is not None and creator not in listed:
        case.findings.failed("key", "key-not-issuers", issuer.url)
        return []
    chosen = [creator] if creator is not None else list(listed)
    if not chosen:
        case.findings.failed("key", "key-not-issuers", issuer.url)
    return [_read_key(case, address, obj(listed[address])) for address in chosen]


def _read_key(case: Case, address: str | None, embedded: Object) -> _Key:
    """A CryptographicKey: its own document at its address, else as the profile embeds it."""
    form = embedded
    if "publicKeyPem" not in embedded:
        if not addresses.is_web(address) or address is None:
            return _Key(address, code="key-unreachable")
        answer = published.fetch(case.inquiry, address)
        if isinstance(answer, Document) and answer.status == GONE:
            return _Key(address, code="key-revoked")
        form = published.read_object(answer) or _pem(answer)
    if not form:
        return _Key(address, code="key-unreachable")
    made = case.shown.valid_from or case.inquiry.now
    if form.get("revoked") not in (None, False) or not published.counts_at(form, made):
        return _Key(address, code="key-revoked")
    pem = string(form.get("publicKeyPem"))
    if pem is None or published.has_no_readable_end(form):
        return _Key(address, code="key-unreachable")
    try:
        return _Key(address, keys.from_pem(pem), owner=identifier(form.get("owner")))
    except keys.KeyUnreadable:
        return _Key(address, code="key-unreachable")
    except keys.KeyUnfit:
        return _Key(address, code="key-unfit")
    except keys.KeyUnsupported:
        return _Key(address, code="proof-unsupported")


def _pem(answer: object) -> dict[str, JSON]:
    """1.x: the address may answer the PEM itself."""
    if isinstance(answer, Document) and answer.status == 200 and b"-----BEGIN" in answer.body[:200]:
        return {"publicKeyPem": answer.body.decode("ascii", "replace")}
    return {}


def _check_signature(case: Case, token: Token, trusted: list[_Key]) -> bool:
    """The checks `key` and `signature`; whether the token was signed by one of these keys."""
    findings = case.findings
    readable = [key for key in trusted if key.key is not None]
    holding = next((key for key in readable if key.key is not None and token.signed_by(key.key)), None)
    if holding is not None:
        findings.passed("signature", N_("The signature is intact."), holding.url)
        findings.passed("key", N_("The issuer lists the key that signed."), holding.url)
        if holding.owner is not None and holding.owner != case.shown.issuer.id:
            findings.warning("key", N_("The key names another owner."), "key-owner", holding.url)
        return True
    for key in trusted:
        if key.code is not None:
            findings.open("key", key.code, key.url, name=token.algorithm)
    if readable and findings.holds("key"):
        findings.not_applicable("key", N_("The key that is named is the issuer’s, but nothing shows that it signed."))
        findings.failed("signature", "signature-wrong", readable[0].url)
    return False


def _establish(case: Case, nodes: list[Node], trusted: list[_Key]) -> None:
    """As for a hosted badge; the key stands on the issuer's origin too (5.6)."""
    home = addresses.origin(nodes[-1].url or "")
    if all(key.url is None or addresses.origin(key.url) == home for key in trusted):
        hosted.establish(case, *nodes)
    else:
        case.not_established(N_("The key stands on another server than the issuer."))


def _check_status(case: Case, document: Object, issuer: Node) -> None:
    """The issuer's revocation list (5.5). The badge's own address is not asked."""
    address = identifier(issuer.document.get("revocationList"))
    if address is None:
        case.findings.not_applicable("status", N_("The issuer publishes no revocation list."))
        return
    ids = {value for name in ("id", "uid") if (value := string(document.get(name)))}
    lists.check_revoked_assertions(case, address, ids)


def sign(assertion: Mapping[str, object], key: SigningKey, *, algorithm: str | None = None) -> bytes:
    """A signed 2.0 badge: the compact JWS over the assertion, whose `verification` should be a SignedBadge."""
    header: dict[str, object] = {"typ": "JWT"}
    if algorithm is not None:
        header["alg"] = algorithm
    return compact.sign(assertion, key, header)


def is_assertion(document: Object) -> bool:
    """Whether the claims of a token are an assertion of 1.x or 2.x rather than a verifiable credential."""
    return versions.version_of(document) in (Version.OB_0_5, Version.OB_1_0, Version.OB_1_1, Version.OB_2_0)
