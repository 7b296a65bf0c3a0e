"""Questions about collections, each named after its answer. What is not theirs is not there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session, defer, selectinload

from backpack.badges.models import Badge
from backpack.collections.models import Collection, CollectionItem
from backpack.errors import NotFound
from backpack.evidence.models import Artefact


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


def how_many(session: Session, person_id: int) -> int:
    """How many collections this person has."""
    return int(session.scalar(select(func.count()).where(Collection.person_id == person_id)) or 0)


def works_by_id(session: Session, ids: Iterable[int]) -> dict[int, Artefact]:
    """These works, with their files, by their number."""
    query = select(Artefact).where(Artefact.id.in_(list(ids))).options(selectinload(Artefact.files))
    return {work.id: work for work in session.scalars(query)}


def badges_outside(
    session: Session, collection: Collection, words: Iterable[str], most: int
) -> tuple[Sequence[Badge], int]:
    """The newest of its owner's badges that are not in the collection and hold each of these folded words in their
    name or issuer; and how many more there are."""
    inside = select(CollectionItem.badge_id).where(
        CollectionItem.collection_id == collection.id, CollectionItem.badge_id.is_not(None)
    )
    fits = [Badge.folded.contains(word, autoescape=True) for word in words]
    query = select(Badge).where(Badge.person_id == collection.person_id, Badge.id.not_in(inside), *fits)
    total = int(session.scalar(select(func.count()).select_from(query.subquery())) or 0)
    found = session.scalars(
        query.options(defer(Badge.payload)).order_by(Badge.added_at.desc(), Badge.id.desc()).limit(most)
    ).all()
    return found, total - len(found)
