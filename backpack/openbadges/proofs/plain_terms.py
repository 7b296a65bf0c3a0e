"""That what a verdict hangs on is written as it is read.

A signature over RDF holds for every JSON that makes the same RDF. Judgement reads the JSON, by the standard's names: an
end that a holder moves under an alias, a full IRI or `@nest` would still be signed, and no longer be seen. So these
members may be reached under their own names only, at their own place, and the ids that matter stand in full.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

from backpack.openbadges.contexts import BUNDLE, text_of

_DATES = frozenset({"validFrom", "validUntil", "issuanceDate", "expirationDate", "expires"})
_TERMS = _DATES | {
    *("issuer", "credentialSubject", "credentialStatus", "refreshService", "credentialSchema", "verifiableCredential"),
    *("endorsement", "endorsementJwt", "identifier", "identityHash", "identityType", "hashed", "salt"),
    *("statusListCredential", "statusListIndex", "statusPurpose", "statusSize", "statusMessage", "encodedList"),
}
_WHO = ("issuer", "credentialSubject", "credentialStatus", "refreshService")
_SPREADING = frozenset({"@nest", "@included", "@graph", "@reverse", "@set", "@list"})
# The keys of such a map become ids or types; those of an index become nothing, which is harmless elsewhere.
_MAPS = frozenset({"@id", "@type"})
_CREDENTIALS = "https://www.w3.org/2018/credentials#"
_MODEL_2 = "https://www.w3.org/ns/credentials/v2"
_MODEL_1_DATES = frozenset({"issuanceDate", "expirationDate"})


class Disguised(ValueError):
    """A member that is signed would not be seen."""


class PlainTerms:
    """What one document is held to while it is expanded. Every method raises Disguised."""

    def __init__(self, root: Mapping[str, Any]) -> None:
        self._root = root
        contexts = root.get("@context")
        self._is_model_2 = _MODEL_2 in (contexts if isinstance(contexts, list) else [contexts])
        self._guarded: set[str] = set()
        self._elsewhere: set[str] = set()

    def check_members(self, mappings: Mapping[str, Any], iri_of: Callable[[str], Any], element: Any, at: Any) -> None:
        """The names of an object's members, before it is expanded; `at` is the IRI of the member it stands under."""
        matters = element is self._root or at in roles()
        for name, value in element.items():
            if name == "@context":
                continue
            meaning = mappings.get(name)
            iri = meaning["@id"] if meaning else iri_of(name)
            maps = set((meaning and meaning.get("@container")) or ())
            if iri in _SPREADING or (meaning and meaning["reverse"]) or maps & _MAPS:
                raise Disguised(name)
            if "@index" in maps and iri in _names():
                raise Disguised(name)
            if iri == "@value" and at in _date_iris():
                raise Disguised(name)
            if matters and iri in ("@id", "@type") and name != iri[1:]:
                raise Disguised(name)
            if (names := _names().get(iri)) is not None:
                self._check_term(name, value, names)

    def _check_term(self, name: str, value: Any, names: frozenset[str]) -> None:
        if name not in names or (name in _DATES and isinstance(value, (dict, list))):
            raise Disguised(name)
        if isinstance(value, list) and any(isinstance(item, list) for item in value):
            raise Disguised(name)
        if self._is_model_2 and name in _MODEL_1_DATES:
            raise Disguised(name)

    def check_id(self, element: Any, expanded: Mapping[str, Any], at: Any) -> None:
        """An object's id, once the object is expanded."""
        identifier = expanded.get("@id")
        if not isinstance(identifier, str):
            return
        if (element is self._root or at in roles()) and element.get("id") != identifier:
            raise Disguised("id")
        if element is self._root or at == f"{_CREDENTIALS}credentialStatus":
            self._guarded.add(identifier)
        elif not _names().keys().isdisjoint(expanded):
            self._elsewhere.add(identifier)

    def check_reference(self, term: str, value: Any, target: str) -> None:
        """An id that is written where an object might stand."""
        if term in _TERMS and value != target:
            raise Disguised(term)

    def check_whole(self) -> None:
        """That nothing of the badge, or of an entry of its status, is said at another place under the same id."""
        if self._guarded & self._elsewhere:
            raise Disguised("id")


@cache
def _names() -> dict[str, frozenset[str]]:
    """The IRIs of these terms in any bundled context, each with the names it may go by."""
    found: dict[str, set[str]] = {f"{_CREDENTIALS}{name}": {name} for name in _DATES - {"expires"}}
    for url in BUNDLE:
        context = json.loads(text_of(url)).get("@context")
        for name, iri in _defined(context):
            found.setdefault(iri, set()).add(name)
    return {iri: frozenset(names) for iri, names in found.items()}


@cache
def roles() -> frozenset[str]:
    """The IRIs under which those objects stand whose id and type count."""
    return frozenset(iri for iri, names in _names().items() if names & set(_WHO))


@cache
def _date_iris() -> frozenset[str]:
    return frozenset(iri for iri, names in _names().items() if names & _DATES)


def _defined(context: Any, prefixes: Mapping[str, str] | None = None) -> Iterator[tuple[str, str]]:
    """The terms of ours that a context defines, at any depth, with their IRIs in full."""
    if isinstance(context, list):
        for one in context:
            yield from _defined(one, prefixes)
    if not isinstance(context, dict):
        return
    known = {**(prefixes or {}), **{name: value for name, value in context.items() if isinstance(value, str)}}
    for name, value in context.items():
        iri = value.get("@id") if isinstance(value, dict) else value
        if name in _TERMS and isinstance(iri, str) and not iri.startswith("@"):
            prefix, _, rest = iri.partition(":")
            yield name, known[prefix] + rest if prefix in known and not rest.startswith("//") else iri
        if isinstance(value, dict):
            yield from _defined(value.get("@context"), known)
