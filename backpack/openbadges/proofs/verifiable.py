"""Open Badges 3.0 and other verifiable credentials: structure, contexts, proofs, terms, issuer (VERIFICATION 6)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from backpack.openbadges import conformance, reading, versions
from backpack.openbadges.asking import GONE, JSON_LD
from backpack.openbadges.case import Case
from backpack.openbadges.contexts import UnknownContext, unknown_contexts
from backpack.openbadges.documents import Document
from backpack.openbadges.errors import N_, OpenBadgesError
from backpack.openbadges.identity import addresses
from backpack.openbadges.identity.ownership import Owner
from backpack.openbadges.model import Version
from backpack.openbadges.opened import opened
from backpack.openbadges.proofs import data_integrity, hosted, vc_jwt
from backpack.openbadges.proofs.compact import Token
from backpack.openbadges.proofs.data_integrity import Forms, Judged
from backpack.openbadges.reasons import REASONS
from backpack.openbadges.report import Outcome
from backpack.openbadges.status import credential_status
from backpack.openbadges.strict_json import JSON
from backpack.openbadges.versions.dates import stamped
from backpack.openbadges.versions.shapes import identifier, string
from backpack.openbadges.versions.v3 import end_stated, start_of

_SIGNED = N_("The badge carries its issuer’s signature; it need not stand at an address.")
_UNTIED = ("key-unconfirmed", "key-unreachable")
_OB_CONTEXTS = ("https://purl.imsglobal.org/spec/ob/v3p0/", "https://purl.imsglobal.org/spec/clr/")


def judge(case: Case, document: dict[str, JSON], token: Token | None) -> None:
    """Judges a verifiable credential, enveloped in `token` or with proofs of its own."""
    findings = case.findings
    findings.not_applicable("copy", _SIGNED)
    findings.not_applicable("scope", _SIGNED)
    _check_structure(case, document, token)
    issuer = identifier(document.get("issuer"))
    if issuer is None:
        return
    ends: list[datetime | None]
    if token is not None:
        owner = _judge_token(case, document, token, issuer)
        ends = [vc_jwt.end_of(token, document)]
    else:
        owner, proof_end = _judge_proofs(case, document, issuer)
        ends = [stamped(end_stated(document)), proof_end]
    case.shown = replace(case.shown, valid_until=min((end for end in ends if end), default=None))
    if owner is None or (findings.forged and owner.key is None):
        # No answer of anybody could make it prove anything.
        return
    at_home = _look_up(case, document)
    _check_owner(case, owner, issuer, at_home)
    if not findings.forged:
        credential_status.check(case, document)
    case.check_dates(case.shown.valid_from, case.shown.valid_until)


def _check_structure(case: Case, document: dict[str, JSON], token: Token | None) -> None:
    if token is None:
        badge = opened(case.credential.payload)
        hosted.note_structure(case, list(badge.faults), list(badge.remarks))
        return
    version = case.version or Version.VC_2
    faults, remarks = conformance.grades(document, version)
    hosted.note_structure(case, list(faults), list(remarks))


def _judge_token(case: Case, document: dict[str, JSON], token: Token, issuer: str) -> Owner | None:
    """The envelope: its claims, its key, its signature. It covers every byte, contexts known or not."""
    findings = case.findings
    findings.not_applicable("terms", N_("The signature covers every byte."))
    for url in unknown_contexts(document):
        if url.startswith(_OB_CONTEXTS):
            findings.unknown("terms", "unknown-context", name=url)
        else:
            findings.warning("terms", N_("A vocabulary we do not know: {name}."), "unknown-context", name=url)
    if claim := vc_jwt.disagreement(token, document):
        findings.failed("signature", "claims-disagree", what=claim)
        return vc_jwt.owner(token, issuer, case.inquiry) if token.could_be_signed else None
    if missing := vc_jwt.missing_claims(token, document):
        findings.warning("schema", N_("{what} departs from the standard."), "schema", what=", ".join(missing))
    if not token.could_be_signed:
        _note_signature(case, vc_jwt.check(token, Owner()), Owner(), token.algorithm)
        return None
    owner = vc_jwt.owner(token, issuer, case.inquiry)
    _note_signature(case, vc_jwt.check(token, owner), owner, token.algorithm)
    return owner


def _judge_proofs(case: Case, document: dict[str, JSON], issuer: str) -> tuple[Owner | None, datetime | None]:
    """The proofs in the document: one good one is enough (6.4)."""
    findings = case.findings
    proofs = data_integrity.proofs_of(document)
    if not proofs:
        findings.failed("signature", "no-proof")
        return None, None
    unknown = unknown_contexts({name: value for name, value in document.items() if name != "proof"})
    try:
        judged, forms = data_integrity.judge(document, case.inquiry, issuer, case.credential.payload)
    except UnknownContext:
        return _unknown_context(case, document, issuer, unknown)
    best = min(judged, key=_badness)
    _note_signature(case, best.code, best.owner, best.what or best.suite)
    if len(judged) > 1 and not all(one.good for one in judged):
        findings.warning("signature", N_("Another signature beside it does not hold."), "bad-extra-proof")
    if best.suite in ("eddsa-2022", "Ed25519Signature2020"):
        findings.warning("signature", N_("An old kind of signature: {name}."), "deprecated-type", name=best.suite)
    _check_terms(case, document, best, forms, unknown)
    return best.owner, best.expires


def _badness(judged: Judged) -> tuple[int, int]:
    """The best proof first: good ones, then what would be forged before what could not be checked."""
    if judged.good:
        return 0, 0
    code = judged.code or judged.owner.code or ""
    return 1, REASONS[code].rank if code in REASONS else 0


def _unknown_context(
    case: Case, document: dict[str, JSON], issuer: str, unknown: tuple[str, ...]
) -> tuple[Owner | None, None]:
    case.findings.unknown("terms", "unknown-context", name=", ".join(unknown))
    case.findings.unknown("signature", "unknown-context", name=", ".join(unknown))
    return data_integrity.named_owner(document, case.inquiry, issuer), None


def _note_signature(case: Case, code: str | None, owner: Owner, name: str) -> None:
    """The checks `signature` and `key`, except whose the key is."""
    findings = case.findings
    if code == "malformed":
        findings.failed("structure", code, owner.document, what=name)
        findings.failed("signature", code, owner.document, what=name)
    elif code is not None:
        findings.open("signature", code, owner.document, name=name, what=name)
    elif owner.key is None:
        sentence = N_("Without the key, the signature could not be checked.")
        findings.unknown("signature", _key_code(owner), owner.document, sentence, name=owner.name, what=owner.name)
    else:
        findings.passed("signature", N_("The signature is intact."), owner.document)


def _key_code(owner: Owner) -> str:
    """Why there is no key; for a check that is `unknown`, a code that is unknown too."""
    code = owner.code or "key-unreachable"
    return code if REASONS[code].outcome is Outcome.UNKNOWN else "key-unreachable"


def _check_terms(case: Case, document: dict[str, JSON], best: Judged, forms: Forms, unknown: tuple[str, ...]) -> None:
    """The check `terms`: what no context defines is not signed, and is not shown (6.2)."""
    findings = case.findings
    if best.suite not in data_integrity.SUITES:
        return
    if best.covers_bytes:
        if unknown:
            # Every byte is signed, but what a term means is not known: the vocabulary may give ours another sense.
            findings.unknown("terms", "unknown-context", name=", ".join(unknown))
        else:
            findings.not_applicable("terms", N_("The signature covers every byte."))
        if best.unsigned is None and not unknown:
            # A signature over the bytes saves no credential whose contexts contradict each other.
            findings.failed("structure", "malformed", what="@context")
        return
    if best.unsigned is None:
        return
    names = best.unsigned
    if not names:
        findings.passed("terms", N_("Everything that is shown is covered by the signature."))
        return
    findings.warning(
        "terms",
        N_("Not covered by the signature, and therefore not shown: {what}."),
        "unsigned-terms",
        what=", ".join(names[:10]),
    )
    signed = forms.graph(best.jwt_terms).signed(forms.bare)
    shown = versions.v3.credential(signed, case.credential.payload, version=case.version or Version.VC_2)
    case.shown = replace(shown, members=case.shown.members)


def _look_up(case: Case, document: dict[str, JSON]) -> Document | None:
    """Asks the credential's own https id. Returns its answer if it is this very credential (6.5 d, 6.6)."""
    findings = case.findings
    address = string(document.get("id"))
    if address is None or not addresses.is_https(address) or case.depth > 0:
        findings.not_applicable("source", _SIGNED)
        return None
    answer = case.inquiry.ask(address, "assertion", JSON_LD)
    if not isinstance(answer, Document):
        findings.not_applicable("source", N_("The badge’s own address answers nothing; its signature is enough."))
        return None
    if answer.status == GONE:
        findings.host_withdrew = findings.holds("signature") or not findings.forged
        findings.failed("status", "revoked", address)
        findings.passed("source", N_("The issuer’s server knows the badge."), address)
        return None
    there = _credential_in(answer.body)
    if there is None:
        findings.warning("source", N_("The badge’s own address answers something else."), "copy-differs", address)
        return None
    if _same(case, there, document):
        findings.passed("source", N_("Found at the issuer’s address."), address)
        return answer
    _other_version(case, there, document, address)
    return None


