"""Changes of a badge's JSON that its RDF may survive: what changes of bytes seldom hit upon."""

from __future__ import annotations

import base64
import copy
import json
import random
from typing import Any, TypeAlias

from backpack.openbadges.identity.multibase import lenient_base64
from backpack.openbadges.strict_json import JSON

Object: TypeAlias = dict[str, Any]
_PLACES = ("https://www.w3.org/2018/credentials#", "https://www.w3.org/ns/credentials/status#", "https://schema.org/")
_KEYWORDS = ("@id", "@type", "@graph", "@included", "@nest", "@reverse", "@set", "@list", "@value", "@index", "@json")
_WORDS = ("validUntil", "expires", "credentialStatus", "statusPurpose", "type", "id", "revoked", "proof", "x", "name")
_VALUES: tuple[JSON, ...] = (None, True, False, 0, 7, "7", "8", "", "x", [], {}, "2099-01-01T00:00:00Z", "refresh")


def rewritten(data: bytes, others: tuple[bytes, ...], chance: random.Random) -> bytes:
    """The badge with one to three changes of its JSON, in its token if it is one; what is no JSON stays as it is."""
    try:
        if data.startswith(b"{"):
            return _written(_changed(json.loads(data), others, chance))
        parts = data.split(b".")
        place = chance.choice((0, 1, 1))
        changed = _changed(json.loads(lenient_base64(parts[place].decode())), others, chance)
        parts[place] = base64.urlsafe_b64encode(_written(changed)).rstrip(b"=")
        return b".".join(parts)
    except (ValueError, IndexError, RecursionError):
        return data


def _written(value: JSON) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")


def _changed(document: Any, others: tuple[bytes, ...], chance: random.Random) -> Any:
    for _ in range(chance.randint(1, 3)):
        objects = list(_objects(document))
        if not objects:
            break
        # Mostly near the root: there stands what a verdict hangs on.
        element = objects[min(int(chance.expovariate(0.4)), len(objects) - 1)]
        if element:
            _change(document, element, chance.choice(list(element)), others, chance)
    return document


def _objects(value: Any) -> list[Object]:
    found, waiting = [], [value]
    while waiting:
        one = waiting.pop(0)
        if isinstance(one, dict):
            found.append(one)
        waiting += one.values() if isinstance(one, dict) else one if isinstance(one, list) else ()
    return found


def _change(document: Object, element: Object, name: str, others: tuple[bytes, ...], chance: random.Random) -> None:
    if chance.random() < 0.5:
        _write_otherwise(document, element, name, chance)
    else:
        _say_otherwise(document, element, name, others, chance)


def _write_otherwise(document: Object, element: Object, name: str, chance: random.Random) -> None:
    """A change after which it may mean the same."""
    match chance.randrange(5):
        case 0:
            element[_other_name(name, chance)] = element.pop(name)
        case 1:
            _define(document, element, {"x": _meaning(name, chance)}, chance)
            element["x"] = element.pop(name)
        case 2:
            element[chance.choice(_KEYWORDS)] = _beside(element, {name: element.pop(name)}, chance)
        case 3:
            element[name] = _wrapped(element[name], chance)
        case _ if isinstance(element[name], list):
            chance.shuffle(element[name])
            if element[name] and chance.random() < 0.5:
                element[name] = chance.choice(element[name])


def _say_otherwise(
    document: Object, element: Object, name: str, others: tuple[bytes, ...], chance: random.Random
) -> None:
    """A change after which it hardly does."""
    match chance.randrange(6):
        case 0:
            element[chance.choice((name, *_WORDS))] = _value(chance)
        case 1:
            element[name] = [element[name], _value(chance)][:: chance.choice((1, -1))]
        case 2:
            _define(document, element, {chance.choice(_WORDS): _meaning(name, chance)}, chance)
        case 3 if others:
            other = chance.choice(_objects(json.loads(chance.choice(others))) or [{}])
            element |= {
                key: copy.deepcopy(value) for key, value in other.items() if key == name or chance.random() < 0.1
            }
        case 4:
            target = chance.choice(_objects(document))
            if not any(one is target for one in _objects(element[name])):
                target[name] = element.pop(name)
        case _:
            element.pop(name)


def _value(chance: random.Random) -> JSON:
    return copy.deepcopy(chance.choice(_VALUES))


def _other_name(name: str, chance: random.Random) -> str:
    if name.startswith("@"):
        return name[1:]
    return chance.choice((f"@{name}", f"x:{name}", name.upper(), *(place + name for place in _PLACES)))


def _meaning(name: str, chance: random.Random) -> Any:
    iri = chance.choice((*_KEYWORDS, *(place + name for place in _PLACES)))
    more: Object = {"@id": iri, "@type": chance.choice(("@id", "@json", "http://www.w3.org/2001/XMLSchema#dateTime"))}
    more["@container"] = chance.choice(("@set", "@list", "@index", "@graph", "@language"))
    kept = {"@id", *(key for key in more if chance.random() < 0.5)}
    return chance.choice((iri, {key: value for key, value in more.items() if key in kept}, {"@reverse": iri}, None))


def _define(document: Object, element: Object, terms: Object, chance: random.Random) -> None:
    """More context, at the end of the badge's own or in the object itself."""
    place = chance.choice((document, element))
    stated = place.get("@context")
    place["@context"] = [*(stated if isinstance(stated, list) else [] if stated is None else [stated]), terms]


def _beside(element: Object, member: Object, chance: random.Random) -> Any:
    named = {"id": element["id"], **member} if "id" in element and chance.random() < 0.7 else member
    return chance.choice((named, [named]))


def _wrapped(value: Any, chance: random.Random) -> Any:
    date = "http://www.w3.org/2001/XMLSchema#dateTime"
    return chance.choice(
        ([value], [[value]], {"@set": value}, {"@list": [value]}, {"@value": value}, {"@value": value, "@type": date},
         {"@id": value}, {"id": value}, {"en": value}, [value, copy.deepcopy(value)])
    )  # fmt: skip
