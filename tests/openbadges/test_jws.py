"""Signed 2.0 badges: the issuer's own profile says which keys are its keys."""

from __future__ import annotations

from typing import Any

import pytest

from backpack.openbadges.identity.multibase import to_base64url
from backpack.openbadges.identity.signers import SigningKey, new_key
from backpack.openbadges.proofs import compact
from tests.openbadges import make
from tests.openbadges.issuing import (
    KEY_URL,
    LIST_URL,
    P256,
    PROFILE_URL,
    RSA,
    WEAK_PEM,
    codes,
    judged,
    signed_assertion,
    signing_issuer,
    verdict,
)

STRANGER = new_key("RSA")


def key_document(**changes: Any) -> dict[str, Any]:
    page = signing_issuer()[KEY_URL]
    assert isinstance(page, dict)
    return {**page, **changes}


def profile(**changes: Any) -> dict[str, Any]:
    return make.profile(**{"publicKey": KEY_URL, **changes})


def revoking(*entries: Any) -> dict[str, Any]:
    revoked = {
        "@context": "https://w3id.org/openbadges/v2",
        "type": "RevocationList",
        "revokedAssertions": list(entries),
    }
    return {PROFILE_URL: profile(revocationList=LIST_URL), LIST_URL: revoked}


CASES: list[tuple[str, bytes, dict[str, Any], tuple[str, str | None]]] = [
    ("good", signed_assertion(), {}, ("valid", None)),
    ("good, without creator", signed_assertion(verification={"type": "SignedBadge"}), {}, ("valid", None)),
    ("by a key of a stranger", signed_assertion(STRANGER), {}, ("invalid", "signature-wrong")),
    (
        "creator is not the issuer's",
        signed_assertion(verification={"type": "SignedBadge", "creator": "https://evil.example/k"}),
        {},
        ("invalid", "key-not-issuers"),
    ),
    ("the issuer lists no key", signed_assertion(), {PROFILE_URL: make.profile()}, ("invalid", "key-not-issuers")),
    (
        "two keys, the second signed",
        signed_assertion(verification={"type": "SignedBadge"}),
        {
            PROFILE_URL: profile(publicKey=["https://issuer.example.org/keys/0", KEY_URL]),
            "https://issuer.example.org/keys/0": key_document(publicKeyPem=STRANGER.pem()),
        },
        ("valid", None),
    ),
    (
        "key embedded in the profile",
        signed_assertion(),
        {PROFILE_URL: profile(publicKey=key_document())},
        ("valid", None),
    ),
    ("key unreachable", signed_assertion(), {KEY_URL: None}, ("unknown", "key-unreachable")),
    ("key 404", signed_assertion(), {KEY_URL: 404}, ("unknown", "key-unreachable")),
    ("key 410", signed_assertion(), {KEY_URL: 410}, ("invalid", "key-revoked")),
    ("key marked revoked", signed_assertion(), {KEY_URL: key_document(revoked=True)}, ("invalid", "key-revoked")),
    (
        "key ended before",
        signed_assertion(),
        {KEY_URL: key_document(expires="2020-01-01T00:00:00Z")},
        ("invalid", "key-revoked"),
    ),
    (
        "key with an end in words",
        signed_assertion(),
        {KEY_URL: key_document(expires="soon")},
        ("unknown", "key-unreachable"),
    ),
    ("key ended since", signed_assertion(), {KEY_URL: key_document(expires="2026-01-01T00:00:00Z")}, ("valid", None)),
    (
        "key is no PEM",
        signed_assertion(),
        {KEY_URL: key_document(publicKeyPem="hello")},
        ("unknown", "key-unreachable"),
    ),
    ("key too weak", signed_assertion(), {KEY_URL: key_document(publicKeyPem=WEAK_PEM)}, ("invalid", "key-unfit")),
    ("issuer unreachable", signed_assertion(), {PROFILE_URL: None}, ("unknown", "document-unreachable")),
    (
        "revoked by id",
        signed_assertion(),
        revoking("urn:uuid:00000000-0000-4000-8000-000000000001"),
        ("revoked", "revoked"),
    ),
    (
        "revoked by object",
        signed_assertion(),
        revoking({"id": "urn:uuid:00000000-0000-4000-8000-000000000001", "revocationReason": "error"}),
        ("revoked", "revoked"),
    ),
    (
        "another is revoked",
        signed_assertion(),
        revoking("urn:uuid:00000000-0000-4000-8000-000000000002"),
        ("valid", None),
    ),
    ("list unreachable", signed_assertion(), {**revoking(), LIST_URL: None}, ("unknown", "status-unreachable")),
    ("list is a page", signed_assertion(), {**revoking(), LIST_URL: b"<p>"}, ("unknown", "status-unusable")),
    (
        "list says nothing",
        signed_assertion(),
        {**revoking(), LIST_URL: {"type": "RevocationList"}},
        ("unknown", "status-unusable"),
    ),
    (
        "expired, list unreachable",
        signed_assertion(expires="2025-01-01T00:00:00Z"),
        {**revoking(), LIST_URL: None},
        ("expired", "expired"),
    ),
    ("PS256", signed_assertion(algorithm="PS256"), {}, ("valid", None)),
    ("RS512", signed_assertion(algorithm="RS512"), {}, ("valid", None)),
    ("ES256", signed_assertion(P256), {KEY_URL: key_document(publicKeyPem=P256.pem())}, ("valid", None)),
    ("ES256 with an RSA key", signed_assertion(P256), {}, ("invalid", "signature-wrong")),
]