def _credential_in(body: bytes) -> dict[str, JSON] | None:
    try:
        return reading.document_in(next(iter(reading.read(body))).payload)
    except OpenBadgesError:
        return None


def _same(case: Case, there: dict[str, JSON], document: dict[str, JSON]) -> bool:
    """The same content, whichever proof stands beside it."""
    if there == document:
        return True
    bare = [{name: value for name, value in one.items() if name != "proof"} for one in (there, document)]
    return bare[0] == bare[1]


def _other_version(case: Case, there: dict[str, JSON], document: dict[str, JSON], address: str) -> None:
    dates = [stamped(start_of(one)) for one in (there, document)]
    if there.get("id") == document.get("id") and all(dates) and dates[0] > dates[1]:  # type: ignore[operator]
        case.findings.warning("source", N_("The issuer has published a newer version."), "newer-version", address)
    else:
        case.findings.warning("source", N_("The badge’s own address answers something else."), "copy-differs", address)


def _check_owner(case: Case, owner: Owner, issuer: str, at_home: Document | None) -> None:
    """The checks `key` and `issuer`: whose key it is, and who that is (6.5)."""
    findings, home = case.findings, _home(at_home)
    code, host = owner.code, owner.host
    if code in _UNTIED and owner.key and home and addresses.is_https(issuer) and _same_origin(at_home, issuer):
        # (d): the same credential is answered by the issuer's own origin.
        code, host = None, addresses.host(issuer)
    known = case.inquiry.policy.known_keys.get(issuer)
    if code is not None:
        findings.open("key", code, owner.document, name=owner.name, what=owner.name)
        if code == "key-revoked" and host is not None:
            case.establish("domain", host, document=owner.document)
        case.not_established(N_("Nothing ties the key that signed to the named issuer."))
        return
    if findings.holds("signature"):
        findings.passed("key", N_("The key belongs to the named issuer."), owner.document)
    else:
        findings.not_applicable("key", N_("The key that is named is the issuer’s, but nothing shows that it signed."))
    if known is not None:
        case.establish("known-key", host or "", name=known)
    elif host is not None:
        case.establish("domain", host, document=owner.document)
    elif addresses.is_web(issuer):
        case.not_established(N_("The issuer answers without encryption, so anybody could answer in its place."))
    else:
        _establish_by_address(case, home)


def _home(answer: Document | None) -> str | None:
    """The https host that answered the credential at its own id, if no hop led away."""
    if answer is None:
        return None
    hops = (answer.url, *answer.chain, answer.final_url)
    if any(addresses.origin(hop) != addresses.origin(answer.url) for hop in hops):
        return None
    return addresses.host(answer.url)


def _same_origin(answer: Document | None, issuer: str) -> bool:
    return answer is not None and addresses.origin(answer.url) == addresses.origin(issuer)


def _establish_by_address(case: Case, home: str | None) -> None:
    """A did:key is anybody's, unless the site the issuer names answers this very credential, or a platform does."""
    policy = case.inquiry.policy
    named = addresses.host(case.shown.issuer.url)
    if home is not None and addresses.same_domain(policy, home, named):
        case.establish("domain", home)
    elif home is not None and (platform := addresses.on_platform(policy, home)):
        case.establish("platform", platform)
    else:
        case.not_established(N_("Anybody can make such a key; nothing says whose it is."))
