"""Hosted badges, 0.5 to 2.1: what the issuer's server answers is the badge (VERIFICATION 4; 2.0 HostedBadge)."""

from __future__ import annotations

import contextlib
from dataclasses import replace

from backpack.openbadges import conformance, opened, versions
from backpack.openbadges.asking import GONE
from backpack.openbadges.case import Case
from backpack.openbadges.documents import Document
from backpack.openbadges.errors import N_, NotABadge, OpenBadgesError
from backpack.openbadges.identity import addresses
from backpack.openbadges.model import Credential, Version
from backpack.openbadges.proofs import chain, scope
from backpack.openbadges.proofs.chain import Fetched, Node
from backpack.openbadges.strict_json import JSON, loads_object
from backpack.openbadges.versions import v1, v2
from backpack.openbadges.versions.shapes import Object, obj, string, strings, types

_SIGNED = {"SignedBadge", "signed"}
_CREDENTIALS = {Version.OB_3_0, Version.CLR_2, Version.VC_1, Version.VC_2}
_EARLY = {Version.OB_0_5, Version.OB_1_0, Version.OB_1_1}
_VOCABULARIES = (
    *("https://w3id.org/openbadges/v1", "https://w3id.org/openbadges/v2", "https://purl.imsglobal.org/spec/ob/v2p"),
    *("https://openbadgespec.org/v1", "https://openbadgespec.org/v2"),
)
_SAYS_THE_SAME = N_("The file says the same.")
NO_SIGNATURE = N_("The badge is published by its issuer, not signed.")


def address_of(document: Object, version: Version | None) -> str | None:
    """Where the badge in hand says it is published (VERIFICATION 4.1)."""
    verification = obj(document.get("verification", document.get("verify")))
    if version in _EARLY:
        return string(verification.get("url")) or string(document.get("id"))
    return string(document.get("id"))


def is_signed(document: Object) -> bool:
    """Whether it calls itself a SignedBadge, alone or among others."""
    verification = obj(document.get("verification", document.get("verify")))
    return not _SIGNED.isdisjoint(types(verification))


def judge(case: Case, in_hand: dict[str, JSON] | None, address: str | None) -> None:
    """Judges a hosted badge of which a copy, or only an address, is in hand."""
    findings = case.findings
    if in_hand is not None and is_signed(in_hand):
        findings.failed("signature", "signature-missing")
        return
    if not addresses.is_web(address) or address is None:
        if case.version not in _EARLY:
            findings.failed("source", "hosted-without-url")
            return
        if in_hand is not None:
            check_structure(case, in_hand, None, None)
        # 1.x and 0.5 may lose their address on the way; that proves nothing against them.
        findings.unknown("source", "document-missing")
        return
    fetched = chain.fetch(case.inquiry, address, "assertion")
    if fetched.gone:
        _withdrawn(case, address, fetched.answer)
        return
    if fetched.node is None:
        findings.open("source", fetched.code or "document-unreachable", fetched.url or address)
        return
    document = fetched.node.document
    if document.get("revoked") is True:
        _revoked(case, document, fetched)
        return
    if not _is_assertion(case, document, address):
        return
    _judge_answer(case, document, fetched, in_hand)


def _judge_answer(case: Case, document: dict[str, JSON], fetched: Fetched, in_hand: dict[str, JSON] | None) -> None:
    findings, node = case.findings, fetched.node
    assert node is not None  # noqa: S101 - who calls has looked
    if is_signed(document):
        findings.failed("signature", "signature-missing", node.url)
        return
    if fetched.moved:
        findings.warning("source", N_("The address {url} names another one."), "id-mismatch", url=str(fetched.url))
    findings.passed("source", N_("Found at the issuer’s address."), node.url)
    badge, issuer = documents_behind(case, document)
    check_structure(case, document, badge, issuer, node.answers[-1])
    if case.version is not Version.OB_0_5 and all(one is None or one.url for one in (badge, issuer)):
        case.shown = opened.hosted_credential(
            case.credential.payload,
            case.version or Version.OB_2_0,
            node.answers[-1].body,
            _answer(badge),
            _answer(issuer),
        )
    else:
        show(case, document, badge, issuer)
    if in_hand is not None:
        if case.credential.payload == node.answers[-1].body and isinstance(in_hand.get("badge"), str):
            findings.passed("copy", _SAYS_THE_SAME)
        else:
            _compare(case, in_hand)
    else:
        findings.not_applicable("copy", N_("There is no copy to compare: only the address is in hand."))
    findings.not_applicable("signature", NO_SIGNATURE)
    findings.not_applicable("key", NO_SIGNATURE)
    _check_vocabulary(case, document)
    if issuer is not None:
        issued = [node, badge] if badge is not None else [node]
        scope.check(case, issued, issuer)
        establish(case, *issued, issuer)
    findings.passed("status", N_("The issuer still publishes it and does not call it revoked."), node.url)
    case.check_dates(case.shown.valid_from, case.shown.valid_until)