@pytest.mark.parametrize(("token", "pages", "expected"), [pytest.param(*c, id=i) for i, *c in CASES])
def test_a_signed_badge(token: bytes, pages: dict[str, Any], expected: tuple[str, str | None]) -> None:
    assert verdict(judged(token, signing_issuer(**pages))) == expected


def test_the_issuer_is_established_by_its_host() -> None:
    report = judged(signed_assertion(), signing_issuer())
    assert (report.issuer.how, report.issuer.name) == ("domain", "issuer.example.org")


def test_a_reason_is_kept() -> None:
    report = judged(
        signed_assertion(),
        signing_issuer(
            **revoking({"id": "urn:uuid:00000000-0000-4000-8000-000000000001", "revocationReason": "By mistake"})
        ),
    )
    assert report.facts["revocation_reason"] == "By mistake"


def test_another_owner_of_a_listed_key_is_only_a_warning() -> None:
    report = judged(signed_assertion(), signing_issuer(**{KEY_URL: key_document(owner="https://other.example/")}))
    assert verdict(report) == ("valid", None)
    assert "key-owner" in codes(report)


def with_header(key: SigningKey = RSA, **header: Any) -> bytes:
    claims = make.assertion(
        id="urn:uuid:00000000-0000-4000-8000-000000000001", verification={"type": "SignedBadge", "creator": KEY_URL}
    )
    return compact.sign(claims, key, header)


@pytest.mark.parametrize(
    ("token", "expected"),
    [
        pytest.param(with_header(crit=["x"], x=1), ("invalid", "algorithm-not-allowed"), id="crit"),
        pytest.param(with_header(b64=False), ("invalid", "algorithm-not-allowed"), id="b64"),
        pytest.param(with_header(cty="JWT"), ("invalid", "algorithm-not-allowed"), id="a token in a token"),
        pytest.param(with_header(typ="at+jwt"), ("invalid", "algorithm-not-allowed"), id="an access token"),
        pytest.param(make.token(make.assertion(), {"alg": "none"}), ("invalid", "algorithm-not-allowed"), id="none"),
        pytest.param(make.token(make.assertion(), {"alg": "HS256"}), ("invalid", "algorithm-not-allowed"), id="HS256"),
        pytest.param(make.token(make.assertion(), {"typ": "JWT"}), ("invalid", "algorithm-not-allowed"), id="no alg"),
        pytest.param(make.token(make.assertion(), {"alg": "ES256K"}), ("unknown", "proof-unsupported"), id="ES256K"),
        pytest.param(signed_assertion() + b"AA", ("invalid", "signature-wrong"), id="longer signature"),
        pytest.param(signed_assertion() + b"=", ("invalid", "malformed"), id="padding"),
    ],
)
def test_a_token_that_proves_nothing(token: bytes, expected: tuple[str, str]) -> None:
    assert verdict(judged(token, signing_issuer())) == expected


def test_one_changed_letter() -> None:
    head, claims, signature = signed_assertion().split(b".")
    changed = to_base64url(
        make.text(
            make.assertion(id="urn:uuid:00000000-0000-4000-8000-000000000002", verification={"type": "SignedBadge"})
        )
    ).encode()
    assert claims != changed
    assert verdict(judged(b".".join((head, changed, signature)), signing_issuer())) == ("invalid", "signature-wrong")
