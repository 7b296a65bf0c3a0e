"""Issuers made by code: what they sign, and what their addresses answer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from backpack import openbadges
from backpack.openbadges.identity.signers import SigningKey, ed25519_key, new_key
from backpack.openbadges.policy import Policy
from backpack.openbadges.proofs import data_integrity, jws
from backpack.openbadges.recorded import RecordedDocuments
from backpack.openbadges.report import Check, Report
from backpack.openbadges.status import bitstring
from backpack.openbadges.strict_json import JSON
from tests.openbadges import make

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
SIGNED_ON = NOON - timedelta(days=30)
KEY = ed25519_key(b"issuer key for the tests, 32 b..")
STRANGER = ed25519_key(b"another key, of nobody we know..")
RSA = new_key("RSA")
# The same in every process: what one found, another can try again.
P256 = SigningKey(ec.derive_private_key(0xBAD6E, ec.SECP256R1()))
P384 = SigningKey(ec.derive_private_key(0xBAD6E, ec.SECP384R1()))
PROFILE_URL = "https://issuer.example.org/profile"
CLASS_URL = "https://issuer.example.org/classes/1"
IMAGE_URL = "https://issuer.example.org/badge.png"
KEY_URL = "https://issuer.example.org/keys/1"
LIST_URL = "https://issuer.example.org/revocations"
STATUS_URL = "https://issuer.example.org/status/1"
DI_CONTEXT = "https://w3id.org/security/data-integrity/v2"

WEAK_PEM = """-----BEGIN PUBLIC KEY-----
MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDR78Z3IxYOQkEb9q+RmWPEdkt4
7nuPXOP0QDWI3rpDtgqv59m6g7Npul0/7hO2bDIxQn3uf1y5jGd5irXM733XNIi8
ovtr2U0D3pAYYjMhl/KfK7k2iq9eTYwz/LD8Ub8m65+OPEcTVzIHGdGY6Ytk9+PV
uqJpwBi+M6ar5eIxBwIDAQAB
-----END PUBLIC KEY-----
"""
"""An RSA key of 1024 bits."""

Answers = dict[str, dict[str, Any]]


def answers(pages: Mapping[str, JSON | bytes | int | None]) -> Answers:
    """What each address answers: JSON, bytes, a status alone, or nothing (None)."""
    made: Answers = {}
    for url, page in pages.items():
        if page is None:
            made[url] = {"error": "timeout"}
        elif isinstance(page, int):
            made[url] = {"status": page, "body": ""}
        else:
            body = page.decode() if isinstance(page, bytes) else json.dumps(page)
            made[url] = {"status": 200, "headers": {"Content-Type": "application/json"}, "body": body}
    return made


def documents(pages: Mapping[str, JSON | bytes | int | None], now: datetime = NOON) -> RecordedDocuments:
    return RecordedDocuments(answers(pages), now)


def hosted(**changes: Any) -> dict[str, JSON | bytes | int | None]:
    """A hosted 2.0 badge at its issuer; `assertion`, `badge_class`, `profile` replace what an address answers."""
    return {
        make.ASSERTION_URL: changes.get("assertion", make.assertion()),
        CLASS_URL: changes.get("badge_class", make.badge_class()),
        PROFILE_URL: changes.get("profile", make.profile()),
        IMAGE_URL: b"a picture",
    }


def judged(
    payload: bytes | dict[str, JSON],
    pages: Mapping[str, JSON | bytes | int | None] | None = None,
    *,
    now: datetime = NOON,
    recipients: tuple[str, ...] = (),
    policy: Policy | None = None,
    proven: Any = None,
) -> Report:
    """The verdict on a badge, from what these addresses answer."""
    data = payload if isinstance(payload, bytes) else make.text(payload)
    credential = openbadges.read_payload(data)
    more = {} if proven is None else {"proven": proven}
    return openbadges.verify(credential, documents(pages or {}, now), now, recipients=recipients, policy=policy, **more)


def verdict(report: Report) -> tuple[str, str | None]:
    return report.outcome.value, report.reason


def check(report: Report, id_: str) -> Check:
    """The first answer to a question."""
    return next(one for one in report.checks if one.id == id_)


def codes(report: Report) -> set[str]:
    return {one.code for one in report.checks if one.code}


def credential(key: SigningKey = KEY, /, **changes: Any) -> dict[str, JSON]:
    """A 3.0 credential issued by the did:key of this key, unsigned."""
    issuer: dict[str, Any] = {
        "id": key.did(),
        "type": ["Profile"],
        "name": "Exemple",
        "url": "https://issuer.example.org",
    }
    return make.credential(**{"issuer": issuer, "id": "urn:uuid:00000000-0000-4000-8000-000000000001", **changes})


def signed(
    document: dict[str, JSON] | None = None,
    key: SigningKey = KEY,
    *,
    suite: str | None = None,
    method: str | None = None,
    **more: Any,
) -> dict[str, JSON]:
    """A credential with a Data Integrity proof."""
    unsigned = credential(key) if document is None else document
    return data_integrity.sign(unsigned, key, created=SIGNED_ON, suite=suite, method=method, **more)


def controller_document(
    key: SigningKey, *, id_: str = PROFILE_URL, name: str = "key-1", controller: str | None = None, **changes: Any
) -> dict[str, JSON]:
    """A document that lists this key for assertions."""
    method: JSON = {
        "id": f"{id_}#{name}",
        "type": "Multikey",
        "controller": controller or id_,
        "publicKeyMultibase": key.public.multikey(),
    }
    document: dict[str, JSON] = {"id": id_, "verificationMethod": [method], "assertionMethod": [f"{id_}#{name}"]}
    return {name: value for name, value in {**document, **changes}.items() if value is not None}


def signed_assertion(key: SigningKey = RSA, algorithm: str | None = None, **changes: Any) -> bytes:
    """A 2.0 badge in a JWS."""
    verification: JSON = {"type": "SignedBadge", "creator": KEY_URL}
    document = make.assertion(
        **{"id": "urn:uuid:00000000-0000-4000-8000-000000000001", "verification": verification, **changes}
    )
    return openbadges.sign(document, key, suite="jws") if algorithm is None else _jws(document, key, algorithm)


def _jws(document: dict[str, JSON], key: SigningKey, algorithm: str) -> bytes:
    return jws.sign(document, key, algorithm=algorithm)


def signing_issuer(key: SigningKey = RSA, /, **changes: Any) -> dict[str, JSON | bytes | int | None]:
    """What the addresses of an issuer of signed 2.0 badges answer."""
    key_document: JSON = {
        "@context": "https://w3id.org/openbadges/v2",
        "id": KEY_URL,
        "type": "CryptographicKey",
        "owner": PROFILE_URL,
        "publicKeyPem": key.pem(),
    }
    pages = hosted(profile=make.profile(publicKey=KEY_URL))
    return {**pages, KEY_URL: key_document, **changes}


def status_list(
    set_: Mapping[int, bool] | None = None, *, key: SigningKey = KEY, purpose: JSON = "revocation", **changes: Any
) -> dict[str, JSON]:
    """A signed bitstring status list; `encodedList` may be given."""
    subject: dict[str, JSON] = {
        "id": f"{STATUS_URL}#list",
        "type": "BitstringStatusList",
        "statusPurpose": purpose,
        "encodedList": changes.pop("encodedList", None) or bitstring.encoded(bitstring.list_of(set_)),
    }
    document: dict[str, JSON] = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "id": STATUS_URL,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": key.did(),
        "validFrom": "2024-01-01T00:00:00Z",
        "credentialSubject": subject,
        **changes,
    }
    return signed(document, key)


def status_entry(index: JSON = "7", purpose: str = "revocation", **changes: Any) -> dict[str, JSON]:
    return {
        "id": f"{STATUS_URL}#{index}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": purpose,
        "statusListIndex": index,
        "statusListCredential": STATUS_URL,
        **changes,
    }
