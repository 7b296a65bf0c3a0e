"""A payload's JSON and how it conforms: pure facts about bytes, so those of small badges are kept for a while.

A badge that is judged at every display would else be parsed at every display. Nobody may change such a document.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from backpack.openbadges import conformance, versions
from backpack.openbadges.conformance import Fault
from backpack.openbadges.errors import NotJSON, OpenBadgesError
from backpack.openbadges.model import Credential, Version
from backpack.openbadges.strict_json import FOUND_OTHER_TEXT, JSON, loads, loads_object
from backpack.openbadges.versions import v1, v2
from backpack.openbadges.versions.shapes import Object, PlainDocument, plain_object

Answer: TypeAlias = tuple[str, bytes]
"""An address and what it answered."""

_SMALL = 64 * 1024
_HELD = 64


@dataclass(frozen=True, slots=True)
class Opened:
    """A JSON badge, read strictly. A hosted one has no faults here: its answers are what is held against the rules."""

    document: dict[str, JSON]
    version: Version
    faults: tuple[Fault, ...]
    remarks: tuple[Fault, ...]


def opened(payload: bytes) -> Opened:
    """The badge in these bytes. Raises an OpenBadgesError."""
    return _held(payload) if len(payload) <= _SMALL else _open(payload)


def _open(payload: bytes) -> Opened:
    document = loads_object(payload) if len(payload) > _SMALL else _object(payload)
    version = versions.version_of(document)
    faults, remarks = conformance.grades(document, version) if version in conformance.CREDENTIALS else ((), ())
    return Opened(document=document, version=version, faults=faults, remarks=remarks)


def _object(payload: bytes) -> dict[str, JSON]:
    """An issuer mostly answers the very bytes that were given to the learner: parsed once for both."""
    value = _parsed(payload)
    if not isinstance(value, dict):
        raise NotJSON(found=FOUND_OTHER_TEXT)
    return value


def parsed(body: bytes) -> JSON:
    """The JSON an address answered. Raises an OpenBadgesError."""
    return _parsed(body) if len(body) <= _SMALL else loads(body)


def plain_document(document: Object) -> dict[str, JSON]:
    """The document in the short names of 2.0, however JSON-LD let its author write them."""
    return plain_object(document)


def answered(body: bytes) -> dict[str, JSON] | None:
    """The object an address of 1.x or 2.x answered, in short names; None for anything else."""
    return _answered(body) if len(body) <= _SMALL else _find_answer(body)


def _find_answer(body: bytes) -> dict[str, JSON] | None:
    try:
        value = parsed(body)
    except OpenBadgesError:
        return None
    return plain_document(value) if isinstance(value, dict) else None


def hosted_credential(
    payload: bytes, version: Version, assertion: bytes, badge: Answer | None, issuer: Answer | None
) -> Credential:
    """What three answers say together; badge class and issuer with the address that stands for them."""
    small = len(payload) + sum(len(body) for body in (assertion, *(one[1] for one in (badge, issuer) if one))) <= _SMALL
    return (_hosted_credential if small else _read_hosted)(payload, version, assertion, badge, issuer)


def _read_hosted(
    payload: bytes, version: Version, assertion: bytes, badge: Answer | None, issuer: Answer | None
) -> Credential:
    read = v1.credential if version in (Version.OB_1_0, Version.OB_1_1) else v2.credential
    said = [_named(*one) if one else None for one in (badge, issuer)]
    return read(answered(assertion) or {}, payload, badge=said[0], issuer=said[1], version=version)


def _named(address: str, body: bytes) -> dict[str, JSON]:
    """What an address answered; one that does not name itself has that address for a name."""
    document = answered(body) or {}
    return document if "id" in document else PlainDocument({"id": address, **document})


def faults_of(body: bytes, kind: str) -> tuple[tuple[Fault, ...], tuple[Fault, ...]]:
    """What breaks a BadgeClass or Profile that an address answered, and what only departs from the letter."""
    return _faults_of(body, kind) if len(body) <= _SMALL else _find_faults_of(body, kind)


def faults_in(body: bytes, version: Version) -> tuple[tuple[Fault, ...], tuple[Fault, ...]]:
    """The same for an assertion."""
    return _faults_in(body, version) if len(body) <= _SMALL else _find_faults_in(body, version)


def _find_faults_of(body: bytes, kind: str) -> tuple[tuple[Fault, ...], tuple[Fault, ...]]:
    return conformance.grades_of(answered(body) or {}, kind)


def _find_faults_in(body: bytes, version: Version) -> tuple[tuple[Fault, ...], tuple[Fault, ...]]:
    return conformance.grades(answered(body) or {}, version)


_held = lru_cache(maxsize=_HELD)(_open)
_parsed = lru_cache(maxsize=_HELD)(loads)
_answered = lru_cache(maxsize=_HELD)(_find_answer)
_hosted_credential = lru_cache(maxsize=_HELD)(_read_hosted)
_faults_of = lru_cache(maxsize=_HELD)(_find_faults_of)
_faults_in = lru_cache(maxsize=_HELD)(_find_faults_in)


def forget() -> None:
    """For benches: as if no badge had been judged yet."""
    for remembered in (_held, _parsed, _answered, _hosted_credential, _faults_of, _faults_in):
        remembered.cache_clear()
