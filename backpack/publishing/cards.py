"""The picture that networks show for a shared page (Open Graph, 1200 x 630). It never says how a badge stands: they
keep it for days."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from backpack.rendering import document

TEMPLATE: Final = Path(__file__).with_name("card.typ")
WIDTH, HEIGHT = 1200, 630
MOST_PICTURES: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """The words of a card, already in its language."""

    above: str
    title: str
    below: str
    note: str
    site: str
    language: str


def card_png(card: Card, pictures: Sequence[bytes]) -> bytes:
    """The card as a PNG. `pictures` are clean PNGs of badges; at most four are drawn. Raises CannotRender."""
    return _drawn(json.dumps(asdict(card), sort_keys=True), tuple(pictures[:MOST_PICTURES]))


@lru_cache(maxsize=64)
def _drawn(words: str, pictures: tuple[bytes, ...]) -> bytes:
    files = {f"badge-{number}.png": picture for number, picture in enumerate(pictures)}
    data = {**json.loads(words), "pictures": list(files)}
    return document(TEMPLATE, data, form="png", files=files, ppi=144).parts[0]
