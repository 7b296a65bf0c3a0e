"""Files, texts and boxes -> the badges in them, each with its exact bytes."""

from __future__ import annotations

import base64
import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backpack.openbadges import Found, Unread, bake, read, read_each, read_payload, rewrite_address
from backpack.openbadges.addresses import badge_behind
from backpack.openbadges.conformance import structure
from backpack.openbadges.containers import Kind, png
from backpack.openbadges.errors import (
    AlreadyBaked,
    CannotBake,
    NoBadgeFound,
    NotABadge,
    NotJSON,
    OpenBadgesError,
    TooLarge,
)
from backpack.openbadges.model import Version
from backpack.openbadges.reading import document_in
from backpack.openbadges.strict_json import JSON
from tests.openbadges import make

ASSERTION = make.text(make.assertion())
CREDENTIAL = make.text(make.credential())
TOKEN = make.token(make.credential())
PNG = png.embed(make.png(), ASSERTION, Kind.OPEN_BADGE)


@pytest.mark.parametrize(
    ("data", "container", "payload", "version"),
    [
        pytest.param(ASSERTION, "json", ASSERTION, Version.OB_2_0, id="JSON"),
        pytest.param(
            b"\n" + ASSERTION + b"\n", "json", b"\n" + ASSERTION + b"\n", Version.OB_2_0, id="JSON, as it came"
        ),
        pytest.param(b"\n" + TOKEN + b"\n", "jwt", TOKEN, Version.OB_3_0, id="a compact JWS"),
        pytest.param(PNG, "png", ASSERTION, Version.OB_2_0, id="a picture"),
        pytest.param(bake(make.png(), TOKEN), "png", TOKEN, Version.OB_3_0, id="a JWS in a picture"),
        pytest.param(bake(make.SVG, CREDENTIAL), "svg", CREDENTIAL, Version.OB_3_0, id="an SVG"),
        pytest.param(make.pdf(ASSERTION), "pdf", ASSERTION, Version.OB_2_0, id="a PDF"),
        pytest.param(make.pdf(attached=PNG), "pdf", ASSERTION, Version.OB_2_0, id="a picture attached to a PDF"),
        pytest.param(b"https://a.example/1\n", "url", b"https://a.example/1", None, id="an address"),
        pytest.param(
            bake(make.png(), b"https://a.example/1"), "png", b"https://a.example/1", None, id="a baked address"
        ),
        pytest.param(make.box({"any name": PNG}), "png", ASSERTION, Version.OB_2_0, id="a box"),
    ],
)
def test_one_badge_is_found(data: bytes, container: str, payload: bytes, version: Version | None) -> None:
    (found,) = read(data)
    assert (found.container, found.payload, found.credential.version) == (container, payload, version)
    assert found.credential.payload == payload
    assert found.picture == (data if container in {"png", "svg"} and data[:2] != b"PK" else found.picture)


OTHER = make.assertion(id="https://issuer.example.org/assertions/2")
ENVELOPE: JSON = {"type": "EnvelopedVerifiableCredential", "id": "data:application/vc+jwt," + TOKEN.decode()}


@pytest.mark.parametrize(
    ("data", "ids"),
    [
        pytest.param([make.assertion(), OTHER], [make.ASSERTION_URL, OTHER["id"]], id="an array"),
        pytest.param({"assertion": OTHER}, [OTHER["id"]], id="a Badge Connect wrapper"),
        pytest.param(
            {"badges": [{"assertion": OTHER}, make.assertion()]}, [OTHER["id"], make.ASSERTION_URL], id="an export"
        ),
        pytest.param({"results": [OTHER], "status": {}}, [OTHER["id"]], id="a page of an API"),
        pytest.param(make.presentation(make.credential()), [make.CREDENTIAL_URL], id="a presentation"),
        pytest.param(
            make.presentation(TOKEN.decode(), ENVELOPE), [make.CREDENTIAL_URL] * 2, id="tokens in a presentation"
        ),
        pytest.param([TOKEN.decode()], [make.CREDENTIAL_URL], id="a token in an array"),
        pytest.param(ENVELOPE, [make.CREDENTIAL_URL], id="an enveloped credential"),
        pytest.param([make.presentation(make.credential())], [make.CREDENTIAL_URL], id="a presentation in an array"),
    ],
)
def test_several_in_one(data: JSON, ids: list[str]) -> None:
    found = read(make.text(data))
    assert [one.credential.id for one in found] == ids
    assert all(read_payload(one.payload) == one.credential for one in found)


