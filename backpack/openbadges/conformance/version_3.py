"""Open Badges 3.0, Comprehensive Learner Record 2.0 and other verifiable credentials (3.0, "Data Model" and "Data
Models v1.1"; VC Data Model 2.0). Endorsements in a badge are judged as credentials of their own, not here."""

from __future__ import annotations

import re
from collections.abc import Iterator

from backpack.openbadges.conformance.rules import Fault, is_absolute, judge, table
from backpack.openbadges.model import Version
from backpack.openbadges.strict_json import JSON
from backpack.openbadges.versions import VC_1, VC_2
from backpack.openbadges.versions.dates import stamped
from backpack.openbadges.versions.shapes import Object, many, types

_OB_CONTEXT = re.compile(
    r"https://purl\.imsglobal\.org/spec/ob/v3p0/context(-3\.\d\.\d)*\.json"
    r"|https://imsglobal\.github\.io/openbadges-specification/(?:ob_v3p0\.html|context\.json)"
    r"|https://w3c-ccg\.github\.io/vc-ed/plugfest-[\w-]+/[\w-]+\.json"
)
_CLR_CONTEXT = re.compile(
    r"https://(?:purl|dc)\.imsglobal\.org/(?:spec|draft)/clr/v2p0/context(?:-2\.\d\.\d)?(?:\.json)?"
)

_CLASSES = table("""
Achievement
    id                    1   uri
    type                  +   type=Achievement
    alignment             *   Alignment
    achievementType       ?   achievement-type
    creator               ?   Profile|uri
    creditsAvailable      ?   number
    criteria              1   Criteria
    description           1   words
    endorsement           *   any
    endorsementJwt        *   jws
    fieldOfStudy          ?   words
    humanCode             ?   text
    image                 ?   Image
    inLanguage            ?   language
    name                  1   words
    otherIdentifier       *   IdentifierEntry
    related               *   Related
    resultDescription     *   ResultDescription
    specialization        ?   words
    tag                   *   words
    version               ?   text
AchievementSubject
    id                    ?   uri!
    type                  +   type=AchievementSubject
    activityEndDate       ?   moment
    activityStartDate     ?   moment
    creditsEarned         ?   number
    achievement           1   Achievement
    identifier            *   IdentityObject
    image                 ?   Image
    licenseNumber         ?   text
    narrative             ?   words
    result                *   Result
    role                  ?   words
    source                ?   Profile|uri
    term                  ?   words
EndorsementSubject
    id                    1   uri!
    type                  +   type=EndorsementSubject
    endorsementComment    ?   words
ClrSubject
    id                    ?   uri!
    type                  +   type=ClrSubject
    identifier            *   IdentityObject
    achievement           *   Achievement
    association           *   object
    verifiableCredential  +   object|jws
Address
    type                  +   type=Address
    addressCountry        ?   text
    addressCountryCode    ?   text
    addressRegion         ?   text
    addressLocality       ?   text
    streetAddress         ?   text
    postOfficeBoxNumber   ?   text
    postalCode            ?   text
    geo                   ?   GeoCoordinates
Alignment
    type                  +   type=Alignment
    targetCode            ?   text
    targetDescription     ?   words
    targetName            1   words
    targetFramework       ?   words
    targetType            ?   target-type
    targetUrl             1   url
Criteria
    id                    ?   uri
    narrative             ?   words
    type                  *   type=
Evidence
    id                    ?   uri
    type                  +   type=Evidence
    narrative             ?   words
    name                  ?   words
    description           ?   words
    genre                 ?   words
    audience              ?   words
GeoCoordinates
    type                  +   type=GeoCoordinates
    latitude              1   number
    longitude             1   number
IdentifierEntry
    type                  1   type=IdentifierEntry
    identifier            ?   text
    identifierType        ?   identifier-type
IdentityObject
    type                  1   type=IdentityObject
    hashed                1   boolean
    identityHash          1   text
    identityType          1   identifier-type
    salt                  ?   text
Image
    id                    1   uri
    type                  1   type=Image
    caption               ?   words
Profile
    id                    1   uri!
    type                  +   type=Profile
    name                  ?   words
    url                   ?   uri
    description           ?   words
    endorsement           *   any
    endorsementJwt        *   jws
    image                 ?   Image
    phone                 ?   text
    email                 ?   text
    address               ?   Address
    otherIdentifier       *   IdentifierEntry
    official              ?   text
    parentOrg             ?   Profile
    familyName            ?   text
    givenName             ?   text
    additionalName        ?   text
    patronymicName        ?   text
    honorificPrefix       ?   text
    honorificSuffix       ?   text
    familyNamePrefix      ?   text
    dateOfBirth           ?   moment
Related
    id                    1   uri
    type                  +   type=Related
    inLanguage            ?   language
    version               ?   text
Result
    type                  +   type=Result
    achievedLevel         ?   uri
    alignment             *   Alignment
    resultDescription     ?   uri
    status                ?   result-status
    value                 ?   text
ResultDescription
    id                    1   uri
    type                  +   type=ResultDescription
    alignment             *   Alignment
    allowedValue          *   text
    name                  1   words
    requiredLevel         ?   uri
    requiredValue         ?   text
    resultType            1   result-type
    rubricCriterionLevel  *   RubricCriterionLevel
    valueMax              ?   text
    valueMin              ?   text
RubricCriterionLevel
    id                    1   uri
    type                  +   type=RubricCriterionLevel
    alignment             *   Alignment
    description           ?   words
    level                 ?   text
    name                  1   words
    points                ?   text
CredentialSchema
    id                    1   uri!
    type                  +   type=
CredentialStatus
    id                    ?   uri!
    type                  +   type=
RefreshService
    id                    ?   uri
    type                  +   type=
TermsOfUse
    id                    ?   uri
    type                  +   type=
""")

