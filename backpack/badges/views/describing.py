"""The parts of a badge's page in words: history, places, works, kinds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flask_babel import gettext as _
from flask_babel import ngettext

from backpack.badges.models import Badge, BadgeFile, VerdictChange
from backpack.badges.naming import web_host
from backpack.badges.views.appearing import Place
from backpack.badges.views.blueprint import address_if, shown_issuer
from backpack.cv.versions import Printed
from backpack.errors import N_
from backpack.evidence.models import Evidence
from backpack.evidence.queries import file_of
from backpack.openbadges.reasons import REASONS
from backpack.openbadges.report import Report, Sentence
from backpack.web.verdicts import LOOKS, State
from backpack.web.wording import clock, day, sentence

KINDS: Final[Mapping[str, str]] = {
    "Achievement": N_("Achievement"),
    "Assessment": N_("Assessed"),
    "Award": N_("Distinction"),
    "Badge": N_("Badge"),
    "Certificate": N_("Certificate"),
    "Certification": N_("Certification"),
    "Competency": N_("Assessed skill"),
    "CommunityService": N_("Service to others"),
    "Course": N_("Course"),
    "Degree": N_("Degree"),
    "Diploma": N_("Diploma"),
    "Membership": N_("Membership"),
    "MicroCredential": N_("Micro-credential"),
    "Participation": N_("Participation"),
}
OUTCOMES: Final[Mapping[str, State]] = {
    "valid": State.VALID,
    "expired": State.EXPIRED,
    "revoked": State.REVOKED,
    "invalid": State.NOT_VALID,
    "unknown": State.UNREACHABLE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of a badge's history."""

    words: str
    at: datetime
    when: str
    mark: str | None = None
    css: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceLine:
    """One place where a badge appears, and who sees it there."""

    words: str
    seen_by: str
    since: datetime | None
    address: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A work of the learner behind the badge."""

    id: str
    title: str
    words: str
    added_at: datetime
    is_shown: bool
    icon: str
    picture: str | None
    address: str | None


def work(one: Evidence) -> Work:
    """A piece of the learner's own evidence."""
    file = file_of(one)
    return Work(
        id=one.public_id,
        title=one.artefact.title,
        words=one.words,
        added_at=one.added_at,
        is_shown=one.is_shown,
        icon={"link": "link", "text": "pen"}.get(one.artefact.kind, "file"),
        picture=address_if("evidence.preview", public_id=one.public_id) if file and file.preview_key else None,
        address=address_if("evidence.edit", public_id=one.public_id),
    )


def places(found: Sequence[Place]) -> list[PlaceLine]:
    """Where a badge appears, as a table says it."""
    return [
        PlaceLine(words=_title(one), seen_by=_seen_by(one), since=one.since, address=_address(one)) for one in found
    ]


def printed(found: Sequence[Printed]) -> list[PlaceLine]:
    """The versions of CVs in which a badge stays as it was printed."""
    return [
        PlaceLine(
            words=str(_("Version %(number)s of the CV “%(title)s”", number=one.number, title=one.title)),
            seen_by=str(_("Whoever has the link: %(labels)s", labels=one.link.label))
            if one.link.label
            else str(_("Whoever has the link")),
            since=one.link.published_at,
            address=address_if("publishing.link", link_id=one.link.public_id),
        )
        for one in found
    ]


def _title(place: Place) -> str:
    match place.kind:
        case "badge":
            return str(_("The badge’s own page"))
        case "cv":
            return str(_("CV “%(title)s”", title=place.title))
        case _:
            return str(_("Collection “%(title)s”", title=place.title))


def _seen_by(place: Place) -> str:
    if not place.links:
        return str(_("Only you"))
    labels = [link.label for link in place.links if link.label]
    if labels:
        return str(_("Whoever has the link: %(labels)s", labels=", ".join(labels)))
    return str(ngettext("Whoever has the link", "Whoever has one of %(num)d links", len(place.links)))


def _address(place: Place) -> str | None:
    match place.kind:
        case "badge":
            return address_if("publishing.link", link_id=place.public_id)
        case "cv":
            return address_if("cv.edit", public_id=place.public_id)
        case _:
            return address_if("collections.edit", public_id=place.public_id)


def history(changes: Sequence[VerdictChange], badge: Badge, report: Report) -> list[Entry]:
    """What happened to a badge, the newest first."""
    first = changes[-1] if changes else None
    entries = [_verdict(change, report, is_first=change is first) for change in changes]
    entries += _confirmed(changes)
    entries += [_imported(file) for file in badge.files]
    issued = report.credential.valid_from or badge.issued_on
    if issued:
        words = _("Issued by %(name)s", name=shown_issuer(report.credential, badge))
        entries.append(Entry(words=words, at=issued, when=day(issued)))
    return sorted(entries, key=lambda entry: entry.at, reverse=True)


def _verdict(change: VerdictChange, report: Report, *, is_first: bool) -> Entry:
    """A line for what a badge's verdict became: when it was found so, and for an end, when it came."""
    look = LOOKS[_state(change)]
    reason = REASONS.get(change.reason or "")
    state = sentence(look.label)
    words = _("First checked: %(state)s", state=state) if is_first else _("Became: %(state)s", state=state)
    if reason and "{" not in reason.sentence:
        words = f"{words}. {sentence(Sentence(text=reason.sentence))}"
    ended = report.credential.valid_until
    at = ended if not is_first and change.outcome == "expired" and ended and ended <= change.at else change.at
    when = _moment(at)
    if change.confirmed_at > change.at:
        when = _("since %(first)s, last found on %(last)s", first=when, last=_moment(change.confirmed_at))
    return Entry(words=words, at=at, when=when, mark=look.mark, css=look.css)


def _confirmed(changes: Sequence[VerdictChange]) -> list[Entry]:
    """When the issuer confirmed the badge for the last time, where that was later than when it was found valid."""
    valid = [(change.answered_at, change) for change in changes if change.outcome == "valid" and change.answered_at]
    at, change = max(valid, key=lambda pair: pair[0], default=(None, None))
    if at is None or change is None or at <= change.at:
        return []
    look = LOOKS[State.VALID]
    words = _("Confirmed by the issuer for the last time")
    return [Entry(words=words, at=at, when=_moment(at), mark=look.mark, css=look.css)]


def _moment(at: datetime) -> str:
    return str(_("%(day)s, %(clock)s", day=day(at), clock=clock(at)))


def _state(change: VerdictChange) -> State:
    match change.reason:
        case "signature-wrong":
            return State.ALTERED
        case "suspended":
            return State.SUSPENDED
        case "status-unreachable" | "status-unusable":
            return State.STATUS_UNKNOWN
        case _:
            return OUTCOMES[change.outcome]


def _imported(file: BadgeFile) -> Entry:
    return Entry(words=_("Imported from %(name)s", name=file.filename), at=file.added_at, when=day(file.added_at))


def kind(achievement_type: str | None) -> str | None:
    """What kind of achievement it is, in plain words; the issuer's own word for one we do not know."""
    if not achievement_type:
        return None
    known = KINDS.get(achievement_type)
    return sentence(known) if known else achievement_type.removeprefix("ext:")


def version(report: Report, files: Sequence[BadgeFile]) -> str:
    """The standard it follows and what it came in: Open Badges 3.0, PNG."""
    boxes = sorted({file.container.upper() for file in files})
    return ", ".join([f"Open Badges {report.version}" if report.version else _("version unknown"), *boxes])


def web_address(address: str | None) -> str | None:
    """An address that a page may link to: http or https, nothing else."""
    return address if web_host(address) else None


def host(address: str | None) -> str:
    return web_host(address)
