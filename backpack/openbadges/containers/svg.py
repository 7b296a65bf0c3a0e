"""SVG: the badge in an element `openbadges:assertion` (up to 2.1) or `openbadges:credential` (3.0), under any prefix.

The attribute `verify` holds a compact JWS or an address, the body the JSON (Open Badges Baking; 3.0, "SVG").
"""

from __future__ import annotations

import re
from xml.sax.saxutils import escape, quoteattr

from backpack.openbadges.containers import compact_jws, xml
from backpack.openbadges.containers.kinds import Kind
from backpack.openbadges.errors import (
    AlreadyBaked,
    AmbiguousContainer,
    CannotBake,
    NoBadgeFound,
    OpenBadgesError,
)
from backpack.openbadges.strict_json import loads_object

NAME = "svg"
_OPENING = re.compile(rb"\s*<(?:\?xml|!--|!DOCTYPE\s+(?:\w+:)?svg|(?:[A-Za-z_][\w.-]*:)?svg[\s/>])")
_NOT_IN_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_UTF_8 = {"utf-8", "utf8", "us-ascii", "ascii"}


def recognises(head: bytes) -> bool:
    head = head.removeprefix(b"\xef\xbb\xbf")
    return _OPENING.match(head) is not None and not re.search(rb"<(?:!DOCTYPE\s+)?html[\s>]", head, re.IGNORECASE)


def extract(data: bytes) -> tuple[bytes, ...]:
    """The one badge in the picture. Raises NoBadgeFound, AmbiguousContainer, TooLarge or Truncated."""
    tree = xml.read(data)
    if tree.root != "svg":
        raise NoBadgeFound
    if len(tree.elements) > 1:
        raise AmbiguousContainer
    return (payload_of(tree.elements[0]),) if tree.elements else _nothing()


def statement(data: bytes) -> bytes | None:
    """What the holder says beside the badge, if the picture carries it once. Raises TooLarge or Truncated."""
    said = xml.read(data).statements
    return said[0].body.encode() if len(said) == 1 else None


def without_statement(data: bytes) -> bytes:
    """The picture without what the holder says beside the badge; no other byte changes. Raises what `extract` does, and
    CannotBake where its end cannot be told."""
    said = xml.read(data).statements
    if any(not one.end for one in said):
        raise CannotBake
    for one in reversed(said):
        data = data[: one.start] + data[one.end :]
    return data


def embed(data: bytes, payload: bytes, kind: Kind, *, replace: bool = False) -> bytes:
    """The picture with the badge directly after its `<svg ...>`; no other byte is touched."""
    tree = xml.read(data)
    olds = tree.statements if kind is Kind.STATEMENT else tree.elements
    if olds and not replace:
        raise AlreadyBaked
    try:
        words = payload.decode()
    except UnicodeDecodeError:
        raise CannotBake from None
    if tree.root != "svg" or _NOT_IN_XML.search(words) or data[:2] in {b"\xfe\xff", b"\xff\xfe"}:
        raise CannotBake
    if any(not old.end for old in olds):
        raise CannotBake
    for old in reversed(olds):
        data = data[: old.start] + data[old.end :]
    place = xml.tag_end(data, tree.root_start)
    if data[place - 2 : place] == b"/>":
        raise CannotBake
    element = _element(words, kind, in_utf8=tree.encoding in _UTF_8)
    return data[:place] + element + data[place:]


def payload_of(element: xml.Element) -> bytes:
    """The payload of a badge element: the body, or else what `verify` holds."""
    body, verify = element.body, element.verify
    if not body.strip():
        return verify.encode() if verify else _nothing()[0]
    if not verify or verify == body.strip():
        return body.encode()
    if not _same_badge(verify, body):
        raise AmbiguousContainer
    return verify.encode() if compact_jws.recognises(verify.encode()) else body.encode()


def _nothing() -> tuple[bytes, ...]:
    raise NoBadgeFound


def _same_badge(verify: str, body: str) -> bool:
    """Whether the attribute names the badge that the body is: by its id, or by the address its verification names."""
    try:
        badge = loads_object(body)
        signed = compact_jws.claims(verify.encode()) if compact_jws.recognises(verify.encode()) else None
    except OpenBadgesError:
        return False
    if signed is not None:
        inner = signed.get("vc")
        same = inner if isinstance(inner, dict) else signed
        # Beside a signature, a body that differs in anything but its proof would show one thing and prove another.
        unsigned = {name: value for name, value in badge.items() if name != "proof"}
        return all(same.get(name) == value for name, value in unsigned.items())
    check = badge.get("verify", badge.get("verification"))
    return verify in {badge.get("id"), badge.get("@id"), check.get("url") if isinstance(check, dict) else None}


def _element(words: str, kind: Kind, *, in_utf8: bool) -> bytes:
    opening = f'<openbadges:{kind.element} xmlns:openbadges="{kind.namespace}"'
    if not words.lstrip().startswith(("{", "[")):
        # An attribute's white space is normalised by every reader, so a text that has some goes into the body.
        if not re.search(r"\s", words):
            return f"{opening} verify={quoteattr(words)}/>".encode("ascii", "xmlcharrefreplace")
    elif in_utf8 and "\r" not in words:
        section = words.replace("]]>", "]]]]><![CDATA[>")
        return f"{opening}><![CDATA[{section}]]></openbadges:{kind.element}>".encode()
    body = escape(words, {"\r": "&#13;"}).encode("ascii", "xmlcharrefreplace").decode()
    return f"{opening}>{body}</openbadges:{kind.element}>".encode()
