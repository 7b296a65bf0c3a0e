"""A holder's statement is a good credential of its own, whatever generation the badge is that it is about."""

from __future__ import annotations

import json
from typing import Any

import pytest

from backpack import openbadges
from backpack.openbadges.report import Outcome
from backpack.openbadges.statements import Piece, portfolio, read_statement
from backpack.openbadges.strict_json import JSON
from tests.openbadges import issuing, make

HASHED: JSON = {"type": "email", "hashed": True, "identity": "sha256$" + "0" * 64, "salt": "sel"}
BY_TELEPHONE: JSON = {"type": "telephone", "hashed": False, "identity": "+33 2 00 00 00 00"}


def by_identifier() -> dict[str, JSON]:
    """A badge of 3.0 that names its holder by a hashed address alone."""
    plain: dict[str, Any] = issuing.credential()
    subject = {name: value for name, value in plain["credentialSubject"].items() if name != "id"}
    said: JSON = {
        "type": "IdentityObject",
        "hashed": True,
        "identityHash": "sha256$" + "0" * 64,
        "identityType": "emailAddress",
    }
    return issuing.signed({**plain, "credentialSubject": {**subject, "identifier": [said]}})


@pytest.mark.parametrize(
    ("badge", "named"),
    [
        pytest.param(issuing.signed(), {"id"}, id="3.0, by id"),
        pytest.param(by_identifier(), {"identifier"}, id="3.0, by identifier"),
        pytest.param(make.assertion(), {"identifier"}, id="2.0, in clear"),
        pytest.param(make.assertion(recipient=HASHED), {"identifier"}, id="2.0, hashed"),
        pytest.param(make.assertion(recipient=BY_TELEPHONE), {"id"}, id="2.0, in a way that 3.0 has no word for"),
    ],
)
def test_it_is_about_the_holder_as_the_issuer_named_them(badge: dict[str, Any], named: set[str]) -> None:
    held = openbadges.read_payload(json.dumps(badge).encode())
    issuer: dict[str, JSON] = {"id": issuing.KEY.did(), "type": ["Profile"], "name": "Backpack"}
    pieces = [Piece(name="Plan", digest=b"\1" * 32, genre="Document"), Piece(name="Page", url="https://a.example/x")]
    id_ = "urn:uuid:0b1f4f0e-6c3c-4f3b-9a5e-1f1f1f1f1f1f"
    document = portfolio(held, pieces, id_=id_, name="Portfolio", story="", issuer=issuer, now=issuing.NOON)
    subject: Any = document["credentialSubject"]
    assert {"id", "identifier"} & set(subject) == named
    if badge.get("recipient") == HASHED:
        [said] = subject["identifier"]
        assert (said["identityHash"], said["salt"], said["hashed"]) == ("sha256$" + "0" * 64, "sel", True)
    payload = openbadges.sign(document, issuing.KEY, created=issuing.SIGNED_ON)
    report = issuing.judged(payload)
    assert report.outcome is Outcome.VALID, report
    assert read_statement(payload, held.payload).is_about_it
    assert not read_statement(payload, held.payload + b" ").is_about_it
