"""A collection's cover: a picture of its owner's, made anew so that nothing but the picture is in it."""

from __future__ import annotations

from typing import Final

from sqlalchemy.orm import Session

from backpack.badges.recording import grow_edition
from backpack.collections.models import Collection
from backpack.errors import N_, BackpackError, TooLarge
from backpack.rendering import PHOTO_PIXELS, CannotRender, picture_webp

SIDE: Final = 1280
MEGABYTES_MOST: Final = 15
WORDS_MOST: Final = 300
MEDIA_TYPE: Final = "image/webp"


class NoPicture(BackpackError):
    code = "no-picture"
    sentence = N_("This file cannot be shown as a picture. Choose a photo or a drawing (JPEG, PNG, WebP, GIF or SVG).")


class CoverTooLarge(TooLarge):
    code = "cover-too-large"
    sentence = N_("This picture is larger than %(most)s MB. Save it smaller, then choose it again.")


def made_ready(data: bytes) -> bytes:
    """The picture as it may be kept and shown, without position or camera.

    Raises NoPicture, CoverTooLarge; CannotRender when it should be tried again.
    """
    if len(data) > MEGABYTES_MOST * 1_000_000:
        raise CoverTooLarge(most=MEGABYTES_MOST)
    try:
        return picture_webp(data, SIDE, pixels=PHOTO_PIXELS)
    except CannotRender as error:
        if error.facts.get("reason") == "busy":
            raise
        raise NoPicture from error


def put(session: Session, collection: Collection, key: str | None, words: str) -> list[str]:
    """Let the stored picture `key` be the cover; None: no cover. Gives the keys of files to let go of."""
    old = collection.picture
    collection.picture, collection.picture_words = key, words if key else ""
    grow_edition(session, collection.person_id)
    return [old] if old and old != key else []