_OPEN_BADGE = """
Credential
    @context              +   any
    id                    1   uri!
    type                  +   type=VerifiableCredential
    name                  {named}   words
    description           ?   words
    image                 ?   Image
    awardedDate           ?   stamp
    issuer                1   Profile|uri!
    validFrom             1   stamp!
    validUntil            ?   stamp!
    credentialSubject     1   {subject}
    endorsement           *   any
    endorsementJwt        *   jws
    evidence              *   Evidence
    proof                 *   any
    credentialSchema      *   CredentialSchema
    credentialStatus      *   CredentialStatus
    refreshService        *   RefreshService
    termsOfUse            *   TermsOfUse
    partial               ?   boolean
"""
_ANY_CREDENTIAL = """
Issuer
    id                    1   uri!
    name                  ?   words
    description           ?   words
EvidenceOfAnyKind
    type                  +   type=
Credential
    @context              +   any
    id                    ?   uri!
    type                  +   type=VerifiableCredential
    name                  ?   words
    description           ?   words
    issuer                1   Issuer|uri!
    validFrom             ?   stamp!
    validUntil            ?   stamp!
    credentialSubject     +   object
    evidence              *   EvidenceOfAnyKind
    proof                 *   any
    credentialSchema      *   CredentialSchema
    credentialStatus      *   CredentialStatus
    refreshService        *   RefreshService
    termsOfUse            *   TermsOfUse
"""


def _of_model_1(text: str) -> str:
    """The same under data model 1.1, which has other names for the dates and no optional start."""
    return (
        text.replace("validFrom             1", "issuanceDate          1")
        .replace("validFrom             ?", "issuanceDate          1")
        .replace("validUntil    ", "expirationDate")
    )


_TABLES = {
    (kind, model): {**_CLASSES, **table(_of_model_1(text) if model == 1 else text)}
    for kind, text in {
        "AchievementSubject": _OPEN_BADGE.format(subject="AchievementSubject", named="?"),
        "EndorsementSubject": _OPEN_BADGE.format(subject="EndorsementSubject", named="1"),
        "ClrSubject": _OPEN_BADGE.format(subject="ClrSubject", named="?"),
        "": _ANY_CREDENTIAL,
    }.items()
    for model in (1, 2)
}


