"""The words that an owner puts on badges to find them again. They are never shown to others."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from backpack.badges.models import Badge, BadgeTag
from backpack.badges.naming import one_line
from backpack.database import folded
from backpack.errors import N_, BackpackError

TAGS_MOST: Final = 20
TAG_MOST: Final = 40


class TooManyTags(BackpackError):
    code = "too-many-tags"
    sentence = N_("A badge may have %(most)s tags of at most %(letters)s characters. Leave some out and save again.")


def typed_tags(text: str) -> list[str]:
    """The tags in what was typed, by commas or line breaks, each once whatever its case and accents.

    Raises TooManyTags, also for one that is too long.
    """
    parts = (one_line(part).lstrip("#").strip() for part in re.split(r"[,;\n]", text))
    once: dict[str, str] = {}
    for part in parts:
        once.setdefault(folded(part), part)
    tags = [tag for key, tag in once.items() if key]
    if len(tags) > TAGS_MOST or any(len(tag) > TAG_MOST for tag in tags):
        raise TooManyTags(most=TAGS_MOST, letters=TAG_MOST)
    return tags


def tag(session: Session, badge: Badge, tags: Iterable[str]) -> None:
    """Let the badge have these tags and no others."""
    session.execute(delete(BadgeTag).where(BadgeTag.badge_id == badge.id))
    session.add_all(BadgeTag(badge_id=badge.id, label=one, folded=folded(one)) for one in tags)


def tags_of(session: Session, badge_ids: Iterable[int]) -> Mapping[int, list[str]]:
    """The tags of these badges, in the order they were given."""
    found: dict[int, list[str]] = {}
    query = select(BadgeTag).where(BadgeTag.badge_id.in_(list(badge_ids))).order_by(BadgeTag.id)
    for one in session.scalars(query):
        found.setdefault(one.badge_id, []).append(one.label)
    return found
