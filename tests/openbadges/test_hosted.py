"""A hosted badge is what its issuer's server says, and says who the issuer is only when nobody else could have."""

from __future__ import annotations

from typing import TypeAlias

import pytest

from backpack import openbadges
from backpack.openbadges.recorded import RecordedDocuments
from backpack.openbadges.strict_json import JSON
from tests.openbadges import make
from tests.openbadges.issuing import CLASS_URL, NOON, PROFILE_URL, answers, check, codes, hosted, judged, verdict

Page: TypeAlias = "JSON | bytes | int | None"
OTHER = "https://issuer.example.org/assertions/2"

OUTCOMES: list[tuple[str, dict[str, Page], tuple[str, str | None]]] = [
    ("the issuer still serves it", {}, ("valid", None)),
    ("404", {"assertion": 404}, ("unknown", "document-missing")),
    ("403", {"assertion": 403}, ("unknown", "document-unreachable")),
    ("500", {"assertion": 500}, ("unknown", "document-unreachable")),
    ("nothing answers", {"assertion": None}, ("unknown", "document-unreachable")),
    ("410", {"assertion": 410}, ("revoked", "revoked")),
    (
        "revoked, and nothing else said",
        {"assertion": {"id": make.ASSERTION_URL, "revoked": True}},
        ("revoked", "revoked"),
    ),
    ("a page", {"assertion": b"<!doctype html><p>Hello"}, ("unknown", "document-not-json")),
    ("members twice", {"assertion": b'{"id": "a", "id": "b"}'}, ("unknown", "document-not-json")),
    ("an unsigned 3.0 badge", {"assertion": make.credential(id=make.ASSERTION_URL)}, ("invalid", "id-mismatch")),
    ("an array", {"assertion": []}, ("unknown", "document-not-json")),
    ("an error in JSON", {"assertion": {"error": "no"}}, ("unknown", "document-not-json")),
    ("expired", {"assertion": make.assertion(expires="2025-01-01T00:00:00Z")}, ("expired", "expired")),
    ("issued tomorrow", {"assertion": make.assertion(issuedOn="2026-06-02T12:00:00Z")}, ("invalid", "not-yet-valid")),
    ("issued in four minutes", {"assertion": make.assertion(issuedOn="2026-06-01T12:04:00Z")}, ("valid", None)),
    (
        "expires before it was issued",
        {"assertion": make.assertion(expires="2020-01-01T00:00:00Z")},
        ("invalid", "malformed"),
    ),
    ("no recipient", {"assertion": make.assertion(recipient=None)}, ("invalid", "malformed")),
    ("a date without zone", {"assertion": make.assertion(issuedOn="2024-01-01T00:00:00")}, ("invalid", "malformed")),
    (
        "says it is signed",
        {"assertion": make.assertion(verification={"type": "SignedBadge"})},
        ("invalid", "signature-missing"),
    ),
    (
        "signed among others",
        {"assertion": make.assertion(verification={"type": ["hosted", "signed"]})},
        ("invalid", "signature-missing"),
    ),
    (
        "an unknown vocabulary",
        {"assertion": make.assertion(**{"@context": "https://evil.example/v9"})},
        ("unknown", "unknown-context"),
    ),
    ("badge class 404", {"badge_class": 404}, ("unknown", "document-missing")),
    ("badge class 410", {"badge_class": 410}, ("unknown", "document-missing")),
    ("badge class without criteria", {"badge_class": make.badge_class(criteria=None)}, ("invalid", "malformed")),
    ("issuer unreachable", {"profile": None}, ("unknown", "document-unreachable")),
    ("issuer without name", {"profile": make.profile(name=None)}, ("invalid", "malformed")),
    ("issuer without e-mail", {"profile": make.profile(email=None)}, ("valid", None)),
    (
        "revoked and expired",
        {"assertion": make.assertion(revoked=True, expires="2025-01-01T00:00:00Z")},
        ("revoked", "revoked"),
    ),
    ("revoked: false", {"assertion": make.assertion(revoked=False)}, ("valid", None)),
]


@pytest.mark.parametrize(("pages", "expected"), [pytest.param(p, e, id=i) for i, p, e in OUTCOMES])
def test_a_hosted_badge_is_what_its_issuer_says(pages: dict[str, Page], expected: tuple[str, str | None]) -> None:
    assert verdict(judged(make.assertion(), hosted(**pages))) == expected


def test_a_good_one_is_established_by_its_host() -> None:
    report = judged(make.assertion(), hosted())
    assert (report.issuer.how, report.issuer.name) == ("domain", "issuer.example.org")
    assert report.green
    assert report.wanted == ()


def test_only_the_hosted_words_are_shown() -> None:
    mine = make.assertion(recipient={"type": "email", "hashed": False, "identity": "eve@example.org"})
    report = judged(mine, hosted(), recipients=("eve@example.org",))
    assert verdict(report) == ("valid", None)
    assert report.recipient.value == "mismatch"
    assert "copy-differs" in codes(report)
    assert report.credential.recipient.identities[0].value == "lea@example.org"


