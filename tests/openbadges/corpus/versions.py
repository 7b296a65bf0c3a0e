"""Every version of the standards, and about whom: records, endorsements, newer versions, hidden addresses."""

from __future__ import annotations

import hashlib

from backpack.openbadges.strict_json import JSON
from tests.openbadges import make
from tests.openbadges.corpus.case import Case, Page, case, table
from tests.openbadges.issuing import CLASS_URL, KEY, PROFILE_URL, credential, hosted, signed
from tests.openbadges.test_verifying import endorsing, refreshing

_OLD_CLASS: dict[str, JSON] = {
    "name": "Soudure",
    "description": "Savoir souder.",
    "image": "https://issuer.example.org/badge.png",
    "criteria": "https://issuer.example.org/criteria",
    "issuer": PROFILE_URL,
}
_OLD_PROFILE: dict[str, JSON] = {"name": "Lycée", "url": "https://issuer.example.org/"}
_PLAIN: dict[str, JSON] = {"type": "email", "hashed": False, "identity": "lea@example.org"}
V0: dict[str, JSON] = {
    "recipient": "lea@example.org",
    "badge": {
        "version": "0.5.0",
        "name": "Soudure",
        "description": "Savoir souder.",
        "image": "/badge.png",
        "criteria": "/criteria",
        "issuer": {"origin": "https://issuer.example.org", "name": "Lycée"},
    },
}
V1: dict[str, JSON] = {
    "uid": "1",
    "recipient": _PLAIN,
    "badge": CLASS_URL,
    "verify": {"type": "hosted", "url": make.ASSERTION_URL},
    "issuedOn": 1400000000,
}
CONTEXT_1: dict[str, JSON] = {"@context": "https://w3id.org/openbadges/v1"}
V1_1: dict[str, JSON] = {**CONTEXT_1, "type": "Assertion", "id": make.ASSERTION_URL, **V1, "issuedOn": "2014-05-06"}
# 2.1 speaks of addresses where badges may be read and written; the badge itself is one of 2.0.
_BADGE_CONNECT: dict[str, JSON] = {
    "@context": ["https://w3id.org/openbadges/v2", "https://purl.imsglobal.org/spec/ob/v2p1/ob_v2p1.jsonld"],
    "apiBase": "https://issuer.example.org/bc/v1",
    "tokenUrl": "https://issuer.example.org/bc/token",
}
V2_1_PROFILE: dict[str, JSON] = make.profile(**_BADGE_CONNECT)


def _old(assertion: dict[str, JSON], **marks: JSON) -> dict[str, Page]:
    named = bool(marks)
    return {
        make.ASSERTION_URL: assertion,
        CLASS_URL: {**marks, **({"type": "BadgeClass", "id": CLASS_URL} if named else {}), **_OLD_CLASS},
        PROFILE_URL: {**marks, **({"type": "Issuer", "id": PROFILE_URL} if named else {}), **_OLD_PROFILE},
    }


def _record(*members: JSON, id_: str = "urn:uuid:0c") -> dict[str, JSON]:
    issuer: JSON = {"id": KEY.did(), "type": ["Profile"], "name": "Exemple"}
    return signed({**make.learner_record(*members), "issuer": issuer, "name": "Record", "id": id_})


def records(layers: int, badge: JSON) -> dict[str, JSON]:
    """A badge in so many learner records, each in the next."""
    for layer in range(layers):
        badge = _record(badge, id_=f"urn:uuid:0c{layer}")
    assert isinstance(badge, dict)
    return badge


REFRESH = "https://issuer.example.org/refresh"
ENDED = refreshing(validUntil="2025-01-01T00:00:00Z")
LEA, EVE = "lea@example.org", "eve@example.org"
_VC: JSON = ["https://www.w3.org/ns/credentials/v2"]
_OLD_MODEL: dict[str, JSON] = {
    "@context": ["https://www.w3.org/2018/credentials/v1"],
    "validFrom": None,
    "issuanceDate": "2024-05-06T07:08:09Z",
    "type": ["VerifiableCredential"],
    "credentialSubject": {"id": "urn:uuid:0d"},
}
_BARE: dict[str, JSON] = {"@context": _VC, "type": ["VerifiableCredential"], "credentialSubject": {"id": "urn:uuid:0e"}}


def _hashed(algorithm: str, address: str) -> dict[str, JSON]:
    digest = hashlib.new(algorithm, (address + "salt").encode(), usedforsecurity=False).hexdigest()
    recipient: JSON = {"type": "email", "hashed": True, "salt": "salt", "identity": f"{algorithm}${digest}"}
    return make.assertion(recipient=recipient)


def _to(name: str, assertion: dict[str, JSON], asked: str, answer: str) -> Case:
    return case(name, assertion, pages=hosted(assertion=assertion), recipient=(asked, answer))


def _endorsed(endorsement: JSON) -> dict[str, JSON]:
    return signed(credential(endorsement=[endorsement]))


INNER = ("invalid", "inner-invalid")
VERSIONS = [
    case("0.5", make.ASSERTION_URL.encode(), pages={make.ASSERTION_URL: V0}, recipient=(LEA, "match")),
    case("0.5 elsewhere", b"https://evil.example/1", ("invalid", "out-of-scope"), {"https://evil.example/1": V0}),
    case("1.0", V1, pages=_old(V1), established=True),
    case("1.1", V1_1, pages=_old(V1_1, **CONTEXT_1), established=True),
    case("2.0", make.assertion(), pages=hosted(), established=True, recipient=(LEA, "match")),
    case("2.0 of somebody else", make.assertion(), pages=hosted(), recipient=(EVE, "mismatch")),
    _to("2.0, hashed", _hashed("sha256", LEA), LEA, "match"),
    _to("2.0, hashed, in capitals", _hashed("sha256", LEA), LEA.upper(), "match"),
    _to("2.0, hashed with capitals", _hashed("sha256", LEA.upper()), LEA, "mismatch"),
    _to("2.0, hashed with md5", _hashed("md5", LEA), LEA, "match"),
    case("3.0, endorsed", _endorsed(endorsing())),
    case("3.0, endorsed in vain", _endorsed(endorsing(name="x"))),
    case("3.0, a newer version", refreshing(), pages={REFRESH: refreshing(name="Newer")}),
    case("3.0, a newer version that ended", refreshing(), ("expired", "expired"), {REFRESH: ENDED}),
    case("2.1", make.assertion(), pages=hosted(profile=V2_1_PROFILE), established=True),
    case("2.0 without an address", make.assertion(id="urn:uuid:1"), ("invalid", "hosted-without-url")),
    case("3.0", signed(), established=False, recipient=(LEA, "match")),
    case("3.0 by a key on the list", signed(), known_key=KEY.did(), established=True),
    case("record", _record(signed()), established=False),
    case("record, one altered", _record({**signed(), "name": "x"}), INNER),
    case("record, one expired", _record(signed(credential(validUntil="2025-01-01T00:00:00Z")))),
    case("record in a record", records(2, signed())),
    case("record in a record, one altered", records(2, {**signed(), "name": "x"}), INNER),
    case("record four deep, one altered", records(4, {**signed(), "name": "x"}), INNER),
    case("record five deep", records(5, signed()), ("unknown", "too-deep")),
    case("record of a presentation, one altered", _record(make.presentation({**signed(), "name": "x"})), INNER),
    case("credential of another kind, data model 2.0", signed(credential(**_BARE))),
    case("credential of another kind, data model 1.1", signed(credential(**_OLD_MODEL))),
]
CASES = table("version", VERSIONS)
