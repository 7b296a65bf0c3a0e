"""A CV as JSON Resume 1.2.1, for other programs; badges stand in `certificates` with the address of their page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import Any, Final
from urllib.parse import quote

from backpack.cv.composing import Chosen, held_back
from backpack.cv.models import CV
from backpack.cv.periods import period_of
from backpack.openbadges.identity.addresses import ascii_host
from backpack.publishing.codes import printed

AS_TYPED: Final = "%:/?#[]@!$&'()*+,;="
"""What has a meaning in an address: all else but letters and digits is written in hexadecimal."""
SCHEMA: Final = "https://raw.githubusercontent.com/jsonresume/resume-schema/v1.2.1/schema.json"
_WORD: Final = r"[\w!#$%&'*+/=?^`{|}~-]+"
_LABEL: Final = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
MAIL: Final = re.compile(rf"(?=[^@]{{1,64}}@){_WORD}(?:\.{_WORD})*@{_LABEL}(?:\.{_LABEL})+", re.ASCII | re.IGNORECASE)
"""An address as the schema has them (RFC 5321): in ASCII."""
URI: Final = re.compile(
    rf"https?://{_LABEL}(?:\.{_LABEL})*(?::\d{{1,5}})?(?:[/?](?:[\w.~:/?@!$&'()*+,;=-]|%[0-9a-f]{{2}})*)?"
    r"(?:#(?:[\w.~:/?@!$&'()*+,;=-]|%[0-9a-f]{2})*)?",
    re.ASCII | re.IGNORECASE,
)
"""An address as the schema has them (RFC 3986)."""


def json_resume(cv: CV, chosen: Sequence[Chosen], base: str, now: datetime, zone: tzinfo) -> dict[str, Any]:
    """What other programs read. Only what is filled in; badges that the PDF leaves out are left out here."""
    resume: dict[str, Any] = {
        "$schema": SCHEMA,
        "basics": _filled(
            name=cv.name,
            label=cv.headline,
            email=cv.email if MAIL.fullmatch(cv.email) else "",
            phone=cv.phone,
            url=_uri(cv.website),
            summary=cv.profile,
        ),
        "meta": {"version": "v1.2.1", "lastModified": now.strftime("%Y-%m-%dT%H:%M:%S")},
    }
    if cv.place:
        resume["basics"]["location"] = {"city": cv.place}
    rows = {
        "education": [
            _dated(one.period, institution=one.place, area=one.title) | _courses(one.text)
            for one in _of(cv, "education")
        ],
        "work": [
            _dated(one.period, name=one.place, position=one.title, summary=one.text) for one in _of(cv, "experience")
        ],
        "projects": [_dated(one.period, name=one.title, description=one.text) for one in _of(cv, "project")],
        "skills": [_filled(name=one.title, level=one.text) for one in _of(cv, "skill")],
        "languages": [_filled(language=one.title, fluency=one.text) for one in _of(cv, "language")],
        "interests": [_filled(name=one.title) for one in _of(cv, "interest")],
        "certificates": [_certificate(one, base, zone) for one in chosen if held_back(one.report) is None],
    }
    return {**resume, **{name: listed for name, listed in rows.items() if listed}}


def _of(cv: CV, section: str) -> list[Any]:
    return [one for one in cv.entries if one.section == section]


def _courses(text: str) -> dict[str, list[str]]:
    """What was said about a course of study has no better place there."""
    return {"courses": text.split("\n")} if text else {}


def _certificate(one: Chosen, base: str, zone: tzinfo) -> dict[str, str]:
    return _filled(
        name=one.badge.name,
        issuer=one.badge.issuer_name,
        date=one.badge.issued_on.astimezone(zone).strftime("%Y-%m-%d") if one.badge.issued_on else "",
        url=f"{base}/v/{printed(one.code)}" if one.code else "",
        summary=one.place.line,
    )


def _uri(address: str) -> str:
    """A web address in the letters that a URI has; nothing where it is none."""
    match = re.fullmatch(r"(https?://)([^/?#:]+)(.*)", address, re.IGNORECASE)
    if match is None:
        return ""
    host = match[2] if match[2].isascii() else ascii_host(match[2])
    uri = f"{match[1]}{host}{quote(match[3], safe=AS_TYPED)}"
    return uri if URI.fullmatch(uri) else ""


def _filled(**fields: str) -> dict[str, str]:
    return {name: value for name, value in fields.items() if value}


def _dated(typed: str, **fields: str) -> dict[str, str]:
    """With the dates that the period names: people write it in many ways, programs read ISO 8601."""
    period = period_of(typed)
    return _filled(**fields, startDate=period.start, endDate=period.end)