@pytest.mark.parametrize("id_", ["urn:uuid:1", "issuer.example.org/assertions/1", "ftp://issuer.example.org/1"])
def test_a_hosted_badge_says_where_it_is(id_: str) -> None:
    assert verdict(judged(make.assertion(id=id_), {})) == ("invalid", "hosted-without-url")


IDS: list[tuple[str, dict[str, Page], tuple[str, str | None], bool]] = [
    (
        "same address, written otherwise",
        {make.ASSERTION_URL: make.assertion(id="HTTPS://Issuer.Example.org:443/assertions/1")},
        ("valid", None),
        False,
    ),
    ("moved", {make.ASSERTION_URL: make.assertion(id=OTHER), OTHER: make.assertion(id=OTHER)}, ("valid", None), True),
    ("moved to nowhere", {make.ASSERTION_URL: make.assertion(id=OTHER)}, ("unknown", "document-unreachable"), False),
    (
        "a third address",
        {make.ASSERTION_URL: make.assertion(id=OTHER), OTHER: make.assertion(id=OTHER + "3")},
        ("invalid", "id-mismatch"),
        False,
    ),
    (
        "a circle",
        {make.ASSERTION_URL: make.assertion(id=OTHER), OTHER: make.assertion()},
        ("invalid", "id-mismatch"),
        False,
    ),
    ("no address", {make.ASSERTION_URL: make.assertion(id="urn:uuid:1")}, ("invalid", "id-mismatch"), False),
]


@pytest.mark.parametrize(("pages", "expected", "warned"), [pytest.param(p, e, w, id=i) for i, p, e, w in IDS])
def test_an_answer_is_about_the_address_asked(
    pages: dict[str, Page], expected: tuple[str, str | None], warned: bool
) -> None:
    report = judged(make.assertion(), {**hosted(), **pages})
    assert verdict(report) == expected
    assert ("id-mismatch" in codes(report)) is (warned or expected[1] == "id-mismatch")


def elsewhere(host: str, **profile: JSON) -> dict[str, Page]:
    """The issuer's profile on another host."""
    url = f"https://{host}/profile"
    return {**hosted(badge_class=make.badge_class(issuer=url)), url: make.profile(id=url, **profile)}


SCOPES: list[tuple[str, dict[str, Page], bool]] = [
    ("another host", elsewhere("other.example"), False),
    ("a host above", elsewhere("example.org"), False),
    ("a host that begins alike", elsewhere("issuer.example.org.evil.example"), False),
    ("another port", elsewhere("issuer.example.org:8443"), False),
    ("allowed by name", elsewhere("other.example", verification={"allowedOrigins": "issuer.example.org"}), True),
    ("allowed in capitals", elsewhere("other.example", verification={"allowedOrigins": ["Issuer.Example.ORG"]}), True),
    ("a domain above allowed", elsewhere("other.example", verification={"allowedOrigins": "example.org"}), False),
    (
        "starts there",
        hosted(profile=make.profile(verification={"startsWith": "https://issuer.example.org/assertions/"})),
        True,
    ),
    (
        "starts elsewhere",
        hosted(profile=make.profile(verification={"startsWith": "https://issuer.example.org/x/"})),
        False,
    ),
    (
        "startsWith widens nothing",
        elsewhere("evil.example", verification={"startsWith": "https://issuer.example.org"}),
        False,
    ),
]


@pytest.mark.parametrize(("pages", "inside"), [pytest.param(p, inside, id=i) for i, p, inside in SCOPES])
def test_an_issuer_issues_from_its_own_addresses(pages: dict[str, Page], inside: bool) -> None:
    report = judged(make.assertion(), pages)
    assert verdict(report) == (("valid", None) if inside else ("invalid", "out-of-scope"))
    assert report.issuer.established is inside


@pytest.mark.parametrize("origin", ["https://issuer.example.org", "666", "192.168.0.1", "a b"])
def test_allowed_origins_are_host_names(origin: str) -> None:
    profile = make.profile(verification={"allowedOrigins": ["issuer.example.org", origin]})
    assert verdict(judged(make.assertion(), hosted(profile=profile))) == ("invalid", "malformed")


def redirected(url: str, to: str) -> RecordedDocuments:
    recorded = answers(hosted())
    recorded[to] = recorded.pop(url)
    recorded[url] = {"status": 302, "headers": {"Location": to}, "body": ""}
    return RecordedDocuments(recorded, NOON)


