"""What JSON Resume 1.2.1 asks of a document, written down as a JSON Schema of our own from its documentation."""

from __future__ import annotations

from typing import Any

TEXT = {"type": "string"}
MAIL = {"type": "string", "format": "email"}
URL = {"type": "string", "format": "uri"}
DATE = {"type": "string", "pattern": r"^[12]\d{3}(-[01]\d(-[0-3]\d)?)?$"}
TEXTS = {"type": "array", "items": TEXT}


def rows(**properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": {"type": "object", "properties": properties}}


SCHEMA: dict[str, Any] = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "$schema": URL,
        "basics": {
            "type": "object",
            "properties": {
                "name": TEXT, "label": TEXT, "image": TEXT, "email": MAIL, "phone": TEXT, "url": URL, "summary": TEXT,
                "location": {
                    "type": "object",
                    "properties": dict.fromkeys(("address", "postalCode", "city", "countryCode", "region"), TEXT),
                },
                "profiles": rows(network=TEXT, username=TEXT, url=URL),
            },
        },
        "work": rows(name=TEXT, location=TEXT, description=TEXT, position=TEXT, url=URL, startDate=DATE, endDate=DATE,
                     summary=TEXT, highlights=TEXTS),
        "volunteer": rows(organization=TEXT, position=TEXT, url=URL, startDate=DATE, endDate=DATE, summary=TEXT,
                          highlights=TEXTS),
        "education": rows(institution=TEXT, url=URL, area=TEXT, studyType=TEXT, startDate=DATE, endDate=DATE,
                          score=TEXT, courses=TEXTS),
        "awards": rows(title=TEXT, date=DATE, awarder=TEXT, summary=TEXT),
        "certificates": rows(name=TEXT, date=DATE, url=URL, issuer=TEXT),
        "publications": rows(name=TEXT, publisher=TEXT, releaseDate=DATE, url=URL, summary=TEXT),
        "skills": rows(name=TEXT, level=TEXT, keywords=TEXTS),
        "languages": rows(language=TEXT, fluency=TEXT),
        "interests": rows(name=TEXT, keywords=TEXTS),
        "references": rows(name=TEXT, reference=TEXT),
        "projects": rows(name=TEXT, description=TEXT, highlights=TEXTS, keywords=TEXTS, startDate=DATE, endDate=DATE,
                         url=URL, roles=TEXTS, entity=TEXT, type=TEXT),
        "meta": {"type": "object", "properties": {"canonical": URL, "version": TEXT, "lastModified": TEXT}},
    },
}  # fmt: skip
