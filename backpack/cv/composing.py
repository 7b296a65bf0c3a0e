"""A CV as data for its template: the words as typed, the badges as they stand today. Nothing here draws or fetches."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from itertools import accumulate
from typing import Any, Final

from babel.dates import format_date
from flask_babel import gettext as _
from flask_babel import ngettext

from backpack.badges.models import Badge
from backpack.badges.naming import is_web_address
from backpack.cv.models import CV, CVBadge, CVEntry
from backpack.openbadges.report import Outcome, RecipientAnswer, Report
from backpack.publishing.codes import printed
from backpack.publishing.proofs import Proof, Proofs, of_holder, of_issuer
from backpack.publishing.qr import qr_svg
from backpack.web.verdicts import headline

SECTIONS: Final = ("education", "experience", "project", "skill", "language", "interest")
"""Those that hold lines of their own."""
MOST_NAMED: Final = 3
"""Pieces of evidence named under a badge, of each voice."""
NAME_MOST: Final = 120
INNER_QUOTES: Final = str.maketrans("«»“”", "‹›‘’")
"""What stands in quotes here does not end them: no title runs on as words of somebody else."""
ARRANGEMENT: Final = (
    "education", "experience", "project", "badges", "collections", "skill", "language", "interest",
)  # fmt: skip
"""All below the profile, in the order that recruiters and their software expect."""
MOST_KEYWORDS: Final = 10_000
"""Characters."""
LOCALES: Final = {"fr": "fr", "en": "en_GB"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """A badge on the CV: the learner's line, its report of this moment, its code if its page is open, and the titles of
    the learner's works that may be named under it."""

    place: CVBadge
    badge: Badge
    report: Report
    code: str | None = None
    works: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A collection on the CV, with the code of its own page if its owner opened that."""

    title: str
    story: str
    badges: int
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
        "collections": _("Collections of badges"),
        "skill": _("Skills"),
        "language": _("Languages"),
        "interest": _("Interests"),
    }
    return headings[section]


def held_back(report: Report) -> str | None:
    """Why a badge cannot stand on a CV, in a sentence; None if it can. What is doubtful may: the CV says so."""
    if report.recipient is RecipientAnswer.MISMATCH:
        return str(_("It was issued to an address that you have not confirmed."))
    if report.was_withdrawn:
        return str(_("Its issuer withdrew it."))
    if report.outcome is Outcome.EXPIRED:
        return str(_("Its validity has ended."))
    if report.outcome is Outcome.INVALID:
        return str(_("It does not hold: see its page."))
    return None


def arrangement_of(cv: CV) -> list[str]:
    """The sections in the order of this CV; a section that it does not place comes where it usually stands."""
    placed = [one for one in (cv.arrangement or "").split() if one in ARRANGEMENT]
    for number, one in enumerate(ARRANGEMENT):
        if one not in placed:
            placed.insert(number, one)
    return placed


def compose(
    cv: CV,
    chosen: Sequence[Chosen],
    *,
    named: Sequence[Named] = (),
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
            "layout": cv.layout or "margin",
            "paper": cv.paper or "a4",
            "title": _("CV of %(name)s", name=cv.name),
            "name": cv.name,
            "keywords": _keywords(shown),
            "description": cv.headline,
            "language": cv.language,
            "headline": cv.headline,
            "contacts": _contacts(cv),
            "check": _check(base, cv_code),
            "parts": list(_parts(cv, shown, named, base, now, zone)),
            "unread": _unread(cv, shown),
            "note": _note(cv, shown, base, cv_code, now, zone),
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


def _keywords(shown: Sequence[Chosen]) -> list[str]:
    """The badges' titles, as many as the properties of a document have room for: PDF/A has no longer strings than 32767
    bytes, and a letter may take two."""
    names = [one.badge.name for one in shown]
    ends = accumulate(len(name) + 2 for name in names)
    return [name for name, end in zip(names, ends, strict=True) if end < MOST_KEYWORDS]


def _contacts(cv: CV) -> list[list[dict[str, str | None]]]:
    """One row of what is filled in; a link only where it leads somewhere, and where it leads is what is printed."""
    pieces: list[dict[str, str | None]] = [
        {"kind": "email", "text": cv.email, "url": f"mailto:{cv.email}" if "@" in cv.email else None},
        {"kind": "tel", "text": cv.phone, "url": None},
        {"kind": "locality", "text": cv.place, "url": None},
        {"kind": "url", "text": cv.website, "url": cv.website if is_web_address(cv.website) else None},
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


def _parts(
    cv: CV, shown: Sequence[Chosen], named: Sequence[Named], base: str, now: datetime, zone: tzinfo
) -> Iterator[dict[str, Any]]:
    """The sections that hold something, in the order of this CV."""
    for section in ("profile", *arrangement_of(cv)):
        rows = [one for one in cv.entries if one.section == section]
        part: dict[str, Any] = {}
        if section == "profile" and cv.profile:
            part = {"kind": "words", "words": cv.profile}
        elif section in ("education", "experience", "project") and rows:
            part = {"kind": "entries", "entries": [_entry(one) for one in rows]}
        elif section == "badges" and shown:
            part = {"kind": "badges", "badges": [_badge(one, cv, base, now, zone) for one in shown]}
        elif section == "collections" and named:
            part = {"kind": "collections", "collections": [_collection(one, base) for one in named]}
        elif section in ("skill", "language", "interest") and rows:
            listed = [f"{one.title} ({one.text})" if one.text else one.title for one in rows]
            part = {"kind": "words", "words": ", ".join(listed), "items": [_entry(one) for one in rows]}
        if part:
            yield {"section": section, "heading": heading_of(section), **part}


def _entry(one: CVEntry) -> dict[str, str]:
    return {"title": one.title, "place": one.place or "", "period": one.period or "", "text": one.text or ""}


def _collection(one: Named, base: str) -> dict[str, Any]:
    """A collection's line. Its address is printed only while its owner has its page open."""
    url = f"{base}/v/{printed(one.code)}" if one.code else None
    count = ngettext("%(num)d badge", "%(num)d badges", one.badges)
    return {
        "title": one.title,
        "url": url,
        "story": one.story.strip().partition("\n")[0],
        "count": count,
        "proof": url.partition("://")[2] if url else "",
    }