def faults(document: Object, version: Version) -> Iterator[Fault]:
    """Every fault of a credential, of both grades."""
    contexts = many(document.get("@context"))
    model = 1 if contexts[:1] == [VC_1] else 2
    named = set(types(document))
    subject = _subject_class(version, named)
    closed = bool(subject) and len(contexts) == 2
    yield from judge(document, "Credential", _TABLES[subject, model], closed=closed)
    yield from _contexts(contexts, version)
    yield from _types(document, named, version)
    yield from _dates(document)
    yield from _one_id(document, "")
    if isinstance(document.get("issuer"), list):
        yield Fault("issuer", "wrong-type")
    subjects = [one for one in many(document.get("credentialSubject")) if isinstance(one, dict)]
    for one in subjects:
        if not any(value not in (None, [], {}) for value in one.values()):
            yield Fault("credentialSubject", "missing")
        yield from _one_id(one, "credentialSubject.")
        if subject == "AchievementSubject" and not one.get("id") and not one.get("identifier"):
            yield Fault("credentialSubject.id", "missing")
    yield from _criteria(subjects)


def _subject_class(version: Version, named: set[str]) -> str:
    if version is Version.CLR_2:
        return "ClrSubject"
    if version is not Version.OB_3_0:
        return ""
    return "EndorsementSubject" if "EndorsementCredential" in named else "AchievementSubject"


def _contexts(contexts: list[JSON], version: Version) -> Iterator[Fault]:
    """The first one is fixed, in 3.0 the second is one of Open Badges; what follows may be anything readable."""
    if contexts[:1] not in ([VC_1], [VC_2]):
        yield Fault("@context", "wrong-value")
    second = contexts[1] if len(contexts) > 1 else None
    wanted = {Version.OB_3_0: _OB_CONTEXT, Version.CLR_2: _CLR_CONTEXT}.get(version)
    if wanted is not None and not (isinstance(second, str) and wanted.fullmatch(second)):
        yield Fault("@context", "wrong-value")
    for context in contexts[1:]:
        if context in (VC_1, VC_2) or not isinstance(context, (str, dict)):
            yield Fault("@context", "wrong-value")
        elif isinstance(context, str) and not is_absolute(context):
            yield Fault("@context", "format")


def _types(document: Object, named: set[str], version: Version) -> Iterator[Fault]:
    badge = {"AchievementCredential", "OpenBadgeCredential", "EndorsementCredential"}
    if version is Version.OB_3_0 and not named & badge:
        yield Fault("type", "wrong-value")
    stated = many(document.get("type"))
    if any(not isinstance(name, str) or not name.strip() for name in stated):
        yield Fault("type", "wrong-type")


def _dates(document: Object) -> Iterator[Fault]:
    start = stamped(document.get("validFrom", document.get("issuanceDate")))
    end = stamped(document.get("validUntil", document.get("expirationDate")))
    if start is not None and end is not None and end < start:
        yield Fault("validUntil" if "validUntil" in document else "expirationDate", "wrong-value")


def _one_id(thing: Object, path: str) -> Iterator[Fault]:
    address = thing.get("id")
    if "id" in thing and not isinstance(address, str):
        yield Fault(f"{path}id", "wrong-type")
    elif isinstance(address, str) and not is_absolute(address):
        yield Fault(f"{path}id", "format")


def _criteria(subjects: list[dict[str, JSON]]) -> Iterator[Fault]:
    """Criteria that say nothing: the standard has both of its members optional."""
    for subject in subjects:
        for achievement in many(subject.get("achievement")):
            criteria = achievement.get("criteria") if isinstance(achievement, dict) else None
            if isinstance(criteria, dict) and not criteria.get("id") and not criteria.get("narrative"):
                yield Fault("credentialSubject.achievement.criteria", "missing", breaks=False)
