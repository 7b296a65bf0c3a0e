"""What the codes on a CV's page lead to on this deployment: badges as they stand today, pages, or nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from backpack.accounts.models import Person
from backpack.badges.judging import reports, spellings
from backpack.badges.models import Badge
from backpack.badges.queries import badges_by_id
from backpack.cv.models import CV, CVBadge
from backpack.cv.proving import Page, Said
from backpack.openbadges.report import Report
from backpack.publishing.links import is_open
from backpack.publishing.models import CheckCode, ShareLink, ShownBadge
from backpack.publishing.names import name_for_others


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """A printed code and what it opens now. Without a link: it was never given, or is closed; nobody is told which."""

    code: str
    before: Said
    """What the page says before the code."""
    link: ShareLink | None = None
    badge: Badge | None = None
    report: Report | None = None
    holder: str = ""
    cv_name: str = ""
    """The name on the CV that the code belongs to: not everybody has the same on their account."""

    @property
    def known_as(self) -> tuple[str, ...]:
        return (self.holder, self.cv_name)


def behind_codes(session: Session, page: Page, now: datetime) -> list[Behind]:
    """Every code of the page, in its order. Badges are judged from the archive, with their owner's addresses."""
    doors = _doors(session, [one.code for one in page.codes], now)
    badges = badges_by_id(session, {number for _link, number in doors.values() if number is not None})
    found = _judged(session, list(badges.values()), now)
    links = [link for link, _number in doors.values()]
    names = _names(session, Person, {link.person_id for link in links})
    on_cvs = _names(session, CV, {link.cv_id for link in links if link.cv_id is not None})
    result = []
    for one in page.codes:
        link, number = doors.get(one.code, (None, None))
        badge = badges.get(number) if number is not None else None
        result.append(
            Behind(
                code=one.code,
                before=one.before,
                link=link,
                badge=badge,
                report=found.get(badge.id) if badge else None,
                holder=name_for_others(names[link.person_id], link.name_shown) if link else "",
                cv_name=on_cvs.get(link.cv_id, "") if link and link.cv_id is not None else "",
            )
        )
    return result


def _doors(session: Session, codes: Sequence[str], now: datetime) -> dict[str, tuple[ShareLink, int | None]]:
    """The open links behind these codes, each with its badge if it is about one.

    What asks for a passphrase tells nobody anything before it was given, and a badge that its owner took from the
    page since is not there.
    """
    query = select(CheckCode, ShareLink).join(ShareLink, CheckCode.link_id == ShareLink.id)
    query = query.where(CheckCode.code.in_(codes), ShareLink.passphrase_hash.is_(None), *is_open(now))
    found = [(code, link) for code, link in session.execute(query)]
    on_cvs = _on_cvs(session, [link.id for _code, link in found])
    return {
        code.code: (link, code.badge_id if code.badge_id is not None else link.badge_id)
        for code, link in found
        if code.badge_id is None or (link.id, code.badge_id) in on_cvs
    }


def _on_cvs(session: Session, link_ids: Sequence[int]) -> set[tuple[int, int]]:
    """The badges that stand on these CVs' pages now, each with its link."""
    query = (
        select(ShownBadge.link_id, ShownBadge.badge_id)
        .join(ShareLink, ShareLink.id == ShownBadge.link_id)
        .join(CVBadge, and_(CVBadge.cv_id == ShareLink.cv_id, CVBadge.badge_id == ShownBadge.badge_id))
        .where(ShownBadge.link_id.in_(link_ids))
    )
    return {(link_id, badge_id) for link_id, badge_id in session.execute(query)}


def _judged(session: Session, badges: Sequence[Badge], now: datetime) -> Mapping[int, Report]:
    found: dict[int, Report] = {}
    for person_id in {badge.person_id for badge in badges}:
        own = [badge for badge in badges if badge.person_id == person_id]
        found |= reports(session, own, now, spellings(session, person_id))
    return found


def _names(session: Session, table: type[Person] | type[CV], ids: set[int]) -> dict[int, str]:
    rows = session.execute(select(table.id, table.name).where(table.id.in_(ids)))
    return {number: name for number, name in rows}  # noqa: C416 - mypy reads a row as a tuple only here
