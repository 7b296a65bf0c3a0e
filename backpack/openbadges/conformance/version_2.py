"""Open Badges 0.5 to 2.1: assertions, badge classes, profiles (2.0, "Open Badges Vocabulary"; 1.1; Mozilla's 0.5)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from backpack.openbadges.conformance.rules import KINDS, Fault, Rules, is_link, judge, table
from backpack.openbadges.model import Version
from backpack.openbadges.strict_json import JSON
from backpack.openbadges.versions import dates
from backpack.openbadges.versions.shapes import (
    Object,
    is_web_address,
    many,
    obj,
    objects,
    plain_object,
    string,
    strings,
    types,
)

_SHARED = """
BadgeClass
    id            1   iri!
    type          +   type=BadgeClass
    name          1   translated
    description   1   translated
    image         1   picture!|Image
    criteria      1   link!|Criteria
    issuer        1   iri!|EmbeddedProfile
    alignment     *   object|url
    alignments    *   object|url
    tags          *   text
    version       ?   scalar
    endorsement   *   any
    related       *   any
    @language     ?   language
EmbeddedBadgeClass
    id            1~  iri
    type          +   type=BadgeClass
    name          1   translated
    description   1   translated
    image         1   picture!|Image
    criteria      1   link!|Criteria
    issuer        1   iri!|EmbeddedProfile
    alignment     *   object|url
    alignments    *   object|url
    tags          *   text
    version       ?   scalar
    @language     ?   language
Profile
    id            1   iri!
    type          +   type=Issuer/Profile/IssuerOrg
    name          1   translated
    url           1~  link
    email         1~  text
    telephone     ?   text
    description   ?   translated
    image         ?   picture!|Image
    publicKey     *   iri|object
    verification  ?   object
    revocationList ?  iri
    @language     ?   language
EmbeddedProfile
    id            1~  iri
    type          *   type=Issuer/Profile/IssuerOrg
    name          1   translated
    url           1~  link
    email         1~  text
    telephone     ?   text
    description   ?   translated
    image         ?   picture!|Image
    @language     ?   language
Image
    id            1   picture!
    caption       ?   translated
    author        ?   any
Criteria
    id            ?   iri!
    narrative     ?   translated
Evidence
    id            ?   iri!
    narrative     ?   translated
    name          ?   translated
    description   ?   translated
    genre         ?   translated
    audience      ?   translated
IdentityObject
    identity      +   text
    type          1   text
    hashed        1   boolean
    salt          ?   scalar
RevocationList
    type          *   type=RevocationList
    id            ?   iri
    issuer        ?   any
    revokedAssertions *  text|object
CryptographicKey
    type          *   type=CryptographicKey
    id            ?   iri
    owner         ?   iri
    publicKeyPem  1   text
Verification
    type          +   type=
"""
_ASSERTION_2 = """
Assertion
    id            1   iri!
    type          +   type=Assertion
    recipient     1   IdentityObject
    badge         1   iri!|EmbeddedBadgeClass
    issuedOn      1   instant!
    expires       ?   instant!
    image         ?   picture!|Image
    evidence      *   link!|Evidence
    narrative     ?   translated
    revoked       ?   boolean
    @language     ?   language
Endorsement
    id            1   iri!
    type          +   type=Endorsement
    claim         1   iri!|object
    issuer        1   iri!|EmbeddedProfile
    issuedOn      1   instant!
"""
_ASSERTION_1 = """
Assertion
    uid           1~  scalar
    recipient     1   IdentityObject
    badge         1   iri!|EmbeddedBadgeClass
    issuedOn      1   moment!
    expires       ?   moment!
    image         ?   picture|Image
    evidence      *   link|Evidence
"""
_ASSERTION_0 = """
Assertion
    recipient     1   text
    salt          ?   scalar
    evidence      ?   any
    expires       ?   moment!
    issued_on     ?   moment!
    badge         1   Badge
Badge
    version       1~  scalar
    name          1   text
    image         1   text
    description   1   text
    criteria      1   text
    issuer        1   Origin
Origin
    origin        1   url!
    name          1   text
    org           ?   text
    contact       ?   text
