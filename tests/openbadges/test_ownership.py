"""An intact signature says nothing about an issuer to whom nothing ties the key."""

from __future__ import annotations

from typing import Any

import pytest

from backpack.archive.policy import registrable_domain
from backpack.openbadges.policy import Policy
from backpack.openbadges.report import CheckResult
from backpack.openbadges.strict_json import JSON
from tests.openbadges import make
from tests.openbadges.issuing import (
    KEY,
    KEY_URL,
    P256,
    PROFILE_URL,
    STRANGER,
    check,
    controller_document,
    credential,
    judged,
    signed,
    verdict,
)

DID_WEB = "did:web:issuer.example.org"
DID_ADDRESS = "https://issuer.example.org/.well-known/did.json"
METHOD = f"{PROFILE_URL}#key-1"


def issued_by(issuer: str, method: str, key: Any = KEY, **changes: Any) -> dict[str, JSON]:
    said: JSON = {"id": issuer, "type": ["Profile"], "name": "Exemple", "url": "https://issuer.example.org"}
    return signed(credential(issuer=said, **changes), key, method=method)


def did_document(**changes: Any) -> dict[str, JSON]:
    return controller_document(KEY, id_=DID_WEB, **changes)


BY_DID_WEB = issued_by(DID_WEB, f"{DID_WEB}#key-1")
BY_WEB = issued_by(PROFILE_URL, METHOD)
EMBEDDED: dict[str, Any] = {
    "id": f"{DID_WEB}#key-1",
    "type": "Multikey",
    "controller": DID_WEB,
    "publicKeyMultibase": KEY.public.multikey(),
}

LISTED = {**EMBEDDED, "id": METHOD, "controller": PROFILE_URL}
WITHDRAWN = {**LISTED, "revoked": "2025-01-01T00:00:00Z"}
KEY_ADDRESS = "https://keys.example/k1"
BY_KEY_ADDRESS = issued_by(PROFILE_URL, KEY_ADDRESS)
NAMES_A_KEY = {"id": PROFILE_URL, "assertionMethod": [KEY_ADDRESS]}


def at_key_address(**changes: Any) -> dict[str, Any]:
    """The issuer names a key by its address alone; what that address answers."""
    return {PROFILE_URL: NAMES_A_KEY, KEY_ADDRESS: {**LISTED, "id": KEY_ADDRESS, **changes}}


def did_method(**changes: Any) -> dict[str, Any]:
    return {DID_ADDRESS: did_document(verificationMethod=[{**EMBEDDED, **changes}])}


BEFORE, SINCE = "2026-01-01T00:00:00Z", "2026-05-20T00:00:00Z"

