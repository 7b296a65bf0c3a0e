"""Making a collection and changing it. Every change says which revision it was made on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from backpack.badges.models import Badge
from backpack.badges.recording import grow_edition
from backpack.collections.models import Collection, CollectionItem
from backpack.collections.queries import how_many
from backpack.errors import N_, BackpackError
from backpack.evidence.models import Artefact

TITLE_MOST: Final = 120
STORY_MOST: Final = 4000
WORDS_MOST: Final = 500
ITEMS_MOST: Final = 100
COLLECTIONS_MOST: Final = 200


class EditedElsewhere(BackpackError):
    code = "edited-elsewhere"
    sentence = N_(
        "This collection was changed in another tab, so nothing was saved. What you typed stands below: "
        "copy what you need, then load the newest state."
    )


class TooManyItems(BackpackError):
    code = "too-many-items"
    sentence = N_("A collection holds at most %(most)s badges and works. Make a second one.")


class TooManyCollections(BackpackError):
    code = "too-many-collections"
    sentence = N_("You have %(most)s collections, as many as we keep. Remove one you no longer need.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What the owner typed: of the collection, and a sentence per badge or work (by the number of its place)."""

    title: str
    story: str = ""
    language: str = "fr"
    skills: str = ""
    words: Mapping[int, str] = field(default_factory=dict)


def begin(session: Session, person_id: int, wording: Wording, now: datetime) -> Collection:
    """A new collection, empty and private. Raises TooManyCollections."""
    if how_many(session, person_id) >= COLLECTIONS_MOST:
        raise TooManyCollections(most=COLLECTIONS_MOST)
    collection = Collection(
        person_id=person_id,
        title=wording.title,
        story=wording.story,
        language=wording.language,
        skills=wording.skills,
        created_at=now,
        changed_at=now,
    )
    session.add(collection)
    session.flush()
    return collection


def claim(session: Session, collection: Collection, revision: int, now: datetime) -> None:
    """Take the right to change what stood at this revision. Raises EditedElsewhere when it no longer does."""
    taken = session.execute(
        update(Collection)
        .where(Collection.id == collection.id, Collection.revision == revision)
        .values(revision=revision + 1, changed_at=now)
        .execution_options(synchronize_session=False)
    )
    assert isinstance(taken, CursorResult)  # noqa: S101 - what an UPDATE gives; tells the types
    if taken.rowcount != 1:
        raise EditedElsewhere
    session.refresh(collection, ["revision", "changed_at"])
    grow_edition(session, collection.person_id)


def write(collection: Collection, wording: Wording) -> None:
    """Put down what was typed. A sentence for something that is no longer there is left out."""
    collection.title, collection.story, collection.language = wording.title, wording.story, wording.language
    collection.skills = wording.skills
    for item in collection.items:
        item.words = wording.words.get(item.id, item.words)


def add(collection: Collection, badges: Sequence[Badge], works: Sequence[Artefact] = ()) -> int:
    """Put badges and works of the same person at the end; how many are new. Raises TooManyItems."""
    there = {(item.badge_id, item.artefact_id) for item in collection.items}
    new = [key for key in (*((one.id, None) for one in badges), *((None, one.id) for one in works)) if key not in there]
    if len(there) + len(new) > ITEMS_MOST:
        raise TooManyItems(most=ITEMS_MOST)
    for badge_id, artefact_id in new:
        at = len(collection.items)
        collection.items.append(CollectionItem(badge_id=badge_id, artefact_id=artefact_id, position=at, words=""))
    return len(new)


def exchange(session: Session, old: Badge, new: Badge, now: datetime) -> int:
    """Let `new` take the place of `old` in every collection of their owner, words and order kept; in how many. Where
    both stand, the old one is taken out."""
    places = {item.collection_id: item for item in _places(session, old)}
    there = {item.collection_id for item in _places(session, new)}
    for collection_id, item in places.items():
        if collection_id in there:
            session.delete(item)
        else:
            item.badge_id = new.id
    changed = Collection.id.in_(list(places))
    session.execute(update(Collection).where(changed).values(revision=Collection.revision + 1, changed_at=now))
    session.flush()
    return len(places)


def _places(session: Session, badge: Badge) -> Sequence[CollectionItem]:
    return session.scalars(select(CollectionItem).where(CollectionItem.badge_id == badge.id)).all()


def drop(collection: Collection, item: CollectionItem) -> None:
    """Take a badge or a work out of the collection; the thing itself stays."""
    collection.items[:] = [other for other in collection.items if other is not item]
    _number(collection)


def place(collection: Collection, item: CollectionItem, position: int) -> int:
    """Move it to a position counted from 0; the one it got: the nearest there is."""
    others = [other for other in collection.items if other is not item]
    at = max(0, min(position, len(others)))
    collection.items[:] = [*others[:at], item, *others[at:]]
    _number(collection)
    return at


def step(collection: Collection, item: CollectionItem, by: int) -> int:
    """Move it up (-1) or down (+1); its position from 0."""
    return place(collection, item, collection.items.index(item) + by)


def _number(collection: Collection) -> None:
    for at, item in enumerate(collection.items):
        item.position = at
