"""What `backpack verify` says of the page of a CV: each badge beside what is printed, each printed code looked up.

Codes are known only to the deployment that gave them: those of another one, or without its database at hand, are
`unknown`, with the address to open.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.exc import SQLAlchemyError

from backpack import create_app, rendering
from backpack.badges.models import Badge
from backpack.badges.naming import identity_of, issuer_of, name_of
from backpack.cv.behind import Behind, behind_codes
from backpack.cv.proving import Comparison, Page, compare, names, read_page
from backpack.database import reading, utcnow
from backpack.openbadges.report import Report
from backpack.publishing.codes import printed
from backpack.settings import SettingsError, load

KEY = "reading a page signs nothing, so any key will do"


@dataclass(slots=True)
class CVPage:
    """A PDF's page, what its codes lead to (None: no database of theirs here), and the badges met in the file."""

    page: Page
    behind: Sequence[Behind] | None
    zone: ZoneInfo
    met: set[bytes] = field(default_factory=set)

    @property
    def codes(self) -> list[str]:
        """Every address of a code that it prints."""
        return [printed(one.code) for one in self.page.codes] + list(self.page.elsewhere)

    def says(self, report: Report) -> dict[str, Any]:
        """What the page says of a badge that is in the file."""
        credential = report.credential
        self.met.add(identity_of(credential))
        door = next(
            (one for one in self.behind or () if one.badge and one.badge.identity == identity_of(credential)), None
        )
        said = door.before if door else self.page.whole
        found = None
        if said and name_of(credential):
            issued = credential.valid_from or credential.awarded_on
            holder = names(self.page, door.known_as) if door else None
            found = compare(said, name_of(credential), issuer_of(credential), issued, self.zone, holder=holder)
        return _as_json(found, printed(door.code) if door else None)

    def by_codes(self, source: str) -> Iterator[dict[str, Any]]:
        """A line for each code that leads to no badge in the file."""
        if self.behind is None:
            yield from (self._unknown(source, printed(one.code), "no-database-here") for one in self.page.codes)
        for one in self.behind or ():
            if one.link is None:
                yield self._unknown(source, printed(one.code), "code-leads-nowhere")
            elif one.badge and one.report and one.badge.identity not in self.met:
                yield self._known(source, one, one.badge, one.report)
        yield from (self._unknown(source, address, "another-site") for address in self.page.elsewhere)

    def _known(self, source: str, one: Behind, badge: Badge, report: Report) -> dict[str, Any]:
        holder = names(self.page, one.known_as)
        found = compare(one.before, badge.name, badge.issuer_name, badge.issued_on, self.zone, holder=holder)
        return {
            "input": source,
            "container": "code",
            "outcome": report.outcome.value,
            "reason": report.reason,
            "name": badge.name,
            "issuer": "established" if report.issuer.established else "not-established",
            "issuer_name": badge.issuer_name,
            "recipient": report.recipient.value,
            "judged_at": report.judged_at.isoformat(),
            "checks": [],
            "page": _as_json(found, printed(one.code)),
        }

    def _unknown(self, source: str, code: str, reason: str) -> dict[str, Any]:
        return {
            "input": source, "container": "code", "outcome": "unknown", "reason": reason, "name": f"code {code}",
            "issuer": None, "issuer_name": None, "recipient": None, "checks": [], "page": _as_json(None, code),
        }  # fmt: skip


def page_of(data: bytes) -> CVPage | None:
    """The page of a PDF, with what its codes lead to on this deployment; None for anything but a PDF."""
    if b"%PDF-" not in data[:1024]:
        return None
    settings = load({**os.environ, "SECRET_KEY": os.environ.get("SECRET_KEY") or KEY})
    try:
        page = read_page(rendering.text_of_pdf(data), settings.host)
    except rendering.CannotRender:
        page = read_page("", settings.host)
    return CVPage(page=page, behind=_behind(page, utcnow()) if page.codes else (), zone=ZoneInfo(settings.time_zone))


def _behind(page: Page, now: datetime) -> list[Behind] | None:
    """What the codes lead to; None where this machine has no Backpack of its own to ask."""
    try:
        with create_app(load()).app_context(), reading() as session:
            return behind_codes(session, page, now)
    except (SettingsError, SQLAlchemyError):
        return None


def _as_json(found: Comparison | None, code: str | None) -> dict[str, Any]:
    if found is None:
        return {"code": code, "agrees": None}
    parts = {"title": found.title, "alone": found.is_alone, "issuer": found.issuer, "month": found.month}
    return {"code": code, "agrees": found.agrees, **parts, "holder": found.holder}


def said_of_page(line: dict[str, Any]) -> Iterator[str]:
    """The same for a person at a terminal."""
    page = line.get("page")
    if page is None:
        return
    if page["agrees"] is None:
        yield "  page could not be compared"
    elif page["agrees"]:
        yield "  page says the same" + (f", with its code {page['code']}" if page["code"] else "")
    elif page["title"] and not page["alone"] and page["holder"] is not False:
        yield "  page SAYS MORE around this title"
    else:
        wrong = [name for name in ("title", "issuer", "month", "holder") if page[name] is False]
        yield f"  page DIFFERS: {', '.join(wrong)}"
