"""What LinkedIn's form is filled with, and the links to other networks."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest

from backpack.publishing.linkedin import (
    Certification,
    add_to_profile,
    copy_fields,
    linkedin_post,
    share_intents,
)

PARIS = ZoneInfo("Europe/Paris")
URL = "https://badges.example/v/7K3F-9QX2"
BADGE = Certification(
    name="Tutorat en bibliothèque : accompagner ses pairs",
    organization="Bibliothèques de l’Estuaire & associés",
    url=URL,
    code="7K3F-9QX2",
    issued=datetime(2025, 10, 31, 23, 30, tzinfo=UTC),
    expires=datetime(2026, 12, 31, 22, 59, tzinfo=UTC),
)


def filled(badge: Certification, zone: ZoneInfo = PARIS) -> dict[str, str]:
    """The form's fields as LinkedIn reads them."""
    return {name: values[0] for name, values in parse_qs(urlsplit(add_to_profile(badge, zone)).query).items()}


def test_every_field_is_filled() -> None:
    assert filled(BADGE) == {
        "startTask": "CERTIFICATION_NAME",
        "name": BADGE.name,
        "organizationName": BADGE.organization,
        "issueYear": "2025",
        "issueMonth": "11",
        "expirationYear": "2026",
        "expirationMonth": "12",
        "certUrl": URL,
        "certId": "7K3F-9QX2",
    }


@pytest.mark.parametrize(
    ("instant", "zone", "year", "month"),
    [
        pytest.param("2025-10-31T23:30Z", "Europe/Paris", "2025", "11", id="already November in Paris"),
        pytest.param("2025-10-31T22:30Z", "Europe/Paris", "2025", "10", id="still October in Paris"),
        pytest.param("2025-10-31T23:30Z", "UTC", "2025", "10", id="October in UTC"),
        pytest.param("2025-12-31T23:30Z", "Europe/Paris", "2026", "1", id="January of the next year, counted from 1"),
        pytest.param("2025-11-01T02:00Z", "America/Martinique", "2025", "10", id="west of Greenwich"),
        pytest.param("2025-05-01T00:00+02:00", "Europe/Paris", "2025", "5", id="with an offset of its own"),
    ],
)
def test_the_month_is_that_of_the_operators_zone(instant: str, zone: str, year: str, month: str) -> None:
    fields = filled(replace(BADGE, issued=datetime.fromisoformat(instant)), ZoneInfo(zone))
    assert (fields["issueYear"], fields["issueMonth"]) == (year, month)


def test_a_badge_without_dates_leaves_them_out() -> None:
    assert not {name for name in filled(replace(BADGE, issued=None, expires=None)) if name.endswith(("Year", "Month"))}


def test_a_known_page_of_the_issuer_takes_the_place_of_its_name() -> None:
    fields = filled(replace(BADGE, organization_id="1337"))
    assert fields["organizationId"] == "1337"
    assert "organizationName" not in fields


@pytest.mark.parametrize(
    "name",
    [
        "L’été & « l’écrit » à 100 % + plus",
        "a=b&certUrl=https://evil.example#x?y",
        "日本語 🎓 العربية",
        "ligne\r\nligne",
    ],
)
def test_nothing_in_a_name_breaks_the_address(name: str) -> None:
    made = add_to_profile(replace(BADGE, name=name), PARIS)
    assert filled(replace(BADGE, name=name))["name"] == name
    assert filled(replace(BADGE, name=name))["certUrl"] == URL
    assert made.isascii()
    assert "+" not in made  # LinkedIn shows a plus sign where a space was meant
    assert " " not in made


def test_the_same_values_can_be_copied_by_hand() -> None:
    assert [(field.label, field.value) for field in copy_fields(BADGE, PARIS)] == [
        ("Name", BADGE.name),
        ("Issuing organisation", BADGE.organization),
        ("Issue date", "11/2025"),
        ("Expiry date", "12/2026"),
        ("Credential ID", "7K3F-9QX2"),
        ("Credential URL", URL),
    ]
    assert "Expiry date" not in [field.label for field in copy_fields(replace(BADGE, expires=None), PARIS)]


def test_share_links_carry_the_address_and_the_words() -> None:
    links = {intent.network: intent.url for intent in share_intents(URL, "Mon badge", "J’ai appris & transmis")}
    words = "J%E2%80%99ai%20appris%20%26%20transmis"
    address = "https%3A%2F%2Fbadges.example%2Fv%2F7K3F-9QX2"
    assert links == {
        "LinkedIn": f"https://www.linkedin.com/sharing/share-offsite/?url={address}",
        "Mastodon": f"https://share.joinmastodon.org/#text={words}%20{address}",
        "Bluesky": f"https://bsky.app/intent/compose?text={words}%20{address}",
        "X": f"https://x.com/intent/post?text={words}&url={address}",
        "Facebook": f"https://www.facebook.com/sharer/sharer.php?u={address}",
        "WhatsApp": f"https://wa.me/?text={words}%20{address}",
        "E-mail": f"mailto:?subject=Mon%20badge&body={words}%0D%0A%0D%0A{address}",
    }
    assert linkedin_post(URL, "Mon badge").endswith(f"?shareActive=true&text=Mon%20badge%20{address}")


def test_long_words_are_cut_and_the_address_never() -> None:
    links = {intent.network: intent.url for intent in share_intents(URL, "x" * 1000)}
    bluesky = parse_qs(urlsplit(links["Bluesky"]).query)["text"][0]
    assert len(bluesky) <= 300
    assert bluesky.endswith(f"… {URL}")
    assert len(parse_qs(urlsplit(links["X"]).query)["text"][0]) == 250


def test_a_subject_cannot_add_headers_to_a_letter() -> None:
    letter = next(intent.url for intent in share_intents(URL, "a\r\nBcc: b@c.example") if intent.network == "E-mail")
    assert parse_qs(urlsplit(letter).query)["subject"] == ["a Bcc: b@c.example"]
