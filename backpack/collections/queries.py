"""Questions about collections, each named after its answer. What is not theirs is not there."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from backpack.collections.models import Collection, CollectionItem
from backpack.errors import NotFound


def own_collections(session: Session, person_id: int) -> Sequence[Collection]:
    """The collections of a person with their items, the last changed first."""
    query = select(Collection).where(Collection.person_id == person_id).options(selectinload(Collection.items))
    return session.scalars(query.order_by(Collection.changed_at.desc(), Collection.id.desc())).all()


def own_collection(session: Session, person_id: int, public_id: str) -> Collection:
    """A collection of this person, with its items. Raises NotFound, also for one of somebody else."""
    query = select(Collection).where(Collection.public_id == public_id, Collection.person_id == person_id)
    collection = session.scalar(query.options(selectinload(Collection.items)))
    if collection is None:
        raise NotFound
    return collection


def collections_with(session: Session, badge_id: int) -> Sequence[Collection]:
    """The collections this badge stands in."""
    query = select(Collection).join(CollectionItem).where(CollectionItem.badge_id == badge_id)
    return session.scalars(query.order_by(Collection.title, Collection.id)).all()
