"""Works that stand in a collection by themselves: which of them a link shows, and as what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backpack.collections.models import CollectionItem
from backpack.collections.queries import works_by_id
from backpack.errors import NotFound
from backpack.evidence.models import Artefact
from backpack.evidence.queries import newest
from backpack.publishing.models import ShareLink, ShownWork


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkSheet:
    """One work as others see it, at its place in a collection. To templates it looks like a piece of evidence."""

    artefact: Artefact
    words: str
    position: int
    endorsements: Sequence[Any] = ()
    """What others confirmed of it (`endorsed.Said`)."""

    @property
    def public_id(self) -> str:
        return self.artefact.public_id

    @property
    def added_at(self) -> datetime:
        return self.artefact.added_at


def works_in(session: Session, collection_id: int) -> list[WorkSheet]:
    """All works of a collection, in their order."""
    query = select(CollectionItem).where(
        CollectionItem.collection_id == collection_id, CollectionItem.artefact_id.is_not(None)
    )
    items = session.scalars(query.order_by(CollectionItem.position, CollectionItem.id)).all()
    works = works_by_id(session, [item.artefact_id for item in items if item.artefact_id])
    return [
        WorkSheet(artefact=works[item.artefact_id], words=item.words, position=item.position)
        for item in items
        if item.artefact_id in works
    ]


def shown_works(session: Session, link_id: int) -> set[int]:
    """The works that their owner chose to show through this link."""
    return set(session.scalars(select(ShownWork.artefact_id).where(ShownWork.link_id == link_id)))


def works_on(session: Session, link: ShareLink) -> list[WorkSheet]:
    """The works that stand on the page of this link by themselves."""
    if link.collection_id is None:
        return []
    shown = shown_works(session, link.id)
    return [one for one in works_in(session, link.collection_id) if one.artefact.id in shown]


def work_on(session: Session, link: ShareLink, public_id: str) -> WorkSheet:
    """A work on the page of this link. Raises NotFound for every other one."""
    for one in works_on(session, link):
        if one.public_id == public_id:
            return one
    raise NotFound


def has_picture(work: Artefact) -> bool:
    """Whether there is a small picture of it to show inside a page."""
    file = newest(work)
    return file is not None and file.preview_key is not None