def documents_behind(case: Case, document: Object) -> tuple[Node | None, Node | None]:
    """The badge class and the issuer of an assertion, as their addresses answer; what is missing is noted. An
    Endorsement (2.0) names its issuer itself and has no badge class."""
    if case.version is Version.OB_0_5:
        badge = obj(document.get("badge"))
        return Node(badge), Node(obj(badge.get("issuer")))
    if "Endorsement" in types(document):
        return None, _fetched(case, document.get("issuer"), "profile")
    badge_node = _fetched(case, document.get("badge"), "achievement")
    if badge_node is None:
        return None, None
    return badge_node, _fetched(case, badge_node.document.get("issuer"), "profile")


def _fetched(case: Case, value: JSON, kind: chain.Kind) -> Node | None:
    if value is None:
        return None
    fetched = chain.resolve(case.inquiry, value, kind, case.findings)
    if fetched.node is None:
        if fetched.code == "malformed":
            case.findings.failed("structure", "malformed", what=fetched.what)
        else:
            case.findings.open("source", fetched.code or "document-unreachable", fetched.url)
        return None
    return fetched.node


def check_structure(
    case: Case, document: Object, badge: Node | None, issuer: Node | None, answer: Document | None = None
) -> None:
    """The checks `structure` and `schema`, of the assertion (in `answer`, if one) and of what was fetched behind it."""
    version = case.version or Version.OB_2_0
    found = opened.faults_in(answer.body, version) if answer is not None else conformance.grades(document, version)
    faults, remarks = list(found[0]), list(found[1])
    for node, kind in ((badge, "BadgeClass"), (issuer, "Profile")):
        if node is not None and node.url is not None and version is not Version.OB_0_5:
            broken, odd = opened.faults_of(node.answers[-1].body, kind)
            faults += broken
            remarks += odd
    note_structure(case, faults, remarks)


def note_structure(case: Case, faults: list[conformance.Fault], remarks: list[conformance.Fault]) -> None:
    for fault in faults:
        case.findings.failed("structure", "malformed", what=fault.what)
    if not faults:
        case.findings.passed("structure", N_("All required information is there."))
    for remark in remarks:
        case.findings.warning("schema", N_("{what} departs from the standard."), "schema", what=remark.what)
    if not remarks:
        case.findings.passed("schema", N_("Nothing departs from the standard."))


def show(case: Case, document: Object, badge: Node | None, issuer: Node | None) -> None:
    """Only what the server answered may be shown as the issuer's words."""
    payload = case.credential.payload
    if case.version is Version.OB_0_5:
        shown = versions.credential(document, payload)
    else:
        read = v1.credential if case.version in (Version.OB_1_0, Version.OB_1_1) else v2.credential
        shown = read(
            document,
            payload,
            badge=_with_address(badge),
            issuer=_with_address(issuer),
            version=case.version or Version.OB_2_0,
        )
    case.shown = shown


def _answer(node: Node | None) -> opened.Answer | None:
    return (node.url, node.answers[-1].body) if node is not None and node.url is not None else None


def _with_address(node: Node | None) -> dict[str, JSON] | None:
    if node is None:
        return None
    return {"id": node.url, **node.document} if node.url is not None else node.document


