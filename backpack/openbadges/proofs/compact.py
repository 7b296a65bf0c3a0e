"""Compact JWS (RFC 7515), read strictly: what a second reader could understand otherwise is refused."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from backpack.openbadges.containers import compact_jws
from backpack.openbadges.identity.keys import LEGITIMATE_BUT_UNSUPPORTED, PublicKey
from backpack.openbadges.identity.multibase import base64url, to_base64url
from backpack.openbadges.identity.signers import SigningKey
from backpack.openbadges.strict_json import JSON, loads_object

ALLOWED = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA", "Ed25519"})
TYPES = frozenset({"jwt", "vc+jwt", "vc+ld+jwt", "vc-ld+jwt", "jws", "ld+jwt", "json"})


@dataclass(frozen=True, slots=True)
class Token:
    """A token that can be read. Nothing of it is proven."""

    header: dict[str, JSON]
    claims: dict[str, JSON]
    signing_input: bytes
    signature: bytes
    fault: tuple[str, str] | None = None
    """Why nothing it says can be proven, whatever the key: reason code, and what was found."""

    @property
    def algorithm(self) -> str:
        """The JOSE name, the newer `Ed25519` read as `EdDSA`."""
        named = self.header.get("alg")
        return "EdDSA" if named == "Ed25519" else str(named)

    @property
    def could_be_signed(self) -> bool:
        """Whether it is of a kind that proves something by some key: `none` and shared secrets never do."""
        return self.algorithm in ALLOWED | LEGITIMATE_BUT_UNSUPPORTED

    def signed_by(self, key: PublicKey) -> bool:
        return self.fault is None and key.verify(self.signature, self.signing_input, self.algorithm)


def parse(text: bytes) -> Token:
    """The parts of a token. Raises an OpenBadgesError for what cannot be read at all."""
    token = text.strip()
    header, claims, signature = compact_jws.parts(token)
    named = loads_object(header)
    return Token(
        header=named,
        claims=loads_object(claims),
        signing_input=token.rpartition(b".")[0],
        signature=signature,
        fault=_fault(named) or _fault_of_form(token),
    )


def sign(claims: Mapping[str, object], key: SigningKey, header: Mapping[str, object]) -> bytes:
    """A compact JWS over these claims. `alg` is the key's own unless the header names another it allows."""
    named = {"alg": key.algorithm, **header}
    parts = [to_base64url(json.dumps(part, ensure_ascii=False).encode()) for part in (named, claims)]
    signing_input = ".".join(parts).encode()
    return signing_input + b"." + to_base64url(key.sign(signing_input, str(named["alg"]))).encode()


def _fault(header: dict[str, JSON]) -> tuple[str, str] | None:
    algorithm, kind = header.get("alg"), header.get("typ")
    # An extension that must be understood, an unencoded payload, a token in a token: each a way to sign something else.
    for name, refused in (
        ("crit", "crit" in header),
        ("b64", header.get("b64", True) is not True),
        ("cty", str(header.get("cty")).upper() == "JWT"),
        ("typ", kind is not None and (not isinstance(kind, str) or kind.lower() not in TYPES)),
    ):
        if refused:
            return "algorithm-not-allowed", name
    if not isinstance(algorithm, str) or algorithm not in ALLOWED | LEGITIMATE_BUT_UNSUPPORTED:
        return "algorithm-not-allowed", str(algorithm)
    return None if algorithm in ALLOWED else ("proof-unsupported", algorithm)


def _fault_of_form(token: bytes) -> tuple[str, str] | None:
    """Three parts of base64url without padding, each written in the one way it can be (RFC 7515, 2)."""
    parts = token.decode("ascii", "replace").split(".")
    try:
        for part in parts:
            base64url(part)
    except ValueError:
        return "malformed", "JWS"
    return None if len(parts) == 3 else ("malformed", "JWS")
