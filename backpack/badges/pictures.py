"""The picture a badge is shown with: made anew from the picture it came in, else from the issuer's.

Never the issuer's bytes themselves: they may hold scripts, positions, or the baked badge with its holder's address.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from backpack.badges.pdfs import TooBusy, payloads_of
from backpack.openbadges.errors import OpenBadgesError
from backpack.openbadges.model import Credential, Image
from backpack.openbadges.reading import Found, read_each
from backpack.outbound.answers import Answer, Failure
from backpack.rendering import CannotRender, picture_png

SIDE: Final = 512
"""Twice the largest size on a page, for dense screens."""
ACCEPT: Final = "image/png, image/svg+xml, image/*;q=0.8"
Fetch = Callable[[str, str, str], Answer | Failure]


def picture_of(original: bytes | None, credential: Credential, fetch: Fetch) -> bytes | None:
    """A clean PNG of the badge: the picture it is baked into, else the credential's, else the achievement's.

    None when there is none that can be drawn; the page then shows a placeholder.
    """
    if original is not None and (baked := _drawn(_picture_in(original))):
        return baked
    for image in (credential.image, credential.achievement.image):
        if image is not None and (drawn := _drawn(_bytes_of(image, fetch))):
            return drawn
    return None


def _picture_in(original: bytes) -> bytes | None:
    try:
        found = read_each(original, payloads_of)
    except (OpenBadgesError, TooBusy):
        return None
    pictures = (one.picture for one in found if isinstance(one, Found) and one.container in {"png", "svg"})
    return next(pictures, None)


def _bytes_of(image: Image, fetch: Fetch) -> bytes | None:
    if image.data:
        return image.data
    if not image.url:
        return None
    answer = fetch(image.url, ACCEPT, "image")
    return answer.body if isinstance(answer, Answer) and answer.status == 200 else None


def _drawn(data: bytes | None) -> bytes | None:
    if not data:
        return None
    try:
        return picture_png(data, SIDE)
    except CannotRender:
        return None
