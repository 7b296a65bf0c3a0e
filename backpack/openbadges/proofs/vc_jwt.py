"""VC-JWT and VC-JOSE: a compact JWS around a verifiable credential (VERIFICATION 6.3; 3.0 "JSON Web Token")."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from backpack.openbadges.asking import Inquiry
from backpack.openbadges.identity import dids
from backpack.openbadges.identity.ownership import Owner, owner_of
from backpack.openbadges.identity.signers import SigningKey
from backpack.openbadges.proofs import compact
from backpack.openbadges.proofs.compact import Token
from backpack.openbadges.strict_json import JSON
from backpack.openbadges.versions.dates import stamped
from backpack.openbadges.versions.shapes import Object, identifier, obj, string
from backpack.openbadges.versions.v3 import end_stated, numeric_date, start_of

REQUIRED_CLAIMS = ("iss", "jti", "nbf")


def disagreement(token: Token, document: Object) -> str | None:
    """The first claim that says something else than the credential; None when they agree (6.3)."""
    claims = token.claims
    if "vc" in claims and "credentialSubject" in claims:
        return "vc"
    subject = document.get("credentialSubject")
    stated: dict[str, str | None] = {
        "iss": identifier(document.get("issuer")),
        "jti": string(document.get("id")),
        "sub": string(obj(subject).get("id")) if not isinstance(subject, list) or len(subject) == 1 else None,
    }
    for claim, value in stated.items():
        if claim in claims and value is not None and claims[claim] != value:
            return claim
    start = stamped(start_of(document))
    if "nbf" in claims:
        claimed = numeric_date(claims["nbf"])
        if claimed is None or (start is not None and claimed != start.replace(microsecond=0)):
            return "nbf"
    if "exp" in claims and numeric_date(claims["exp"]) is None:
        return "exp"
    return None


def missing_claims(token: Token, document: Object) -> tuple[str, ...]:
    """The registered claims that 3.0 requires and the token lacks."""
    wanted = [*REQUIRED_CLAIMS]
    if string(obj(document.get("credentialSubject")).get("id")):
        wanted.append("sub")
    return tuple(name for name in wanted if name not in token.claims)


def end_of(token: Token, document: Object) -> datetime | None:
    """Where `exp` and the credential's own end differ, the earlier counts."""
    ends = [stamped(end_stated(document)), numeric_date(token.claims.get("exp"))]
    return min((end for end in ends if end is not None), default=None)


def owner(token: Token, issuer: str, inquiry: Inquiry) -> Owner:
    """The key the header names, and whose it is. `jku`, `x5u` and `x5c` are ignored; `kid` beats `jwk`."""
    jwk, method = token.header.get("jwk"), _method(string(token.header.get("kid")), issuer)
    if method is None and jwk is None and dids.method_of(issuer) in ("key", "jwk"):
        method = issuer
    if method is None and jwk is None:
        return Owner(code="malformed", name="kid")
    return owner_of(method, issuer, inquiry, made=_made(token), jwk=jwk)


def _method(kid: str | None, issuer: str) -> str | None:
    """The verification method a `kid` names; a relative one is looked for where the issuer keeps its keys."""
    if kid is None or ":" in kid:
        return kid
    if dids.is_did(issuer):
        return f"{issuer}#{kid.removeprefix('#')}"
    if issuer.startswith("https://"):
        return f"https://{issuer.split('/')[2]}/.well-known/jwks.json#{kid.removeprefix('#')}"
    return None


def _made(token: Token) -> datetime | None:
    """When the token says it was made; a badge's often says only from when it counts (3.0: `nbf` is required)."""
    claims = token.claims
    return numeric_date(claims.get("iat")) or numeric_date(claims.get("nbf"))


def check(token: Token, owner: Owner) -> str | None:
    """A reason code, or None when the signature holds (or there is no key to tell)."""
    if token.fault is not None:
        return token.fault[0]
    if owner.key is None or token.signed_by(owner.key):
        return None
    return "signature-wrong"


def sign(
    credential: Mapping[str, JSON], key: SigningKey, *, kid: str | None = None, algorithm: str | None = None
) -> bytes:
    """The credential as a compact JWS with the registered claims 3.0 asks for.

    `kid` is a DID URL or an https address of the key; by default the key's own did:key method.
    """
    claims: dict[str, JSON] = dict(credential)
    subject = string(obj(credential.get("credentialSubject")).get("id"))
    start, end = stamped(start_of(credential)), stamped(end_stated(credential))
    registered: dict[str, JSON] = {
        "iss": identifier(credential.get("issuer")),
        "jti": string(credential.get("id")),
        "sub": subject,
        "nbf": int(start.timestamp()) if start else None,
        "exp": int(end.timestamp()) if end else None,
    }
    claims |= {name: value for name, value in registered.items() if value is not None}
    header: dict[str, object] = {"typ": "vc+jwt", "kid": kid or key.method()}
    if algorithm is not None:
        header["alg"] = algorithm
    return compact.sign(claims, key, header)
