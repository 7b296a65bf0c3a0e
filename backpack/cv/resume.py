"""A CV as JSON Resume 1.2.1, for other programs; badges stand in `certificates` with the address of their page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import Any, Final

from backpack.badges.naming import is_web_address
from backpack.cv.composing import Chosen, held_back
from backpack.cv.models import CV
from backpack.cv.periods import period_of
from backpack.publishing.codes import printed

SCHEMA: Final = "https://raw.githubusercontent.com/jsonresume/resume-schema/v1.2.1/schema.json"
MAIL: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")


def json_resume(cv: CV, chosen: Sequence[Chosen], base: str, now: datetime, zone: tzinfo) -> dict[str, Any]:
    """What other programs read. Only what is filled in; badges that the PDF leaves out are left out here."""
    resume: dict[str, Any] = {
        "$schema": SCHEMA,
        "basics": _filled(
            name=cv.name,
            label=cv.headline,
            email=cv.email if MAIL.fullmatch(cv.email) else "",
            phone=cv.phone,
            url=cv.website if is_web_address(cv.website) else "",
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


def _filled(**fields: str) -> dict[str, str]:
    return {name: value for name, value in fields.items() if value}


def _dated(typed: str, **fields: str) -> dict[str, str]:
    """With the dates that the period names: people write it in many ways, programs read ISO 8601."""
    period = period_of(typed)
    return _filled(**fields, startDate=period.start, endDate=period.end)
