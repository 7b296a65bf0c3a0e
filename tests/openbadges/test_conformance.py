"""What breaks a badge, and what is only a remark to its issuer."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from backpack.openbadges import versions
from backpack.openbadges.conformance import schema, schema_of, structure, structure_of
from backpack.openbadges.strict_json import JSON
from tests.openbadges import make
from tests.openbadges.test_versions import V0, V1


def broken(document: Mapping[str, JSON]) -> list[tuple[str, str]]:
    return [(fault.what, fault.why) for fault in structure(document, versions.version_of(document))]


def remarks(document: Mapping[str, JSON]) -> list[tuple[str, str]]:
    return [(fault.what, fault.why) for fault in schema(document, versions.version_of(document))]


@pytest.mark.parametrize(
    "document",
    [
        pytest.param(make.assertion(), id="2.0"),
        pytest.param(make.assertion(badge=make.badge_class(issuer=make.profile())), id="2.0 with everything in it"),
        pytest.param(make.credential(), id="3.0"),
        pytest.param(make.learner_record(make.credential()), id="a learner record"),
        pytest.param(V1, id="1.0"),
        pytest.param(V0, id="0.5"),
    ],
)
def test_a_good_badge_has_no_fault(document: dict[str, JSON]) -> None:
    assert broken(document) == []
    assert remarks(document) == []


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        pytest.param({"type": []}, ("type", "missing"), id="no type"),
        pytest.param({"type": "OtherAssertion"}, ("type", "wrong-value"), id="another type"),
        pytest.param({"id": None}, ("id", "missing"), id="no id"),
        pytest.param({"id": "urn:uuid:1"}, ("id", "format"), id="a UUID that is none"),
        pytest.param(
            {"badge": ["https://a.example", "https://b.example"]}, ("badge", "too-many"), id="two badge classes"
        ),
        pytest.param({"issuedOn": "yesterday"}, ("issuedOn", "format"), id="a date nobody can read"),
        pytest.param({"issuedOn": "2024-05-06"}, ("issuedOn", "format"), id="a plain day, in 2.0"),
        pytest.param({"expires": "2020-01-01T00:00:00Z"}, ("expires", "wrong-value"), id="an end before the start"),
        pytest.param({"recipient": "lea@example.org"}, ("recipient", "wrong-type"), id="a recipient of 0.5"),
        pytest.param({"verification": None}, ("verification", "missing"), id="no verification"),
        pytest.param(
            {"verification": {"type": "Vague"}}, ("verification.type", "wrong-value"), id="an unknown verification"
        ),
        pytest.param({"evidence": "my work"}, ("evidence", "format"), id="evidence that is nowhere"),
        pytest.param({"narrative": 7}, ("narrative", "wrong-type"), id="a number for a text"),
        pytest.param(
            {"recipient": {"type": "email", "hashed": True, "identity": "lea@example.org"}},
            ("recipient.identity", "format"),
            id="hashed, they say",
        ),
        pytest.param(
            {"recipient": {"type": "email", "hashed": False, "identity": "sha256$" + "0" * 64}},
            ("recipient.hashed", "wrong-value"),
            id="not hashed, they say",
        ),
        pytest.param(
            {"badge": make.badge_class(alignment=[{"targetName": "x"}])},
            ("badge.alignment.targetUrl", "missing"),
            id="alignment",
        ),
        pytest.param(
            {"badge": make.badge_class(image="data:image/jpeg;base64,AA")}, ("badge.image", "format"), id="a JPEG"
        ),
        pytest.param({"badge": make.badge_class(criteria={})}, ("badge.criteria", "missing"), id="empty criteria"),
    ],
)
def test_what_breaks_an_assertion(changes: dict[str, JSON], fault: tuple[str, str]) -> None:
    assert fault in broken(make.assertion(**changes))


@pytest.mark.parametrize(
    ("document", "remark"),
    [
        pytest.param(make.assertion(badge=make.badge_class(id=None)), ("badge.id", "missing"), id="a class without id"),
        pytest.param(make.assertion(**{"@language": "français"}), ("@language", "format"), id="no language tag"),
        pytest.param(
            make.assertion(image="data:image/jpeg;base64,AA"),
            ("image", "format"),
            id="a JPEG",
        ),
        pytest.param(
            make.credential(image={"id": "badge.png", "type": "Image"}), ("image.id", "format"), id="a picture"
        ),
        pytest.param(make.credential(colour="blue"), ("colour", "unknown-member"), id="a member too many"),
    ],
)
def test_what_is_a_remark(document: dict[str, JSON], remark: tuple[str, str]) -> None:
    assert broken(document) == []
    assert remark in remarks(document)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        pytest.param({"id": None}, ("id", "missing"), id="no id"),
        pytest.param({"issuer": None}, ("issuer", "missing"), id="no issuer"),
        pytest.param({"issuer": {"id": "https://i.example"}}, ("issuer.type", "missing"), id="an issuer without type"),
        pytest.param({"validFrom": "2024-05-06"}, ("validFrom", "format"), id="a plain day"),
        pytest.param(
            {"validUntil": "2020-05-06T00:00:00Z"}, ("validUntil", "wrong-value"), id="an end before the start"
        ),
        pytest.param({"credentialSubject": {}}, ("credentialSubject", "missing"), id="an empty subject"),
        pytest.param(
            {"credentialSubject": [{"id": "a:b"}, {"id": "c:d"}]}, ("credentialSubject", "too-many"), id="two subjects"
        ),
        pytest.param(
            {"@context": "https://www.w3.org/ns/credentials/v2"}, ("@context", "wrong-value"), id="one context"
        ),
        pytest.param({"type": ["OpenBadgeCredential"]}, ("type", "wrong-value"), id="no VerifiableCredential"),
        pytest.param(
            {"evidence": {"id": "https://a.example"}}, ("evidence.type", "missing"), id="evidence without type"
        ),
    ],
)
def test_what_breaks_a_credential(changes: dict[str, JSON], fault: tuple[str, str]) -> None:
    assert fault in broken(make.credential(**changes))


def test_a_credential_must_say_about_whom() -> None:
    document = make.credential()
    subject = document["credentialSubject"]
    assert isinstance(subject, dict)
    del subject["id"]
    assert ("credentialSubject.id", "missing") in broken(document)


@pytest.mark.parametrize(
    ("kind", "document", "faults", "noted"),
    [
        pytest.param("Profile", make.profile(email=None), [], [("email", "missing")], id="an issuer without address"),
        pytest.param("Profile", make.profile(name=None), [("name", "missing")], [], id="an issuer without name"),
        pytest.param(
            "Profile", make.profile(url="home"), [("url", "format")], [("url", "format")], id="an issuer nowhere"
        ),
        pytest.param("Profile", make.badge_class(), [("type", "wrong-value")], None, id="a class for an issuer"),
        pytest.param("BadgeClass", make.badge_class(id=None), [("id", "missing")], [], id="a class without id"),
        pytest.param(
            "Profile",
            make.profile(verification={"allowedOrigins": "https://a.example"}),
            [("verification.allowedOrigins", "format")],
            [],
            id="an origin that is an address",
        ),
        pytest.param(
            "BadgeClass",
            {
                "name": "a",
                "description": "b",
                "image": "https://a.example/i",
                "criteria": "https://a.example",
                "issuer": "https://a.example/o",
            },
            [],
            [],
            id="a class of 1.0",
        ),
    ],
)
def test_what_an_address_answered(
    kind: str, document: dict[str, JSON], faults: list[tuple[str, str]], noted: list[tuple[str, str]] | None
) -> None:
    assert [(fault.what, fault.why) for fault in structure_of(document, kind)][: len(faults) or None] == faults
    assert noted is None or [(fault.what, fault.why) for fault in schema_of(document, kind)] == noted
