"""Signs badges of our own: for issuers of a demo, for endorsements, and for tests."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime

from backpack.openbadges.identity.signers import SigningKey
from backpack.openbadges.proofs import data_integrity, jws, vc_jwt
from backpack.openbadges.strict_json import JSON

JWS = "jws"
VC_JWT = "vc-jwt"


def sign(
    document: Mapping[str, JSON],
    key: SigningKey,
    *,
    suite: str = "eddsa-rdfc-2022",
    created: datetime | None = None,
    method: str | None = None,
) -> bytes:
    """The payload of a badge signed with this key, ready to be baked.

    `suite` is a Data Integrity suite (`eddsa-rdfc-2022`, `eddsa-jcs-2022`, `ecdsa-rdfc-2019`, `ecdsa-jcs-2019`,
    `Ed25519Signature2020`; `created` is then required), `vc-jwt` for a credential in a token, or `jws` for a 2.0
    assertion. `method` is the verification method or `kid`; by default the one of the key's did:key.
    """
    if suite == JWS:
        return jws.sign(document, key)
    if suite == VC_JWT:
        return vc_jwt.sign(document, key, kid=method)
    if created is None:
        raise ValueError("a Data Integrity proof says when it was made")
    signed = data_integrity.sign(document, key, created=created, method=method, suite=suite)
    return json.dumps(signed, ensure_ascii=False, indent=2).encode()