def test_a_presentation_may_be_signed() -> None:
    shapes: list[JSON] = [{"vp": make.presentation(make.credential())}, make.presentation(TOKEN.decode())]
    for claims in shapes:
        (found,) = read(make.token(claims))
        assert found.credential.id == make.CREDENTIAL_URL


def test_presentations_are_opened_four_deep() -> None:
    (found,) = read(nested(4))
    assert found.credential.id == make.CREDENTIAL_URL
    with pytest.raises(NotABadge):
        read(nested(5))


def test_a_record_in_a_record_holds_its_badges() -> None:
    (found,) = read(make.text(make.learner_record(make.learner_record(make.presentation(make.credential(), ENVELOPE)))))
    (inner,) = found.credential.members
    assert [member.id for member in inner.members] == [make.CREDENTIAL_URL] * 2


def test_a_learner_record_holds_its_badges() -> None:
    (found,) = read(make.text(make.learner_record(make.credential(), TOKEN.decode())))
    assert found.credential.version is Version.CLR_2
    assert [member.id for member in found.credential.members] == [make.CREDENTIAL_URL] * 2
    assert read_payload(found.credential.members[0].payload) == found.credential.members[0]


def test_a_box_has_a_line_for_each_thing() -> None:
    box = make.box({"a.png": PNG, "b.txt": b"Bonjour", "c.zip": make.box({}), "d.json": ASSERTION, "e.png": make.png()})
    lines = read_each(box)
    assert [line.container if isinstance(line, Found) else line.error.code for line in lines] == [
        *("png", "not-json", "not-a-badge", "json", "no-badge-found"),
    ]
    assert next(line.file for line in lines if isinstance(line, Unread)) == b"Bonjour"
    assert len(read(box)) == 2
    with pytest.raises(NotJSON):
        read(make.box({"b.txt": b"Bonjour"}))


def test_a_badge_stands_in_a_pdf_once() -> None:
    document = make.pdf(ASSERTION, one=PNG, two=CREDENTIAL, notes=b"Bonjour")
    assert [found.credential.id for found in read(document)] == [make.ASSERTION_URL, make.CREDENTIAL_URL]
    assert read(document)[0].file == document


@pytest.mark.parametrize(
    ("data", "found"),
    [
        pytest.param(make.badge_class(), "the description of a badge", id="a badge class"),
        pytest.param(make.profile(), "the description of an issuer", id="an issuer"),
        pytest.param(make.presentation(), "an empty presentation", id="an empty presentation"),
        pytest.param({"type": "FeatureCollection"}, "some other data", id="something else"),
        pytest.param([], "a list or a value", id="an empty list"),
        pytest.param(" ", "a list or a value", id="a blank"),
        pytest.param([[[make.assertion()]]], "a list or a value", id="lists in lists"),
    ],
)
def test_what_is_no_badge_is_named(data: JSON, found: str) -> None:
    with pytest.raises(NotABadge) as caught:
        read(make.text(data))
    assert caught.value.facts == {"found": found}
    assert found in str(caught.value)


def nested(layers: int) -> bytes:
    token = TOKEN
    for _ in range(layers):
        token = make.token(make.presentation(token.decode()))
    return token


