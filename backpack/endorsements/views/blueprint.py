"""What the pages of endorsements share: their blueprint, and what an endorsement is about."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, url_for
from sqlalchemy.orm import Session

from backpack.badges.models import Badge
from backpack.endorsements.fixing import was_changed
from backpack.endorsements.inviting import token_of
from backpack.endorsements.models import Endorsement
from backpack.evidence.models import Artefact
from backpack.wiring import wired

bp = Blueprint("endorsements", __name__)
bp.add_app_template_global(was_changed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """A badge or a work, as an invitation names it."""

    badge: Badge | None
    work: Artefact | None

    @property
    def name(self) -> str:
        return self.badge.name if self.badge else self.work.title if self.work else ""

    @property
    def public_id(self) -> str:
        return self.badge.public_id if self.badge else self.work.public_id if self.work else ""


def thing_of(session: Session, one: Endorsement) -> Thing:
    """What this endorsement is about."""
    return Thing(
        badge=session.get(Badge, one.badge_id) if one.badge_id else None,
        work=session.get(Artefact, one.artefact_id) if one.artefact_id else None,
    )


def address_of(one: Endorsement) -> str:
    """The link that an invited person gets from the owner."""
    path = url_for("endorsements.answer", token=token_of(one, wired().settings.secret_key))
    return wired().settings.public_url + path


def page_of(thing: Thing) -> str:
    """Where the owner finds everything that is said about it."""
    if thing.badge is not None:
        return url_for("endorsements.about_badge", public_id=thing.public_id)
    return url_for("endorsements.about_work", public_id=thing.public_id)
