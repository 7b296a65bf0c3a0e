"""A 3.0 credential with everything in it that the standard's complete example has: for what must not grow slow."""

from __future__ import annotations

from backpack.openbadges.strict_json import JSON
from tests.openbadges import issuing

_HOST = "https://issuer.example.org"
_GRADES: JSON = ["D", "C", "B", "A"]


def credential() -> dict[str, JSON]:
    """Unsigned; the endorsements in it are signed."""
    return issuing.credential(
        name="Attestation de soudure",
        description="Délivrée au terme de la formation.",
        image=_image("credential", "Deux plaques soudées"),
        awardedDate="2024-05-06T07:08:09Z",
        validUntil="2036-05-06T07:08:09Z",
        issuer={**_profile("issuer"), "id": issuing.KEY.did(), "endorsement": [_endorsement("issuer")]},
        credentialSubject=_subject(),
        endorsement=[_endorsement("credential")],
        evidence=[_evidence(number) for number in range(2)],
        credentialSchema=[_schema("credential")],
    )


def _subject() -> JSON:
    return {
        "id": "did:example:ebfeb1f712ebc6f1c276e12ec21",
        "type": ["AchievementSubject"],
        "activityEndDate": "2024-05-05T00:00:00Z",
        "activityStartDate": "2024-01-05T00:00:00Z",
        "creditsEarned": 42,
        "identifier": [_identity(letter) for letter in "ab"],
        "image": _image("student", "La classe"),
        "licenseNumber": "A-9320041",
        "narrative": "Quatre mois d’atelier, puis une épreuve.",
        "role": "Apprentie",
        "source": {"id": "https://school.example.edu/issuers/201234", "type": ["Profile"], "name": "École"},
        "term": "Printemps",
        "achievement": _achievement(),
        "result": [
            {"type": ["Result"], "resultDescription": "urn:uuid:result-1", "value": "A", "alignment": [_alignment(1)]},
            {
                "type": ["Result"],
                "resultDescription": "urn:uuid:result-2",
                "achievedLevel": "urn:uuid:level-2",
                "alignment": [_alignment(2)],
            },
            {"type": ["Result"], "resultDescription": "urn:uuid:result-3", "status": "Completed"},
        ],
    }


def _achievement() -> JSON:
    creator = _profile("creator")
    return {
        "id": f"{_HOST}/achievements/degree",
        "type": ["Achievement"],
        "alignment": [_alignment(number) for number in range(2)],
        "achievementType": "Certification",
        "creator": {**creator, "endorsement": [_endorsement("creator"), _endorsement("creator-again")]},
        "creditsAvailable": 36,
        "criteria": {"id": f"{_HOST}/achievements/degree", "narrative": "Souder *deux plaques* sans défaut."},
        "description": "Savoir souder.",
        "endorsement": [_endorsement("achievement")],
        "fieldOfStudy": "Métallurgie",
        "humanCode": "S1",
        "image": _image("achievement", "Un poste à souder"),
        "name": "Soudure",
        "otherIdentifier": [_other_identifier("achievement")],
        "resultDescription": [
            _result_description(1, {"allowedValue": _GRADES, "requiredValue": "C", "resultType": "LetterGrade"}),
            _result_description(
                2,
                {
                    "allowedValue": _GRADES,
                    "requiredLevel": "urn:uuid:level-2",
                    "resultType": "RubricCriterionLevel",
                    "rubricCriterionLevel": [_level(1), _level(2)],
                },
            ),
            _result_description(3, {"resultType": "Status"}),
        ],
        "specialization": "Acier",
        "tag": ["soudure", "atelier"],
    }


def _result_description(number: int, more: dict[str, JSON]) -> JSON:
    return {
        "id": f"urn:uuid:result-{number}",
        "type": ["ResultDescription"],
        "name": f"Épreuve {number}",
        "alignment": [_alignment(number)],
        **more,
    }


def _level(number: int) -> JSON:
    return {
        "id": f"urn:uuid:level-{number}",
        "type": ["RubricCriterionLevel"],
        "alignment": [_alignment(number + 4)],
        "description": "Soudure régulière, sans reprise.",
        "level": str(number),
        "name": f"Niveau {number}",
        "points": str(number * 5),
    }


def _alignment(number: int) -> JSON:
    return {
        "type": ["Alignment"],
        "targetCode": f"soudure-{number}",
        "targetDescription": "Référentiel des métiers du métal.",
        "targetName": f"Assembler {number}",
        "targetFramework": "Référentiel",
        "targetType": "CFItem",
        "targetUrl": f"https://framework.example.org/items/{number}",
    }


def _profile(name: str) -> dict[str, JSON]:
    return {
        "id": f"{_HOST}/{name}",
        "type": ["Profile"],
        "name": f"Lycée de l’Exemple, {name}",
        "url": f"{_HOST}/{name}",
        "phone": "+33100000000",
        "description": "Un lycée des métiers.",
        "image": _image(name, "Le logo"),
        "email": f"{name}@issuer.example.org",
        "address": {
            "type": ["Address"],
            "addressCountry": "France",
            "addressCountryCode": "FR",
            "addressRegion": "Auvergne",
            "addressLocality": "Clermont",
            "streetAddress": "1 rue de l’Atelier",
            "postOfficeBoxNumber": "1",
            "postalCode": "63000",
            "geo": {"type": "GeoCoordinates", "latitude": 45.5, "longitude": 3.5},
        },
        "otherIdentifier": [_other_identifier(f"{name}-{number}") for number in range(2)],
        "official": "Horace Example",
        "parentOrg": {"id": f"{_HOST}/parent", "type": ["Profile"], "name": "Académie"},
    }


def _identity(letter: str) -> JSON:
    return {
        "type": "IdentityObject",
        "identityHash": "sha256$" + letter * 64,
        "identityType": "emailAddress",
        "hashed": True,
        "salt": "sel",
    }


def _other_identifier(name: str) -> JSON:
    return {"type": "IdentifierEntry", "identifier": f"0-{name}", "identifierType": "identifier"}


def _image(name: str, caption: str) -> JSON:
    return {"id": f"{_HOST}/images/{name}.png", "type": "Image", "caption": caption}


def _evidence(number: int) -> JSON:
    return {
        "id": f"{_HOST}/evidence/{number}",
        "type": ["Evidence"],
        "narrative": "La plaque terminée, photographiée.",
        "name": "Plaque",
        "description": "Soudure à l’arc.",
        "genre": "Photographie",
        "audience": "Tous",
    }


def _schema(name: str) -> JSON:
    return {"id": f"{_HOST}/schemas/{name}.json", "type": "1EdTechJsonSchemaValidator2019"}


def _endorsement(name: str) -> JSON:
    return issuing.signed(
        {
            "@context": [
                "https://www.w3.org/ns/credentials/v2",
                "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
            ],
            "id": f"{_HOST}/endorsements/{name}",
            "type": ["VerifiableCredential", "EndorsementCredential"],
            "name": "Recommandation",
            "issuer": {"id": issuing.STRANGER.did(), "type": ["Profile"], "name": "Branche professionnelle"},
            "validFrom": "2024-05-06T07:08:09Z",
            "validUntil": "2036-05-06T07:08:09Z",
            "credentialSubject": {
                "id": f"{_HOST}/{name}",
                "type": ["EndorsementSubject"],
                "endorsementComment": "Reconnu par la branche.",
            },
            "credentialSchema": [_schema("endorsement"), _schema("credential")],
        },
        issuing.STRANGER,
    )