CASES: list[tuple[str, dict[str, JSON], dict[str, Any], tuple[str, str | None], bool]] = [
    ("did:key, its own issuer", signed(), {}, ("valid", None), False),
    ("did:key of another did:key", issued_by(STRANGER.did(), KEY.method()), {}, ("invalid", "key-not-issuers"), False),
    (
        "did:key with another's fragment",
        issued_by(KEY.did(), f"{KEY.did()}#{STRANGER.public.multikey()}"),
        {},
        ("invalid", "key-not-issuers"),
        False,
    ),
    (
        "did:key for a urn",
        issued_by("urn:uuid:00000000-0000-4000-8000-000000000002", KEY.method()),
        {},
        ("unknown", "key-unconfirmed"),
        False,
    ),
    (
        "did:key for a site that lists it",
        issued_by(PROFILE_URL, KEY.method()),
        {
            PROFILE_URL: controller_document(
                KEY,
                name=KEY.public.multikey(),
                id_=PROFILE_URL,
                assertionMethod=[EMBEDDED | {"id": KEY.method(), "controller": PROFILE_URL}],
            )
        },
        ("valid", None),
        True,
    ),
    (
        "did:key for a site that lists others",
        issued_by(PROFILE_URL, KEY.method()),
        {PROFILE_URL: controller_document(STRANGER)},
        ("invalid", "key-not-issuers"),
        False,
    ),
    (
        "did:key for a site without keys",
        issued_by(PROFILE_URL, KEY.method()),
        {PROFILE_URL: make.profile()},
        ("unknown", "key-unconfirmed"),
        False,
    ),
    ("did:web", BY_DID_WEB, {DID_ADDRESS: did_document()}, ("valid", None), True),
    (
        "did:web, embedded",
        BY_DID_WEB,
        {DID_ADDRESS: did_document(verificationMethod=None, assertionMethod=[EMBEDDED])},
        ("valid", None),
        True,
    ),
    (
        "did:web, relative names",
        BY_DID_WEB,
        {
            DID_ADDRESS: {
                "id": DID_WEB,
                "verificationMethod": [{**EMBEDDED, "id": "#key-1"}],
                "assertionMethod": ["#key-1"],
            }
        },
        ("valid", None),
        True,
    ),
    (
        "did:web, for authentication only",
        BY_DID_WEB,
        {DID_ADDRESS: did_document(assertionMethod=None, authentication=[f"{DID_WEB}#key-1"])},
        ("invalid", "key-not-issuers"),
        False,
    ),
    (
        "did:web, no relation",
        BY_DID_WEB,
        {DID_ADDRESS: did_document(assertionMethod=None)},
        ("invalid", "key-not-issuers"),
        False,
    ),
    ("did:web, not listed", BY_DID_WEB, {DID_ADDRESS: {"id": DID_WEB}}, ("invalid", "key-not-issuers"), False),
    (
        "did:web, another controller",
        BY_DID_WEB,
        {DID_ADDRESS: controller_document(KEY, id_=DID_WEB, controller="did:web:evil.example")},
        ("invalid", "key-not-issuers"),
        False,
    ),
    (
        "did:web, another id",
        BY_DID_WEB,
        {DID_ADDRESS: did_document(id="did:web:evil.example")},
        ("unknown", "key-unreachable"),
        False,
    ),
    ("did:web, a page", BY_DID_WEB, {DID_ADDRESS: b"<p>"}, ("unknown", "key-unreachable"), False),
    ("did:web, unreachable", BY_DID_WEB, {}, ("unknown", "key-unreachable"), False),
    (
        "did:web, another key now",
        BY_DID_WEB,
        {DID_ADDRESS: controller_document(STRANGER, id_=DID_WEB)},
        ("invalid", "signature-wrong"),
        True,
    ),
    (
        "did:web, key of another kind",
        BY_DID_WEB,
        {DID_ADDRESS: controller_document(P256, id_=DID_WEB)},
        ("invalid", "signature-wrong"),
        True,
    ),
    (
        "did:web, revoked before",
        BY_DID_WEB,
        did_method(revoked=BEFORE),
        ("invalid", "key-revoked"),
        True,
    ),
    ("did:web, revoked since", BY_DID_WEB, did_method(revoked=SINCE), ("valid", None), True),
    ("did:web, ended before", BY_DID_WEB, did_method(expires=BEFORE), ("invalid", "key-revoked"), True),
    ("did:web, ended since", BY_DID_WEB, did_method(expires=SINCE), ("valid", None), True),
    ("did:web, an end that is a day", BY_DID_WEB, did_method(expires="2030-01-01"), ("valid", None), True),
    ("did:web, no end", BY_DID_WEB, did_method(expires=None), ("valid", None), True),
    ("did:web, an end in words", BY_DID_WEB, did_method(expires="soon"), ("unknown", "key-unreachable"), False),
    (
        "did:web, ended and listed anew",
        issued_by(DID_WEB, f"{DID_WEB}#again"),
        {
            DID_ADDRESS: did_document(
                verificationMethod=[{**EMBEDDED, "expires": BEFORE}, {**EMBEDDED, "id": f"{DID_WEB}#again"}],
                assertionMethod=[f"{DID_WEB}#key-1", f"{DID_WEB}#again"],
            )
        },
        ("valid", None),
        True,
    ),
    (
        "did:web, listed by its id alone",
        BY_DID_WEB,
        {DID_ADDRESS: did_document(verificationMethod=None)},
        ("unknown", "key-unreachable"),
        False,
    ),
    (
        "did:web, a method without a key",
        BY_DID_WEB,
        {DID_ADDRESS: did_document(verificationMethod=[{"id": f"{DID_WEB}#key-1", "controller": DID_WEB}])},
        ("unknown", "key-unreachable"),
        False,
    ),
    (
        "did:web of another",
        issued_by("did:web:other.example", f"{DID_WEB}#key-1"),
        {DID_ADDRESS: did_document()},
        ("invalid", "key-not-issuers"),
        False,
    ),
    ("did:ion", issued_by("did:ion:abc", "did:ion:abc#1"), {}, ("unknown", "did-unsupported"), False),
    (
        "a method without scheme",
        issued_by(PROFILE_URL, "key-1"),
        {PROFILE_URL: make.profile()},
        ("invalid", "malformed"),
        False,
    ),
    ("site, listed", BY_WEB, {PROFILE_URL: controller_document(KEY)}, ("valid", None), True),
    ("site, unreachable", BY_WEB, {}, ("unknown", "key-unreachable"), False),
    ("site, named by the address of its key", BY_KEY_ADDRESS, at_key_address(), ("valid", None), True),
    (
        "site, a key that its own address withdrew",
        BY_KEY_ADDRESS,
        at_key_address(revoked=BEFORE),
        ("invalid", "key-revoked"),
        True,
    ),
    ("site, a key withdrawn since", BY_KEY_ADDRESS, at_key_address(revoked=SINCE), ("valid", None), True),
    (
        "site, a key that its own address let end",
        BY_KEY_ADDRESS,
        at_key_address(expires=BEFORE),
        ("invalid", "key-revoked"),
        True,
    ),
    ("site, a key ended since", BY_KEY_ADDRESS, at_key_address(expires=SINCE), ("valid", None), True),
    (
        "site, at the address of its key another",
        BY_KEY_ADDRESS,
        at_key_address(id="https://keys.example/k2"),
        ("unknown", "key-unreachable"),
        False,
    ),
    (
        "site, another's document",
        BY_WEB,
        {PROFILE_URL: controller_document(KEY, id="https://issuer.example.org/other")},
        ("unknown", "key-unreachable"),
        False,
    ),
    (
        "site, its address written otherwise",
        BY_WEB,
        {PROFILE_URL: controller_document(KEY, id="HTTPS://issuer.example.org:443/profile")},
        ("valid", None),
        True,
    ),
    (
        "site, another's document, but the key's own names the issuer",
        issued_by(PROFILE_URL, KEY_URL),
        {PROFILE_URL: {"id": "https://evil.example/"}, KEY_URL: {**LISTED, "id": KEY_URL}},
        ("valid", None),
        True,
    ),
    (
        "site, a key with its end, in the well-known set",
        issued_by(PROFILE_URL, KEY_URL),
        {
            PROFILE_URL: make.profile(),
            KEY_URL: {**LISTED, "id": KEY_URL, "controller": None, "expires": BEFORE},
            "https://issuer.example.org/.well-known/jwks.json": {"keys": [KEY.public.jwk()]},
        },
        ("invalid", "key-revoked"),
        False,
    ),
    ("site, 404", BY_WEB, {PROFILE_URL: 404}, ("unknown", "key-unreachable"), False),
    ("site, no keys", BY_WEB, {PROFILE_URL: make.profile()}, ("unknown", "key-unconfirmed"), False),
    (
        "site, other keys",
        BY_WEB,
        {PROFILE_URL: controller_document(KEY, name="key-2")},
        ("invalid", "key-not-issuers"),
        False,
    ),
    (
        "site, another controller",
        BY_WEB,
        {PROFILE_URL: controller_document(KEY, controller="https://evil.example/")},
        ("invalid", "key-not-issuers"),
        False,
    ),
    (
        "site that withdrew the key, named by itself",
        issued_by(PROFILE_URL, KEY.method()),
        {PROFILE_URL: controller_document(KEY, verificationMethod=[WITHDRAWN])},
        ("invalid", "key-revoked"),
        True,
    ),
    (
        "site that lists the key anew after withdrawing it",
        issued_by(PROFILE_URL, f"{PROFILE_URL}#again"),
        {
            PROFILE_URL: controller_document(
                KEY,
                verificationMethod=[WITHDRAWN, {**LISTED, "id": f"{PROFILE_URL}#again"}],
                assertionMethod=[METHOD, f"{PROFILE_URL}#again"],
            )
        },
        ("invalid", "key-revoked"),
        True,
    ),
    (
        "site that lists another key under the address of this one",
        issued_by(PROFILE_URL, "https://keys.example/k1"),
        {
            PROFILE_URL: controller_document(
                KEY,
                verificationMethod=None,
                assertionMethod=[
                    {**LISTED, "id": "https://keys.example/k1", "publicKeyMultibase": STRANGER.public.multikey()}
                ],
            ),
            "https://keys.example/k1": {**LISTED, "id": "https://keys.example/k1"},
        },
        ("invalid", "key-not-issuers"),
        False,
    ),
    (
        "key in the fragment, nothing reachable",
        issued_by(PROFILE_URL, f"{PROFILE_URL}#{KEY.public.multikey()}"),
        {},
        ("unknown", "key-unreachable"),
        False,
    ),
    (
        "site over http",
        issued_by("http://issuer.example.org/profile", "http://issuer.example.org/profile#key-1"),
        {"http://issuer.example.org/profile": controller_document(KEY, id_="http://issuer.example.org/profile")},
        ("valid", None),
        False,
    ),
]


