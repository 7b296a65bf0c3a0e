"""About whom: hashed and plain identities, spellings, several addresses."""

from __future__ import annotations

import hashlib

import pytest

from backpack.openbadges.identity.recipients import matches
from backpack.openbadges.model import Identity, Recipient
from backpack.openbadges.report import RecipientAnswer
from backpack.openbadges.strict_json import JSON
from tests.openbadges import make
from tests.openbadges.issuing import check, codes, credential, hosted, judged, signed

ADA = "Ada@Example.org"


def hashed(address: str, salt: str = "sea", name: str = "sha256") -> str:
    return f"{name}${hashlib.new(name, (address + salt).encode()).hexdigest()}"


def email(value: str, *, is_hash: bool = False, kind: str = "email", salt: str | None = "sea") -> Recipient:
    return Recipient(identities=(Identity(type=kind, value=value, hashed=is_hash, salt=salt if is_hash else None),))


CASES: list[tuple[str, Recipient, str, bool]] = [
    ("plain", email("ada@example.org"), "ada@example.org", True),
    ("plain, capitals", email("ADA@example.org"), "ada@example.org", True),
    ("plain, spaces around what was asked", email("ada@example.org"), " ada@example.org ", True),
    ("plain, a space in the badge", email(" ada@example.org"), "ada@example.org", False),
    ("another person", email("ada@example.org"), "eve@example.org", False),
    ("plus tag", email("ada+x@example.org"), "ada@example.org", False),
    ("hash of what was typed", email(hashed(ADA), is_hash=True), ADA, True),
    ("hash of lower case", email(hashed("ada@example.org"), is_hash=True), ADA, True),
    ("hash with the domain in lower case", email(hashed("Ada@example.org"), is_hash=True), ADA, True),
    ("hash of capitals, asked in lower case", email(hashed(ADA), is_hash=True), "ada@example.org", False),
    ("hash in capitals", email(hashed("a@b.c").replace("sha256$", "SHA256$").upper(), is_hash=True), "a@b.c", True),
    ("md5", email(hashed("a@b.c", name="md5"), is_hash=True), "a@b.c", True),
    ("bare hash", email(hashed("a@b.c").removeprefix("sha256$"), is_hash=True), "a@b.c", True),
    ("without salt", email(hashed("a@b.c", salt=""), is_hash=True, salt=None), "a@b.c", True),
    ("another salt", email(hashed("a@b.c", salt="x"), is_hash=True), "a@b.c", False),
    ("unknown hash", email("sha512$" + "0" * 128, is_hash=True), "a@b.c", False),
    ("a name never matches", email("Ada", kind="name"), "Ada", False),
    ("url", email("https://ada.example/", kind="url"), "https://ada.example/", True),
    ("telephone, written otherwise", email("+33 (1) 23-45", kind="telephone"), "+3312345", True),
    ("a DID", Recipient(id="did:example:ada"), "did:example:ada", True),
    ("mailto", Recipient(id="mailto:ada@example.org"), "ada@example.org", True),
    ("mailto, escaped", Recipient(id="mailto:ada%40example.org"), "ada@example.org", True),
    ("tel", Recipient(id="tel:+3312345"), "+3312345", True),
    ("nobody", Recipient(), "ada@example.org", False),
]


@pytest.mark.parametrize(("recipient", "address", "expected"), [pytest.param(*case, id=id_) for id_, *case in CASES])
def test_issued_to_this_address(recipient: Recipient, address: str, expected: bool) -> None:
    assert matches(recipient, (address,)).matches is expected


def test_any_identity_and_any_address_will_do() -> None:
    both = Recipient(identities=(*email("x@example.org").identities, *email("ada@example.org").identities))
    assert matches(both, ("eve@example.org", "ada@example.org")).matches


@pytest.mark.parametrize(
    ("recipients", "expected"),
    [
        ((), RecipientAnswer.NOT_ASKED),
        (("lea@example.org",), RecipientAnswer.MATCH),
        (("LEA@example.org",), RecipientAnswer.MATCH),
        (("eve@example.org",), RecipientAnswer.MISMATCH),
    ],
)
def test_the_answer_stands_beside_the_outcome(recipients: tuple[str, ...], expected: RecipientAnswer) -> None:
    report = judged(make.assertion(), hosted(), recipients=recipients)
    assert (report.outcome.value, report.recipient) == ("valid", expected)
    assert report.green is (expected is not RecipientAnswer.MISMATCH)


def test_a_weak_hash_is_said() -> None:
    weak: JSON = {"type": "email", "hashed": True, "identity": hashed("lea@example.org", name="md5"), "salt": "sea"}
    report = judged(make.assertion(), hosted(assertion=make.assertion(recipient=weak)), recipients=("lea@example.org",))
    assert "weak-hash" in codes(report)
    assert check(report, "recipient").result.value == "passed"


def test_a_hash_that_does_not_say_its_kind_is_read_and_remarked_on() -> None:
    digest = hashed("lea@example.org", "s").partition("$")[2]
    identity: JSON = {
        "type": "IdentityObject",
        "hashed": True,
        "identityHash": digest,
        "identityType": "emailAddress",
        "salt": "s",
    }
    subject = dict(credential()["credentialSubject"], id=None, identifier=[identity])  # type: ignore[arg-type]
    subject = {name: value for name, value in subject.items() if value is not None}
    report = judged(signed(credential(credentialSubject=subject)), recipients=("lea@example.org",))
    assert report.recipient is RecipientAnswer.MATCH
    assert "bare-hash" in codes(report)
