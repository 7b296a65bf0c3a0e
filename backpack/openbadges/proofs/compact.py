"""Compact JWS (RFC 7515), read strictly: what a second reader could understand otherwise is refused."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from backpack.openbadges.errors import OpenBadgesError
from backpack.openbadges.identity.keys import LEGITIMATE_BUT_UNSUPPORTED, PublicKey
from backpack.openbadges.identity.multibase import base64url, to_base64url
from backpack.openbadges.identity.signers import SigningKey
from backpack.openbadges.strict_json import JSON, loads_object

ALLOWED = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA", "Ed25519"})
TYPES = frozenset({"jwt", "vc+jwt", "vc+ld+jwt", "vc-ld+jwt", "jws", "ld+jwt", "json"})


class Refused(ValueError):
    """A token that proves nothing. `args[0]` is the reason code, `args[1]` what was found."""


@dataclass(frozen=True, slots=True)
class Token:
    """A token whose form is in order. Nothing of it is proven."""

    header: dict[str, JSON]
    claims: dict[str, JSON]
    signing_input: bytes
    signature: bytes

    @property
    def algorithm(self) -> str:
        """The JOSE name, the newer `Ed25519` read as `EdDSA`."""
        named = self.header.get("alg")
        return "EdDSA" if named == "Ed25519" else str(named)

    def signed_by(self, key: PublicKey) -> bool:
        return key.verify(self.signature, self.signing_input, self.algorithm)


def parse(text: bytes) -> Token:
    """The parts of a token. Raises Refused."""
    parts = text.strip().decode("ascii", "replace").split(".")
    if len(parts) != 3:
        raise Refused("malformed", "JWS")
    try:
        header = loads_object(base64url(parts[0]))
        _check_header(header)
        payload = base64url(parts[1])
        claims = loads_object(payload)
        signature = base64url(parts[2])
    except (ValueError, OpenBadgesError) as error:
        if isinstance(error, Refused):
            raise
        raise Refused("malformed", "JWS") from None
    return Token(header, claims, f"{parts[0]}.{parts[1]}".encode(), signature)


def sign(claims: Mapping[str, object], key: SigningKey, header: Mapping[str, object]) -> bytes:
    """A compact JWS over these claims. `alg` is the key's own unless the header names another it allows."""
    named = {"alg": key.algorithm, **header}
    parts = [to_base64url(json.dumps(part, ensure_ascii=False).encode()) for part in (named, claims)]
    signing_input = ".".join(parts).encode()
    return signing_input + b"." + to_base64url(key.sign(signing_input, str(named["alg"]))).encode()


def _check_header(header: dict[str, JSON]) -> None:
    algorithm = header.get("alg")
    # An extension that must be understood, an unencoded payload, a token in a token: each a way to sign something else.
    if "crit" in header or header.get("b64", True) is not True or header.get("cty") == "JWT":
        raise Refused("algorithm-not-allowed", "crit" if "crit" in header else "b64")
    if algorithm in LEGITIMATE_BUT_UNSUPPORTED:
        raise Refused("proof-unsupported", str(algorithm))
    if algorithm not in ALLOWED:
        raise Refused("algorithm-not-allowed", str(algorithm))
    kind = header.get("typ")
    if kind is not None and (not isinstance(kind, str) or kind.lower() not in TYPES):
        raise Refused("algorithm-not-allowed", "typ")
