"""The one reader of JSON: what two parsers could read in two ways is refused, and nothing runs away (RFC 8259, I-JSON).

A signed badge whose members stand there twice says one thing to the verifier and another to the page. So: UTF-8 only
(a byte order mark is tolerated), no member twice, no NaN or Infinity, no lone surrogates, integers of 64 bits, and
bounds on size, depth and number of values that hold before anything is built.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from math import isinf
from typing import TypeAlias

from backpack.openbadges.errors import N_, NotJSON, TooLarge

JSON: TypeAlias = "bool | int | float | str | list[JSON] | dict[str, JSON] | None"

MAX_BYTES = 4 * 1024 * 1024
MAX_DEPTH = 64
MAX_NODES = 100_000

_BOM = b"\xef\xbb\xbf"
# Possessive, and content with an end that never comes: one pass over the text, whatever it holds.
_STRING = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+\\?+"?+', re.DOTALL)
_BRACKET = re.compile(r"[\[\]{}]")
_EMPTY = re.compile(r"[\[{][ \t\n\r]*[\]}]")
_SURROGATE_ESCAPE = re.compile(r"\\u[dD][89a-fA-F]")
_LONGEST_INTEGER = len(str(-(2**63)))

FOUND_OTHER_TEXT = N_("no JSON text")
FOUND_BROKEN = N_("broken JSON")
FOUND_NOT_UTF8 = N_("text that is not UTF-8")
FOUND_DUPLICATE = N_("the same member twice")
FOUND_NO_NUMBER = N_("a number that is none")
FOUND_BIG_NUMBER = N_("a number beyond 64 bits")
FOUND_SURROGATE = N_("half a character")
FOUND_DEPTH = N_("boxes nested too deep")


def loads(data: bytes | str, *, max_bytes: int = MAX_BYTES, max_nodes: int = MAX_NODES) -> JSON:
    """The value this text stands for. Raises NotJSON (fact `found`) or TooLarge, nothing else."""
    text = _text(data, max_bytes)
    _bound(text, max_nodes)
    value = _decoded(text)
    if "\\u" in text and _SURROGATE_ESCAPE.search(text):
        _refuse_surrogates(value)
    return value


def _decoded(text: str) -> JSON:
    value: JSON
    if text[:1] == "{" and text[-1] == "}":
        # Nothing stands around it: the scanner's own answer, without two looks for white space.
        try:
            value, end = _SCAN(text, 0)
        except (StopIteration, json.JSONDecodeError):
            end = 0  # what is wrong, and where, is asked of the decoder
        if end == len(text):
            return value
    try:
        value = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        if not text.lstrip(" \t\r\n").startswith(("{", "[", '"')):
            raise NotJSON(found=FOUND_OTHER_TEXT) from None
        raise NotJSON(found=FOUND_BROKEN, position=error.pos) from None
    return value


def loads_object(data: bytes | str, *, max_bytes: int = MAX_BYTES, max_nodes: int = MAX_NODES) -> dict[str, JSON]:
    """As `loads`, for a text that must be an object; anything else is NotJSON."""
    value = loads(data, max_bytes=max_bytes, max_nodes=max_nodes)
    if not isinstance(value, dict):
        raise NotJSON(found=FOUND_OTHER_TEXT)
    return value


def _text(data: bytes | str, max_bytes: int) -> str:
    if len(data) > max_bytes:
        raise TooLarge
    try:
        # Encoding a str finds the lone surrogates in it, and its true size.
        octets = data.encode() if isinstance(data, str) else data
        if len(octets) > max_bytes:
            raise TooLarge
        return octets.removeprefix(_BOM).decode()
    except UnicodeError:
        raise NotJSON(found=FOUND_NOT_UTF8) from None


def _bound(text: str, max_nodes: int) -> None:
    """Bounds depth and number of values before the parser runs. Most badges pass on the first count alone."""
    opened = text.count("[") + text.count("{")
    if opened <= MAX_DEPTH and opened + text.count(",") < max_nodes:
        return
    bare = _STRING.sub("", text)
    opened = bare.count("[") + bare.count("{")
    if opened > max_nodes:
        raise TooLarge
    if opened + bare.count(",") >= max_nodes:
        # One value, one more for each comma, and one for each box: the first in it. An empty box has no first.
        empty = sum(1 for _ in _EMPTY.finditer(bare))
        if 1 + opened + bare.count(",") - empty > max_nodes:
            raise TooLarge
    if opened > MAX_DEPTH and _depth_exceeded(bare):
        raise NotJSON(found=FOUND_DEPTH)


def _depth_exceeded(bare: str) -> bool:
    depth = 0
    for bracket in _BRACKET.finditer(bare):
        depth += 1 if bracket[0] in "[{" else -1
        if depth > MAX_DEPTH:
            return True
    return False


def _members(pairs: list[tuple[str, JSON]]) -> dict[str, JSON]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise NotJSON(found=FOUND_DUPLICATE)
    return members


def _integer(digits: str) -> int:
    if len(digits) > _LONGEST_INTEGER or not -(2**63) <= int(digits) < 2**64:
        raise NotJSON(found=FOUND_BIG_NUMBER)
    return int(digits)


def _float(digits: str) -> float:
    number = float(digits)
    if isinf(number):
        raise NotJSON(found=FOUND_BIG_NUMBER)
    return number


def _constant(_name: str) -> float:
    raise NotJSON(found=FOUND_NO_NUMBER)


def _refuse_surrogates(value: JSON) -> None:
    for words in _strings(value):
        try:
            words.encode()
        except UnicodeEncodeError:
            raise NotJSON(found=FOUND_SURROGATE) from None


def _strings(value: JSON) -> Iterator[str]:
    waiting = [value]
    while waiting:
        match waiting.pop():
            case str() as words:
                yield words
            case list() as items:
                waiting.extend(items)
            case dict() as members:
                yield from members
                waiting.extend(members.values())


_DECODER = json.JSONDecoder(
    object_pairs_hook=_members, parse_int=_integer, parse_float=_float, parse_constant=_constant
)
_SCAN = _DECODER.scan_once  # type: ignore[attr-defined]  # json.scanner's, which the stubs do not know
