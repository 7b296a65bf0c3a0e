"""A CV as data for its template: the words as typed, the badges as they stand today. Nothing here draws or fetches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any, Final

from babel.dates import format_date
from flask_babel import gettext as _

from backpack.badges.models import Badge
from backpack.cv.models import CV, CVBadge, CVEntry
from backpack.openbadges.report import Outcome, RecipientAnswer, Report
from backpack.publishing.codes import printed
from backpack.publishing.qr import qr_svg
from backpack.web.verdicts import headline

SECTIONS: Final = ("education", "experience", "project", "skill", "language", "interest")
LOCALES: Final = {"fr": "fr", "en": "en_GB"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """A badge on the CV: the learner's line, its report of this moment, and its code if its page is open."""

    place: CVBadge
    badge: Badge
    report: Report
    code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached:
    """A baked original to put into the PDF."""

    name: str
    media_type: str
    description: str
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Composed:
    """What the template gets, and the files beside it. `left_out` are characters that no font can draw."""

    data: Mapping[str, Any]
    files: Mapping[str, bytes] = field(default_factory=dict)


def heading_of(section: str) -> str:
    """What stands above a section, in the language at work."""
    headings: dict[str, str] = {
        "profile": _("Profile"),
        "education": _("Education"),
        "experience": _("Experience"),
        "project": _("Projects"),
        "badges": _("Badges and certifications"),
        "skill": _("Skills"),
        "language": _("Languages"),
        "interest": _("Interests"),
    }
    return headings[section]


def held_back(report: Report) -> str | None:
    """Why a badge cannot stand on a CV, in a sentence; None if it can. What is doubtful may: the CV says so."""
    if report.recipient is RecipientAnswer.MISMATCH:
        return str(_("It was issued to an address that you have not confirmed."))
    if report.outcome is Outcome.REVOKED:
        return str(_("Its issuer withdrew it."))
    if report.outcome is Outcome.EXPIRED:
        return str(_("Its validity has ended."))
    if report.outcome is Outcome.INVALID:
        return str(_("It does not hold: see its page."))
    return None


def compose(
    cv: CV,
    chosen: Sequence[Chosen],
    *,
    base: str,
    cv_code: str | None,
    now: datetime,
    zone: tzinfo,
    attached: Sequence[Attached] = (),
) -> Composed:
    """The page's data. Call it with the CV's language at work (`force_locale`). `base` is PUBLIC_URL."""
    shown = [one for one in chosen if held_back(one.report) is None]
    files = {f"original-{number}": one.data for number, one in enumerate(attached)}
    return Composed(
        data={
            "title": _("CV of %(name)s", name=cv.name),
            "name": cv.name,
            "keywords": [one.badge.name for one in shown],
            "description": cv.headline,
            "language": cv.language,
            "headline": cv.headline,
            "contacts": _contacts(cv),
            "check": _check(base, cv_code),
            "parts": list(_parts(cv, shown, base, now, zone)),
            "note": _note(shown, base, cv_code, now, cv.language, zone),
            "attachments": [
                {
                    "name": one.name,
                    "at": f"/original-{number}",
                    "media_type": one.media_type,
                    "description": one.description,
                }
                for number, one in enumerate(attached)
            ],
        },
        files=files,
    )


def _contacts(cv: CV) -> list[list[dict[str, str | None]]]:
    """One row of what is filled in; a link only where it leads somewhere."""
    pieces: list[dict[str, str | None]] = [
        {"text": cv.email, "url": f"mailto:{cv.email}" if "@" in cv.email else None},
        {"text": cv.phone, "url": None},
        {"text": cv.place, "url": None},
        {"text": cv.website, "url": cv.website if cv.website.startswith(("https://", "http://")) else None},
    ]
    row = [piece for piece in pieces if piece["text"]]
    return [row] if row else []


def _check(base: str, code: str | None) -> dict[str, str] | None:
    """The corner that lets a reader check the CV: a QR code, and the same address in letters."""
    if code is None:
        return None
    url = f"{base}/v/{printed(code)}"
    return {
        "qr": qr_svg(url).decode(),
        "alt": _("QR code: check this CV at %(address)s", address=url),
        "caption": _("Check this CV"),
        "url": url,
        "code": printed(code),
    }


def _parts(cv: CV, shown: Sequence[Chosen], base: str, now: datetime, zone: tzinfo) -> list[dict[str, Any]]:
    """The sections that hold something, in the order that recruiters and their software expect."""
    parts: list[dict[str, Any]] = []
    if cv.profile:
        parts.append({"heading": heading_of("profile"), "kind": "words", "words": cv.profile})
    for section in ("education", "experience", "project"):
        parts += _entries(cv.entries, section)
    if shown:
        lines = [_badge(one, base, now, cv.language, zone) for one in shown]
        parts.append({"heading": heading_of("badges"), "kind": "badges", "badges": lines})
    for section in ("skill", "language", "interest"):
        listed = [
            f"{one.title} ({one.text})" if one.text else one.title for one in cv.entries if one.section == section
        ]
        if listed:
            parts.append({"heading": heading_of(section), "kind": "words", "words": ", ".join(listed)})
    return parts


def _entries(entries: Sequence[CVEntry], section: str) -> list[dict[str, Any]]:
    rows = [
        {"title": one.title, "place": one.place, "period": one.period, "text": one.text}
        for one in entries
        if one.section == section
    ]
    return [{"heading": heading_of(section), "kind": "entries", "entries": rows}] if rows else []


def _badge(one: Chosen, base: str, now: datetime, language: str, zone: tzinfo) -> dict[str, Any]:
    """A badge's line: what, by whom, when, the learner's words, and where and how it was checked."""
    state = _(headline(one.report).look.label)
    day = format_date(now.astimezone(zone), "long", LOCALES[language])
    proof = _("state checked on %(date)s: %(state)s", date=day, state=state.lower())
    url = f"{base}/v/{printed(one.code)}" if one.code else None
    if url:
        proof = f"{url.partition('://')[2]} · {proof}"
    issued, ends = one.badge.issued_on, one.badge.valid_until
    until = _("valid until %(month)s", month=_month(ends, zone)) if ends and ends > now else ""
    return {
        "title": one.badge.name,
        "url": url,
        "issuer": one.badge.issuer_name,
        "month": _month(issued, zone) if issued else "",
        "until": until,
        "line": one.place.line,
        "proof": proof,
    }


def _month(instant: datetime, zone: tzinfo) -> str:
    """MM/YYYY, which people read and software parses; of the zone people live in."""
    return instant.astimezone(zone).strftime("%m/%Y")


def _note(shown: Sequence[Chosen], base: str, code: str | None, now: datetime, language: str, zone: tzinfo) -> str:
    """The last line: paper keeps the state of its day, the address tells today's."""
    if not shown:
        return ""
    day = format_date(now.astimezone(zone), "long", LOCALES[language])
    if code is None:
        return str(_("The badges were checked on %(date)s.", date=day))
    address = f"{base}/v/{printed(code)}".partition("://")[2]
    return str(_("The badges were checked on %(date)s. Their state of today: %(address)s", date=day, address=address))
