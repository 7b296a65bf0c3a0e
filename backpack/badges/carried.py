"""What a badge's pictures carry beside it: the holder's statements, as bytes."""

from __future__ import annotations

from typing import Final

from backpack.badges.models import Badge
from backpack.openbadges.reading import statement_in
from backpack.storage import Storage

PICTURES: Final = frozenset({"png", "svg"})


def statements_of(badge: Badge, storage: Storage) -> list[bytes]:
    """The statements in the pictures that this badge came in, each once."""
    pictures = [storage.read(file.storage_key) for file in badge.files if file.container in PICTURES]
    return [one for one in dict.fromkeys(statement_in(picture) for picture in pictures) if one is not None]
