"""Keys in every form they are published in; weak, private and foreign ones."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import given
from hypothesis import strategies as st

from backpack.openbadges.identity import dids, keys
from backpack.openbadges.identity.multibase import base58, base64url, multibase, to_base58, to_base64url
from backpack.openbadges.identity.signers import SigningKey, new_key
from backpack.openbadges.strict_json import JSON
from tests.openbadges.issuing import KEY, P256, P384, RSA


@given(st.binary(max_size=80))
def test_base58_and_base64url_come_back(data: bytes) -> None:
    assert base58(to_base58(data)) == data
    assert base64url(to_base64url(data)) == data
    assert multibase("z" + to_base58(data)) == data


@pytest.mark.parametrize("text", ["Zm8=", "Zm9", "Zm8 ", "Zm+v", "Zm/v", "Z"])
def test_base64url_is_read_in_one_way_only(text: str) -> None:
    assert base64url("Zm8") == b"fo"
    with pytest.raises(ValueError, match="base64url"):
        base64url(text)


@pytest.mark.parametrize("text", ["0OIl", "z" * 2000, "é"])
def test_base58_refuses_other_letters_and_great_lengths(text: str) -> None:
    with pytest.raises(ValueError, match="base58"):
        base58(text)


@pytest.mark.parametrize("key", [KEY, P256, P384, RSA], ids=["Ed25519", "P-256", "P-384", "RSA"])
def test_a_key_is_the_same_in_every_form(key: SigningKey) -> None:
    assert keys.from_jwk(key.public.jwk()) == key.public
    assert keys.from_pem(key.pem()) == key.public
    if key is not RSA:
        assert keys.from_multikey(key.public.multikey()) == key.public
        assert dids.own_key(key.did()) == key.public


def did_jwk(key: SigningKey) -> str:
    return "did:jwk:" + to_base64url(json.dumps(key.public.jwk()).encode())


SECP256K1: dict[str, JSON] = {"kty": "EC", "crv": "secp256k1", "x": "AA", "y": "AA"}
UNFIT: list[tuple[str, Callable[[], Any]]] = [
    ("RSA of 1024 bits", lambda: keys.fit(rsa.generate_private_key(65537, 1024).public_key())),
    ("RSA with exponent 3", lambda: keys.fit(rsa.generate_private_key(3, 2048).public_key())),
    ("a JWK that shows its private half", lambda: keys.from_jwk({**KEY.public.jwk(), "d": "AAAA"})),
    ("a JWK without its point", lambda: keys.from_jwk({"kty": "OKP", "crv": "Ed25519"})),
    ("a point that is not on the curve", lambda: keys.from_jwk({"kty": "EC", "crv": "P-256", "x": "AQ", "y": "AQ"})),
    ("no JWK", lambda: keys.from_jwk("x")),
    ("another multibase", lambda: keys.from_multikey("m" + "A" * 40)),
    ("a key agreement key", lambda: keys.from_multikey("z" + to_base58(b"\xec\x01" + bytes(32)))),
    ("a short key", lambda: keys.from_multikey("z" + to_base58(b"\xed\x01" + bytes(31)))),
    ("an uncompressed point", lambda: keys.from_multikey("z" + to_base58(b"\x80\x24\x04" + bytes(64)))),
    ("no PEM", lambda: keys.from_pem("hello")),
]


@pytest.mark.parametrize("read", [pytest.param(read, id=id_) for id_, read in UNFIT])
def test_what_is_no_fit_key_is_refused(read: Callable[[], Any]) -> None:
    with pytest.raises(keys.KeyUnfit):
        read()


@pytest.mark.parametrize(
    "read",
    [
        lambda: keys.from_jwk(SECP256K1),
        lambda: keys.from_multikey("z" + to_base58(b"\xe7\x01" + bytes(33))),
        lambda: keys.fit(ec.generate_private_key(ec.SECP521R1()).public_key()),
    ],
    ids=["secp256k1 JWK", "secp256k1 multikey", "P-521"],
)
def test_legitimate_keys_we_cannot_use_are_named(read: Callable[[], Any]) -> None:
    with pytest.raises(keys.KeyUnsupported):
        read()


@pytest.mark.parametrize(
    ("key", "algorithm", "holds"),
    [
        (KEY, "EdDSA", True),
        (KEY, "ES256", False),
        (P256, "ES256", True),
        (P256, "ES384", False),
        (P384, "ES384", True),
        (RSA, "RS256", True),
        (RSA, "PS512", True),
        (RSA, "HS256", False),
        (RSA, "none", False),
    ],
)
def test_the_key_says_which_algorithm_counts(key: SigningKey, algorithm: str, holds: bool) -> None:
    allowed = algorithm in keys.ALGORITHMS[key.public.kind]
    signature = key.sign(b"message", algorithm if allowed else None)
    assert key.public.verify(signature, b"message", algorithm) is holds
    assert not key.public.verify(signature, b"another", algorithm)


@pytest.mark.parametrize("kind", ["Ed25519", "P-256", "P-384", "RSA"])
def test_new_keys_are_fit(kind: keys.Kind) -> None:
    assert new_key(kind).public.kind == kind


DIDS: list[tuple[str, str | None]] = [
    ("did:web:issuer.example.org", "https://issuer.example.org/.well-known/did.json"),
    ("did:web:issuer.example.org:a:b", "https://issuer.example.org/a/b/did.json"),
    ("did:web:issuer.example.org%3A8443", "https://issuer.example.org:8443/.well-known/did.json"),
    ("did:web:ISSUER.example.org", "https://issuer.example.org/.well-known/did.json"),
    ("did:web:issuer.example.org:..:x", None),
    ("did:web:issuer.example.org:%2e%2e", None),
    ("did:web:issuer.example.org:a%2Fb", None),
    ("did:web:evil.example%2F@issuer.example.org", None),
    ("did:web:user%40issuer.example.org", None),
    ("did:web:issuer.example.org%3A0", None),
    ("did:web:issuer.example.org%3A99999", None),
    ("did:web:", None),
    ("did:key:z6Mk", None),
]


@pytest.mark.parametrize(("did", "address"), DIDS)
def test_a_did_web_stands_at_one_address_or_at_none(did: str, address: str | None) -> None:
    assert dids.web_address(did) == address


def test_the_key_of_a_did_jwk() -> None:
    assert dids.own_key(did_jwk(P256)) == P256.public


@pytest.mark.parametrize("value", [None, 5, [], {"kty": "oct", "k": "AAAA"}])
def test_no_value_of_a_jwk_raises_anything_else(value: JSON) -> None:
    with pytest.raises((keys.KeyUnfit, keys.KeyUnsupported)):
        keys.from_jwk(value)
