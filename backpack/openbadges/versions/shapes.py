"""Careful hands for JSON that anybody may have written: what has another shape than asked for is not there.

Nothing here raises. What is wrong with a badge is said by `conformance`; the model only holds what can be read.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping, Set
from typing import TypeAlias
from urllib.parse import unquote_to_bytes, urlsplit

from backpack.openbadges.model import Image, Text
from backpack.openbadges.strict_json import JSON

Object: TypeAlias = Mapping[str, JSON]

_LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*|@none|und")
_DATA_URI = re.compile(r"data:(?P<type>[^;,]*+)(?P<parameters>[^,]*+),(?P<content>.*)", re.DOTALL | re.IGNORECASE)
# Most addresses: a host in ASCII, no brackets, nothing a parser could stumble over.
_USUAL_ADDRESS = re.compile(r"https?://[A-Za-z0-9.-]++(?::[0-9]*+)?(?:[/?#][!#-;=?-\[\]-~]*+)?")
_OPEN_BADGES_TERM = re.compile(r"\A(?:obi:|https?://w3id\.org/openbadges#|https://purl\.imsglobal\.org/spec/[^#]*+#)")

_RENAMED = {"issueDate": "issuedOn", "verify": "verification", "alignmentURL": "alignment"}


class PlainDocument(dict[str, JSON]):
    """A document in the short words of its context already: made by `plain`, and not made again."""


def many(value: JSON) -> list[JSON]:
    """A value and an array of one value are the same; nothing is an empty array."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def first(value: JSON) -> JSON:
    """The value, or the first of several."""
    if isinstance(value, list):
        return value[0] if value else None
    return value


def objects(value: JSON) -> list[dict[str, JSON]]:
    return [item for item in many(value) if isinstance(item, dict)]


def obj(value: JSON) -> dict[str, JSON]:
    """The object that stands there, or an empty one."""
    if isinstance(value, dict):
        return value
    return next(iter(objects(value)), {}) if isinstance(value, list) else {}


def string(value: JSON) -> str | None:
    """Words that are no blank, or None."""
    if isinstance(value, list):
        value = value[0] if value else None
    return value if isinstance(value, str) and value.strip() else None


def strings(value: JSON) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,) if value.strip() else ()
    return tuple(item for item in many(value) if isinstance(item, str) and item.strip())


def scalar(value: JSON) -> str | None:
    """Words, or a number as words: issuers write versions and scores both ways."""
    value = first(value)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    return string(value)


def number(value: JSON) -> float | None:
    value = first(value)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    return None


_BOXES = frozenset({dict, list})
"""What a parser makes; a PlainDocument is none of them any more."""


def plain(value: JSON) -> JSON:
    """The same document of 1.x or 2.x in the short words of its context: `id` for `@id`, `badge` for `obi:badge`.

    A value object with a type is its value; one with a language stays what it is.
    """
    if isinstance(value, list):
        return [plain(item) for item in value]
    if not isinstance(value, dict) or isinstance(value, PlainDocument):
        return value
    if len(value) == 2 and value.keys() == {"@type", "@value"}:
        return value["@value"]
    names = "\n".join(value)
    if ":" not in names and "@id" not in names and "@type" not in names:
        short = PlainDocument(value)
    else:
        short = PlainDocument((_short_beside(name, value), item) for name, item in value.items())
    for name, item in short.items():
        if type(item) in _BOXES and name != "@context":
            short[name] = plain(item)
    return short


def _short_beside(name: str, others: Object) -> str:
    """The short name, unless another member has it already."""
    short = _short(name)
    return name if short in others else short


def plain_object(document: Object) -> dict[str, JSON]:
    """The same of a whole document, which stays an object."""
    return document if isinstance(document, PlainDocument) else obj(plain(dict(document)))


def _short(name: str) -> str:
    if name in {"@id", "@type"}:
        return name[1:]
    if ":" not in name:
        return name
    short = _OPEN_BADGES_TERM.sub("", name, count=1)
    return _RENAMED.get(short, short) if short != name else name


