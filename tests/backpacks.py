"""Badges in a person's backpack, for tests: really signed, really judged, with a picture; made without the pages."""

from __future__ import annotations

import hashlib
from typing import Any

from sqlalchemy.orm import Session

from backpack import openbadges
from backpack.accounts.models import Person
from backpack.badges.judging import spellings
from backpack.badges.models import Badge
from backpack.badges.recording import Original, enter
from backpack.database import transaction, utcnow
from backpack.openbadges.policy import Policy
from backpack.openbadges.recorded import RecordedDocuments
from backpack.wiring import wired
from tests.openbadges import issuing, make
from tests.people import ADDRESS

SALT = "salt-of-the-badge"


def identity_hash(address: str = ADDRESS) -> str:
    """The recipient's address as an issuer writes it: hashed with a salt."""
    return f"sha256${hashlib.sha256(f'{address}{SALT}'.encode()).hexdigest()}"


def signed_badge(
    name: str, address: str = ADDRESS, issuer: str = "Exemple", evidence: list[Any] | None = None, **achievement: Any
) -> bytes:
    """A 3.0 badge for this address, signed by a did:key."""
    subject = {
        "type": ["AchievementSubject"],
        "identifier": [
            {
                "type": "IdentityObject",
                "identityType": "emailAddress",
                "hashed": True,
                "identityHash": identity_hash(address),
                "salt": SALT,
            }
        ],
        "achievement": {
            "id": "https://issuer.example.org/achievements/1",
            "type": ["Achievement"],
            "name": name,
            "description": "Savoir souder.",
            "criteria": {"narrative": "Souder deux plaques."},
            **achievement,
        },
    }
    key = issuing.KEY
    profile = {"id": key.did(), "type": ["Profile"], "name": issuer}
    identifier = f"urn:uuid:{hashlib.sha256(name.encode()).hexdigest()[:32]}"
    given = {"evidence": evidence} if evidence else {}
    document = issuing.credential(key, id=identifier, issuer=profile, credentialSubject=subject, **given)
    return make.text(issuing.signed(document))


def give_badge(person: Person, name: str = "Soudure", **changes: Any) -> Badge:
    """Put a badge into this person's backpack, as an import would; with a picture to show."""
    payload = signed_badge(name, **changes)
    with transaction() as session:
        return _entered(session, person, payload)


def _entered(session: Session, person: Person, payload: bytes) -> Badge:
    now = utcnow()
    held = openbadges.read_payload(payload)
    known = spellings(session, person.id)
    report = openbadges.verify(held, RecordedDocuments({}, now), now, recipients=known, policy=Policy())
    storage = wired().storage
    original = Original(
        container="json",
        filename="badge.json",
        digest=hashlib.sha256(payload).digest(),
        size=len(payload),
        storage_key=storage.put(person.public_id, payload),
    )
    badge, _is_new = enter(session, person.id, held, report, original, now)
    badge.picture = storage.put(person.public_id, make.png(8, 8))
    return badge
