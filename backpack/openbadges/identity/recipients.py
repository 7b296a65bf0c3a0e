"""About whom: whether a badge was issued to one of somebody's addresses (VERIFICATION 7; 3.0 Verify the Recipient)."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from backpack.openbadges.model import Identity, Recipient

_HASH = re.compile(r"(?:(?P<name>[A-Za-z0-9-]+)\$)?(?P<digest>[0-9A-Fa-f]+)")
_LENGTHS = {"sha256": 64, "md5": 32, "sha1": 40}
"""SHA-1 is of 0.5 only; `conformance` refuses it in later versions."""
_NAMES = frozenset({"name", "studentid", "username", "sourcedid", "systemid", "productid", "accountid"})
_MAIL = frozenset({"email", "emailaddress", "https://schema.org/email", "schema:email", "http://schema.org/email"})


@dataclass(frozen=True, slots=True)
class Match:
    """The answer, and what was odd about the hash that gave it."""

    matches: bool
    weak: bool = False
    bare: bool = False
    """A hash that does not say of which kind it is: read as SHA-256 (VERIFICATION 7.1)."""
    unreadable: bool = False


def matches(recipient: Recipient, addresses: Collection[str]) -> Match:
    """Whether any identity of the badge is any of these addresses, as their owner confirmed them."""
    weak = unreadable = False
    for identity in _identities(recipient):
        readable = not identity.hashed or _parts(identity.value) is not None
        unreadable = unreadable or not readable
        for address in addresses:
            if is_issued_to(identity, address):
                return Match(True, weak=_is_weak(identity), bare=identity.hashed and "$" not in identity.value)
    return Match(False, weak=weak, unreadable=unreadable)


def is_issued_to(identity: Identity, address: str) -> bool:
    """Whether it was issued to this address (OB 3.0, Verify the Recipient Using an Identifier)."""
    kind = identity.type.casefold()
    if kind in _NAMES:
        return False
    address = address.strip()
    if kind in _MAIL and "@" not in address:
        return False
    # Issuers hashed what people had typed, capitals included; the standard names no normal form. We try the address
    # as confirmed, with its domain in lower case, and in lower case wholly; nothing looser.
    if identity.hashed:
        return any(_hash_is_of(identity, spelling) for spelling in _spellings(address))
    plain = identity.value
    if "@" in address and kind in _MAIL:
        return _equal(_without_scheme(plain, "mailto:").casefold(), address.casefold())
    if kind in {"telephone", "phone", "phonenumber"}:
        return _equal(_digits(plain), _digits(address)) and bool(_digits(plain))
    return _equal(plain, address)


def _identities(recipient: Recipient) -> Iterator[Identity]:
    yield from recipient.identities
    if recipient.id is None:
        return
    lowered = recipient.id.casefold()
    if lowered.startswith("mailto:"):
        yield Identity(type="email", value=unquote(recipient.id[len("mailto:") :]))
    elif lowered.startswith("tel:"):
        yield Identity(type="telephone", value=recipient.id[len("tel:") :])
    else:
        yield Identity(type="id", value=recipient.id)


def _spellings(address: str) -> tuple[str, ...]:
    local, at, domain = address.rpartition("@")
    return tuple(dict.fromkeys((address, f"{local}{at}{domain.lower()}" if at else address, address.lower())))


def _hash_is_of(identity: Identity, spelling: str) -> bool:
    parts = _parts(identity.value)
    if parts is None:
        return False
    name, digest = parts
    made = hashlib.new(name, (spelling + (identity.salt or "")).encode(), usedforsecurity=False).hexdigest()
    return _equal(made, digest)


def _parts(value: str) -> tuple[str, str] | None:
    """Algorithm and digest of `sha256$...`, `md5$...`, or a bare SHA-256 (3.0: a warning)."""
    found = _HASH.fullmatch(value.strip())
    if found is None:
        return None
    name = (found["name"] or "sha256").lower()
    digest = found["digest"].lower()
    return (name, digest) if _LENGTHS.get(name) == len(digest) else None


def _is_weak(identity: Identity) -> bool:
    return identity.hashed and identity.value.strip().lower().startswith(("md5$", "sha1$"))


def _equal(first: str, second: str) -> bool:
    return hmac.compare_digest(first.encode(), second.encode())


def _digits(number: str) -> str:
    return re.sub(r"[\s().\-]", "", _without_scheme(number, "tel:"))


def _without_scheme(value: str, scheme: str) -> str:
    return value[len(scheme) :] if value.casefold().startswith(scheme) else value