def _compare(case: Case, in_hand: Object) -> None:
    """The check `copy`: whether the file in hand says what the issuer says."""
    mine, theirs = case.credential, case.shown
    differing = [
        name
        for name, one, other in (
            ("recipient", _identities(mine), _identities(theirs)),
            ("issuedOn", mine.valid_from, theirs.valid_from),
            ("expires", mine.valid_until, theirs.valid_until),
            ("badge", mine.achievement.id, theirs.achievement.id),
            ("name", mine.achievement.name or theirs.achievement.name, theirs.achievement.name),
            ("revoked", in_hand.get("revoked") is True, False),
        )
        if one != other
    ]
    if differing:
        case.findings.warning(
            "copy",
            N_("The file says something else than the issuer about: {what}. What the issuer says is shown."),
            "copy-differs",
            what=", ".join(differing),
        )
    else:
        case.findings.passed("copy", _SAYS_THE_SAME)


def _identities(credential: Credential) -> set[tuple[str, str | None]]:
    return {(identity.value, identity.salt) for identity in credential.recipient.identities}


def _is_assertion(case: Case, document: dict[str, JSON], address: str) -> bool:
    """Whether the address answered a badge, and of which version."""
    try:
        version = versions.version_of(document)
    except NotABadge:
        if not types(document) and not document.get("badge"):
            case.findings.unknown("source", "document-not-json", address)
        else:
            case.findings.failed("structure", "malformed", address, what="type")
        return False
    if version in _CREDENTIALS:
        # Another kind of badge stands there now: being published proves nothing for one that must be signed.
        case.findings.failed("source", "id-mismatch", address)
        return False
    case.version = version
    return True


def _withdrawn(case: Case, address: str, answer: object) -> None:
    """410: the host itself says that the badge is withdrawn (2.0, Revoking Hosted Assertions)."""
    case.findings.host_withdrew = True
    case.findings.passed("source", N_("The issuer’s server knows the badge."), address)
    case.findings.failed("status", "revoked", address)
    if isinstance(answer, Document) and answer.status == GONE:
        with contextlib.suppress(OpenBadgesError):
            _read_version(case, loads_object(answer.body))
        case.facts["revoked_at"] = answer.fetched_at.isoformat()


def _revoked(case: Case, document: dict[str, JSON], fetched: Fetched) -> None:
    """200 with `revoked: true`; nothing else is required of it."""
    _read_version(case, document)
    case.findings.host_withdrew = True
    url = fetched.node.url if fetched.node else fetched.url
    case.findings.passed("source", N_("The issuer’s server knows the badge."), url)
    case.findings.failed("status", "revoked", url)
    if reason := string(document.get("revocationReason")):
        case.facts["revocation_reason"] = reason


def _read_version(case: Case, document: dict[str, JSON]) -> None:
    """The version, when the answer still says it."""
    if case.version is None:
        with contextlib.suppress(NotABadge):
            case.version = versions.version_of(document)


def _check_vocabulary(case: Case, document: Object) -> None:
    """The check `terms`: nothing is signed, but what is said must be said in a vocabulary of Open Badges."""
    contexts = strings(document.get("@context"))
    if contexts and not any(context.startswith(_VOCABULARIES) for context in contexts):
        case.findings.unknown("terms", "unknown-context", name=", ".join(contexts))
    else:
        case.findings.not_applicable("terms", NO_SIGNATURE)


def establish(case: Case, *nodes: Node) -> None:
    """Who the issuer is: the host that answered the whole chain, over https, without sending us elsewhere (4.10)."""
    issuer = nodes[-1]
    if issuer.url is None:
        case.not_established(N_("The badge describes its issuer itself; nobody else answers for that."))
    elif not all(node.on_https for node in nodes if node.url is not None):
        case.not_established(N_("The issuer answers without encryption, so anybody could answer in its place."))
    elif any(node.redirected_away for node in nodes):
        case.findings.warning("issuer", N_("An address leads away to another server."), "redirected-away")
        case.issuer = replace(case.issuer, established=False)
    elif not case.findings.holds("scope"):
        case.not_established(N_("The badge is not issued from the issuer’s addresses."))
    else:
        case.establish("domain", issuer.host or "", document=issuer.url)
