"""Signed badges whose verdict is known: however their bytes are changed, none may become good, or say something else.

What was signed may be written otherwise (`tests/openbadges/test_plain_terms.py`). So a verdict is held against what a
good badge says: its id is that of one which is good, and what is shown of it is what its issuer signed.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from backpack import openbadges
from backpack.openbadges.model import Credential
from backpack.openbadges.report import Outcome, Report
from backpack.openbadges.strict_json import JSON
from backpack.openbadges.versions.shapes import many
from tests.openbadges import issuing, make, test_independent

SUITES = ("eddsa-rdfc-2022", "eddsa-jcs-2022", "Ed25519Signature2020", "ecdsa-sd-2023", "vc-jwt", "jws")
_OVER = "2026-05-15T00:00:00Z"
_REVOCATIONS_2 = "https://issuer.example.org/revoked"
ENDS: tuple[tuple[dict[str, JSON], Outcome], ...] = (
    ({}, Outcome.VALID),
    ({"credentialStatus": issuing.status_entry("8")}, Outcome.VALID),
    ({"validUntil": _OVER}, Outcome.EXPIRED),
    ({"credentialStatus": issuing.status_entry("7")}, Outcome.REVOKED),
    ({"credentialStatus": [issuing.status_entry("8"), issuing.status_entry("9", "suspension")]}, Outcome.REVOKED),
    (
        {
            "@context": [
                *many(make.credential()["@context"]),
                "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json",
            ],
            "credentialStatus": {"id": issuing.LIST_URL, "type": "1EdTechRevocationList"},
        },
        Outcome.REVOKED,
    ),
)
_SHOWN = ("/issuer", "/validFrom", "/validUntil", "/credentialStatus", "/credentialSubject")


class Deceived(Exception):
    """Whoever holds a badge made its verdict better than its issuer left it."""


@cache
def badges() -> dict[str, tuple[bytes, Outcome]]:
    """By their ids: badges that are good, expired, revoked or suspended, by every kind of proof, and their verdicts."""
    made: dict[str, tuple[bytes, Outcome]] = {}
    for end, (changes, outcome) in enumerate(ENDS):
        for suite in SUITES:
            if suite != "jws" or end in _IN_JWS:
                id_ = _id(end, suite)
                made[id_] = (_signed(suite, id=id_, **(_IN_JWS[end] if suite == "jws" else changes)), outcome)
    record = {**make.learner_record(*(_member(payload) for payload, _ in made.values())), "issuer": _ISSUER}
    made[_RECORD] = (make.text(issuing.signed({**record, "id": _RECORD, "name": "A record"})), Outcome.VALID)
    # The list is a credential too.
    made[issuing.STATUS_URL] = (make.text(_status_list()), Outcome.VALID)
    return made


# What ends a badge of 2.0: its own end, and its issuer's list.
_IN_JWS: dict[int, dict[str, JSON]] = {0: {}, 2: {"expires": _OVER}, 5: {}}


_RECORD = "urn:uuid:00000099-0000-4000-8000-000000000000"
_ISSUER: JSON = {"id": issuing.KEY.did(), "type": ["Profile"], "name": "Exemple"}


def _member(payload: bytes) -> JSON:
    return json.loads(payload) if payload.startswith(b"{") else payload.decode()


def _id(end: int, suite: str) -> str:
    return f"urn:uuid:{end:08d}-0000-4000-8000-{SUITES.index(suite):012d}"


def _signed(suite: str, **changes: Any) -> bytes:
    match suite:
        case "jws":
            return issuing.signed_assertion(**changes)
        case "vc-jwt":
            return openbadges.sign(issuing.credential(**changes), issuing.KEY, suite="vc-jwt")
        case "ecdsa-sd-2023":
            unsigned = issuing.credential(**changes, issuer=issuing.P256.did(), name="A name")
            mandatory = tuple(pointer for pointer in _SHOWN if pointer[1:] in unsigned)
            return make.text(test_independent.disclosed(test_independent.base(unsigned, mandatory), "/name"))
        case _:
            return make.text(issuing.signed(issuing.credential(**changes), suite=suite))


def _status_list() -> dict[str, JSON]:
    return issuing.status_list({7: True, 9: True}, purpose=["revocation", "suspension"])


@cache
def documents() -> Any:
    """What addresses answer. No badge is hosted at any of them: what is good is so by its signature."""
    profile = make.profile(publicKey=issuing.KEY_URL, revocationList=_REVOCATIONS_2)
    pages = issuing.signing_issuer(**{issuing.PROFILE_URL: profile})
    withdrawn: JSON = [{"id": _id(5, suite)} for suite in SUITES]
    pages |= {
        issuing.STATUS_URL: _status_list(),
        issuing.LIST_URL: {"revokedCredential": withdrawn},
        _REVOCATIONS_2: {"type": "RevocationList", "revokedAssertions": withdrawn},
    }
    return issuing.documents({url: page for url, page in pages.items() if url != make.ASSERTION_URL})


def check(data: bytes) -> Report:
    """The verdict on a badge. Raises Deceived where it is better than what was issued, and an OpenBadgesError."""
    report = openbadges.verify(openbadges.read_payload(data), documents(), issuing.NOON)
    _compare(report)
    return report


def _compare(report: Report) -> None:
    for inner in (*report.members, *report.endorsements):
        _compare(inner)
    if report.outcome is not Outcome.VALID:
        return
    payload, outcome = badges().get(report.credential.id or "", (b"", None))
    if outcome is not Outcome.VALID:
        raise Deceived(f"valid, and was {outcome or 'never issued'}")
    signed, shown = _said(payload), said(report.credential)
    for name, words in shown.items():
        if words != signed[name] and (words is not None or name in _ALWAYS):
            raise Deceived(f"{name}: {words!r} instead of {signed[name]!r}")


# What may not be lost either, for a verdict hangs on it.
_ALWAYS = frozenset({"issuer", "recipient", "start", "end"})


@cache
def _said(payload: bytes) -> dict[str, str | None]:
    return said(openbadges.verify(openbadges.read_payload(payload), documents(), issuing.NOON).credential)


def said(credential: Credential) -> dict[str, str | None]:
    """What a page shows of a badge in the issuer's name."""
    facts = {
        "issuer": credential.issuer.id,
        "issuer's name": credential.issuer.name,
        "recipient": credential.recipient.id or " ".join(one.value for one in credential.recipient.identities),
        "start": credential.valid_from,
        "end": credential.valid_until,
        "name": credential.name,
        "achievement": credential.achievement.id,
        "achievement's name": credential.achievement.name,
        "description": credential.achievement.description,
    }
    return {name: None if value is None else str(value) for name, value in facts.items()}
