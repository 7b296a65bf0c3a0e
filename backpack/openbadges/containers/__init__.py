"""What a badge travels in. Each module here is one container; `png.py` shows the shape of one.

`extract` gives what is in it: payloads (JSON, a compact JWS, an address), or other containers for PDF and ZIP. It
raises an OpenBadgesError and nothing else, whatever the bytes. A new container is one file, and one word below.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from backpack.openbadges.containers import address, archive, compact_jws, mail, pdf, plain_json, png, svg
from backpack.openbadges.containers.kinds import Kind
from backpack.openbadges.errors import N_, NoBadgeFound, NotJSON

HEAD = 4096
_WORDS = N_("no JSON text")


class Container(Protocol):
    """What a badge travels in. `NAME` is what a report calls it."""

    NAME: str

    def recognises(self, head: bytes) -> bool: ...
    def extract(self, data: bytes) -> Iterable[bytes]: ...


class Bakeable(Container, Protocol):
    """A picture or document that a badge can be put into without harm to anything else in it."""

    def embed(self, data: bytes, payload: bytes, kind: Kind, *, replace: bool = False) -> bytes: ...


BAKEABLE: tuple[Bakeable, ...] = (png, svg, pdf)
TEXTS: tuple[Container, ...] = (compact_jws, address, plain_json)
BOXES: tuple[Container, ...] = (archive, mail)
"""What holds several files, each a container of its own."""
CONTAINERS: tuple[Container, ...] = (*BAKEABLE, *BOXES, *TEXTS)  # asked in this order

__all__ = ["BAKEABLE", "BOXES", "CONTAINERS", "TEXTS", "Bakeable", "Container", "Kind", "container_of"]


def container_of(data: bytes) -> Container:
    """Goes by content: file names and media types are only claims. Raises NotJSON for a text, else NoBadgeFound."""
    for container in CONTAINERS:
        if container.recognises(data[:HEAD]):
            return container
    if _is_text(data[:HEAD]):
        raise NotJSON(found=_WORDS)
    raise NoBadgeFound


def _is_text(head: bytes) -> bool:
    try:
        head[: -4 or None].decode()
    except UnicodeDecodeError:
        return False
    return b"\0" not in head
