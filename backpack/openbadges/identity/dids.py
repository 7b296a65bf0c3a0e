"""Decentralised identifiers: did:key, did:jwk, did:web (DID Core 1.0). Others are named, not guessed."""

from __future__ import annotations

import re
from urllib.parse import unquote

from backpack.openbadges.errors import OpenBadgesError
from backpack.openbadges.identity import keys
from backpack.openbadges.identity.multibase import base64url
from backpack.openbadges.strict_json import loads

_DID = re.compile(r"did:(?P<method>[a-z0-9]+):(?P<id>[A-Za-z0-9._:%-]*[A-Za-z0-9._%-])")
_HOST = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
_SEGMENT = re.compile(r"[A-Za-z0-9._~!$&'()*+,;=@-]+")


def is_did(value: str) -> bool:
    return value.startswith("did:")


def parts(did_url: str) -> tuple[str, str]:
    """The DID and the fragment of a DID URL (without `#`; empty when there is none)."""
    did, _, fragment = did_url.partition("#")
    return did, fragment


def method_of(did: str) -> str | None:
    """`key`, `web` ..., or None for what is no DID."""
    found = _DID.fullmatch(did)
    return found["method"] if found else None


def own_key(did: str) -> keys.PublicKey:
    """The key a did:key or did:jwk is. Raises KeyUnfit or KeyUnsupported."""
    method, _, identifier = did.removeprefix("did:").partition(":")
    if method == "key":
        return keys.from_multikey(identifier)
    try:
        return keys.from_jwk(loads(base64url(identifier)))
    except (ValueError, OpenBadgesError) as error:
        raise keys.KeyUnfit(str(error)) from None


def is_own_method(did: str, fragment: str) -> bool:
    """Whether the fragment names the key that the DID is: a did:key has one method, and its name is the key."""
    if not fragment:
        return True
    method, _, identifier = did.removeprefix("did:").partition(":")
    return fragment == ("0" if method == "jwk" else identifier)


def web_address(did: str) -> str | None:
    """Where the document of a did:web stands; None for one that is written wrongly."""
    if method_of(did) != "web":
        return None
    host, *path = did.removeprefix("did:web:").split(":")
    host = unquote(host)
    name, colon, port = host.partition(":")
    if not _HOST.fullmatch(name) or (colon and not (port.isdigit() and 0 < int(port) < 65536)):
        return None
    segments = [unquote(segment) for segment in path]
    if any(not _SEGMENT.fullmatch(segment) or segment in (".", "..") for segment in segments):
        return None
    place = "/".join(path) if path else ".well-known"
    return f"https://{host.lower()}/{place}/did.json"