def types(document: Object) -> tuple[str, ...]:
    """The types it names, those of Open Badges by their short name."""
    named = document.get("type", document.get("@type"))
    if isinstance(named, str) and ":" not in named:
        return (named,) if named.strip() else ()
    return tuple(_OPEN_BADGES_TERM.sub("", name, count=1) if ":" in name else name for name in strings(named))


def identifier(value: JSON) -> str | None:
    """The id of something that is given by its id or as an object."""
    if isinstance(value, str):
        return value if value.strip() else None
    value = first(value)
    if isinstance(value, dict):
        return string(value.get("id", value.get("@id")))
    return string(value)


def web_address(value: JSON) -> str | None:
    """An absolute http or https address: what a page may link to. `javascript:` and the like are not there."""
    address = value if isinstance(value, str) else identifier(value)
    return address if address is not None and is_web_address(address) else None


def is_web_address(address: str) -> bool:
    if _USUAL_ADDRESS.fullmatch(address):
        return True
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme.lower() in {"http", "https"} and bool(parts.hostname) and not re.search(r"[\s<>\"\\]", address)


def text(value: JSON, language: str | None = None) -> Text | None:
    """Words in one language or several: a string, a JSON-LD value object, a language map, or an array of these."""
    if isinstance(value, str):
        return Text(value=value, language=language) if value.strip() else None
    if value is None:
        return None
    spoken = [(words, tag) for words, tag in _spoken(value, language) if words.strip()]
    if not spoken:
        return None
    words, tag = next((pair for pair in spoken if pair[1] == language), spoken[0])
    others = {other: translated for translated, other in reversed(spoken) if other and other != tag}
    return Text(value=words, language=tag, translations=dict(reversed(others.items())))


def _spoken(value: JSON, language: str | None) -> list[tuple[str, str | None]]:
    match value:
        case str():
            return [(value, language)]
        case dict():
            return _spoken_in(value, language)
        case list():
            return [pair for item in value if not isinstance(item, list) for pair in _spoken(item, language)]
        case _:
            return []


def _spoken_in(value: Object, language: str | None) -> list[tuple[str, str | None]]:
    words = value.get("@value")
    if isinstance(words, str):
        return [(words, string(value.get("@language")) or language)]
    # An object with a type is a thing, not a map of languages (though `id` alone is Indonesian).
    if "type" in value or not all(_LANGUAGE_TAG.fullmatch(tag) for tag in value):
        return []
    return [(said, None if tag == "@none" else tag) for tag, item in value.items() if (said := string(item))]


def language_of(document: Object) -> str | None:
    """The language its words are in, where it says so: on itself, or as the default of its context."""
    stated = string(document.get("@language")) or string(document.get("inLanguage"))
    if stated:
        return stated
    contexts = document.get("@context")
    for context in () if isinstance(contexts, str) else objects(contexts):
        if tag := string(context.get("@language")):
            return tag
    return None


def image(value: JSON, language: str | None = None) -> Image | None:
    """A picture given by its address, as a `data:` URI, or as an object with `id` and `caption`."""
    if value is None:
        return None
    value = first(value)
    caption = text(value.get("caption"), language) if isinstance(value, dict) else None
    address = identifier(value)
    if address is None:
        return None
    if address[:5].lower() == "data:":
        return _image_in_uri(address, caption)
    return Image(url=address, caption=caption) if is_web_address(address) else None


def _image_in_uri(uri: str, caption: Text | None) -> Image | None:
    parts = _DATA_URI.fullmatch(uri)
    if parts is None:
        return None
    content = unquote_to_bytes(parts["content"])
    if "base64" in parts["parameters"].lower():
        try:
            # Bakers break lines and forget the padding.
            content = base64.b64decode(b"".join(content.split()).rstrip(b"=") + b"==")
        except binascii.Error:
            return None
    return Image(data=content, media_type=parts["type"].strip().lower() or None, caption=caption) if content else None


def others(document: Object, known: Set[str]) -> dict[str, object]:
    """What the standard does not name, kept as it came."""
    unknown = document.keys() - known
    return {name: value for name, value in document.items() if name in unknown} if unknown else {}
