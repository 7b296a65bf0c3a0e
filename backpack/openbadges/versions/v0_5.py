"""Open Badges 0.5 (Mozilla, 2011): one flat document; the badge and its issuer stand in the assertion.

    credential(assertion, payload)

Addresses may be paths on the issuer's `origin`, and the origin is the issuer's only identity.
"""

from __future__ import annotations

from urllib.parse import urljoin

from backpack.openbadges.model import (
    Achievement,
    Credential,
    Criteria,
    Evidence,
    Identity,
    Image,
    Issuer,
    Recipient,
    Version,
)
from backpack.openbadges.strict_json import JSON
from backpack.openbadges.versions.dates import lenient
from backpack.openbadges.versions.shapes import (
    Object,
    image,
    is_web_address,
    obj,
    others,
    scalar,
    string,
    text,
    web_address,
)

_ASSERTION = {"uid", "recipient", "salt", "evidence", "expires", "issued_on", "badge"}
_BADGE = {"version", "name", "image", "description", "criteria", "issuer"}
_ISSUER = {"origin", "name", "org", "contact"}
_HASHES = ("sha256$", "md5$", "sha1$")


def credential(assertion: Object, payload: bytes) -> Credential:
    """What a 0.5 assertion says. Its own address is not in it: `source_url` stays None."""
    badge = obj(assertion.get("badge"))
    issuer = obj(badge.get("issuer"))
    origin = web_address(issuer.get("origin"))
    page = _address(assertion.get("evidence"), origin)
    return Credential(
        payload=payload,
        version=Version.OB_0_5,
        types=("Assertion",),
        id=string(assertion.get("uid")),
        issuer=_issuer(issuer, origin),
        achievement=Achievement(
            name=text(badge.get("name")),
            description=text(badge.get("description")),
            criteria=Criteria(url=_address(badge.get("criteria"), origin)),
            image=_image(badge.get("image"), origin),
            version=scalar(badge.get("version")),
            extensions=others(badge, _BADGE),
        ),
        recipient=_recipient(assertion),
        valid_from=lenient(assertion.get("issued_on")),
        valid_until=lenient(assertion.get("expires")),
        awarded_on=lenient(assertion.get("issued_on")),
        evidence=(Evidence(url=page),) if page else (),
        extensions=others(assertion, _ASSERTION),
    )


def _issuer(said: Object, origin: str | None) -> Issuer:
    return Issuer(
        id=origin,
        name=text(said.get("name")),
        url=origin,
        email=string(said.get("contact")),
        description=text(said.get("org")),
        extensions=others(said, _ISSUER),
    )


def _recipient(assertion: Object) -> Recipient:
    value = string(assertion.get("recipient"))
    if value is None:
        return Recipient()
    hashed = value.lower().startswith(_HASHES)
    return Recipient(
        identities=(Identity(type="email", value=value, hashed=hashed, salt=scalar(assertion.get("salt"))),)
    )


def _image(value: JSON, origin: str | None) -> Image | None:
    address = _address(value, origin)
    return Image(url=address) if address else image(value)


def _address(value: JSON, origin: str | None) -> str | None:
    address = string(value)
    if address is None:
        return None
    try:
        joined = urljoin(origin, address) if origin else address
    except ValueError:
        return None
    return joined if is_web_address(joined) else None
