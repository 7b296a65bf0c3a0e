"""Multibase and base64url, read strictly: one text stands for one value (Controlled Identifiers 1.0, 2.4)."""

from __future__ import annotations

import base64
import binascii
import re

_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_VALUES = {letter: value for value, letter in enumerate(_ALPHABET)}
_BASE64URL = re.compile(r"[A-Za-z0-9_-]*")
MAX_BASE58 = 1_000
"""Base58 is quadratic; no key or signature comes near this length."""


def base58(text: str) -> bytes:
    """Base58-btc. Raises ValueError."""
    if len(text) > MAX_BASE58:
        raise ValueError("too long for base58")
    number = 0
    for letter in text:
        if letter not in _VALUES:
            raise ValueError("not base58")
        number = number * 58 + _VALUES[letter]
    zeros = len(text) - len(text.lstrip("1"))
    return b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8, "big")


def to_base58(data: bytes) -> str:
    number = int.from_bytes(data, "big")
    letters: list[str] = []
    while number:
        number, rest = divmod(number, 58)
        letters.append(_ALPHABET[rest])
    zeros = len(data) - len(data.lstrip(b"\0"))
    return "1" * zeros + "".join(reversed(letters))


def base64url(text: str) -> bytes:
    """Base64url without padding, as JOSE writes it. Raises ValueError; bits left over must be zero."""
    if not _BASE64URL.fullmatch(text) or len(text) % 4 == 1:
        raise ValueError("not base64url")
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if to_base64url(data) != text:
        raise ValueError("not canonical base64url")
    return data


def to_base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def lenient_base64(text: str) -> bytes:
    """Base64 in either alphabet, padded or not: what issuers of status lists write. Raises ValueError."""
    plain = text.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except binascii.Error as error:
        raise ValueError("not base64") from error


def multibase(text: str) -> bytes:
    """`z` base58-btc or `u` base64url. Raises ValueError."""
    match text[:1]:
        case "z":
            return base58(text[1:])
        case "u":
            return base64url(text[1:])
        case _:
            raise ValueError("unknown multibase prefix")
