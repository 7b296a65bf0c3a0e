"""Whether the issuer took it back: lists of every kind, good, broken, swapped and made to exhaust."""

from __future__ import annotations

import gzip
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backpack.openbadges.identity.multibase import to_base64url
from backpack.openbadges.proofs import vc_jwt
from backpack.openbadges.status import bitstring
from backpack.openbadges.strict_json import JSON
from tests.openbadges import make
from tests.openbadges.issuing import (
    KEY,
    LIST_URL,
    STATUS_URL,
    STRANGER,
    codes,
    credential,
    judged,
    signed,
    status_entry,
    status_list,
    verdict,
)

CONTEXTS: list[Any] = make.credential()["@context"]  # type: ignore[assignment]
ID = "urn:uuid:00000000-0000-4000-8000-000000000001"
UNUSABLE = ("unknown", "status-unusable")
UNREACHABLE = ("unknown", "status-unreachable")
VALID: tuple[str, str | None] = ("valid", None)
REVOKED = ("revoked", "revoked")


def with_status(*entries: JSON, **changes: JSON) -> dict[str, JSON]:
    context = [*CONTEXTS, "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"]
    status: JSON = list(entries) if len(entries) > 1 else entries[0]
    return signed(credential(**{"@context": context, "credentialStatus": status, **changes}))


def packed(data: bytes) -> str:
    return "u" + to_base64url(gzip.compress(data))


BOTH: list[Any] = ["refresh", "revocation"]
BIT = with_status(status_entry())
BITS: list[tuple[str, dict[str, JSON], Any, tuple[str, str | None]]] = [
    ("unset", BIT, status_list(), VALID),
    ("set", BIT, status_list({7: True}), REVOKED),
    ("the neighbours are set", BIT, status_list({6: True, 8: True}), VALID),
    ("index as a number", with_status(status_entry(7)), status_list({7: True}), REVOKED),
    ("first of all", with_status(status_entry("0")), status_list({0: True}), REVOKED),
    ("last of all", with_status(status_entry("131071")), status_list({131071: True}), REVOKED),
    ("beyond the end", with_status(status_entry("131072")), status_list(), UNUSABLE),
    ("negative", with_status(status_entry("-1")), status_list({131071: True}), UNUSABLE),
    ("a leading zero", with_status(status_entry("07")), status_list({7: True}), UNUSABLE),
    ("an index that is none", with_status(status_entry("seven")), status_list(), UNUSABLE),
    ("no index", with_status(status_entry(None)), status_list(), UNUSABLE),
    (
        "suspended",
        with_status(status_entry(purpose="suspension")),
        status_list({7: True}, purpose="suspension"),
        ("revoked", "suspended"),
    ),
    ("not suspended", with_status(status_entry(purpose="suspension")), status_list(purpose="suspension"), VALID),
    (
        "purposes in one order",
        with_status(status_entry(statusPurpose=BOTH)),
        status_list({7: True}, purpose=BOTH),
        REVOKED,
    ),
    (
        "purposes in the other order",
        with_status(status_entry(statusPurpose=BOTH[::-1])),
        status_list({7: True}, purpose=BOTH),
        REVOKED,
    ),
    ("a choice of lists", with_status(status_entry(statusListCredential=[LIST_URL, STATUS_URL])), None, UNUSABLE),
    ("several purposes", BIT, status_list({7: True}, purpose=["refresh", "revocation"]), REVOKED),
    ("another purpose", BIT, status_list(purpose="suspension"), UNUSABLE),
    ("unreachable", BIT, None, UNREACHABLE),
    ("404", BIT, 404, UNREACHABLE),
    ("410", BIT, 410, UNREACHABLE),
    ("a page", BIT, b"<p>", UNUSABLE),
    ("unsigned", BIT, {n: v for n, v in status_list().items() if n != "proof"}, UNUSABLE),
    ("altered", BIT, {**status_list({7: True}), "name": "x"}, UNUSABLE),
    ("another's key", BIT, signed(credential(STRANGER), KEY), UNUSABLE),
    ("a badge in its place", BIT, signed(), UNUSABLE),
    ("expired", BIT, status_list(validUntil="2026-01-01T00:00:00Z"), UNUSABLE),
    ("not begun", BIT, status_list(validFrom="2026-07-01T00:00:00Z"), UNUSABLE),
    ("swapped, unset", BIT, status_list(id="https://issuer.example.org/status/2"), UNUSABLE),
    ("swapped, set", BIT, status_list({7: True}, id="https://issuer.example.org/status/2"), REVOKED),
    ("no gzip", BIT, status_list(encodedList="uAAAA"), UNUSABLE),
    ("cut gzip", BIT, status_list(encodedList=packed(bytes(16384))[:-12]), UNUSABLE),
    ("no base64", BIT, status_list(encodedList="u***"), UNUSABLE),
    ("a bomb", BIT, status_list(encodedList=packed(bytes(64 * 1024 * 1024))), UNUSABLE),
    ("short", BIT, status_list(encodedList=packed(b"\1")), REVOKED),
    ("without its prefix", BIT, status_list(encodedList=packed(bitstring.list_of({7: True}))[1:]), REVOKED),
    ("in a token", BIT, vc_jwt.sign({n: v for n, v in status_list({7: True}).items() if n != "proof"}, KEY), REVOKED),
    ("no address", with_status(status_entry(statusListCredential=None)), status_list(), UNUSABLE),
    ("a kind nobody knows", with_status({"id": "urn:x", "type": "MoonStatus"}), status_list(), UNUSABLE),
    ("2021", with_status(status_entry(type="StatusList2021Entry")), status_list({7: True}), REVOKED),
    (
        "of two, one unreachable and one set",
        with_status(status_entry(statusListCredential="https://x.example/"), status_entry()),
        status_list({7: True}),
        REVOKED,
    ),
    (
        "of two, one unreachable",
        with_status(status_entry(statusListCredential="https://x.example/"), status_entry()),
        status_list(),
        UNREACHABLE,
    ),
    (
        "two bits, a message",
        with_status(status_entry("3", "message", statusSize=2)),
        status_list({6: True}, purpose="message"),
        VALID,
    ),
    ("a newer version", with_status(status_entry(purpose="refresh")), status_list({7: True}, purpose="refresh"), VALID),
    ("a size of nothing", with_status(status_entry(statusSize=0)), status_list(), UNUSABLE),
    (
        "expired, list unreachable",
        with_status(status_entry(), validUntil="2025-01-01T00:00:00Z"),
        None,
        ("expired", "expired"),
    ),
    (
        "expired and revoked",
        with_status(status_entry(), validUntil="2025-01-01T00:00:00Z"),
        status_list({7: True}),
        REVOKED,
    ),
]


