"""A CV's page as JSON-LD in the words of schema.org: who, what they learnt and did, and which badges they hold.

A badge is an EducationalOccupationalCredential, which is what everybody may earn; so how this one stands today is never
said here: the page behind its address tells that.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def json_ld(page: Mapping[str, Any]) -> dict[str, Any]:
    """The page's data (`Composed.data`) as one object. Only what the page shows."""
    contact = {piece["kind"]: piece["text"] for row in page["contacts"] for piece in row}
    parts = {part["section"]: part for part in page["parts"]}
    person: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Person",
        "name": page["name"],
        "jobTitle": page["headline"],
        "description": parts.get("profile", {}).get("words", ""),
        "email": contact.get("email", ""),
        "telephone": contact.get("tel", ""),
        "url": contact.get("url", ""),
        "homeLocation": {"@type": "Place", "name": contact["locality"]} if "locality" in contact else "",
        "alumniOf": [
            {"@type": "EducationalOrganization", "name": one["place"]}
            for one in parts.get("education", {}).get("entries", ())
            if one["place"]
        ],
        "knowsAbout": [one["title"] for one in parts.get("skill", {}).get("items", ())],
        "knowsLanguage": [one["title"] for one in parts.get("language", {}).get("items", ())],
        "hasCredential": [_credential(one, page["language"]) for one in parts.get("badges", {}).get("badges", ())],
    }
    return _filled(person)


def _credential(badge: Mapping[str, Any], language: str) -> dict[str, Any]:
    return _filled(
        {
            "@type": "EducationalOccupationalCredential",
            "@id": badge["url"],
            "url": badge["url"],
            "name": badge["title"],
            "credentialCategory": "badge",
            "description": badge["line"],
            "inLanguage": language,
            "dateCreated": badge["issued"],
            "recognizedBy": {"@type": "Organization", "name": badge["issuer"]},
        }
    )


def _filled(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value}
