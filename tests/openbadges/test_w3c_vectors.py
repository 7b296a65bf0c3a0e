"""The test vectors of the W3C's recommendations: one example credential, signed by other hands in every suite.

Keys and values are those of the appendices "Test Vectors" of Data Integrity EdDSA Cryptosuites 1.0 and Data Integrity
ECDSA Cryptosuites 1.0 (W3C Software and Document License).
"""

from __future__ import annotations

import pytest

from backpack.openbadges.strict_json import JSON
from tests.openbadges.issuing import judged, verdict

ISSUER = "https://vc.example/issuers/5678"
CONTEXTS: list[JSON] = ["https://www.w3.org/ns/credentials/v2", "https://www.w3.org/ns/credentials/examples/v2"]
ED25519 = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"
P256 = "zDnaepBuvsQ8cpsWrVKw8fbpGpvPeNSjVPTWoq6cRqaYzBKVP"
P384 = "z82LkuBieyGShVBhvtE2zoiD6Kma4tJGFtkAhxR5pfkp5QPw4LutoYWhvQCnGjdVn14kujQ"
VECTORS: list[tuple[str, str, str]] = [
    (
        "eddsa-rdfc-2022",
        ED25519,
        "z2YwC8z3ap7yx1nZYCg4L3j3ApHsF8kgPdSb5xoS1VR7vPG3F561B52hYnQF9iseabecm3ijx4K1FBTQsCZahKZme",
    ),
    (
        "eddsa-jcs-2022",
        ED25519,
        "z2HnFSSPPBzR36zdDgK8PbEHeXbR56YF24jwMpt3R1eHXQzJDMWS93FCzpvJpwTWd3GAVFuUfjoJdcnTMuVor51aX",
    ),
    (
        "Ed25519Signature2020",
        ED25519,
        "z57Mm1vboMtZiCyJ4aReZsv8co4Re64Y8GEjL1ZARzMbXZgkARFLqFs1P345NpPGG2hgCrS4nNdvJhpwnrNyG3kEF",
    ),
    (
        "ecdsa-rdfc-2019",
        P256,
        "zaHXrr7AQdydBk3ahpCDpWbxfLokDqmCToYm2dyWvpcFVyWooC2he63w1f7UNQoAMKdhaRtcnaE2KTo5o5vTCcfw",
    ),
    (
        "ecdsa-rdfc-2019",
        P384,
        "z967Mvv5bxtmLNqTzPZ8KmJjFmFXaAKeQNzq7GWnQkMcLtaGSSmuozE5WtJ8PipMe178B1tE28K1vsJur9bGVJhz6jgSJsRHFSQeqgH8hhjcg"
        "8gZDFJC1b9FsR5ggNmDBqHv",
    ),
    (
        "ecdsa-jcs-2019",
        P256,
        "z5ptCet75SaEgzG4v4zJhbJtfNi74Wv7Fq15hhKouJQQjEPQvPZKaYxcMXAMLPQS2FXrkCWokNJkFVkwxNzZfD5oT",
    ),
    (
        "ecdsa-jcs-2019",
        P384,
        "zq3EuTeLiGurmB2JR5oL8oWEsT7u2tba4HT1oZbiMYWc5qzsoW2kLYcBcF4HM5vCpJyTkceULKrVXuJQkXeN5seL4uXrFNFRMm53GWy1Yrto8r"
        "TWxZi9DkNeWP7yUPs7ELAm",
    ),
]
IDS = [f"{suite} {key[:4]}" for suite, key, _ in VECTORS]


def alumni(suite: str, key: str, value: str) -> dict[str, JSON]:
    """The example as it was signed."""
    own = suite == "Ed25519Signature2020"
    contexts = [*CONTEXTS, "https://w3id.org/security/suites/ed25519-2020/v1"] if own else CONTEXTS
    named: dict[str, JSON] = {"type": suite} if own else {"type": "DataIntegrityProof", "cryptosuite": suite}
    repeated: dict[str, JSON] = {"@context": contexts} if "-jcs-" in suite else {}
    return {
        "@context": contexts,
        "id": "urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33",
        "type": ["VerifiableCredential", "AlumniCredential"],
        "name": "Alumni Credential",
        "description": "A minimum viable example of an Alumni Credential.",
        "issuer": ISSUER,
        "validFrom": "2023-01-01T00:00:00Z",
        "credentialSubject": {"id": "did:example:abcdefgh", "alumniOf": "The School of Examples"},
        "proof": {
            **named,
            **repeated,
            "created": "2023-02-24T23:36:38Z",
            "verificationMethod": f"did:key:{key}#{key}",
            "proofPurpose": "assertionMethod",
            "proofValue": value,
        },
    }


def issuer(key: str) -> dict[str, JSON]:
    """What the issuer's address would answer, were it in the world: that the key is its own."""
    method: JSON = {
        "id": f"did:key:{key}#{key}",
        "type": "Multikey",
        "controller": ISSUER,
        "publicKeyMultibase": key,
    }
    return {"id": ISSUER, "verificationMethod": [method], "assertionMethod": [f"did:key:{key}#{key}"]}


@pytest.mark.parametrize(("suite", "key", "value"), VECTORS, ids=IDS)
def test_a_vector_holds(suite: str, key: str, value: str) -> None:
    report = judged(alumni(suite, key, value), {ISSUER: issuer(key)})
    assert verdict(report) == ("valid", None)
    assert report.issuer.name == "vc.example"


@pytest.mark.parametrize(("suite", "key", "value"), VECTORS, ids=IDS)
@pytest.mark.parametrize(
    "changes",
    [{"name": "Alumni credential"}, {"validFrom": "2023-01-01T00:00:01Z"}],
    ids=["one letter", "one second"],
)
def test_an_altered_vector_does_not(suite: str, key: str, value: str, changes: dict[str, JSON]) -> None:
    report = judged({**alumni(suite, key, value), **changes}, {ISSUER: issuer(key)})
    assert verdict(report) == ("invalid", "signature-wrong")
