"""What exactly somebody endorsed, so that pages can say when it is no longer that."""

from __future__ import annotations

import hashlib
import json

from sqlalchemy.orm import Session

from backpack.badges.models import Badge
from backpack.endorsements.models import Endorsement
from backpack.evidence.models import Artefact
from backpack.evidence.queries import newest


def fix(session: Session, one: Endorsement) -> None:
    """Keep the title and the digest of what is endorsed at this moment."""
    thing = session.get_one(Badge, one.badge_id) if one.badge_id else session.get_one(Artefact, one.artefact_id)
    one.thing_title = thing.name if isinstance(thing, Badge) else thing.title
    one.thing_digest = digest_of(thing)


def digest_of(thing: Badge | Artefact) -> bytes:
    """The SHA-256 of a badge as its issuer wrote it, or of a work: all that it says, and its newest file."""
    if isinstance(thing, Badge):
        return hashlib.sha256(thing.payload).digest()
    file = newest(thing)
    told = (thing.did, thing.situation, thing.action, thing.result, thing.people)
    parts = [thing.kind, thing.title, thing.text, thing.url or "", *told, file.digest.hex() if file else ""]
    return hashlib.sha256(json.dumps(parts).encode()).digest()


def was_changed(one: Endorsement, thing: Badge | Artefact) -> bool:
    """Whether it is another than what was endorsed; not of endorsements from before this was kept."""
    return one.thing_digest is not None and one.thing_digest != digest_of(thing)