@pytest.mark.parametrize(
    ("data", "error"),
    [
        pytest.param(b"", NotJSON, id="nothing"),
        pytest.param(nested(6), NotABadge, id="tokens in tokens in tokens"),
        pytest.param(make.token({"sub": "me"}), NotABadge, id="an ordinary token"),
        pytest.param(b"eyJhbGciOiJub25lIn0.eyJ9", NotJSON, id="two parts"),
        pytest.param(b"eyJhbGciOiJub25lIn0.aGVsbG8.", NotJSON, id="a payload that is no JSON"),
        pytest.param(b"https://a.example/1 https://a.example/2", NoBadgeFound, id="two addresses"),
        pytest.param(b"https://a.example/" + b"a" * 5000, NoBadgeFound, id="an address without end"),
        pytest.param(b"[" * 50_000_000, TooLarge, id="50 MB of brackets"),
        pytest.param(b"e" * 50_000_000, TooLarge, id="50 MB of letters"),
        pytest.param(b"{" + b'"a":{' * 70 + b"}" * 71, NotJSON, id="70 deep"),
        pytest.param(b'{"badge": 1, "badge": 2}', NotJSON, id="the same member twice"),
    ],
)
def test_unreadable(data: bytes, error: type[OpenBadgesError]) -> None:
    started = time.process_time()
    with pytest.raises(error):
        read(data)
    assert time.process_time() - started < 3


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"image": "data:" + "a" * 4_000_000}, id="a data: address without a comma"),
        pytest.param({"type": ["Assertion", "https://purl.imsglobal.org/spec/" * 120_000]}, id="a type without end"),
        pytest.param({"issuedOn": "1" * 4_000_000}, id="a date without end"),
        pytest.param({"id": "https://" + "a." * 2_000_000}, id="a host without end"),
        pytest.param({"@language": "fr-" * 1_300_000}, id="a language without end"),
        pytest.param({"evidence": ["x"] * 99_000}, id="evidence without end"),
    ],
)
def test_long_values_take_no_long_time(changes: dict[str, JSON]) -> None:
    data = make.text(make.assertion() | changes)
    started = time.process_time()
    (found,) = read(data)
    structure(make.assertion() | changes, Version.OB_2_0)
    structure(make.credential() | changes, Version.OB_3_0)
    assert found.payload == data
    assert time.process_time() - started < 3


HOSTILE = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-9, 9)
    | st.floats(-1, 1)
    | st.sampled_from(["", "x", "https://a.example", "data:"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "type", "@value", "x"]), inner),
    max_leaves=6,
)
BADGES = st.sampled_from(
    [make.assertion(), make.credential(), make.learner_record(make.credential()), make.badge_class()]
)


@settings(deadline=None)
@given(st.data())
def test_hostile_shapes_are_read_or_refused(data: st.DataObject) -> None:
    document = json.loads(json.dumps(data.draw(BADGES)))
    for _ in range(data.draw(st.integers(1, 4))):
        place = document
        while True:
            name = data.draw(st.sampled_from(sorted(place)))
            if not isinstance(place[name], dict) or not place[name] or data.draw(st.booleans()):
                break
            place = place[name]
        place[name] = data.draw(HOSTILE)
    try:
        read(make.text(document))
    except OpenBadgesError as error:
        assert error.code in {"not-a-badge", "not-json"}  # noqa: PT017


def test_baking_says_no() -> None:
    with pytest.raises(AlreadyBaked):
        bake(PNG, CREDENTIAL)
    assert read(bake(PNG, CREDENTIAL, replace=True))[0].payload == CREDENTIAL
    with pytest.raises(CannotBake):
        bake(make.text({}), ASSERTION)
    with pytest.raises(NotABadge):
        bake(make.png(), make.text(make.profile()))


def test_the_keyword_goes_by_version() -> None:
    for payload, keyword in [
        (ASSERTION, b"openbadges\0"),
        (b"https://a.example/1", b"openbadges\0"),
        (CREDENTIAL, b"openbadgecredential\0"),
        (TOKEN, b"openbadgecredential\0"),
        (make.text(make.learner_record(make.credential())), b"clrcredential\0"),
    ]:
        assert b"iTXt" + keyword in bake(make.png(), payload)


