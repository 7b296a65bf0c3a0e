"""What the page of a CV says, beside the badges in it and the badges that its codes lead to, for the public check."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from flask import url_for
from sqlalchemy.orm import Session

from backpack import rendering
from backpack.badges.models import Badge
from backpack.badges.naming import identity_of, issuer_of, name_of
from backpack.badges.views.beside import Beside
from backpack.badges.views.blueprint import shown_name
from backpack.cv.behind import Behind, behind_codes
from backpack.cv.proving import Comparison, Said, compare, names, read_page
from backpack.cv.proving import Page as PrintedPage
from backpack.openbadges.identity.recipients import matches
from backpack.openbadges.model import Credential
from backpack.openbadges.report import Report, Sentence
from backpack.publishing.codes import printed
from backpack.web.verdicts import Headline, headline
from backpack.wiring import wired

PDF_HEAD: Final = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class OnPage:
    """What a page says of one badge, and where the badge itself was found: in the file, behind a printed code, both."""

    is_attached: bool
    comparison: Comparison | None
    code: str = ""
    address: str = ""
    issuer: str = ""
    issued: datetime | None = None
    holder: str = ""
    """Whose badge the code leads to."""
    is_to_address: bool | None = None
    """Of a badge in the file: whether it was issued to an address that the page prints. None: it prints none."""

    @property
    def is_printed(self) -> bool:
        """Whether the page speaks of it at all."""
        return bool(self.code) or (self.comparison is not None and self.comparison.title)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is said about one badge, or about what is none."""

    label: str
    report: Report | None = None
    headline: Headline | None = None
    name: str = ""
    words: Sentence | None = None
    beside: Beside | None = None
    """What its holder says beside it in the same picture."""
    page: OnPage | None = None
    """Of what came in a PDF: what its page says of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvenPage:
    """A PDF's page as a whole: its answers with the badges behind its codes among them, and the codes of no badge."""

    answers: list[Answer]
    is_readable: bool
    dead: list[str] = field(default_factory=list)
    """Codes that lead nowhere here: never given, or closed. Nobody is told which."""
    pages: list[tuple[str, str]] = field(default_factory=list)
    """Codes that lead to a whole page, with its address: the CV of today, a collection."""
    elsewhere: tuple[str, ...] = ()
    is_cut: bool = False
    looked_up: int = 0
    """How many codes."""

    @property
    def compared(self) -> int:
        """How many badges could be compared with what the page says."""
        return len(self._comparisons())

    @property
    def agreeing(self) -> int:
        """Of how many the page says what they say."""
        return sum(one.agrees for one in self._comparisons())

    def _comparisons(self) -> list[Comparison]:
        return [one.page.comparison for one in self.answers if one.page and one.page.comparison and one.page.is_printed]


def text_of(data: bytes) -> str | None:
    """What the pages of a PDF say; empty where that cannot be read; None for anything but a PDF."""
    if b"%PDF-" not in data[:PDF_HEAD]:
        return None
    try:
        return rendering.text_of_pdf(data).replace("\0", "")
    except rendering.CannotRender:
        return ""


def proven_page(session: Session, text: str, answers: Sequence[Answer], now: datetime) -> ProvenPage:
    """The answers about a PDF's badges, each with what the page says of it."""
    page, zone = read_page(text, wired().settings.host), ZoneInfo(wired().settings.time_zone)
    behind = behind_codes(session, page, now)
    by_badge = {one.badge.identity: one for one in behind if one.badge is not None}
    told = [_told(one, page, by_badge, zone) for one in answers]
    attached = {identity_of(one.report.credential) for one in answers if one.report}
    told += [
        _by_code(one, page, one.badge, one.report, zone)
        for one in behind
        if one.badge and one.report and one.badge.identity not in attached
    ]
    place = {printed(one.code): number for number, one in enumerate(page.codes)}
    return ProvenPage(
        answers=sorted(told, key=lambda one: place.get(one.page.code, len(place)) if one.page else len(place)),
        is_readable=bool(page.whole),
        dead=[printed(one.code) for one in behind if one.link is None],
        pages=[(printed(one.code), _address(one)) for one in behind if one.link is not None and one.badge is None],
        elsewhere=page.elsewhere,
        is_cut=page.is_cut,
        looked_up=len(page.codes),
    )


def _told(one: Answer, page: PrintedPage, by_badge: dict[bytes, Behind], zone: ZoneInfo) -> Answer:
    """A badge that is in the file: compared with what stands before its code, else with the whole page."""
    if one.report is None:
        return one
    credential = one.report.credential
    door = by_badge.get(identity_of(credential))
    holder = names(page, door.known_as) if door else None
    comparison = _compared(credential, door.before if door else page.whole, zone, holder)
    return replace(
        one,
        page=OnPage(
            is_attached=True,
            comparison=comparison,
            code=printed(door.code) if door else "",
            address=_address(door) if door else "",
            holder=door.holder if door else "",
            is_to_address=matches(credential.recipient, page.addresses).matches if page.addresses else None,
            issuer=issuer_of(credential),
            issued=_issued(credential),
        ),
    )


def _by_code(one: Behind, page: PrintedPage, badge: Badge, report: Report, zone: ZoneInfo) -> Answer:
    """A badge that is not in the file and that its printed code leads to."""
    holder = names(page, one.known_as)
    return Answer(
        label=printed(one.code),
        report=report,
        headline=headline(report, holder=one.holder or None),
        name=shown_name(report.credential, badge),
        page=OnPage(
            is_attached=False,
            comparison=compare(one.before, badge.name, badge.issuer_name, badge.issued_on, zone, holder=holder),
            code=printed(one.code),
            address=_address(one),
            holder=one.holder,
            issuer=badge.issuer_name,
            issued=badge.issued_on,
        ),
    )


def _compared(credential: Credential, said: Said, zone: ZoneInfo, holder: bool | None) -> Comparison | None:
    """None where there is nothing to compare: a page that cannot be read, a badge that does not say its name."""
    titles = [one for one in {name_of(credential), shown_name(credential)} if name_of(credential)]
    issuer, issued = issuer_of(credential), _issued(credential)
    found = [compare(said, title, issuer, issued, zone, holder=holder) for title in titles if said]
    return max(found, key=lambda one: one.title, default=None)


def _issued(credential: Credential) -> datetime | None:
    return credential.valid_from or credential.awarded_on


def _address(one: Behind) -> str:
    return url_for("publishing.check_code", code=printed(one.code))
