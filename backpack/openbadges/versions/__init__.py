"""Which version a document follows, and the document as a Credential. One file per version of the standard.

    version_of(document) -> Version                 raises NotABadge, which says what was found instead
    credential(document, payload) -> Credential     what it says, as the copy in hand has it
    document_of(claims) -> document                 the badge in the payload of a JWS

For a hosted badge, `v2.credential(assertion, payload, badge=..., issuer=...)` (or `v1`) puts together what the
issuer's server answered.
"""

from __future__ import annotations

from backpack.openbadges.errors import N_, NotABadge
from backpack.openbadges.model import Credential, Version
from backpack.openbadges.strict_json import JSON
from backpack.openbadges.versions import v0_5, v1, v2, v3
from backpack.openbadges.versions.shapes import Object, obj, objects, plain_object, strings, types

VC_2 = "https://www.w3.org/ns/credentials/v2"
VC_1 = "https://www.w3.org/2018/credentials/v1"
_OB_2 = ("https://w3id.org/openbadges/v2", "https://purl.imsglobal.org/spec/ob/v2p", "https://openbadgespec.org/v2")
_OB_1 = ("https://w3id.org/openbadges/v1", "https://openbadgespec.org/v1")
_OB_3 = ("https://purl.imsglobal.org/spec/ob/v3p0/", "https://imsglobal.github.io/openbadges-specification/")
_OB_3_TYPES = {"OpenBadgeCredential", "AchievementCredential", "EndorsementCredential"}

_A_BADGE_CLASS = N_("the description of a badge")
_AN_ISSUER = N_("the description of an issuer")
_A_REVOCATION_LIST = N_("a list of withdrawn badges")
_A_PRESENTATION = N_("an empty presentation")
_NO_TYPE = N_("a credential that does not say what it is")
_SOMETHING_ELSE = N_("some other data")
_OTHER_THINGS = {
    "BadgeClass": _A_BADGE_CLASS,
    "Achievement": _A_BADGE_CLASS,
    "Issuer": _AN_ISSUER,
    "IssuerOrg": _AN_ISSUER,
    "Profile": _AN_ISSUER,
    "RevocationList": _A_REVOCATION_LIST,
    "VerifiablePresentation": _A_PRESENTATION,
}


def version_of(document: Object) -> Version:
    """Which standard it follows (VERIFICATION 3). Raises NotABadge with fact `found`."""
    contexts = strings(document.get("@context"))
    named = set(types(document))
    if VC_2 in contexts or VC_1 in contexts or named & {"VerifiableCredential", *_OB_3_TYPES, "ClrCredential"}:
        return _version_of_credential(document, contexts, named)
    if not named.isdisjoint(_OTHER_THINGS) and named.isdisjoint({"Assertion", "Endorsement"}):
        raise NotABadge(found=next(found for thing, found in _OTHER_THINGS.items() if thing in named))
    if any(context.startswith(_OB_2) for context in contexts):
        return Version.OB_2_0
    if any(context.startswith(_OB_1) for context in contexts):
        return Version.OB_1_1
    return _version_without_context(document, named)


def _version_of_credential(document: Object, contexts: tuple[str, ...], named: set[str]) -> Version:
    if "VerifiablePresentation" in named:
        raise NotABadge(found=_A_PRESENTATION)
    if "ClrCredential" in named:
        return Version.CLR_2
    if named & _OB_3_TYPES:
        return Version.OB_3_0
    if any(context.startswith(_OB_3) for context in contexts):
        if not named:
            raise NotABadge(found=_NO_TYPE)
        # It says by its subject and its context that it is a badge: a wrong name of its own is a fault, not a reason
        # to take it for something else.
        subject_types = types(obj(document.get("credentialSubject")))
        if "AchievementSubject" in subject_types and named != {"VerifiableCredential"}:
            return Version.OB_3_0
    return Version.VC_1 if VC_1 in contexts and VC_2 not in contexts else Version.VC_2


def _version_without_context(document: Object, named: set[str]) -> Version:
    badge = document.get("badge")
    if isinstance(badge, dict) and "origin" in obj(badge.get("issuer")):
        return Version.OB_0_5
    if "Assertion" in named or any("Assertion" in context for context in objects(document.get("@context"))):
        return Version.OB_2_0
    if isinstance(badge, (str, dict)) and (
        "verify" in document or "verification" in document or "recipient" in document
    ):
        return Version.OB_1_0 if "issued_on" not in document else Version.OB_0_5
    if "criteria" in document and "issuer" in document:
        raise NotABadge(found=_A_BADGE_CLASS)
    raise NotABadge(found=_SOMETHING_ELSE)


def document_of(claims: Object) -> dict[str, JSON]:
    """The badge in the payload of a JWS: an assertion (1.x, 2.x) or a verifiable credential of either data model."""
    return v3.from_claims(claims)


def credential(document: Object, payload: bytes) -> Credential:
    """What the document says, read by its version. Raises NotABadge."""
    document = plain_object(document) if "@type" in document else document
    version = version_of(document)
    match version:
        case Version.OB_0_5:
            return v0_5.credential(document, payload)
        case Version.OB_1_0 | Version.OB_1_1:
            return v1.credential(document, payload, version=version)
        case Version.OB_2_0 | Version.OB_2_1:
            return v2.credential(document, payload)
        case Version.OB_3_0 | Version.CLR_2 | Version.VC_1 | Version.VC_2:
            return v3.credential(document, payload, version=version)
