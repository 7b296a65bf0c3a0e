"""Data Integrity proofs: each suite, each way to break it, several proofs, chains."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from backpack.openbadges.identity.multibase import multibase, to_base58, to_base64url
from backpack.openbadges.identity.signers import SigningKey
from backpack.openbadges.proofs import data_integrity, linked_data
from backpack.openbadges.strict_json import JSON
from tests.openbadges import make
from tests.openbadges.issuing import (
    KEY,
    NOON,
    P256,
    P384,
    SIGNED_ON,
    STRANGER,
    check,
    codes,
    credential,
    judged,
    signed,
    verdict,
)

SUITES: list[tuple[str, SigningKey]] = [
    ("eddsa-rdfc-2022", KEY),
    ("eddsa-2022", KEY),
    ("eddsa-jcs-2022", KEY),
    ("Ed25519Signature2020", KEY),
    ("ecdsa-rdfc-2019", P256),
    ("ecdsa-rdfc-2019", P384),
    ("ecdsa-jcs-2019", P256),
    ("ecdsa-jcs-2019", P384),
]
IDS = [f"{suite} {key.public.kind}" for suite, key in SUITES]


def proof(document: dict[str, JSON], **changes: Any) -> dict[str, Any]:
    """The document with its proof changed; None takes a member out."""
    said = document["proof"]
    assert isinstance(said, dict)
    return {**document, "proof": {n: v for n, v in {**said, **changes}.items() if v is not None}}


@pytest.mark.parametrize(("suite", "key"), SUITES, ids=IDS)
def test_each_suite_holds(suite: str, key: SigningKey) -> None:
    report = judged(signed(None, key, suite=suite))
    assert verdict(report) == ("valid", None)
    assert not report.issuer.established, "anybody can make a did:key"


@pytest.mark.parametrize(("suite", "key"), SUITES, ids=IDS)
@pytest.mark.parametrize(
    "tamper",
    [
        lambda d: {**d, "name": "Doctor"},
        lambda d: {**d, "validUntil": "2099-01-01T00:00:00Z"},
        lambda d: {**d, "credentialSubject": {**d["credentialSubject"], "id": "mailto:eve@example.org"}},
        lambda d: proof(d, created="2026-05-02T12:00:01Z"),
        lambda d: proof(d, created=None),
    ],
    ids=["a name", "a later end", "another person", "another date of signing", "no date of signing"],
)
def test_each_suite_notices(suite: str, key: SigningKey, tamper: Callable[[Any], dict[str, JSON]]) -> None:
    assert verdict(judged(tamper(signed(None, key, suite=suite)))) == ("invalid", "signature-wrong")


CONTEXTS: list[Any] = make.credential()["@context"]  # type: ignore[assignment]
GOOD = signed()
VALUE = GOOD["proof"]["proofValue"]  # type: ignore[index, call-overload]
CASES: list[tuple[str, dict[str, JSON], tuple[str, str]]] = [
    ("no proof", credential(), ("invalid", "no-proof")),
    ("an empty list of proofs", {**GOOD, "proof": []}, ("invalid", "no-proof")),
    ("a proof that is a word", {**GOOD, "proof": "x"}, ("invalid", "malformed")),
    ("purpose", proof(GOOD, proofPurpose="authentication"), ("invalid", "proof-purpose")),
    ("no purpose", proof(GOOD, proofPurpose=None), ("invalid", "proof-purpose")),
    ("no value", proof(GOOD, proofValue=None), ("invalid", "malformed")),
    ("no method", proof(GOOD, verificationMethod=None), ("invalid", "malformed")),
    ("no cryptosuite", proof(GOOD, cryptosuite=None), ("invalid", "malformed")),
    ("created without zone", proof(GOOD, created="2026-05-02T12:00:00"), ("invalid", "malformed")),
    ("expires without sense", proof(GOOD, expires="soon"), ("invalid", "malformed")),
    (
        "another multibase",
        proof(GOOD, proofValue="u" + to_base64url(multibase(str(VALUE)))),
        ("invalid", "signature-wrong"),
    ),
    ("no multibase", proof(GOOD, proofValue=str(VALUE)[1:]), ("invalid", "signature-wrong")),
    ("a short value", proof(GOOD, proofValue=str(VALUE)[:-2]), ("invalid", "signature-wrong")),
    ("an unknown suite", proof(GOOD, cryptosuite="moon-2031"), ("unknown", "proof-unsupported")),
    ("bbs-2023", proof(GOOD, cryptosuite="bbs-2023"), ("unknown", "proof-unsupported")),
    ("an old kind of proof", proof(GOOD, type="RsaSignature2018"), ("unknown", "proof-unsupported")),
    ("a suite for other keys", proof(GOOD, cryptosuite="ecdsa-rdfc-2019"), ("invalid", "signature-wrong")),
    (
        "a context we do not know",
        {**GOOD, "@context": [*CONTEXTS, "https://evil.example/v1"]},
        ("unknown", "unknown-context"),
    ),
    (
        "jcs, a context we do not know",
        signed(
            credential(**{"@context": [*CONTEXTS, "https://evil.example/v1"]}),
            suite="eddsa-jcs-2022",
        ),
        ("unknown", "unknown-context"),
    ),
    (
        "jcs, contexts that fight",
        signed(
            credential(
                **{
                    "@context": [
                        "https://www.w3.org/ns/credentials/v2",
                        "https://purl.imsglobal.org/spec/ob/v3p0/context.json",
                    ]
                }
            ),
            suite="eddsa-jcs-2022",
        ),
        ("invalid", "malformed"),
    ),
    ("jcs, one more member", {**signed(suite="eddsa-jcs-2022"), "grade": "A"}, ("invalid", "signature-wrong")),
    ("no issuer", {n: v for n, v in GOOD.items() if n != "issuer"}, ("invalid", "malformed")),
    ("an id that is none", {**GOOD, "id": "x"}, ("invalid", "malformed")),
    ("proof expired", signed(expires="2026-05-20T00:00:00Z"), ("expired", "expired")),
]


@pytest.mark.parametrize(("document", "expected"), [pytest.param(d, e, id=i) for i, d, e in CASES])
def test_a_proof_that_does_not_prove(document: dict[str, JSON], expected: tuple[str, str]) -> None:
    assert verdict(judged(document)) == expected


def test_what_is_not_signed_is_said_and_not_shown() -> None:
    report = judged(
        {**GOOD, "awardedGrade": "A+", "evidence": [{"id": "cv.html", "type": ["Evidence"], "name": "Mine"}]}
    )
    assert verdict(report) == ("valid", None)
    assert check(report, "terms").code == "unsigned-terms"
    assert report.credential.evidence == ()
    assert "awardedGrade" not in report.credential.extensions


def test_order_and_spacing_are_no_tampering() -> None:
    reordered = dict(reversed(GOOD.items()))
    assert verdict(judged(json.dumps(reordered, indent=7).encode())) == ("valid", None)


def test_the_other_state_of_the_context_is_tried_for_its_terms() -> None:
    token = make.token(make.credential()).decode()
    document = credential(endorsementJwt=[token])
    forms = linked_data.read(document, jwt_terms=True)
    options = {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-rdfc-2022",
        "verificationMethod": KEY.method(),
        "proofPurpose": "assertionMethod",
    }
    configuration = linked_data.read({"@context": document["@context"], **options}, jwt_terms=True)
    data = data_integrity.canonical_hash(configuration) + data_integrity.canonical_hash(forms)
    value = "z" + to_base58(KEY.sign(data))
    report = judged({**document, "proof": {**options, "proofValue": value}})
    assert verdict(report) == ("valid", None)
    assert check(report, "terms").result.value == "passed"


SECOND = data_integrity.sign(GOOD, KEY, created=SIGNED_ON + timedelta(days=1))
BY_STRANGER = data_integrity.sign(credential(), STRANGER, created=SIGNED_ON)["proof"]


def with_proofs(*proofs: JSON) -> dict[str, JSON]:
    return {**GOOD, "proof": list(proofs)}


@pytest.mark.parametrize(
    ("document", "expected", "warned"),
    [
        pytest.param(SECOND, ("valid", None), False, id="two good ones"),
        pytest.param(
            with_proofs(GOOD["proof"], proof(GOOD, created=None)["proof"]),
            ("valid", None),
            True,
            id="a wrong one beside",
        ),
        pytest.param(
            with_proofs(proof(GOOD, created=None)["proof"], GOOD["proof"]),
            ("valid", None),
            True,
            id="a wrong one before",
        ),
        pytest.param(with_proofs(BY_STRANGER, GOOD["proof"]), ("valid", None), True, id="a stranger's beside"),
        pytest.param(with_proofs(BY_STRANGER), ("invalid", "key-not-issuers"), False, id="a stranger's alone"),
        pytest.param(
            with_proofs(proof(GOOD, cryptosuite="moon-2031")["proof"], proof(GOOD, created=None)["proof"]),
            ("invalid", "signature-wrong"),
            True,
            id="unknown and wrong",
        ),
    ],
)
def test_one_good_proof_is_enough(document: dict[str, JSON], expected: tuple[str, str | None], warned: bool) -> None:
    report = judged(document)
    assert verdict(report) == expected
    assert ("bad-extra-proof" in codes(report)) is warned


def chained(previous: JSON, first: JSON) -> dict[str, JSON]:
    """A second proof made over the document with the first in it."""
    document = credential()
    options: dict[str, JSON] = {
        "@context": document["@context"],
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-jcs-2022",
        "verificationMethod": KEY.method(),
        "proofPurpose": "assertionMethod",
        "previousProof": previous,
    }
    data = data_integrity._signed_bytes(options, "eddsa-jcs-2022", {**document, "proof": [first]}, "sha256")
    return {**document, "proof": [first, {**options, "proofValue": "z" + to_base58(KEY.sign(data))}]}


def test_a_chain_of_proofs_holds_only_whole() -> None:
    first = data_integrity.sign(credential(), KEY, created=SIGNED_ON, suite="eddsa-jcs-2022", id="urn:proof:1")["proof"]
    whole = judged(chained("urn:proof:1", first))
    assert "bad-extra-proof" not in codes(whole)
    assert verdict(whole) == ("valid", None)
    assert "bad-extra-proof" in codes(judged(chained("urn:proof:2", first)))
    assert isinstance(first, dict)
    assert verdict(judged(chained("urn:proof:1", {**first, "created": "2020-01-01T00:00:00Z"}))) == (
        "invalid",
        "signature-wrong",
    )


def test_a_proof_that_circles_ends() -> None:
    circling = proof(GOOD, id="urn:proof:1", previousProof="urn:proof:1")
    assert verdict(judged(circling)) == ("invalid", "signature-wrong")


def test_poison_in_a_credential_ends_in_a_verdict() -> None:
    nodes: list[JSON] = [
        {"id": f"_:n{a}", "urn:p": [{"id": f"_:n{b}"} for b in range(12) if b != a]} for a in range(12)
    ]
    context = [*CONTEXTS, {"urn:p": {"@id": "urn:p"}, "knot": "urn:knot"}]
    assert verdict(judged({**GOOD, "@context": context, "knot": nodes})) == ("invalid", "malformed")


def test_now_must_have_its_zone() -> None:
    with pytest.raises(ValueError, match="time zone"):
        judged(GOOD, now=NOON.replace(tzinfo=None))
