"""LinkedIn's "Add to profile" form, filled in, and plain links that hand a page's address to other networks.

Pure: no script of a third party, and nothing is asked of any network. LinkedIn does not promise to fill its form from
an address (it does for some people and not for others), so every value is also given to copy.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo
from urllib.parse import quote, urlencode

from backpack.errors import N_

FORM = "https://www.linkedin.com/profile/add"


@dataclass(frozen=True, slots=True, kw_only=True)
class Certification:
    """What LinkedIn's form asks about one badge. `organization_id` is the number of the issuer's page there, which
    gives its logo; it takes the place of the name."""

    name: str
    organization: str
    url: str
    code: str
    issued: datetime | None = None
    expires: datetime | None = None
    organization_id: str | None = None


@dataclass(frozen=True, slots=True)
class CopyField:
    """A value to copy into the form by hand, with the name that the form gives it."""

    label: str
    value: str


def add_to_profile(badge: Certification, zone: tzinfo) -> str:
    """The address of the form with every field filled. Months are those of `zone`, from 1 to 12.

    At 2025-10-31T23:30Z it is November in Paris, and November is what the badge's own page says.
    """
    parameters = [("startTask", "CERTIFICATION_NAME"), ("name", badge.name)]
    if badge.organization_id:
        parameters.append(("organizationId", badge.organization_id))
    else:
        parameters.append(("organizationName", badge.organization))
    parameters += _month("issue", badge.issued, zone) + _month("expiration", badge.expires, zone)
    parameters += [("certUrl", badge.url), ("certId", badge.code)]
    return f"{FORM}?{urlencode(parameters, quote_via=quote, safe='')}"


def copy_fields(badge: Certification, zone: tzinfo) -> tuple[CopyField, ...]:
    """The same values in the order of the form; what the badge does not have is left out."""
    values = (
        (N_("Name"), badge.name),
        (N_("Issuing organisation"), badge.organization),
        (N_("Issue date"), _month_and_year(badge.issued, zone)),
        (N_("Expiry date"), _month_and_year(badge.expires, zone)),
        (N_("Credential ID"), badge.code),
        (N_("Credential URL"), badge.url),
    )
    return tuple(CopyField(label, value) for label, value in values if value)


def _month(prefix: str, instant: datetime | None, zone: tzinfo) -> list[tuple[str, str]]:
    if instant is None:
        return []
    there = instant.astimezone(zone)
    return [(f"{prefix}Year", f"{there.year:04d}"), (f"{prefix}Month", str(there.month))]


def _month_and_year(instant: datetime | None, zone: tzinfo) -> str:
    return instant.astimezone(zone).strftime("%m/%Y") if instant else ""


@dataclass(frozen=True, slots=True)
class Intent:
    """A link that opens another network's own form with a page's address in it."""

    network: str
    url: str


def share_intents(url: str, title: str, text: str = "") -> tuple[Intent, ...]:
    """Links for the networks people use, in a fixed order. `text` stands before the address, where there is room."""
    words = f"{text or title} {url}"
    return (
        Intent("LinkedIn", _link("https://www.linkedin.com/sharing/share-offsite/", url=url)),
        Intent("Mastodon", "https://share.joinmastodon.org/#" + _query(text=words)),
        Intent("Bluesky", _link("https://bsky.app/intent/compose", text=_fits(text or title, url, 300))),
        Intent("X", _link("https://x.com/intent/post", text=_shortened(text or title, 250), url=url)),
        Intent("Facebook", _link("https://www.facebook.com/sharer/sharer.php", u=url)),
        Intent("WhatsApp", _link("https://wa.me/", text=words)),
        Intent("E-mail", "mailto:?" + _query(subject=_one_line(title), body=f"{text or title}\r\n\r\n{url}")),
    )


def linkedin_post(url: str, text: str) -> str:
    """LinkedIn's composer with words in it. Not documented by LinkedIn: offer to copy the words beside it."""
    return _link("https://www.linkedin.com/feed/", shareActive="true", text=f"{text} {url}")


def _link(address: str, **parameters: str) -> str:
    return f"{address}?{_query(**parameters)}"


def _query(**parameters: str) -> str:
    return urlencode(parameters, quote_via=quote, safe="")


def _fits(words: str, url: str, room: int) -> str:
    return f"{_shortened(words, room - len(url) - 1)} {url}"


def _shortened(words: str, room: int) -> str:
    return words if len(words) <= room else words[: max(room - 1, 0)].rstrip() + "…"


def _one_line(words: str) -> str:
    return " ".join(words.split())
