"""Open Badges 2.0 and 2.1: JSON -> Credential (IMS Final, "Open Badges Vocabulary"), with its dialects.

    credential(assertion, payload, badge=None, issuer=None)   one Assertion; `badge` and `issuer` are the documents
                                                              its addresses answered, if they were asked
    achievement(badge, id=None)                               a BadgeClass
    issuer(profile, id=None)                                  a Profile

`id` is the address a document was found at, for one that does not name itself. Members of a wrong type are left out.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from backpack.openbadges.model import (
    Achievement,
    Alignment,
    Credential,
    Criteria,
    Evidence,
    Identity,
    Issuer,
    Recipient,
    Text,
    Version,
)
from backpack.openbadges.strict_json import JSON
from backpack.openbadges.versions import dates
from backpack.openbadges.versions.shapes import (
    Object,
    identifier,
    image,
    is_web_address,
    language_of,
    many,
    number,
    obj,
    objects,
    others,
    plain_object,
    scalar,
    string,
    strings,
    text,
    types,
    web_address,
)

_COMMON = {"@context", "@language", "id", "type", "related", "version", "endorsement", "image", "name", "description"}
ASSERTION = _COMMON | {
    *("uid", "recipient", "badge", "verification", "verify", "issuedOn", "expires", "evidence", "narrative"),
    *("revoked", "revocationReason", "issuer", "claim"),
}
BADGE_CLASS = _COMMON | {"criteria", "issuer", "alignment", "alignments", "tags"}
PROFILE = _COMMON | {"url", "telephone", "email", "publicKey", "verification", "revocationList"}


def credential(
    assertion: Object,
    payload: bytes,
    *,
    badge: Object | None = None,
    issuer: Object | None = None,
    version: Version = Version.OB_2_0,
    instant: Callable[[JSON], datetime | None] = dates.zoned,
) -> Credential:
    """What an Assertion (or an Endorsement) says, with the badge class and issuer that are in hand."""
    said = plain_object(assertion)
    badge_said = plain_object(badge) if badge is not None else obj(said.get("badge"))
    stated_issuer = badge_said.get("issuer", said.get("issuer"))
    issuer_said = plain_object(issuer) if issuer is not None else obj(stated_issuer)
    language = language_of(said) or language_of(badge_said)
    endorsed = obj(said.get("claim"))
    return Credential(
        payload=payload,
        version=version,
        types=types(said),
        id=string(said.get("id")) or string(said.get("uid")),
        source_url=_source(said),
        issuer=_issuer(issuer_said, identifier(stated_issuer)),
        achievement=achievement(badge_said, id=identifier(said.get("badge"))),
        recipient=Recipient(id=identifier(said.get("claim"))) if endorsed else recipient(said.get("recipient")),
        narrative=text(said.get("narrative"), language) or text(endorsed.get("endorsementComment"), language),
        image=image(said.get("image"), language),
        language=language,
        valid_from=instant(said.get("issuedOn")),
        valid_until=instant(said.get("expires")),
        awarded_on=instant(said.get("issuedOn")),
        evidence=tuple(item for value in many(said.get("evidence")) if (item := evidence(value, language))),
        credits_earned=number(said.get("creditsEarned")),
        endorsements=endorsements(said.get("endorsement")),
        extensions=others(said, ASSERTION),
    )


def achievement(badge: Object, id: str | None = None) -> Achievement:  # noqa: A002 - the standard's name
    """A BadgeClass. An empty object with an `id` is one of which only the address is known."""
    said = plain_object(badge)
    language = language_of(said)
    return Achievement(
        id=string(said.get("id")) or id,
        name=text(said.get("name"), language),
        description=text(said.get("description"), language),
        criteria=_criteria(said.get("criteria"), language),
        image=image(said.get("image"), language),
        version=scalar(said.get("version")),
        alignments=tuple(
            found
            for value in (*many(said.get("alignment")), *many(said.get("alignments")))
            if (found := _alignment(value, language))
        ),
        tags=strings(said.get("tags")),
        language=language,
        endorsements=endorsements(said.get("endorsement")),
        extensions=others(said, BADGE_CLASS),
    )


def issuer(profile: Object, id: str | None = None) -> Issuer:  # noqa: A002 - the standard's name
    """A Profile. An empty object with an `id` is one of which only the address is known."""
    said = plain_object(profile)
    language = language_of(said)
    return Issuer(
        id=string(said.get("id")) or id,
        name=text(said.get("name"), language),
        url=web_address(said.get("url")),
        email=string(said.get("email")),
        description=text(said.get("description"), language),
        image=image(said.get("image"), language),
        endorsements=endorsements(said.get("endorsement")),
        extensions=others(said, PROFILE),
    )


_issuer = issuer  # `credential` has a parameter of that name


def recipient(value: JSON) -> Recipient:
    """An IdentityObject; each member of an array in `identity` is one way to name the recipient."""
    said = obj(value)
    kind = string(said.get("type")) or "email"
    return Recipient(
        identities=tuple(
            Identity(type=kind, value=one, hashed=said.get("hashed") is True, salt=scalar(said.get("salt")))
            for one in strings(said.get("identity"))
        )
    )


def evidence(value: JSON, language: str | None) -> Evidence | None:
    """Evidence by its address, or as an object with a story."""
    if isinstance(value, str):
        return Evidence(url=value) if is_web_address(value) else None
    if not isinstance(value, dict):
        return None
    said = Evidence(
        url=web_address(value.get("id")),
        name=text(value.get("name"), language),
        description=text(value.get("description"), language),
        narrative=text(value.get("narrative"), language),
        genre=string(value.get("genre")),
        audience=string(value.get("audience")),
    )
    return said if said != Evidence() else None


def endorsements(value: JSON) -> tuple[Object | str, ...]:
    """Endorsements as they stand there: ids, objects or compact JWS."""
    return tuple(item for item in many(value) if isinstance(item, (dict, str))) if value else ()


def _criteria(value: JSON, language: str | None) -> Criteria:
    pages = (address for item in many(value) if (address := web_address(item)))
    stories = (story for item in objects(value) if (story := _story(item, language)))
    return Criteria(url=next(pages, None), narrative=next(stories, None))


def _story(criteria: Object, language: str | None) -> Text | None:
    return text(criteria.get("narrative"), language)


def _alignment(value: JSON, language: str | None) -> Alignment | None:
    """An AlignmentObject; 1.1 wrote `name`, `url` and `description`."""
    if isinstance(value, str):
        return Alignment(url=value) if is_web_address(value) else None
    said = obj(value)
    found = Alignment(
        name=text(said.get("targetName", said.get("name")), language),
        url=web_address(said.get("targetUrl", said.get("url"))),
        code=scalar(said.get("targetCode")),
        framework=string(said.get("targetFramework")),
        description=text(said.get("targetDescription", said.get("description")), language),
    )
    return found if found != Alignment() else None


def _source(said: Object) -> str | None:
    """The address to ask: its own id, or what its verification names (1.x and Moodle)."""
    if address := web_address(said.get("id")):
        return address
    check = obj(said.get("verification", said.get("verify")))
    kinds = {kind.rpartition("#")[2].lower() for kind in types(check)}
    return None if kinds & {"signed", "signedbadge"} else web_address(check.get("url"))