def test_a_token_of_data_model_1_1_is_completed_by_its_claims() -> None:
    inner = make.credential(id=None, issuer=None, validFrom=None)
    inner["@context"] = [
        "https://www.w3.org/2018/credentials/v1",
        "https://purl.imsglobal.org/spec/ob/v3p0/context.json",
    ]
    claims: JSON = {
        "vc": inner,
        "jti": "urn:uuid:1",
        "iss": "https://i.example",
        "nbf": 1714979289.9,
        "exp": 1714979290,
    }
    credential = read_payload(make.token(claims))
    assert (credential.id, credential.issuer.id) == ("urn:uuid:1", "https://i.example")
    assert str(credential.valid_from) == "2024-05-06 07:08:09+00:00"
    assert str(credential.valid_until) == "2024-05-06 07:08:10+00:00"


def test_what_is_wrong_with_a_token_is_left_to_the_proof() -> None:
    head = base64.urlsafe_b64encode(b'{"alg":"ES256","b64":false,"crit":["b64"]}').rstrip(b"=")
    assert document_in(head + b"." + CREDENTIAL + b".c2ln") == make.credential()
    assert document_in(TOKEN.replace(b".", b"==.", 1)) == make.credential()


@pytest.mark.parametrize(
    ("pasted", "asked"),
    [
        (
            "https://openbadgefactory.com/obv3/credentials/0a1b.html",
            "https://openbadgefactory.com/obv3/credentials/0a1b",
        ),
        ("https://eu.openbadgefactory.com/v1/assertion/0a1b.html", "https://eu.openbadgefactory.com/v1/assertion/0a1b"),
        ("https://openbadgefactory.com.evil.example/v1/assertion/0a1b.html",) * 2,
        ("https://openbadgefactory.com/v1/badge/_/x/criteria.html?v=2.0",) * 2,
        (
            "https://badges.parchment.com/public/assertions/Ab-1?identity__email=lea%40example.org",
            "https://api.badgr.io/public/assertions/Ab-1",
        ),
        ("https://eu.badgr.com/public/assertions/Ab-1", "https://api.eu.badgr.io/public/assertions/Ab-1"),
        ("https://api.badgr.io/public/assertions/Ab-1?v=3_0",) * 2,
        (
            "https://www.credly.com/badges/0A1B2C3D-0000-4000-8000-0123456789ab/public_url",
            "https://api.credly.com/v1/obi/v2/badge_assertions/0a1b2c3d-0000-4000-8000-0123456789ab",
        ),
        ("https://www.credly.com/users/lea",) * 2,
        ("https://a.example/1?a=%20&identity__email=l&b=2#x", "https://a.example/1?a=%20&b=2"),
        (" https://a.example/1 ", "https://a.example/1"),
        ("https://[a.example/1",) * 2,
        ("mailto:a@b",) * 2,
    ],
)
def test_a_page_for_people_leads_to_its_credential(pasted: str, asked: str) -> None:
    assert rewrite_address(pasted) == asked
    assert rewrite_address(asked) == asked


@pytest.mark.parametrize(
    ("link", "badge"),
    [
        pytest.param(
            "https://sac.example/import?url=https%3A%2F%2Fa.example%2F1.json", "https://a.example/1.json", id="add"
        ),
        pytest.param(
            "https://a.example/sac/import?lang=fr&url=https://b.example/1", "https://b.example/1", id="under a path"
        ),
        pytest.param(
            "https://openbadgefactory.com/v1/assertion/ab1.html",
            "https://openbadgefactory.com/v1/assertion/ab1",
            id="a page",
        ),
        pytest.param(
            "https://api.badgr.io/public/assertions/aB1", "https://api.badgr.io/public/assertions/aB1", id="a badge"
        ),
        pytest.param("https://sac.example/import?url=javascript:alert(1)", None, id="no address"),
        pytest.param("https://sac.example/import?url=//a.example/1", None, id="half an address"),
        pytest.param("https://sac.example/imported?url=https://a.example/1", None, id="another page"),
        pytest.param("https://evil.example/v1/assertion/ab1", None, id="as another platform has it"),
        pytest.param("https://openbadgefactory.com/unsubscribe/ab1", None, id="another page of a platform"),
        pytest.param("https://[", None, id="broken"),
        pytest.param("mailto:a@b.example", None, id="a mail address"),
    ],
)
def test_which_links_of_a_message_lead_to_a_badge(link: str, badge: str | None) -> None:
    assert badge_behind(link) == badge
