"""What search engines read of a page that its owner let them list (schema.org). An `EducationalOccupationalCredential`
is the kind of badge, not one's own copy of it, so nothing here says how a badge stands."""

from __future__ import annotations

from typing import Any

from backpack.publishing.sheets import BadgeSheet

CONTEXT = "https://schema.org"


def credential(one: BadgeSheet, url: str, language: str) -> dict[str, Any]:
    """One badge."""
    shown = one.report.credential
    achievement = shown.achievement
    made = {
        "@type": "EducationalOccupationalCredential",
        "@id": url,
        "url": url,
        "name": one.badge.name,
        "description": achievement.description.in_language(language) if achievement.description else None,
        "credentialCategory": "badge",
        "dateCreated": one.badge.issued_on.date().isoformat() if one.badge.issued_on else None,
        "expires": one.badge.valid_until.date().isoformat() if one.badge.valid_until else None,
        "recognizedBy": {"@type": "Organization", "name": one.badge.issuer_name},
        "competencyRequired": [
            {
                "@type": "DefinedTerm",
                "name": str(alignment.name or alignment.code or ""),
                **({"termCode": alignment.code} if alignment.code else {}),
                **({"inDefinedTermSet": alignment.framework} if alignment.framework else {}),
            }
            for alignment in achievement.alignments
        ],
    }
    return {name: value for name, value in made.items() if value}


def described(entries: list[dict[str, Any]], holder: str, url: str) -> dict[str, Any]:
    """A whole page: its holder with these badges, or the badges alone where no name is shown."""
    if holder:
        return {"@context": CONTEXT, "@type": "Person", "name": holder, "url": url, "hasCredential": entries}
    return {"@context": CONTEXT, "@graph": entries}