def _badge(one: Chosen, cv: CV, base: str, now: datetime, zone: tzinfo) -> dict[str, Any]:
    """A badge's line: what, by whom, when, the learner's words, its evidence, and where and how it was checked."""
    state = _(headline(one.report).look.label)
    day = format_date(_asked(one.report, now).astimezone(zone), "long", LOCALES[cv.language])
    checked = proof = _("state checked on %(date)s: %(state)s", date=day, state=state.lower())
    url = f"{base}/v/{printed(one.code)}" if one.code else None
    if url:
        proof = f"{url.partition('://')[2]} · {proof}"
    issued, ends = one.badge.issued_on, one.badge.valid_until
    until = _("valid until %(month)s", month=_month(ends, zone)) if ends and ends > now else ""
    return {
        "badge": one.badge.public_id,
        "title": one.badge.name,
        "url": url,
        "code": printed(one.code) if one.code else "",
        "issued": issued.astimezone(zone).date().isoformat() if issued else "",
        "issuer": one.badge.issuer_name,
        "month": _month(issued, zone) if issued else "",
        "until": until,
        "line": one.place.line,
        "evidence": [
            {"label": _("%(whose)s:", whose=voice.label), "words": _listed(voice)} for voice in _voices(one, cv)
        ],
        "checked": checked,
        "proof": proof,
    }


def _voices(one: Chosen, cv: CV) -> list[Proofs]:
    """The evidence to be named under a badge: the issuer's, and apart the works that the learner added."""
    if not cv.names_works:
        return []
    works = [Proof(name=title) for title in one.works]
    both = of_issuer(one.report.credential.evidence, MOST_NAMED), of_holder(works, cv.name, MOST_NAMED)
    return [voice for voice in both if voice.items]


def _listed(voice: Proofs) -> str:
    """The names of a voice's evidence in one line, and how many others there are."""
    names = (" ".join(one.name.split()).translate(INNER_QUOTES) for one in voice.items)
    short = (name if len(name) <= NAME_MOST else f"{name[: NAME_MOST - 1]}…" for name in names)
    listed = ", ".join(_("“%(title)s”", title=name) for name in short)
    more = ngettext("and %(num)d more", "and %(num)d more", voice.left) if voice.left else ""
    return f"{listed} {more}".strip()


def _asked(report: Report, now: datetime) -> datetime:
    """When its issuer last answered: nobody may print a later day. Where nobody had to be asked, now."""
    return report.answered_at or now


def _month(instant: datetime, zone: tzinfo) -> str:
    """MM/YYYY, which people read and software parses; of the zone people live in."""
    return instant.astimezone(zone).strftime("%m/%Y")


def _note(cv: CV, shown: Sequence[Chosen], base: str, code: str | None, now: datetime, zone: tzinfo) -> str:
    """The last lines: whose words stand with a badge; and that paper keeps the state of its day, the address tells
    today's."""
    if not shown:
        return ""
    asked = min(_asked(one.report, now) for one in shown)
    day = format_date(asked.astimezone(zone), "long", LOCALES[cv.language])
    if code is None:
        state = _("The badges were checked on %(date)s.", date=day)
    else:
        address = f"{base}/v/{printed(code)}".partition("://")[2]
        state = _("The badges were checked on %(date)s. Their state of today: %(address)s", date=day, address=address)
    return " ".join(part for part in (_whose(cv, shown), _unread(cv, shown), state) if part)


def _whose(cv: CV, shown: Sequence[Chosen]) -> str:
    """Whose words stand with the badges, where not all are their issuers'."""
    if not any(one.place.line or (cv.names_works and one.works) for one in shown):
        return ""
    if cv.names_works and any(one.report.credential.evidence for one in shown):
        return str(
            _(
                "A badge’s title, issuer and dates are its issuer’s, and so is the evidence that it gives; "
                "the rest of the text is by %(name)s.",
                name=cv.name,
            )
        )
    return str(
        _("A badge’s title, issuer and dates are its issuer’s; the text below them is by %(name)s.", name=cv.name)
    )


def _unread(cv: CV, shown: Sequence[Chosen]) -> str:
    """That the works which are named rest on their holder's word alone; nothing where none are."""
    if not cv.names_works or not any(one.works for one in shown):
        return ""
    return str(_("The issuer has not read the works that %(name)s added.", name=cv.name))