@pytest.mark.parametrize(("document", "pages", "expected", "established"), [pytest.param(*c, id=i) for i, *c in CASES])
def test_whose_key_it_is(
    document: dict[str, JSON], pages: dict[str, Any], expected: tuple[str, str | None], established: bool
) -> None:
    report = judged(document, pages)
    assert verdict(report) == expected
    assert report.issuer.established is established


@pytest.mark.parametrize("pages", [{DID_ADDRESS: controller_document(STRANGER, id_=DID_WEB)}])
def test_whom_a_forged_badge_names_has_said_nothing(pages: dict[str, Any]) -> None:
    report = judged(BY_DID_WEB, pages)
    assert verdict(report) == ("invalid", "signature-wrong")
    assert check(report, "key").result is CheckResult.NOT_APPLICABLE
    assert [one.code for one in report.checks if one.id == "issuer"] == ["not-proven"]


AT_HOME = signed(
    credential(
        id="https://badges.example.org/credentials/1",
        issuer={"id": KEY.did(), "type": ["Profile"], "name": "Exemple", "url": "https://www.example.org"},
    )
)
ON_PLATFORM = signed(credential(id="https://app.openbadgefactory.com/credentials/1"))
POLICY = Policy(registrable_domain=registrable_domain)


@pytest.mark.parametrize(
    ("document", "pages", "policy", "how", "name"),
    [
        pytest.param(
            AT_HOME,
            {"https://badges.example.org/credentials/1": AT_HOME},
            POLICY,
            "domain",
            "badges.example.org",
            id="answered by the domain the issuer names",
        ),
        pytest.param(AT_HOME, {}, POLICY, None, None, id="not answered"),
        pytest.param(
            AT_HOME,
            {
                "https://badges.example.org/credentials/1": signed(
                    credential(id="https://badges.example.org/credentials/1")
                )
            },
            POLICY,
            None,
            None,
            id="another answered",
        ),
        pytest.param(
            ON_PLATFORM,
            {"https://app.openbadgefactory.com/credentials/1": ON_PLATFORM},
            POLICY,
            "platform",
            "openbadgefactory.com",
            id="answered by a platform",
        ),
        pytest.param(
            ON_PLATFORM,
            {"https://app.openbadgefactory.com/credentials/1": ON_PLATFORM},
            Policy(platforms=()),
            None,
            None,
            id="not on the operator's list of platforms",
        ),
        pytest.param(
            signed(),
            {},
            Policy(known_keys={KEY.did(): "Université"}),
            "known-key",
            "Université",
            id="a key the operator knows",
        ),
    ],
)
def test_who_a_key_is(
    document: dict[str, JSON], pages: dict[str, Any], policy: Policy, how: str | None, name: str | None
) -> None:
    report = judged(document, pages, policy=policy)
    assert verdict(report) == ("valid", None)
    assert (report.issuer.how, report.issuer.name) == (how, name)


