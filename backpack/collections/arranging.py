"""Making a collection and changing it. Every change says which revision it was made on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import CursorResult, update
from sqlalchemy.orm import Session

from backpack.badges.models import Badge
from backpack.badges.recording import grow_edition
from backpack.collections.models import Collection, CollectionItem
from backpack.errors import N_, BackpackError

TITLE_MOST: Final = 120
STORY_MOST: Final = 4000
WORDS_MOST: Final = 500
BADGES_MOST: Final = 100


class EditedElsewhere(BackpackError):
    code = "edited-elsewhere"
    sentence = N_(
        "This collection was changed in another tab, so nothing was saved. What you typed stands below: "
        "copy what you need, then load the newest state."
    )


class TooManyBadges(BackpackError):
    code = "too-many-badges"
    sentence = N_("A collection holds at most %(most)s badges. Make a second one.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What the owner typed: of the collection, and a sentence per badge (by its number)."""

    title: str
    story: str = ""
    language: str = "fr"
    words: Mapping[int, str] = field(default_factory=dict)


def begin(session: Session, person_id: int, wording: Wording, now: datetime) -> Collection:
    """A new collection, empty and private."""
    collection = Collection(
        person_id=person_id,
        title=wording.title,
        story=wording.story,
        language=wording.language,
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
    """Put down what was typed. A sentence for a badge that is no longer there is left out."""
    collection.title, collection.story, collection.language = wording.title, wording.story, wording.language
    for item in collection.items:
        item.words = wording.words.get(item.badge_id, item.words)


def add(collection: Collection, badges: Sequence[Badge]) -> int:
    """Put badges of the same person at the end; how many are new. Raises TooManyBadges."""
    there = {item.badge_id for item in collection.items}
    new = [badge for badge in badges if badge.id not in there]
    if len(there) + len(new) > BADGES_MOST:
        raise TooManyBadges(most=BADGES_MOST)
    for badge in new:
        collection.items.append(CollectionItem(badge_id=badge.id, position=len(collection.items), words=""))
    return len(new)


def drop(collection: Collection, badge_id: int) -> None:
    """Take a badge out of the collection; the badge itself stays."""
    collection.items[:] = [item for item in collection.items if item.badge_id != badge_id]
    _number(collection)


def place(collection: Collection, badge_id: int, position: int) -> int | None:
    """Move a badge to a position counted from 0; the one it got (the nearest there is), None if it is not in there."""
    moved = next((item for item in collection.items if item.badge_id == badge_id), None)
    if moved is None:
        return None
    others = [item for item in collection.items if item is not moved]
    at = max(0, min(position, len(others)))
    collection.items[:] = [*others[:at], moved, *others[at:]]
    _number(collection)
    return at


def step(collection: Collection, badge_id: int, by: int) -> int | None:
    """Move a badge up (-1) or down (+1); its position from 0, None if it is not in there."""
    at = next((at for at, item in enumerate(collection.items) if item.badge_id == badge_id), None)
    return None if at is None else place(collection, badge_id, at + by)


def _number(collection: Collection) -> None:
    for at, item in enumerate(collection.items):
        item.position = at


def remove(session: Session, collection: Collection) -> None:
    """Delete a collection; its links go with it, its badges stay."""
    session.delete(collection)
    session.flush()
    grow_edition(session, collection.person_id)
