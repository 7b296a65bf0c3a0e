"""Addresses people paste: the human pages of the great platforms, rewritten to the credential behind them."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, parse_qs, urlsplit, urlunsplit

_OBF_PAGE = re.compile(r"(/obv3/credentials/[\w-]+|/v1/assertion/[\w-]+)\.html")
_BADGR_PAGE = re.compile(r"(/public/assertions/[\w-]+)(?:\.html)?/?")
_CREDLY_PAGE = re.compile(
    r"(?:/[a-z]{2}(?:-[a-z]{2,4})?)?/badges/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:/[\w/]*)?", re.IGNORECASE
)
_BADGR_API = {
    "badgr.com": "api.badgr.io",
    "badgr.io": "api.badgr.io",
    "us.badgr.com": "api.badgr.io",
    "badges.parchment.com": "api.badgr.io",
    "eu.badgr.com": "api.eu.badgr.io",
    "eu.badgr.io": "api.eu.badgr.io",
    "badges.parchment.eu": "api.eu.badgr.io",
    "ca.badgr.com": "api.ca.badgr.io",
    "ca.badgr.io": "api.ca.badgr.io",
    "badges.parchment.ca": "api.ca.badgr.io",
    "au.badgr.com": "api.au.badgr.io",
    "au.badgr.io": "api.au.badgr.io",
    "badges.parchment.com.au": "api.au.badgr.io",
}
_CREDLY = {"credly.com", "www.credly.com", "youracclaim.com", "www.youracclaim.com"}
_CREDENTIAL = re.compile(r"/(?:obv3/credentials|v1/assertion|public/assertions)/[\w-]+(?:\.json)?")
_ADD = re.compile(r"(?:/[\w-]+)*/import/?")
_PERSONAL = re.compile(r"identity__(?:email|url|telephone)(?:=.*)?", re.IGNORECASE)


def rewrite_address(url: str) -> str:
    """The address to ask for the credential that this one shows to people; any other comes back as it is.

    A recipient's own address in the query (`identity__email`), which platforms put there for their page, is removed.
    """
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").lower()
        plain = parts.port is None and not parts.username
    except ValueError:
        return url.strip()
    if parts.scheme.lower() not in {"http", "https"}:
        return url.strip()
    parts = parts._replace(query=_without_identity(parts.query), fragment="")
    if plain:
        for rewrite in (_open_badge_factory, _badgr, _credly):
            if (better := rewrite(host, parts)) is not None:
                return better
    return urlunsplit(parts)


def badge_behind(link: str) -> str | None:
    """The address of the badge that a link in a message leads to: an "Add to my backpack" link names it in its query
    (`/import?url=`), and those of the great platforms are known. None for any other: it may count who reads the
    message, or end a subscription, so nobody should open it unasked."""
    try:
        parts = urlsplit(link.strip())
        named = parse_qs(parts.query, max_num_fields=20).get("url", []) if _ADD.fullmatch(parts.path) else []
        asked = rewrite_address(named[0] if named else link)
        there = urlsplit(asked)
    except ValueError:
        return None
    if there.scheme.lower() not in {"http", "https"} or not there.hostname:
        return None
    return asked if named or _is_credential(there) else None


def _is_credential(parts: SplitResult) -> bool:
    host = (parts.hostname or "").lower()
    if host == "api.credly.com":
        return parts.path.startswith("/v1/obi/v2/badge_assertions/")
    known = host in _BADGR_API.values() or _is_within(host, "openbadgefactory.com")
    return known and _CREDENTIAL.fullmatch(parts.path) is not None


def _without_identity(query: str) -> str:
    return "&".join(part for part in query.split("&") if not _PERSONAL.fullmatch(part))


def _open_badge_factory(host: str, parts: SplitResult) -> str | None:
    page = _OBF_PAGE.fullmatch(parts.path)
    if page is None or not _is_within(host, "openbadgefactory.com"):
        return None
    return urlunsplit(parts._replace(path=page[1]))


def _badgr(host: str, parts: SplitResult) -> str | None:
    page = _BADGR_PAGE.fullmatch(parts.path)
    api = _BADGR_API.get(host.removeprefix("www."))
    return urlunsplit(("https", api, page[1], parts.query, "")) if page is not None and api is not None else None


def _credly(host: str, parts: SplitResult) -> str | None:
    page = _CREDLY_PAGE.fullmatch(parts.path)
    if page is None or host not in _CREDLY:
        return None
    return f"https://api.credly.com/v1/obi/v2/badge_assertions/{page[1].lower()}"


def _is_within(host: str, domain: str) -> bool:
    return host == domain or host.endswith("." + domain)
