"""Open Badges 3.0 and other verifiable credentials: JSON -> Credential (Open Badges 3.0, "Data Model").

    credential(document, payload)     the credential itself, 3.0, an endorsement, a learner record or any other
    achievement(document)             an Achievement
    issuer(value)                     a Profile, or the id of one
    from_claims(claims)               the credential in the claims of a VC-JWT, of either data model

What no context defines must be taken out of the document before (VERIFICATION 6.2): all that is given here is shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from backpack.openbadges.model import (
    Achievement,
    Alignment,
    Credential,
    Criteria,
    Identity,
    Issuer,
    Recipient,
    Result,
    ResultDescription,
    Text,
    Version,
)
from backpack.openbadges.strict_json import JSON
from backpack.openbadges.versions import v2
from backpack.openbadges.versions.dates import lenient, stamped
from backpack.openbadges.versions.shapes import (
    Object,
    identifier,
    image,
    language_of,
    many,
    number,
    obj,
    objects,
    others,
    scalar,
    string,
    strings,
    text,
    types,
    web_address,
)

_CREDENTIAL = {
    *("@context", "id", "type", "name", "description", "image", "awardedDate", "credentialSubject", "endorsement"),
    *("endorsementJwt", "evidence", "issuer", "validFrom", "validUntil", "issuanceDate", "expirationDate", "proof"),
    *("credentialSchema", "credentialStatus", "refreshService", "termsOfUse"),
}
_ACHIEVEMENT = {
    *("@context", "id", "type", "alignment", "achievementType", "creator", "creditsAvailable", "criteria", "tag"),
    *("description", "endorsement", "endorsementJwt", "fieldOfStudy", "humanCode", "image", "inLanguage", "name"),
    *("resultDescription", "specialization", "version"),
}
_PROFILE = {
    *("@context", "id", "type", "name", "url", "description", "endorsement", "endorsementJwt", "image", "email"),
}


def credential(document: Object, payload: bytes, *, version: Version = Version.OB_3_0) -> Credential:
    """What a verifiable credential says. A credential inside a learner record is read by who opens the record."""
    subject = obj(document.get("credentialSubject"))
    achieved = obj(subject.get("achievement"))
    language = language_of(achieved) or language_of(document)
    about = achievement(achieved, language)
    return Credential(
        payload=payload,
        version=version,
        types=types(document),
        id=string(document.get("id")),
        source_url=web_address(document.get("id")),
        issuer=issuer(document.get("issuer"), language_of(document)),
        achievement=about,
        recipient=_recipient(subject, language),
        name=text(document.get("name"), language),
        description=text(document.get("description"), language),
        narrative=text(subject.get("narrative"), language) or text(subject.get("endorsementComment"), language),
        image=image(document.get("image"), language) or image(subject.get("image"), language),
        language=language,
        valid_from=stamped(start_of(document)),
        valid_until=stamped(end_stated(document)),
        awarded_on=stamped(document.get("awardedDate")),
        activity_start=lenient(subject.get("activityStartDate")),
        activity_end=lenient(subject.get("activityEndDate")),
        evidence=tuple(item for value in many(document.get("evidence")) if (item := v2.evidence(value, language))),
        results=tuple(_result(value, about, language) for value in objects(subject.get("result"))),
        endorsements=_endorsements(document),
        credits_earned=number(subject.get("creditsEarned")),
        license_number=scalar(subject.get("licenseNumber")),
        term=string(subject.get("term")),
        role=string(subject.get("role")),
        extensions=others(document, _CREDENTIAL),
    )


def achievement(document: Object, language: str | None = None) -> Achievement:
    """An Achievement."""
    language = language_of(document) or language
    criteria = obj(document.get("criteria"))
    creator = document.get("creator")
    return Achievement(
        id=string(document.get("id")),
        name=text(document.get("name"), language),
        description=text(document.get("description"), language),
        criteria=Criteria(url=web_address(criteria.get("id")), narrative=text(criteria.get("narrative"), language)),
        image=image(document.get("image"), language),
        type=string(document.get("achievementType")),
        version=scalar(document.get("version")),
        creator=issuer(creator, language) if creator is not None else None,
        alignments=tuple(_alignment(value, language) for value in objects(document.get("alignment"))),
        tags=strings(document.get("tag")),
        language=language,
        field_of_study=string(document.get("fieldOfStudy")),
        specialization=string(document.get("specialization")),
        human_code=scalar(document.get("humanCode")),
        credits_available=number(document.get("creditsAvailable")),
        result_descriptions=tuple(
            _result_description(value, language) for value in objects(document.get("resultDescription"))
        ),
        endorsements=_endorsements(document),
        extensions=others(document, _ACHIEVEMENT),
    )


def issuer(value: JSON, language: str | None = None) -> Issuer:
    """A Profile, or the id of one."""
    said = obj(value)
    return Issuer(
        id=identifier(value),
        name=text(said.get("name"), language),
        url=web_address(said.get("url")),
        email=string(said.get("email")),
        description=text(said.get("description"), language),
        image=image(said.get("image"), language),
        endorsements=_endorsements(said),
        extensions=others(said, _PROFILE),
    )


def from_claims(claims: Object) -> dict[str, JSON]:
    """The credential of a VC-JWT: the claims themselves (2.0), or `vc` completed by them (1.1, "JWT Decoding")."""
    inner = claims.get("vc")
    if not isinstance(inner, dict):
        return dict(claims)
    document = dict(inner)
    if isinstance(claims.get("jti"), str):
        document.setdefault("id", claims["jti"])
    if isinstance(claims.get("iss"), str):
        document.setdefault("issuer", claims["iss"])
    for claim, member in (("nbf", "issuanceDate"), ("exp", "expirationDate")):
        if moment := numeric_date(claims.get(claim)):
            document.setdefault(member, moment.strftime("%Y-%m-%dT%H:%M:%SZ"))
    subject = document.get("credentialSubject")
    if isinstance(claims.get("sub"), str) and isinstance(subject, dict):
        document["credentialSubject"] = {"id": claims["sub"], **subject}
    return document


def start_of(document: Object) -> JSON:
    """From when it is valid, by the name its data model has for it; the other model's name means nothing in it."""
    if "https://www.w3.org/ns/credentials/v2" in strings(document.get("@context")):
        return document.get("validFrom")
    return document.get("issuanceDate", document.get("validFrom"))


