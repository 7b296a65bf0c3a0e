"""What the example's people add around badges: the university's framework of skills, and a word of Maëlle's."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from backpack.badges.models import Badge
from backpack.demo.story import FRAMEWORK, SKILLS
from backpack.endorsements import confirming, inviting
from backpack.endorsements.models import Endorsement
from backpack.evidence.queries import evidence_of
from backpack.skills import framing
from backpack.skills.models import Framework
from backpack.skills.reading import Entry, Frame

DOMAINS: Final = {
    "E1": "Communiquer",
    "E2": "Coopérer",
    "E3": "Créer",
    "E4": "S’informer",
    "E5": "Entreprendre",
}
ENGLISH: Final = {
    "E1-A": "Speak in public",
    "E1-B": "Write to be read",
    "E1-C": "Listen and rephrase",
    "E2-A": "Work in teams",
    "E2-B": "Facilitate a group",
    "E2-C": "Teach peers",
    "E3-A": "Imagine and prototype",
    "E3-B": "Perform and stage",
    "E3-C": "Think critically",
    "E4-A": "Find and judge sources",
    "E4-B": "Organise and cite",
    "E4-C": "Use digital tools responsibly",
    "E5-A": "Persuade",
    "E5-B": "Plan and deliver",
    "E5-C": "Engage for others",
}
SAID: Final = confirming.Statement(
    name="Maëlle Prigent",
    role="menait l’atelier de médiation",
    words=(
        "J’ai vu Camille mener cette visite du début à la fin. Elle a d’abord écouté le groupe, puis choisi trois "
        "œuvres au lieu de dix : personne n’a décroché."
    ),
    language="fr",
    address="maelle.prigent@ateliers.example",
)


def take_in_framework(session: Session, now: datetime) -> Framework:
    """The university's own framework, in French and English, as the operator would import it."""
    entries = tuple(
        Entry(
            code=code,
            url=f"https://estuaire.example/referentiel/{code}",
            labels={"fr": skill.name, "en": ENGLISH[code]},
            domain=DOMAINS[code[:2]],
        )
        for code, skill in SKILLS.items()
    )
    return framing.take_in(session, Frame(name=FRAMEWORK, source="csv", entries=entries), "", now).framework


def let_maelle_confirm(session: Session, badge: Badge, secret: str, now: datetime) -> Endorsement:
    """A workshop leader without an account confirms the first work behind this badge; in the example, at once."""
    work = evidence_of(session, [badge.id])[badge.id][0].artefact
    invited = inviting.invite(session, badge.person_id, work, "Maëlle, atelier de médiation", secret=secret, now=now)
    return confirming.confirm(session, _written(session, invited, now), now)


def _written(session: Session, invited: Endorsement, now: datetime) -> str:
    token = confirming.write(invited, SAID, now)
    session.flush()
    return token
