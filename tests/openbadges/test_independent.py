"""Somebody else's implementation accepts what we sign, refuses what is altered, and we judge what it signs alike."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

import pytest
from openvc.keys import Ed25519SigningKey, P256SigningKey
from openvc.proof.data_integrity import DataIntegrityProofSuite
from openvc.proof.ecdsa_sd import EcdsaSdProofSuite
from openvc.verify import VerificationPolicy, verify_credential
from PIL import Image
from PIL.PngImagePlugin import PngImageFile

from backpack import openbadges
from backpack.openbadges.contexts import BUNDLE, text_of
from backpack.openbadges.identity.signers import SigningKey
from backpack.openbadges.proofs import compact
from backpack.openbadges.strict_json import JSON
from tests.openbadges import make
from tests.openbadges.issuing import KEY, NOON, P256, P384, SIGNED_ON, credential, judged, signed, verdict

CONTEXTS = {url: json.loads(text_of(url)) for url in BUNDLE if url != "https://www.w3.org/ns/credentials/v2"}
POLICY = VerificationPolicy(now=NOON)
SUITES: list[tuple[str, SigningKey]] = [
    ("eddsa-rdfc-2022", KEY),
    ("eddsa-jcs-2022", KEY),
    ("ecdsa-rdfc-2019", P256),
    ("ecdsa-rdfc-2019", P384),
    ("ecdsa-jcs-2019", P256),
]
IDS = [f"{suite} {key.public.kind}" for suite, key in SUITES]


def issued_by_key(key: SigningKey, **changes: JSON) -> dict[str, JSON]:
    """A credential whose issuer is given by its id alone: what the other implementation binds keys to."""
    return credential(key, issuer=key.did(), **changes)


def accepted(badge: Any) -> bool:
    try:
        verify_credential(badge, policy=POLICY, extra_contexts=CONTEXTS)
    except Exception:  # whatever it raises is its way of saying no
        return False
    return True


@pytest.mark.parametrize(("suite", "key"), SUITES, ids=IDS)
def test_it_accepts_what_we_sign(suite: str, key: SigningKey) -> None:
    badge = signed(issued_by_key(key), key, suite=suite)
    verify_credential(badge, policy=POLICY, extra_contexts=CONTEXTS)
    assert not accepted({**badge, "name": "Doctor"})
    assert not accepted({**badge, "validUntil": "2099-01-01T00:00:00Z"})


@pytest.mark.parametrize("key", [KEY, P256], ids=["EdDSA", "ES256"])
def test_it_accepts_our_tokens(key: SigningKey) -> None:
    # It reads tokens of data model 1.1 only, whose credential stands in `vc`.
    claims_of_1_1 = {"vc": issued_by_key(key), "iss": key.did(), "nbf": 1_714_979_289}
    token = compact.sign(claims_of_1_1, key, {"typ": "JWT", "kid": key.method()}).decode()
    verify_credential(token, policy=POLICY)
    head, claims, signature = token.split(".")
    assert not accepted(".".join((head, claims[:-4] + "AAAA", signature)))


def test_we_accept_what_it_signs() -> None:
    theirs = Ed25519SigningKey.from_pem(KEY.private_bytes(), KEY.method())
    badge = DataIntegrityProofSuite().add_proof(
        issued_by_key(KEY),
        signing_key=theirs,
        verification_method=KEY.method(),
        created=SIGNED_ON,
        extra_contexts=CONTEXTS,
    )
    assert verdict(judged(badge)) == ("valid", None)
    assert verdict(judged({**badge, "name": "Doctor"})) == ("invalid", "signature-wrong")


SUBJECT: dict[str, JSON] = {
    "id": "mailto:lea@example.org",
    "type": ["AchievementSubject"],
    "role": "Pupil",
    "achievement": {
        "id": "https://issuer.example.org/achievements/1",
        "type": ["Achievement"],
        "name": "Soudure",
        "description": "Savoir souder.",
        "criteria": {"narrative": "Souder deux plaques."},
        "tag": ["metal", "fire"],
    },
}
MANDATORY = ("/issuer", "/validFrom", "/credentialSubject/achievement")


def base(unsigned: dict[str, JSON] | None = None, mandatory: tuple[str, ...] = MANDATORY) -> dict[str, Any]:
    theirs = P256SigningKey.from_pem(P256.private_bytes(), P256.method())
    return dict(
        EcdsaSdProofSuite().add_base_proof(
            unsigned or issued_by_key(P256, credentialSubject=SUBJECT, name="A name"),
            signing_key=theirs,
            verification_method=P256.method(),
            mandatory_pointers=mandatory,
            created=SIGNED_ON,
            extra_contexts=CONTEXTS,
        )
    )


def derived(*pointers: str) -> dict[str, Any]:
    return disclosed(base(), *pointers)


def disclosed(badge: dict[str, Any], *pointers: str) -> dict[str, Any]:
    """What its holder shows of a badge: the issuer's mandatory part, and these."""
    return dict(EcdsaSdProofSuite().derive_proof(badge, selective_pointers=pointers, extra_contexts=CONTEXTS))


@pytest.mark.parametrize("pointers", [(), ("/name",), ("/name", "/credentialSubject/role")])
def test_we_judge_what_a_holder_disclosed(pointers: tuple[str, ...]) -> None:
    badge = derived(*pointers)
    assert verdict(judged(badge)) == ("valid", None)
    assert ("name" in badge) is ("/name" in pointers)


def test_a_base_proof_is_for_its_holder() -> None:
    assert verdict(judged(base())) == ("unknown", "proof-not-derived")


@pytest.mark.parametrize("alter", ["name", "achievement", "proof", "value"])
def test_what_was_disclosed_cannot_be_altered(alter: str) -> None:
    badge = derived("/name")
    match alter:
        case "name":
            badge["name"] = "Doctor"
        case "achievement":
            badge["credentialSubject"]["achievement"]["description"] = "Savoir tout."
        case "proof":
            badge["proof"]["created"] = "2026-05-02T12:00:01Z"
        case _:
            badge["proof"]["proofValue"] = badge["proof"]["proofValue"][:-8]
    assert verdict(judged(badge)) == ("invalid", "signature-wrong")


SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>'


def from_png(data: bytes) -> str:
    """The badge as anybody's reader of pictures finds it: under the name that the standard gives."""
    with Image.open(io.BytesIO(data)) as picture:
        assert isinstance(picture, PngImageFile)
        return str(picture.text["openbadgecredential"])


def from_svg(data: bytes) -> str:
    found = ElementTree.fromstring(data).iter("{https://purl.imsglobal.org/ob/v3p0}credential")
    [badge] = [one.text for one in found]
    assert badge
    return badge


@pytest.mark.parametrize(("picture", "read"), [(make.png(8, 8), from_png), (SVG, from_svg)], ids=["png", "svg"])
def test_it_still_reads_the_issuers_badge_beside_a_holders_statement(
    picture: bytes, read: Callable[[bytes], str]
) -> None:
    badge = json.dumps(signed(issued_by_key(KEY), KEY)).encode()
    said = json.dumps(signed(issued_by_key(P256, name="Portfolio"), P256, suite="ecdsa-rdfc-2019")).encode()
    carrying = openbadges.add_statement(openbadges.bake(picture, badge), said)
    assert b"Portfolio" in carrying
    theirs = json.loads(read(carrying))
    assert theirs == json.loads(badge)
    verify_credential(theirs, policy=POLICY, extra_contexts=CONTEXTS)
    assert not accepted({**theirs, "name": "Portfolio"})
