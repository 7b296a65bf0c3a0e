"""A badge as JSON text, or several in one: a presentation, a Badge Connect wrapper, an export."""

from __future__ import annotations

import json
from collections.abc import Iterator

from backpack.openbadges.errors import N_, NotABadge
from backpack.openbadges.strict_json import JSON, loads

NAME = "json"
_NOT_AN_OBJECT = N_("a list or a value")
_ENVELOPE = "data:application/vc+jwt,"
_SHELVES = ("badges", "assertions", "credentials", "results")
_IN_SHELVES = ("assertion", "credential", "json", "hosted_url", "hostedUrl", "assertion_url", "assertionUrl")


def recognises(head: bytes) -> bool:
    return head.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n")[:1] in (b"{", b"[", b'"')


def extract(data: bytes) -> tuple[bytes, ...]:
    """The badges in it; for a document that is one, its exact bytes. Raises NotJSON, TooLarge or NotABadge."""
    value = loads(data)
    if isinstance(value, dict) and (inside := _inside(value)) is not None:
        return tuple(written(item) for item in inside)
    if isinstance(value, dict):
        return (data,)
    if isinstance(value, list) and (items := [item for entry in value for item in _entry(entry)]):
        return tuple(written(item) for item in items)
    if isinstance(value, str) and value.strip():
        return (value.encode(),)
    raise NotABadge(found=_NOT_AN_OBJECT)


def written(value: JSON) -> bytes:
    """A badge that stood within another document, as a text of its own."""
    if isinstance(value, str):
        return value.encode()
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def presented(document: dict[str, JSON]) -> list[JSON]:
    """The credentials in a presentation, one or many, objects or compact JWS (VC Data Model, "Presentations")."""
    held = document.get("verifiableCredential")
    return [item for entry in (held if isinstance(held, list) else [held]) for item in _entry(entry)]


def _inside(document: dict[str, JSON]) -> list[JSON] | None:
    """The badges in a document that is none itself; None for one that is not a box."""
    kinds = document.get("type", document.get("@type"))
    if kinds == "VerifiablePresentation" or (isinstance(kinds, list) and "VerifiablePresentation" in kinds):
        # An empty presentation goes on as it is, so that it can be named in the answer.
        return presented(document) or None
    if "@context" not in document or kinds is None:
        for name in _SHELVES:
            shelf = document.get(name)
            if isinstance(shelf, list) and (items := [item for entry in shelf for item in _entry(entry)]):
                return items
        if "badge" not in document and isinstance(document.get("assertion"), (dict, str)):
            return list(_entry(document["assertion"]))
    return list(_entry(document)) if "EnvelopedVerifiableCredential" in str(kinds) else None


def _entry(entry: JSON) -> Iterator[JSON]:
    """The badge in one entry of a list: itself, or what the entry wraps."""
    if isinstance(entry, str) and entry.strip():
        yield entry
    if not isinstance(entry, dict):
        return
    address = entry.get("id")
    if isinstance(address, str) and address.startswith(_ENVELOPE):
        yield address.removeprefix(_ENVELOPE)
        return
    wrapped = [entry[name] for name in _IN_SHELVES if name in entry] if "badge" not in entry else []
    found = next((item for item in wrapped if isinstance(item, dict) or (isinstance(item, str) and item.strip())), None)
    yield entry if found is None else found
