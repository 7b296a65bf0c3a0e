"""Credentials in a token: claims that agree, keys that are the issuer's."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from backpack import openbadges
from backpack.openbadges.identity.signers import SigningKey
from backpack.openbadges.proofs import compact
from backpack.openbadges.report import CheckResult
from backpack.openbadges.strict_json import JSON
from tests.openbadges import make
from tests.openbadges.issuing import (
    KEY,
    NOON,
    P256,
    P384,
    PROFILE_URL,
    RSA,
    STRANGER,
    check,
    codes,
    credential,
    judged,
    verdict,
)

KID = "https://issuer.example.org/keys/jwt"


def token(document: dict[str, JSON] | None = None, key: SigningKey = KEY, **claims: Any) -> bytes:
    """A credential in a token; claims may be replaced (None takes one out)."""
    signed = openbadges.sign(credential(key) if document is None else document, key, suite="vc-jwt")
    said = {**compact.parse(signed).claims, **claims}
    return compact.sign({n: v for n, v in said.items() if v is not None}, key, {"typ": "JWT", "kid": key.method()})


def headed(key: SigningKey = KEY, document: dict[str, JSON] | None = None, **header: Any) -> bytes:
    claims = compact.parse(token(document, KEY)).claims
    return compact.sign(claims, key, header)


OLD: dict[str, Any] = {
    "@context": [
        "https://www.w3.org/2018/credentials/v1",
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
    ],
    "validFrom": None,
    "issuanceDate": "2024-05-06T07:08:09Z",
}


@pytest.mark.parametrize("key", [KEY, P256, P384], ids=["EdDSA", "ES256", "ES384"])
def test_each_algorithm_holds(key: SigningKey) -> None:
    assert verdict(judged(openbadges.sign(credential(key), key, suite="vc-jwt"))) == ("valid", None)


CASES: list[tuple[str, bytes, tuple[str, str | None]]] = [
    ("as it is made", token(), ("valid", None)),
    ("another issuer", token(iss="did:key:z6Mk"), ("invalid", "claims-disagree")),
    ("another id", token(jti="urn:uuid:00000000-0000-4000-8000-000000000009"), ("invalid", "claims-disagree")),
    ("another subject", token(sub="mailto:eve@example.org"), ("invalid", "claims-disagree")),
    ("another start", token(nbf=1), ("invalid", "claims-disagree")),
    ("a start that is none", token(nbf="soon"), ("invalid", "claims-disagree")),
    ("an end that is none", token(exp="late"), ("invalid", "claims-disagree")),
    ("no registered claims", token(iss=None, jti=None, nbf=None, sub=None), ("valid", None)),
    ("ended by its claim", token(exp=1_750_000_000), ("expired", "expired")),
    (
        "the earlier end counts",
        token(credential(validUntil="2025-01-01T00:00:00Z"), exp=4_000_000_000),
        ("expired", "expired"),
    ),
    ("both data models", token(vc=credential()), ("invalid", "claims-disagree")),
    (
        "data model 1.1",
        compact.sign({"vc": credential(**OLD), "iss": KEY.did()}, KEY, {"kid": KEY.method()}),
        ("valid", None),
    ),
    ("kid is another key", headed(STRANGER, kid=STRANGER.method()), ("invalid", "key-not-issuers")),
    ("kid is a name", headed(KEY, kid=KEY.public.multikey()), ("valid", None)),
    ("no key named", headed(KEY), ("valid", None)),
    ("signed by another", headed(STRANGER, kid=KEY.method()), ("invalid", "signature-wrong")),
    ("jwk of the issuer", headed(KEY, jwk=KEY.public.jwk()), ("valid", None)),
    ("jwk of a stranger", headed(STRANGER, jwk=STRANGER.public.jwk()), ("invalid", "key-not-issuers")),
    ("a private jwk", headed(KEY, jwk={**KEY.public.jwk(), "d": "AAAA"}), ("invalid", "key-unfit")),
    ("crit", headed(KEY, kid=KEY.method(), crit=["b64"]), ("invalid", "algorithm-not-allowed")),
    ("jku is ignored", headed(KEY, kid=KEY.method(), jku="https://evil.example/jwks"), ("valid", None)),
    (
        "secp256k1",
        headed(KEY, jwk={"kty": "EC", "crv": "secp256k1", "x": "AA", "y": "AA"}),
        ("unknown", "proof-unsupported"),
    ),
    ("a DID method we do not know", headed(KEY, kid="did:ion:abc#1"), ("unknown", "did-unsupported")),
]


@pytest.mark.parametrize(("data", "expected"), [pytest.param(d, e, id=i) for i, d, e in CASES])
def test_a_credential_in_a_token(data: bytes, expected: tuple[str, str | None]) -> None:
    assert verdict(judged(data)) == expected


def test_missing_claims_are_a_warning() -> None:
    assert "schema" in codes(judged(token(jti=None)))


def test_one_changed_letter() -> None:
    head, claims, signature = token().split(b".")
    other = token(credential(name="Other")).split(b".")[1]
    assert claims != other
    assert verdict(judged(b".".join((head, other, signature)))) == ("invalid", "signature-wrong")


WEB = make.credential(id="urn:uuid:00000000-0000-4000-8000-000000000001")
LISTED: dict[str, JSON] = {
    "id": PROFILE_URL,
    "verificationMethod": [{"id": KID, "controller": PROFILE_URL, "publicKeyJwk": RSA.public.jwk()}],
    "assertionMethod": [KID],
}
SET = "https://issuer.example.org/.well-known/jwks.json"


def by_web(**header: Any) -> bytes:
    claims = compact.parse(openbadges.sign(WEB, KEY, suite="vc-jwt")).claims
    return compact.sign(claims, RSA, {"typ": "JWT", **header})


def ending(end: str) -> dict[str, JSON]:
    method: JSON = {"id": KID, "controller": PROFILE_URL, "publicKeyJwk": RSA.public.jwk(), "expires": end}
    return {**LISTED, "verificationMethod": [method]}


WEB_CASES: list[tuple[str, bytes, dict[str, Any], tuple[str, str | None], bool]] = [
    ("listed by the issuer", by_web(kid=KID), {KID: RSA.public.jwk(), PROFILE_URL: LISTED}, ("valid", None), True),
    ("listed, the key itself not reachable", by_web(kid=KID), {PROFILE_URL: LISTED}, ("valid", None), True),
    (
        "not listed",
        by_web(kid=KID),
        {
            KID: RSA.public.jwk(),
            PROFILE_URL: {**LISTED, "verificationMethod": [], "assertionMethod": ["https://issuer.example.org/keys/2"]},
        },
        ("invalid", "key-not-issuers"),
        False,
    ),
    ("a bare key on the issuer's origin", by_web(kid=KID), {KID: RSA.public.jwk()}, ("valid", None), True),
    (
        "a bare key elsewhere",
        by_web(kid="https://evil.example/k"),
        {"https://evil.example/k": RSA.public.jwk(), PROFILE_URL: {"id": PROFILE_URL}},
        ("unknown", "key-unconfirmed"),
        False,
    ),
    (
        "in the well-known set, by name",
        by_web(kid="one"),
        {SET: {"keys": [{**RSA.public.jwk(), "kid": "one"}]}},
        ("valid", None),
        True,
    ),
    (
        "in the well-known set, for encryption",
        by_web(kid="one"),
        {SET: {"keys": [{**RSA.public.jwk(), "kid": "one", "use": "enc"}]}},
        ("unknown", "key-unreachable"),
        False,
    ),
    ("a key of its own, nothing reachable", by_web(jwk=RSA.public.jwk()), {}, ("unknown", "key-unreachable"), False),
    ("a key of its own, listed", by_web(jwk=RSA.public.jwk()), {PROFILE_URL: LISTED}, ("valid", None), True),
    (
        "listed, ended before",
        by_web(kid=KID),
        {PROFILE_URL: ending("2024-01-01T00:00:00Z")},
        ("invalid", "key-revoked"),
        True,
    ),
    ("listed, ended since", by_web(kid=KID), {PROFILE_URL: ending("2025-01-01T00:00:00Z")}, ("valid", None), True),
    (
        "listed, by an algorithm of shared secrets",
        make.token(WEB, {"alg": "HS256", "kid": KID}),
        {PROFILE_URL: LISTED},
        ("invalid", "algorithm-not-allowed"),
        False,
    ),
    (
        "listed, without any algorithm",
        make.token(WEB, {"alg": "none", "kid": KID}),
        {PROFILE_URL: LISTED},
        ("invalid", "algorithm-not-allowed"),
        False,
    ),
    (
        "listed, an algorithm that is a list",
        make.token(WEB, {"alg": [], "kid": KID}),
        {PROFILE_URL: LISTED},
        ("invalid", "algorithm-not-allowed"),
        False,
    ),
    ("no key named at all", by_web(), {PROFILE_URL: LISTED}, ("invalid", "malformed"), False),
]


@pytest.mark.parametrize(("data", "pages", "expected", "established"), [pytest.param(*c, id=i) for i, *c in WEB_CASES])
def test_keys_on_the_web(
    data: bytes, pages: dict[str, Any], expected: tuple[str, str | None], established: bool
) -> None:
    report = judged(data, pages)
    assert verdict(report) == expected
    assert report.issuer.established is established


def test_a_key_that_did_not_sign_is_not_said_to_be_good() -> None:
    report = judged(by_web(kid=KID).rpartition(b".")[0] + b".AAAA", {PROFILE_URL: LISTED})
    assert verdict(report) == ("invalid", "signature-wrong")
    assert check(report, "key").result is CheckResult.NOT_APPLICABLE
    assert check(report, "issuer").code == "not-proven"


def test_the_time_a_token_says_it_was_made_counts_for_its_key() -> None:
    claims = compact.parse(openbadges.sign(WEB, KEY, suite="vc-jwt")).claims
    late = compact.sign({**claims, "iat": 1_770_000_000}, RSA, {"kid": KID})
    assert verdict(judged(late, {PROFILE_URL: ending("2025-01-01T00:00:00Z")})) == ("invalid", "key-revoked")


def test_what_does_not_say_when_it_was_made_holds_until_its_key_ends() -> None:
    claims = {**compact.parse(openbadges.sign(WEB, KEY, suite="vc-jwt")).claims, "nbf": None}
    token = compact.sign({name: value for name, value in claims.items() if value is not None}, RSA, {"kid": KID})
    report = judged(token, {PROFILE_URL: ending("2026-06-01T12:00:01Z")})
    assert verdict(report) == ("valid", None)
    assert report.until == NOON + timedelta(seconds=1)
    later = judged(token, {PROFILE_URL: ending("2026-06-01T12:00:01Z")}, now=NOON + timedelta(seconds=1))
    assert verdict(later) == ("invalid", "key-revoked")
