"""Who this backpack is when it signs: a key that belongs to its SECRET_KEY, and the DID under which others find it.

On the web that is `did:web` of its host, whose document is at `/.well-known/did.json`; without https nobody could look
there, so the key is its own name (`did:key`). A new SECRET_KEY is a new signer: what the old one signed can then only
be proven where its document was kept.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlsplit

from backpack.openbadges.identity.signers import SigningKey, ed25519_key
from backpack.openbadges.strict_json import JSON
from backpack.settings import Settings

PURPOSE: Final = b"backpack: key of what it signs"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """A key with its name. `method` is what a proof calls it."""

    key: SigningKey
    did: str
    method: str


def signer_of(settings: Settings) -> Signer:
    """The signer of these settings."""
    key = ed25519_key(hmac.digest(settings.secret_key.encode(), PURPOSE, "sha256"))
    if not settings.secure:
        return Signer(key=key, did=key.did(), method=key.method())
    did = f"did:web:{quote(urlsplit(settings.public_url).netloc, safe='')}"
    return Signer(key=key, did=did, method=f"{did}#key-1")


def did_document(settings: Settings) -> dict[str, JSON] | None:
    """The document that says which key is ours (did:web); None where the key is its own name."""
    signer = signer_of(settings)
    if not signer.did.startswith("did:web:"):
        return None
    return {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
        "id": signer.did,
        "verificationMethod": [
            {
                "id": signer.method,
                "type": "Multikey",
                "controller": signer.did,
                "publicKeyMultibase": signer.key.public.multikey(),
            }
        ],
        "assertionMethod": [signer.method],
    }
