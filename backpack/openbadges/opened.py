"""A payload's JSON and how it conforms: pure facts about bytes, so those of small badges are kept for a while.

A badge that is judged at every display would else be parsed at every display. Nobody may change such a document.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from backpack.openbadges import conformance, versions
from backpack.openbadges.conformance import Fault
from backpack.openbadges.model import Version
from backpack.openbadges.strict_json import JSON, loads_object

_SMALL = 64 * 1024
_HELD = 64


@dataclass(frozen=True, slots=True)
class Opened:
    """A JSON badge, read strictly."""

    document: dict[str, JSON]
    version: Version
    faults: tuple[Fault, ...]
    remarks: tuple[Fault, ...]


def opened(payload: bytes) -> Opened:
    """The badge in these bytes. Raises an OpenBadgesError."""
    return _held(payload) if len(payload) <= _SMALL else _open(payload)


def _open(payload: bytes) -> Opened:
    document = loads_object(payload)
    version = versions.version_of(document)
    return Opened(
        document=document,
        version=version,
        faults=tuple(conformance.structure(document, version)),
        remarks=tuple(conformance.schema(document, version)),
    )


_held = lru_cache(maxsize=_HELD)(_open)
forget = _held.cache_clear
"""For benches: as if no badge had been judged yet."""