@pytest.mark.parametrize(("document", "page", "expected"), [pytest.param(*c, id=i) for i, *c in BITS])
def test_a_bitstring_status_list(document: dict[str, JSON], page: Any, expected: tuple[str, str | None]) -> None:
    assert verdict(judged(document, {STATUS_URL: page})) == expected


def test_another_issuers_list_counts_with_a_warning() -> None:
    report = judged(BIT, {STATUS_URL: status_list({7: True}, key=STRANGER)})
    assert verdict(report) == REVOKED
    assert "status-list-other-issuer" in codes(report)


def test_a_message_is_said() -> None:
    message = [{"status": "0x2", "message": "under review"}]
    entry = status_entry("3", "message", statusSize=2, statusMessage=message)
    report = judged(with_status(entry), {STATUS_URL: status_list({6: True}, purpose="message")})
    assert any("under review" in str(one.message) for one in report.checks)


ENTRY: dict[str, JSON] = {"id": LIST_URL, "type": "1EdTechRevocationList"}
LISTED = with_status(ENTRY)


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        pytest.param({"revokedCredential": []}, VALID, id="empty"),
        pytest.param({"revokedCredential": [{"id": ID}]}, REVOKED, id="listed"),
        pytest.param({"revokedCredential": {"id": ID, "revoked": True}}, REVOKED, id="one object"),
        pytest.param({"revokedCredential": [{"id": ID, "revoked": False}]}, VALID, id="listed as not revoked"),
        pytest.param({"revokedCredential": [ID]}, REVOKED, id="plain ids"),
        pytest.param({"revokedCredential": [{"id": ID + "0"}]}, VALID, id="another"),
        pytest.param({}, UNUSABLE, id="nothing in it"),
        pytest.param(b"<p>", UNUSABLE, id="a page"),
        pytest.param(None, UNREACHABLE, id="unreachable"),
        pytest.param(500, UNREACHABLE, id="500"),
    ],
)
def test_a_1edtech_revocation_list(page: Any, expected: tuple[str, str | None]) -> None:
    assert verdict(judged(LISTED, {LIST_URL: page})) == expected


@pytest.mark.parametrize(
    ("address", "code"),
    [
        pytest.param(LIST_URL, None, id="the issuer's own host"),
        pytest.param("https://openbadgefactory.com/list", None, id="its platform"),
        pytest.param("https://lists.example.net/1", "status-list-elsewhere", id="somebody's"),
        pytest.param("http://issuer.example.org/revocations", "status-list-unencrypted", id="without encryption"),
    ],
)
def test_an_unsigned_list_is_as_good_as_its_host(address: str, code: str | None) -> None:
    report = judged(with_status({**ENTRY, "id": address}), {address: {"revokedCredential": []}})
    assert verdict(report) == VALID
    answers = [one for one in report.checks if one.id == "status"]
    assert [one.code for one in answers] == [*([code] if code else []), None]
    assert "such lists are not signed" in str(answers[-1].message)


@pytest.mark.parametrize("said", [[], [{"id": ID}]])
def test_an_unsigned_list_of_a_stranger_without_encryption_says_nothing(said: JSON) -> None:
    address = "http://lists.example.net/1"
    report = judged(with_status({**ENTRY, "id": address}), {address: {"revokedCredential": said}})
    assert verdict(report) == UNUSABLE


def test_no_status_at_all_is_said_and_not_passed() -> None:
    status = [one for one in judged(signed()).checks if one.id == "status"]
    assert [one.result.value for one in status] == ["not-applicable"]


def test_a_credential_whose_own_address_says_gone() -> None:
    document = signed(credential(id="https://issuer.example.org/credentials/1"))
    assert verdict(judged(document, {"https://issuer.example.org/credentials/1": 410})) == REVOKED
    assert verdict(judged(document, {"https://issuer.example.org/credentials/1": 404})) == VALID
    altered = {**document, "name": "x"}
    assert verdict(judged(altered, {"https://issuer.example.org/credentials/1": 410})) == ("invalid", "signature-wrong")


@given(st.dictionaries(st.integers(0, 4095), st.booleans(), max_size=50))
def test_bits_are_counted_from_the_left(marks: dict[int, bool]) -> None:
    bits = bitstring.inflated(bitstring.encoded(bitstring.list_of(marks, 4096)), 1024)
    as_text = "".join(f"{byte:08b}" for byte in bits)
    assert {n for n, is_set in marks.items() if is_set} == {n for n, letter in enumerate(as_text) if letter == "1"}
    assert all(bitstring.value_at(bits, n) == (as_text[n] == "1") for n in marks)
