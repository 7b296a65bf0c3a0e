"""What other people confirmed, on the pages whose owner chose to show it."""

from __future__ import annotations

from collections.abc import Collection as AnyOf
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from backpack.badges.models import Badge
from backpack.endorsements.fixing import was_changed
from backpack.endorsements.models import Endorsement
from backpack.endorsements.queries import confirmed_about
from backpack.evidence.models import Evidence
from backpack.publishing.links import is_open
from backpack.publishing.models import ShareLink, ShownEndorsement
from backpack.publishing.works import WorkSheet


@dataclass(frozen=True, slots=True)
class Said:
    """An endorsement on a page; `about` is the work it is about where it stands with a badge."""

    said: Endorsement
    about: str = ""
    changed: bool = False
    """Whether it is no longer what was endorsed."""


@dataclass(frozen=True, slots=True)
class Endorsed:
    """What was confirmed of the things on a page, by the number of the badge or the work it stands with."""

    badges: Mapping[int, Sequence[Said]]
    works: Mapping[int, Sequence[Said]]

    @property
    def all(self) -> list[Said]:
        """Each once."""
        found = [one for some in (*self.badges.values(), *self.works.values()) for one in some]
        return list({one.said.id: one for one in found}.values())


def endorsed(
    session: Session,
    evidence: Mapping[int, Sequence[Evidence]],
    works: Sequence[WorkSheet],
    only: AnyOf[int] | None = None,
) -> Endorsed:
    """What was confirmed of these badges (with the evidence that stands behind each) and these works; with `only`, no
    other endorsements than those numbers."""
    behind = {one.artefact_id for some in evidence.values() for one in some} | {one.artefact.id for one in works}
    found = [one for one in confirmed_about(session, evidence, behind) if only is None or one.id in only]
    return Endorsed(
        badges={
            number: [
                *(
                    Said(one, changed=was_changed(one, session.get_one(Badge, number)))  # a page has its badges at hand
                    for one in found
                    if one.badge_id == number
                ),
                *(
                    Said(one, each.artefact.title, was_changed(one, each.artefact))
                    for each in some
                    for one in found
                    if one.artefact_id == each.artefact_id
                ),
            ]
            for number, some in evidence.items()
        },
        works={
            work.artefact.id: [
                Said(one, changed=was_changed(one, work.artefact))
                for one in found
                if one.artefact_id == work.artefact.id
            ]
            for work in works
        },
    )


def shown_endorsements(session: Session, link_id: int) -> set[int]:
    """The endorsements that their owner chose to show through this link."""
    query = select(ShownEndorsement.endorsement_id).where(ShownEndorsement.link_id == link_id)
    return set(session.scalars(query))


def links_showing(session: Session, endorsement_id: int, now: datetime) -> Sequence[ShareLink]:
    """The open links for whose pages this endorsement was chosen."""
    chosen = select(ShownEndorsement.link_id).where(ShownEndorsement.endorsement_id == endorsement_id)
    query = select(ShareLink).where(ShareLink.id.in_(chosen), *is_open(now))
    return session.scalars(query.order_by(ShareLink.id)).all()