REDIRECTS: list[tuple[str, str, str, tuple[str, str | None], bool]] = [
    ("on the same origin", make.ASSERTION_URL, "https://issuer.example.org/moved", ("valid", None), True),
    ("to another host", make.ASSERTION_URL, "https://other.example/1", ("valid", None), False),
    ("the issuer to another host", PROFILE_URL, "https://other.example/p", ("valid", None), False),
    ("the badge class to another host", CLASS_URL, "https://other.example/c", ("valid", None), False),
    ("down to http", make.ASSERTION_URL, "http://issuer.example.org/1", ("unknown", "document-unreachable"), False),
]


@pytest.mark.parametrize(("url", "to", "expected", "established"), [pytest.param(*c, id=i) for i, *c in REDIRECTS])
def test_a_redirect_proves_nothing_about_who(
    url: str, to: str, expected: tuple[str, str | None], established: bool
) -> None:
    credential = openbadges.read_payload(make.text(make.assertion()))
    report = openbadges.verify(credential, redirected(url, to), NOON)
    assert verdict(report) == expected
    assert report.issuer.established is established


def test_plain_http_holds_but_establishes_nobody() -> None:
    pages = {url.replace("https:", "http:"): page for url, page in _on_http(hosted()).items()}
    report = judged(_http(make.assertion()), pages)
    assert (verdict(report), report.issuer.established) == (("valid", None), False)


def test_an_issuer_described_in_the_badge_only_is_nobody() -> None:
    profile = make.profile(id=None)
    report = judged(make.assertion(), hosted(badge_class=make.badge_class(issuer=profile)))
    assert (verdict(report), report.issuer.established) == (("valid", None), False)


def test_an_embedded_class_is_asked_all_the_same() -> None:
    mine = make.assertion(badge=make.badge_class(name="Another name"))
    report = judged(mine, hosted(assertion=mine))
    assert verdict(report) == ("valid", None)
    assert str(report.credential.achievement.name) == "Soudure"
    assert "embedded-differs" in codes(report)


@pytest.mark.parametrize(
    ("document", "version"),
    [
        (
            {
                "uid": "1",
                "recipient": {"type": "email", "hashed": False, "identity": "lea@example.org"},
                "badge": CLASS_URL,
                "verify": {"type": "hosted", "url": make.ASSERTION_URL},
                "issuedOn": 1400000000,
            },
            "1.0",
        ),
        (
            {
                "@context": "https://w3id.org/openbadges/v1",
                "type": "Assertion",
                "id": make.ASSERTION_URL,
                "uid": "1",
                "recipient": {"type": "email", "hashed": False, "identity": "lea@example.org"},
                "badge": CLASS_URL,
                "verify": {"type": "hosted", "url": make.ASSERTION_URL},
                "issuedOn": "2014-05-06",
            },
            "1.1",
        ),
    ],
    ids=["1.0", "1.1"],
)
def test_older_versions(document: dict[str, JSON], version: str) -> None:
    old_class = {
        "name": "Soudure",
        "description": "x",
        "image": "https://issuer.example.org/badge.png",
        "criteria": "https://issuer.example.org/criteria",
        "issuer": PROFILE_URL,
    }
    old_profile = {"name": "Lycée", "url": "https://issuer.example.org/"}
    if version == "1.1":
        shared = {"@context": "https://w3id.org/openbadges/v1"}
        old_class = {**shared, "type": "BadgeClass", "id": CLASS_URL, **old_class}
        old_profile = {**shared, "type": "Issuer", "id": PROFILE_URL, **old_profile}
    report = judged(document, hosted(assertion=document, badge_class=dict(old_class), profile=dict(old_profile)))
    assert (report.version.value if report.version else None, verdict(report)) == (version, ("valid", None))
    assert report.issuer.established


def test_0_5_stands_on_the_origin_it_names() -> None:
    badge: JSON = {
        "version": "0.5.0",
        "name": "Soudure",
        "description": "x",
        "image": "/badge.png",
        "criteria": "/criteria",
        "issuer": {"origin": "https://issuer.example.org", "name": "Lycée"},
    }
    document: dict[str, JSON] = {"recipient": "lea@example.org", "badge": badge}
    at_home = judged(make.ASSERTION_URL.encode(), {make.ASSERTION_URL: document}, recipients=("lea@example.org",))
    assert (verdict(at_home), at_home.recipient.value) == (("valid", None), "match")
    away = judged(b"https://evil.example/1", {"https://evil.example/1": document})
    assert verdict(away) == ("invalid", "out-of-scope")


def test_a_badge_by_address_alone() -> None:
    report = judged(make.ASSERTION_URL.encode(), hosted())
    assert (verdict(report), str(report.version)) == (("valid", None), "2.0")
    assert check(report, "copy").result.value == "not-applicable"


def _http(document: dict[str, JSON]) -> dict[str, JSON]:
    return {
        name: value.replace("https://issuer", "http://issuer") if isinstance(value, str) else value
        for name, value in document.items()
    }


def _on_http(pages: dict[str, Page]) -> dict[str, Page]:
    return {url: _http(page) if isinstance(page, dict) else page for url, page in pages.items()}