def test_a_suffix_of_the_public_list_is_nobodys_domain() -> None:
    elsewhere = signed(
        credential(
            id="https://evil.github.io/1",
            issuer={"id": KEY.did(), "type": ["Profile"], "name": "x", "url": "https://school.github.io"},
        )
    )
    assert not judged(elsewhere, {"https://evil.github.io/1": elsewhere}, policy=POLICY).issuer.established


def test_a_key_for_a_site_that_answers_the_credential_itself() -> None:
    document = issued_by(
        "https://issuer.example.org/profile", KEY.method(), id="https://issuer.example.org/credentials/1"
    )
    report = judged(document, {PROFILE_URL: make.profile(), "https://issuer.example.org/credentials/1": document})
    assert (verdict(report), report.issuer.established) == (("valid", None), True)


def test_a_site_that_answers_the_credential_need_not_answer_for_its_profile() -> None:
    document = issued_by(PROFILE_URL, KEY_ADDRESS, id=make.CREDENTIAL_URL)
    pages: dict[str, Any] = {KEY_ADDRESS: {**LISTED, "id": KEY_ADDRESS}}
    assert verdict(judged(document, pages)) == ("unknown", "key-unreachable")
    report = judged(document, {**pages, make.CREDENTIAL_URL: document})
    assert (verdict(report), report.issuer.established) == (("valid", None), True)


def test_a_name_in_other_letters_is_shown_as_its_owner_writes_it() -> None:
    url = "https://xn--cole-9oa.example.org/profile"
    report = judged(issued_by(url, f"{url}#key-1"), {url: controller_document(KEY, id_=url)})
    assert (report.issuer.name, report.issuer.unicode_name) == ("xn--cole-9oa.example.org", "école.example.org")
