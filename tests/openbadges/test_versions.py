"""What each version of the standard says, in the words of one model."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backpack.openbadges import versions
from backpack.openbadges.errors import NotABadge
from backpack.openbadges.model import Alignment, Evidence, Identity, Image, Text, Version
from backpack.openbadges.strict_json import JSON
from backpack.openbadges.versions import dates, v1, v2, v3
from backpack.openbadges.versions.shapes import image, plain, text, types
from tests.openbadges import make

V0: dict[str, JSON] = {
    "recipient": "sha256$" + "0" * 64,
    "salt": "s",
    "evidence": "/work/1",
    "expires": "2040-08-13",
    "issued_on": "2011-08-23",
    "badge": {
        "version": "0.5.0",
        "name": "Old",
        "image": "/image.png",
        "description": "Very old",
        "criteria": "/criteria",
        "issuer": {"origin": "https://old.example", "name": "Old School", "contact": "a@old.example"},
    },
}
V1: dict[str, JSON] = {
    "uid": "abc",
    "recipient": {"type": "email", "hashed": True, "salt": "s", "identity": "sha256$" + "0" * 64},
    "badge": "https://old.example/badge",
    "verify": {"type": "hosted", "url": "https://old.example/1"},
    "issuedOn": 1714979289,
}
NO_WORDS: list[JSON] = [7, None, "", " ", {}, {"id": "x", "type": "y"}, [[["a"]]]]
NO_DATES: list[JSON] = [None, True, [], {}, 10**30, "9999-12-31T23:59:59-23:00", float("nan")]
VC: list[JSON] = ["https://www.w3.org/ns/credentials/v2"]


@pytest.mark.parametrize(
    ("document", "version"),
    [
        pytest.param(V0, Version.OB_0_5, id="0.5"),
        pytest.param(V1, Version.OB_1_0, id="1.0"),
        pytest.param(V1 | {"@context": "https://w3id.org/openbadges/v1"}, Version.OB_1_1, id="1.1"),
        pytest.param(make.assertion(), Version.OB_2_0, id="2.0"),
        pytest.param(
            make.assertion() | {"@context": ["x", "https://w3id.org/openbadges/v2"]}, Version.OB_2_0, id="in a list"
        ),
        pytest.param(
            {"@context": "https://w3id.org/openbadges/v2", "@type": "Assertion"}, Version.OB_2_0, id="JSON-LD words"
        ),
        pytest.param(make.credential(), Version.OB_3_0, id="3.0"),
        pytest.param(make.credential(**{"@context": None}), Version.OB_3_0, id="3.0 without context"),
        pytest.param(
            {"@context": VC, "type": ["VerifiableCredential", "EndorsementCredential"]}, Version.OB_3_0, id="endorsed"
        ),
        pytest.param(make.learner_record(), Version.CLR_2, id="a learner record"),
        pytest.param(
            {"@context": VC, "type": ["VerifiableCredential", "Degree"]}, Version.VC_2, id="another credential"
        ),
        pytest.param(
            {"@context": ["https://www.w3.org/2018/credentials/v1"], "type": "VerifiableCredential"},
            Version.VC_1,
            id="VC 1.1",
        ),
    ],
)
def test_the_version_is_told(document: dict[str, JSON], version: Version) -> None:
    assert versions.version_of(document) is version
    assert versions.credential(document, b"").version is version


@pytest.mark.parametrize(
    "document", [{}, {"a": 1}, make.badge_class(), make.profile(), make.credential(type=None), make.presentation()]
)
def test_what_is_no_badge(document: dict[str, JSON]) -> None:
    with pytest.raises(NotABadge):
        versions.version_of(document)


def test_an_assertion_with_what_its_addresses_answered() -> None:
    badge = make.badge_class(
        alignment=[{"targetName": "Soudage", "targetUrl": "https://skills.example/1", "targetCode": "S1"}],
        alignments={"name": "Metal", "url": "javascript:alert(1)"},
        tags=["métal", 7],
        version=2,
    )
    badge |= {"@language": "fr", "extensions:x": {"type": "Extension"}}
    said = v2.credential(
        make.assertion(
            evidence=["https://work.example/1", {"id": "_:b", "narrative": "Fait."}, 7],
            expires="2030-01-01T00:00:00+02:00",
            narrative={"@value": "Bravo", "@language": "fr"},
        ),
        b"payload",
        badge=badge,
        issuer=make.profile(url="javascript:alert(1)"),
    )
    assert said.payload == b"payload"
    assert said.source_url == said.id == make.ASSERTION_URL
    assert (said.valid_from, said.valid_until) == (
        datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC),
        datetime(2029, 12, 31, 22, tzinfo=UTC),
    )
    assert said.narrative == Text(value="Bravo", language="fr")
    assert said.language == "fr"
    assert said.evidence[0] == Evidence(url="https://work.example/1")
    assert str(said.evidence[1].narrative) == "Fait."
    assert len(said.evidence) == 2
    assert said.achievement.name == Text(value="Soudure", language="fr")
    assert said.achievement.alignments == (
        Alignment(name=Text(value="Soudage", language="fr"), url="https://skills.example/1", code="S1"),
        Alignment(name=Text(value="Metal", language="fr")),
    )
    assert (said.achievement.tags, said.achievement.version) == (("métal",), "2")
    assert said.achievement.extensions == {"extensions:x": {"type": "Extension"}}
    assert (str(said.issuer.name), said.issuer.url) == ("Lycée de l’Exemple", None)


def test_an_assertion_in_hand_knows_addresses_only() -> None:
    said = v2.credential(make.assertion(), b"")
    assert said.achievement.id == "https://issuer.example.org/classes/1"
    assert said.achievement.name is None
    assert said.issuer.id is None


def test_early_versions() -> None:
    said = versions.credential(V0, b"")
    assert said.recipient.identities == (Identity(type="email", value="sha256$" + "0" * 64, hashed=True, salt="s"),)
    assert said.achievement.image == Image(url="https://old.example/image.png")
    assert said.evidence == (Evidence(url="https://old.example/work/1"),)
    assert (said.issuer.id, said.valid_until) == ("https://old.example", datetime(2040, 8, 13, tzinfo=UTC))
    said = v1.credential(V1, b"", badge={"name": "B", "issuer": "https://old.example/org"}, issuer={"name": "O"})
    assert (said.id, said.source_url) == ("abc", "https://old.example/1")
    assert (said.achievement.id, said.issuer.id) == ("https://old.example/badge", "https://old.example/org")
    assert said.valid_from == datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)


def test_a_credential_of_3_0() -> None:
    document = make.credential(name={"@value": "Badge", "@language": "en"}, awardedDate="2024-05-07T00:00:00Z", other=1)
    subject = document["credentialSubject"]
    assert isinstance(subject, dict)
    subject.update(
        identifier={"type": "IdentityObject", "hashed": False, "identityHash": "Léa", "identityType": "name"},
        result={"type": ["Result"], "value": "17", "resultDescription": "urn:r:1"},
        creditsEarned=3,
    )
    achievement = subject["achievement"]
    assert isinstance(achievement, dict)
    achievement.update(
        inLanguage="fr", resultDescription=[{"id": "urn:r:1", "name": "Note", "resultType": "RawScore"}], tag="x"
    )
    said = v3.credential(document, b"")
    assert said.name == Text(value="Badge", language="en")
    assert said.achievement.name == Text(value="Soudure", language="fr")
    assert said.results[0].description == said.achievement.result_descriptions[0]
    assert (said.credits_earned, said.achievement.tags, str(said.recipient.name)) == (3.0, ("x",), "Léa")
    assert said.extensions == {"other": 1}
    assert said.types == ("VerifiableCredential", "OpenBadgeCredential")


def test_an_endorsement_says_what_it_is_about() -> None:
    document = make.credential(
        type=["VerifiableCredential", "EndorsementCredential"],
        credentialSubject={"id": "https://i.example", "type": ["EndorsementSubject"], "endorsementComment": "Bien."},
    )
    said = versions.credential(document, b"")
    assert (said.recipient.id, str(said.narrative)) == ("https://i.example", "Bien.")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param("mot", Text(value="mot", language="fr"), id="words"),
        pytest.param(["mot"], Text(value="mot", language="fr"), id="an array of one"),
        pytest.param({"@value": "word", "@language": "en"}, Text(value="word", language="en"), id="a value object"),
        pytest.param(
            {"en": "word", "fr": "mot"},
            Text(value="mot", language="fr", translations={"en": "word"}),
            id="a language map",
        ),
        pytest.param(
            [{"@value": "a", "@language": "en"}, {"@value": "b", "@language": "de"}],
            Text(value="a", language="en", translations={"de": "b"}),
            id="several value objects",
        ),
        *(pytest.param(value, None, id=repr(value)) for value in NO_WORDS),
    ],
)
def test_words_in_languages(value: JSON, expected: Text | None) -> None:
    assert text(value, "fr") == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("https://a.example/i.png", Image(url="https://a.example/i.png")),
        (
            {"id": "https://a.example/i.png", "caption": "x"},
            Image(url="https://a.example/i.png", caption=Text(value="x")),
        ),
        ("data:image/png;base64,AAEC", Image(data=b"\0\1\2", media_type="image/png")),
        ("data:image/png;base64,AA\nE", Image(data=b"\0\1", media_type="image/png")),
        ("data:image/svg+xml,%3Csvg/%3E", Image(data=b"<svg/>", media_type="image/svg+xml")),
        ("data:image/gif", None),
        ("javascript:alert(1)", None),
        (["https://a.example/1.png", "x"], Image(url="https://a.example/1.png")),
        (7, None),
    ],
)
def test_pictures(value: JSON, expected: Image | None) -> None:
    assert image(value) == expected


NINE = datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)
DAY = datetime(2024, 5, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "zoned", "lenient"),
    [
        ("2024-05-06T07:08:09Z", NINE, NINE),
        ("2024-05-06T09:08:09+02:00", NINE, NINE),
        ("2024-05-06T07:08:09.0000000001Z", NINE, NINE),
        ("20240506T070809Z", NINE, NINE),
        ("2024-05-06T07:08:09", None, NINE),
        ("2024-05-06 07:08:09", None, NINE),
        ("2024-05-06", None, DAY),
        (1714979289, None, NINE),
        ("1714979289", None, NINE),
        (
            "2016-12-31T23:59:60Z",
            datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC),
            datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC),
        ),
        *(
            (value, None, None)
            for value in ("", "soon", "2024-02-30T00:00:00Z", "2024-13-01", "0000-01-01", "٢٠٢٤-05-06")
        ),
        *((value, None, None) for value in NO_DATES),
    ],
)
def test_dates(value: JSON, zoned: datetime | None, lenient: datetime | None) -> None:
    assert dates.zoned(value) == zoned
    assert dates.lenient(value) == lenient


def test_a_credential_writes_its_dates_out() -> None:
    assert dates.stamped("2024-05-06T07:08:09Z") == NINE
    assert dates.stamped("20240506T070809Z") is None


@given(st.datetimes(timezones=st.just(UTC)))
def test_every_instant_is_read_back(instant: datetime) -> None:
    assert dates.zoned(instant.isoformat()) == instant
    assert dates.stamped(instant.isoformat()) == instant


def test_the_long_words_of_json_ld() -> None:
    assert plain(
        {"@id": "x", "obi:badge": {"@id": "y"}, "https://w3id.org/openbadges#issueDate": {"@type": "d", "@value": 1}}
    ) == {
        "id": "x",
        "badge": {"id": "y"},
        "issuedOn": 1,
    }
    assert types({"type": ["obi:Assertion", "https://w3id.org/openbadges#Assertion", "xobi:Assertion"]}) == (
        *("Assertion", "Assertion", "xobi:Assertion"),
    )
    assert plain({"id": "a", "@id": "b"}) == {"id": "a", "@id": "b"}