"""
_2 = table(_SHARED + _ASSERTION_2)
_1 = {**table(_SHARED + _ASSERTION_1)}
_0 = table(_ASSERTION_0)
# 1.0 knew no ids and no types; a mistake in either is no fault of a badge of that time.
for _name in ("BadgeClass", "EmbeddedBadgeClass", "Profile", "EmbeddedProfile"):
    _1[_name] = Rules((name, rule) for name, rule in _1[_name].items() if name not in {"id", "type", "@language"})

_HASH = re.compile(r"(?:sha256\$[0-9a-f]{64}|md5\$[0-9a-f]{32})", re.IGNORECASE)
_LOOKS_HASHED = re.compile(r"(?:sha256|sha1|sha512|md5)\$[0-9a-f]{16,}", re.IGNORECASE)
_HOST = re.compile(
    r"(?=.{1,253}\Z)[a-z0-9_](?:[a-z0-9_-]*[a-z0-9])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9])?)*", re.IGNORECASE
)
_VERIFICATIONS = {"hosted", "signed", "HostedBadge", "SignedBadge", "VerificationObject"}
_TERMS = {
    *("Assertion", "BadgeClass", "Issuer", "IssuerOrg", "Profile", "Extension", "Endorsement", "AlignmentObject"),
    *("CryptographicKey", "Criteria", "Evidence", "IdentityObject", "Image", "ImageObject", "RevocationList"),
    *("VerificationObject", "HostedBadge", "SignedBadge", "TypeValidation", "FrameworkValidation", "Person"),
    *("Organization", "BakedBadgeImage"),
}
_PICTURE = re.compile(r"data:image/(?:png|svg\+xml)[;,].*", re.DOTALL)
_OTHER_PICTURE = re.compile(r"data:image/(?!png|svg\+xml)[a-z0-9.+-]+[;,]", re.IGNORECASE)
_PROPERTIES = {"id", "@id", "badge", "issuer", "url", "email", "name"}


def faults(document: Object, version: Version) -> Iterator[Fault]:
    """Every fault of an assertion (or endorsement) and of what is embedded in it, of both grades."""
    said = plain_object(document)
    if version is Version.OB_0_5:
        yield from judge(said, "Assertion", _0)
        return
    early = version in (Version.OB_1_0, Version.OB_1_1)
    endorsement = "Endorsement" in types(said)
    yield from judge(said, "Endorsement" if endorsement else "Assertion", _1 if early else _2)
    yield from _verification(said, early)
    yield from _order(said, early=early)
    if not early:
        yield from _terms(said, "")
    if not endorsement:
        yield from _recipient(obj(said.get("recipient")))
    for badge in objects(said.get("badge")):
        yield from _badge_class(badge, "badge.", early=early)
        for issuer in objects(badge.get("issuer")):
            yield from _profile(issuer, "badge.issuer.")
    yield from _evidence(said)
    yield from _picture(said, "")


def faults_of(document: Object, kind: str) -> Iterator[Fault]:
    """Every fault of one document that an address answered. Without a context of 2.0 it is one of 1.x."""
    said = plain_object(document)
    contexts = strings(said.get("@context"))
    early = not said.get("@context") or any("/v1" in context for context in contexts)
    yield from judge(said, kind, _1 if early else _2)
    if not early:
        yield from _terms(said, "")
    if kind == "BadgeClass":
        yield from _badge_class(said, "", early=early)
        for issuer in objects(said.get("issuer")):
            yield from _profile(issuer, "issuer.")
    if kind == "Profile":
        yield from _profile(said, "")


def _verification(said: Object, early: bool) -> Iterator[Fault]:
    name = "verify" if "verify" in said and "verification" not in said else "verification"
    check = said.get(name)
    if check is None:
        yield Fault("verify" if early else "verification", "missing")
        return
    if not isinstance(check, dict):
        yield Fault(name, "too-many" if isinstance(check, list) and len(check) > 1 else "wrong-type")
        return
    kinds = types(check)
    if not kinds:
        yield Fault(f"{name}.type", "missing")
    elif not set(kinds) & _VERIFICATIONS and not any(":" in kind for kind in kinds):
        yield Fault(f"{name}.type", "wrong-value")
    # 1.1 may leave the address of a hosted badge to its id.
    address = check.get("url", said.get("id")) if early else None
    if early and not is_web_address(string(address) or ""):
        yield Fault(f"{name}.url", "missing")
    yield from _scope(check, f"{name}.")


def _scope(check: Object, path: str) -> Iterator[Fault]:
    """What a VerificationObject says about where badges may live."""
    for value in many(check.get("startsWith")):
        if not isinstance(value, str) or not is_web_address(value):
            yield Fault(f"{path}startsWith", "format")
    for value in many(check.get("allowedOrigins")):
        if not isinstance(value, str) or not _HOST.fullmatch(value):
            yield Fault(f"{path}allowedOrigins", "format")
    named = check.get("verificationProperty")
    if named is not None and not (isinstance(named, str) and (named in _PROPERTIES or ":" in named)):
        yield Fault(f"{path}verificationProperty", "wrong-value")


def _order(said: Object, *, early: bool) -> Iterator[Fault]:
    read = dates.lenient if early else dates.zoned
    start, end = read(said.get("issuedOn")), read(said.get("expires"))
    if start is not None and end is not None and end < start:
        yield Fault("expires", "wrong-value")


def _terms(said: Object, path: str) -> Iterator[Fault]:
    """A type that neither the context defines nor an IRI names is no type."""
    for name in types(said):
        if name not in _TERMS and ":" not in name:
            yield Fault(f"{path}type", "unknown-value")


def _recipient(said: Object) -> Iterator[Fault]:
    """Hashed means a hash that somebody can compare, and plain means none (2.0, IdentityObject)."""
    for value in strings(said.get("identity")):
        if said.get("hashed") is True and not _HASH.fullmatch(value):
            yield Fault("recipient.identity", "format")
        if said.get("hashed") is False and _LOOKS_HASHED.fullmatch(value):
            yield Fault("recipient.hashed", "wrong-value")


def _picture(said: Object, path: str, *, breaks: bool = False) -> Iterator[Fault]:
    """A picture in the badge itself is a PNG or an SVG; any other is drawn as well, so this is a remark.

    Only the picture a badge class must have breaks it when it is of another kind: 2.0 says "must be a PNG or SVG".
    """
    image = said.get("image")
    if isinstance(image, str) and image.startswith("data:") and not _PICTURE.fullmatch(image):
        yield Fault(f"{path}image", "format", breaks=breaks and bool(_OTHER_PICTURE.match(image)))


def _badge_class(said: Object, path: str, *, early: bool) -> Iterator[Fault]:
    yield from _picture(said, path, breaks=not early)
    criteria = said.get("criteria")
    address = string(criteria.get("id")) if isinstance(criteria, dict) else None
    if isinstance(criteria, dict) and (address or "_:").startswith("_:") and not criteria.get("narrative"):
        yield Fault(f"{path}criteria", "missing")
    for name in ("alignment", "alignments"):
        for entry in objects(said.get(name)):
            yield from _alignment(entry, f"{path}{name}.", early=early)


def _alignment(said: Object, path: str, *, early: bool) -> Iterator[Fault]:
    for target, old in (("targetName", "name"), ("targetUrl", "url")):
        value = said.get(target, said.get(old) if early else None)
        if value is None:
            yield Fault(f"{path}{target}", "missing")
        elif target == "targetUrl" and not (isinstance(value, str) and is_web_address(value)):
            yield Fault(f"{path}{target}", "format")
        elif target == "targetName" and KINDS["translated"](value):
            yield Fault(f"{path}{target}", "wrong-type")
    for name in ("targetDescription", "targetFramework", "targetCode"):
        if said.get(name) is not None and KINDS["translated"](said[name]):
            yield Fault(f"{path}{name}", "wrong-type")


def _profile(said: Object, path: str) -> Iterator[Fault]:
    yield from _picture(said, path)
    address = said.get("url")
    if isinstance(address, str) and not is_link(address):
        yield Fault(f"{path}url", "format")
    for check in objects(said.get("verification")):
        yield from _scope(check, f"{path}verification.")


def _evidence(said: Object) -> Iterator[Fault]:
    for entry in many(said.get("evidence")):
        if isinstance(entry, dict) and not any(_said(entry, name) for name in entry if name != "type"):
            yield Fault("evidence", "missing", breaks=False)


def _said(entry: Object, name: str) -> bool:
    value: JSON = entry.get(name)
    return value is not None and value != ""
