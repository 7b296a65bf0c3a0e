"""Reported pages: read, suspended with a reason that their owner is told, or opened again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backpack.errors import NotFound
from backpack.publishing.links import note
from backpack.publishing.models import PageReport, Profile, ShareLink
from backpack.publishing.reporting import settle, unsettled_reports
from backpack.staff.letters import write_lifted, write_suspended
from backpack.staff.log import write

Page = ShareLink | Profile


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """A page and what was said of it. Its reports are all that is shown: what is on it, the page says itself."""

    page: Page
    reports: Sequence[PageReport]

    @property
    def key(self) -> str:
        return key_of(self.page)


def key_of(page: Page) -> str:
    """By what the pages of the staff name a public page: it opens nothing."""
    return f"link-{page.public_id}" if isinstance(page, ShareLink) else f"profile-{page.id}"


def page_with(session: Session, key: str) -> Page:
    """Raises NotFound."""
    kind, _dash, name = key.partition("-")
    found: Page | None = None
    if kind == "link":
        found = session.scalar(select(ShareLink).where(ShareLink.public_id == name))
    elif kind == "profile" and name.isdecimal() and len(name) < 18:
        found = session.get(Profile, int(name))
    if found is None:
        raise NotFound
    return found


def reported_pages(session: Session) -> list[Reported]:
    """The pages with reports that nobody settled, the longest waiting first."""
    reports = unsettled_reports(session)
    named_links = select(ShareLink).where(ShareLink.id.in_({one.link_id for one in reports}))
    named_profiles = select(Profile).where(Profile.id.in_({one.profile_id for one in reports}))
    links = {one.id: one for one in session.scalars(named_links)}
    profiles = {one.id: one for one in session.scalars(named_profiles)}
    found: dict[str, tuple[Page, list[PageReport]]] = {}
    for report in reports:
        page: Page = links[report.link_id] if report.link_id else profiles[report.profile_id or 0]
        found.setdefault(key_of(page), (page, []))[1].append(report)
    return [Reported(page=page, reports=said) for page, said in found.values()]


def suspended_pages(session: Session) -> list[Page]:
    """The pages that are kept closed, the newest first."""
    links = session.scalars(select(ShareLink).where(ShareLink.suspended_at.is_not(None))).all()
    profiles = session.scalars(select(Profile).where(Profile.suspended_at.is_not(None))).all()
    return sorted([*links, *profiles], key=lambda one: str(one.suspended_at), reverse=True)


def suspend(session: Session, page: Page, why: str, actor: int, now: datetime) -> None:
    """Close a page until it is lifted: it answers like any closed one. Its reports are settled, its owner is told why.

    Of a profile, the links that open it are closed too.
    """
    page.suspended_at, page.suspended_why = now, why
    if isinstance(page, Profile):
        _links_of(session, page, suspended_at=now, suspended_why=why)
    for report in _reports_of(session, page):
        settle(report, now)
    write(session, actor, "page-suspended", now, page=key_of(page), why=why)
    _tell(session, page, "staff-suspended", now)
    write_suspended(session, page, why, now)


def lift(session: Session, page: Page, actor: int, now: datetime) -> None:
    """Let a suspended page open again, if its owner still wants it open."""
    if page.suspended_at is None:
        return
    page.suspended_at, page.suspended_why = None, None
    if isinstance(page, Profile):
        _links_of(session, page, suspended_at=None, suspended_why=None)
    write(session, actor, "page-lifted", now, page=key_of(page))
    _tell(session, page, "staff-lifted", now)
    write_lifted(session, page, now)


def let_stand(session: Session, page: Page, actor: int, now: datetime) -> None:
    """Settle the reports of a page: they were read, and the page stays open."""
    for report in _reports_of(session, page):
        settle(report, now)
        write(session, actor, "report-settled", now, page=key_of(page), reason=report.reason)


def _reports_of(session: Session, page: Page) -> Sequence[PageReport]:
    mine = PageReport.link_id == page.id if isinstance(page, ShareLink) else PageReport.profile_id == page.id
    return session.scalars(select(PageReport).where(mine, PageReport.settled_at.is_(None))).all()


def _links_of(session: Session, profile: Profile, **values: object) -> None:
    mine = update(ShareLink).where(ShareLink.profile_id == profile.id).values(**values)
    session.execute(mine.execution_options(synchronize_session=False))


def _tell(session: Session, page: Page, what: str, now: datetime) -> None:
    note(session, page.person_id, what, now)  # and every remembered page of theirs is made anew
