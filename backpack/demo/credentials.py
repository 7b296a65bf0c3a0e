"""The demo issuers' badges as JSON, in the dialect each of them speaks. Pure: no keys, no files, no clock."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from backpack.demo.story import FRAMEWORK, SKILLS, BadgeStory, IssuerStory

VC = "https://www.w3.org/ns/credentials/v2"
OB3 = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
EXTENSIONS = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"
"""Defines the type of the revocation list: without it, that word would not be covered by the signature."""
OB2 = "https://w3id.org/openbadges/v2"
OB1 = "https://w3id.org/openbadges/v1"
SALT = "estuaire"
MONTH = timedelta(days=30.44)


def instant(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def issued_on(badge: BadgeStory, today: datetime) -> datetime:
    """When it was issued: in the middle of a working morning, so many months before `today`."""
    day = today - badge.months_ago * MONTH
    return day.replace(hour=9, minute=30, second=0, microsecond=0)


def ends_on(badge: BadgeStory, today: datetime) -> datetime | None:
    if badge.expires_in_days is None:
        return None
    return (today + timedelta(days=badge.expires_in_days)).replace(hour=21, minute=59, second=59, microsecond=0)


def hashed(address: str) -> str:
    return "sha256$" + hashlib.sha256((address + SALT).encode()).hexdigest()


def address_of(issuer: IssuerStory, kind: str, key: str = "") -> str:
    """Where an issuer keeps a thing: `https://HOST/assertions/scene`."""
    return f"https://{issuer.host}/{kind}" + (f"/{key}" if key else "")


def status_entry(issuer: IssuerStory, badge: BadgeStory, index: int) -> dict[str, Any]:
    """Where it is said that this badge was taken back; one list has a server of its own, which never answers."""
    if issuer.key == "pepiniere":
        url = address_of(issuer, "status", "liste")
        return {
            "id": f"{url}#{index}",
            "type": "BitstringStatusListEntry",
            "statusPurpose": "revocation",
            "statusListIndex": str(index),
            "statusListCredential": url,
        }
    name = "muette" if badge.fate == "status-silent" else "revoked"
    return {"id": address_of(issuer, "status", name), "type": "1EdTechRevocationList"}


def credential_v3(
    issuer: IssuerStory, issuer_id: str, badge: BadgeStory, recipient: str, today: datetime, index: int
) -> dict[str, Any]:
    """An Open Badges 3.0 credential, without proof (OB 3.0, AchievementCredential)."""
    credential: dict[str, Any] = {
        "@context": [VC, OB3, EXTENSIONS],
        "id": address_of(issuer, "credentials", badge.key),
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": badge.name,
        "issuer": {
            "id": issuer_id,
            "type": ["Profile"],
            "name": issuer.name,
            "url": f"https://{issuer.host}/",
        },
        "validFrom": instant(issued_on(badge, today)),
        "credentialSubject": {
            "type": ["AchievementSubject"],
            "identifier": [
                {
                    "type": "IdentityObject",
                    "identityType": "emailAddress",
                    "hashed": True,
                    "identityHash": hashed(recipient),
                    "salt": SALT,
                }
            ],
            "achievement": {
                "id": address_of(issuer, "achievements", badge.key),
                "type": ["Achievement"],
                "name": badge.name,
                "description": badge.description,
                "achievementType": badge.kind,
                "inLanguage": "fr",
                "criteria": {"narrative": badge.criteria},
                "image": {"id": address_of(issuer, "images", f"{badge.key}.png"), "type": "Image"},
                "alignment": [alignment_v3(code) for code in badge.skills],
            },
        },
        "credentialStatus": status_entry(issuer, badge, index),
    }
    ends = ends_on(badge, today)
    if ends:
        credential["validUntil"] = instant(ends)
    if badge.issuer_evidence:
        credential["evidence"] = [
            {
                "id": address_of(issuer, "preuves", badge.key),
                "type": ["Evidence"],
                "name": badge.issuer_evidence,
                "genre": "Observation",
            }
        ]
    return credential


def alignment_v3(code: str) -> dict[str, Any]:
    return {
        "type": ["Alignment"],
        "targetName": SKILLS[code].name,
        "targetCode": code,
        "targetFramework": FRAMEWORK,
        "targetUrl": f"https://estuaire.example/referentiel/{code}",
    }


def assertion_v2(issuer: IssuerStory, badge: BadgeStory, recipient: str, today: datetime) -> dict[str, Any]:
    """An Open Badges 2.0 assertion: hosted, or the content of a signed one (OB 2.0, Assertion)."""
    signed = issuer.way == "jws"
    assertion: dict[str, Any] = {
        "@context": OB2,
        "type": "Assertion",
        "id": f"urn:uuid:{_uuid(badge.key)}" if signed else address_of(issuer, "assertions", badge.key),
        "recipient": {"type": "email", "hashed": True, "salt": SALT, "identity": hashed(recipient)},
        "badge": address_of(issuer, "classes", badge.key),
        "issuedOn": instant(issued_on(badge, today)),
        "verification": {"type": "SignedBadge", "creator": address_of(issuer, "keys", "1")}
        if signed
        else {"type": "HostedBadge"},
    }
    ends = ends_on(badge, today)
    if ends:
        assertion["expires"] = instant(ends)
    return assertion


def badge_class_v2(issuer: IssuerStory, badge: BadgeStory) -> dict[str, Any]:
    """What the badge is about, at its own address (OB 2.0, BadgeClass)."""
    return {
        "@context": OB2,
        "type": "BadgeClass",
        "id": address_of(issuer, "classes", badge.key),
        "name": badge.name,
        "description": badge.description,
        "image": address_of(issuer, "images", f"{badge.key}.png"),
        "criteria": {"narrative": badge.criteria},
        "issuer": address_of(issuer, "issuer"),
        "@language": "fr",
        "alignment": [
            {
                "targetName": SKILLS[code].name,
                "targetUrl": f"https://estuaire.example/referentiel/{code}",
                "targetCode": code,
                "targetFramework": FRAMEWORK,
            }
            for code in badge.skills
        ],
    }


def profile_v2(issuer: IssuerStory) -> dict[str, Any]:
    """Who issues (OB 2.0, Profile); a signing issuer names its key and its list of what it took back."""
    profile: dict[str, Any] = {
        "@context": OB2,
        "type": "Issuer",
        "id": address_of(issuer, "issuer"),
        "name": issuer.name,
        "url": f"https://{issuer.host}/",
        "email": f"badges@{issuer.host}",
    }
    if issuer.way == "jws":
        profile["publicKey"] = address_of(issuer, "keys", "1")
        profile["revocationList"] = address_of(issuer, "revoked")
    return profile


def assertion_v1(issuer: IssuerStory, badge: BadgeStory, recipient: str, today: datetime) -> dict[str, Any]:
    """An Open Badges 1.1 assertion."""
    url = address_of(issuer, "assertions", badge.key)
    return {
        "@context": OB1,
        "type": "Assertion",
        "id": url,
        "uid": badge.key,
        "recipient": {"type": "email", "hashed": True, "salt": SALT, "identity": hashed(recipient)},
        "badge": address_of(issuer, "classes", badge.key),
        "issuedOn": instant(issued_on(badge, today)),
        "verify": {"type": "hosted", "url": url},
    }


def badge_class_v1(issuer: IssuerStory, badge: BadgeStory) -> dict[str, Any]:
    return {
        "@context": OB1,
        "type": "BadgeClass",
        "id": address_of(issuer, "classes", badge.key),
        "name": badge.name,
        "description": badge.description,
        "image": address_of(issuer, "images", f"{badge.key}.png"),
        "criteria": address_of(issuer, "criteria", badge.key),
        "issuer": address_of(issuer, "issuer-v1"),
    }


def profile_v1(issuer: IssuerStory) -> dict[str, Any]:
    return {
        "@context": OB1,
        "type": "Issuer",
        "id": address_of(issuer, "issuer-v1"),
        "name": issuer.name,
        "url": f"https://{issuer.host}/",
    }


def revocation_list_v2(issuer: IssuerStory, revoked: Mapping[str, str]) -> dict[str, Any]:
    """What a signing issuer took back: assertion id to reason (OB 2.0, RevocationList)."""
    return {
        "@context": OB2,
        "type": "RevocationList",
        "id": address_of(issuer, "revoked"),
        "issuer": address_of(issuer, "issuer"),
        "revokedAssertions": [{"id": id_, "revocationReason": reason} for id_, reason in revoked.items()],
    }


def revocation_list_v3(issuer: IssuerStory, issuer_id: str, url: str, revoked: Mapping[str, str]) -> dict[str, Any]:
    """What a 3.0 issuer took back: credential id to reason (1EdTechRevocationList)."""
    return {
        "id": url,
        "issuer": issuer_id,
        "revokedCredential": [{"id": id_, "revoked": True, "revocationReason": why} for id_, why in revoked.items()],
    }


def _uuid(key: str) -> str:
    made = hashlib.sha256(b"backpack demo " + key.encode()).hexdigest()
    return f"{made[:8]}-{made[8:12]}-4{made[13:16]}-8{made[17:20]}-{made[20:32]}"
