"""A badge as text: a compact JWS, three parts of base64url (RFC 7515, 3.1). Opened here, never verified here."""

from __future__ import annotations

import base64
import binascii
import re

from backpack.openbadges.errors import N_, NotJSON, TooLarge
from backpack.openbadges.strict_json import JSON, MAX_BYTES, loads_object

NAME = "jwt"
MAX_TEXT = 2 * MAX_BYTES
# A header is an object, and an object begins with a brace: that is "e" in base64.
_HEAD = re.compile(rb"\s*e[A-Za-z0-9_-]{10,}+(?:=*\.|\s*\Z)")
_BASE64URL = re.compile(rb"[A-Za-z0-9_-]*+={0,2}")
_NOT_A_JWS = N_("a signed text that is cut or has another form")


def recognises(head: bytes) -> bool:
    return _HEAD.match(head) is not None


def extract(data: bytes) -> tuple[bytes, ...]:
    """The text itself, without white space around it. Raises NotJSON for another form, TooLarge."""
    token = data.strip()
    header(token)
    return (token,)


def parts(token: bytes) -> tuple[bytes, bytes, bytes]:
    """Header, payload and signature, decoded, as far as they can be made out. Raises NotJSON for another form.

    Padding and an unencoded payload (RFC 7797) are seen through here, so that `proofs` can name them as what they are.
    """
    if len(token) > MAX_TEXT:
        raise TooLarge
    head, _, rest = token.strip().partition(b".")
    middle, dot, end = rest.rpartition(b".")
    header = _decoded(head)
    if dot and not _BASE64URL.fullmatch(middle) and loads_object(header).get("b64") is False:
        return header, middle, _decoded(end)
    if not dot:
        raise NotJSON(found=_NOT_A_JWS)
    return header, _decoded(middle), _decoded(end)


def header(token: bytes) -> dict[str, JSON]:
    """The protected header: a claim until the signature is proven. Raises NotJSON."""
    return loads_object(parts(token)[0])


def claims(token: bytes) -> dict[str, JSON]:
    """What the payload says, if it is an object: a claim until the signature is proven. Raises NotJSON, TooLarge."""
    return loads_object(parts(token)[1])


def _decoded(part: bytes) -> bytes:
    if not _BASE64URL.fullmatch(part):
        raise NotJSON(found=_NOT_A_JWS)
    digits = part.rstrip(b"=")
    try:
        return base64.urlsafe_b64decode(digits + b"=" * (-len(digits) % 4))
    except binascii.Error:
        raise NotJSON(found=_NOT_A_JWS) from None