def end_stated(document: Object) -> JSON:
    """Until when it is valid, by the same rule."""
    if "https://www.w3.org/ns/credentials/v2" in strings(document.get("@context")):
        return document.get("validUntil")
    return document.get("expirationDate", document.get("validUntil"))


def numeric_date(value: JSON) -> datetime | None:
    """A NumericDate of RFC 7519, to the second."""
    seconds = number(value) if not isinstance(value, list) else None
    moment = lenient(seconds) if seconds is not None else None
    return moment.astimezone(UTC).replace(microsecond=0) if moment else None


def _recipient(subject: Object, language: str | None) -> Recipient:
    identities = []
    name: Text | None = None
    for said in objects(subject.get("identifier")):
        kind = string(said.get("identityType"))
        hashed = said.get("hashed") is True
        for value in strings(said.get("identityHash")):
            identities.append(Identity(type=kind or "", value=value, hashed=hashed, salt=scalar(said.get("salt"))))
            if kind == "name" and not hashed:
                name = name or text(value, language)
    return Recipient(id=string(subject.get("id")), identities=tuple(identities), name=name)


def _alignment(said: Object, language: str | None) -> Alignment:
    return Alignment(
        name=text(said.get("targetName"), language),
        url=web_address(said.get("targetUrl")),
        code=scalar(said.get("targetCode")),
        framework=string(said.get("targetFramework")),
        description=text(said.get("targetDescription"), language),
        type=string(said.get("targetType")),
    )


def _result_description(said: Object, language: str | None) -> ResultDescription:
    levels: Mapping[str, Text] = {
        key: name
        for level in objects(said.get("rubricCriterionLevel"))
        if (key := string(level.get("id"))) and (name := text(level.get("name"), language))
    }
    return ResultDescription(
        id=string(said.get("id")),
        name=text(said.get("name"), language),
        type=string(said.get("resultType")),
        allowed_values=tuple(found for value in many(said.get("allowedValue")) if (found := scalar(value))),
        value_min=scalar(said.get("valueMin")),
        value_max=scalar(said.get("valueMax")),
        required_value=scalar(said.get("requiredValue")),
        levels=levels,
    )


def _result(said: Object, about: Achievement, language: str | None) -> Result:
    key = identifier(said.get("resultDescription"))
    described = next((one for one in about.result_descriptions if key is not None and one.id == key), None)
    return Result(
        value=scalar(said.get("value")),
        status=string(said.get("status")),
        achieved_level=string(said.get("achievedLevel")),
        description=described,
    )


def _endorsements(document: Object) -> tuple[Object | str, ...]:
    return v2.endorsements(document.get("endorsement")) + strings(document.get("endorsementJwt"))
