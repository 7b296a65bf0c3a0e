"""A CV on its owner's desk: with the badges of today, their codes, and the page composed from them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from flask_babel import force_locale
from sqlalchemy.orm import Session

from backpack import openbadges
from backpack.accounts.queries import confirmed_addresses
from backpack.badges.judging import reports
from backpack.badges.models import Badge
from backpack.badges.queries import badges_by_id, own_badges
from backpack.cv.composing import Attached, Chosen, Composed, Named, compose, held_back
from backpack.cv.editing import first_line, told_in_one_line
from backpack.cv.models import CV
from backpack.cv.named_works import NamedWork, works_named
from backpack.cv.queries import codes_of_links, collections_by_id, open_link_of, open_links_of_collections
from backpack.errors import N_, BackpackError
from backpack.evidence.filenames import cleaned
from backpack.evidence.models import Evidence
from backpack.evidence.queries import evidence_of
from backpack.openbadges.errors import OpenBadgesError
from backpack.openbadges.report import Report
from backpack.publishing.codes import code_for
from backpack.publishing.models import ShareLink
from backpack.publishing.queries import shown_badges
from backpack.settings import Settings
from backpack.storage import Storage

MEDIA_TYPES = {
    "png": "image/png",
    "svg": "image/svg+xml",
    "pdf": "application/pdf",
    "json": "application/json",
    "jwt": "application/jwt",
    "url": "text/plain",
}


class OriginalLost(BackpackError):
    code = "original-lost"
    sentence = N_(
        "The original file of “%(badge)s” cannot be found any more, so the PDF with the badges inside was not made. "
        "Take the PDF without them, import that badge again, or take it off the CV."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """All that the builder shows: every badge with its report, those that are chosen, and the link of the paper."""

    cv: CV
    badges: Sequence[Badge]
    reports: Mapping[int, Report]
    chosen: tuple[Chosen, ...]
    named: tuple[Named, ...]
    link: ShareLink | None
    link_code: str | None
    shown: frozenset[int]

    @property
    def is_up_to_date(self) -> bool:
        """Whether the paper's pages show just the badges that the CV prints."""
        printed = {one.badge.id for one in self.chosen if held_back(one.report) is None}
        return self.link is not None and printed <= self.shown


def desk_of(
    session: Session,
    cv: CV,
    now: datetime,
    *,
    everything: bool = True,
    works: Mapping[int, Sequence[NamedWork]] | None = None,
) -> Desk:
    """The desk of a CV at this moment; badges are judged from the archive. Reads only: codes are those known.

    Without `everything`, only with the badges that are on it: all that its readers' pages need. `works` are those that
    it names under its badges, where they are not those of now.
    """
    named = works_named(session, cv) if works is None else works
    with_files = badges_by_id(session, [place.badge_id for place in cv.badges])
    badges = own_badges(session, cv.person_id) if everything else list(with_files.values())
    known = [one.spelling for one in confirmed_addresses(session, cv.person_id)]
    judged = reports(session, badges, now, known)
    link = open_link_of(session, cv.id, now)
    shown = frozenset(shown_badges(session, link.id)) if link else frozenset()
    codes = codes_of_links(session, [link.id]) if link else {}
    chosen = tuple(
        Chosen(
            place=place,
            badge=with_files[place.badge_id],
            report=judged[place.badge_id],
            code=codes.get((link.id, place.badge_id)) if link and place.badge_id in shown else None,
            works=tuple(one.title for one in named.get(place.badge_id, ())),
        )
        for place in cv.badges
        if place.badge_id in with_files
    )
    return Desk(
        cv=cv,
        badges=badges,
        reports=judged,
        chosen=chosen,
        named=_named(session, cv, now),
        link=link,
        link_code=codes.get((link.id, None)) if link else None,
        shown=shown,
    )


def _named(session: Session, cv: CV, now: datetime) -> tuple[Named, ...]:
    """The collections on the CV, each with the code of its own open page, if it has one."""
    ids = [one.collection_id for one in cv.collections]
    known = collections_by_id(session, ids)
    found = [known[one] for one in ids if one in known]
    links = open_links_of_collections(session, ids, now)
    codes = codes_of_links(session, [link.id for link in links.values()])
    return tuple(
        Named(
            title=one.title,
            story=one.story,
            badges=size,
            code=codes.get((links[one.id].id, None)) if one.id in links else None,
        )
        for one, size in found
    )


def give_codes(session: Session, cv: CV, link: ShareLink, now: datetime) -> None:
    """Make the codes that the paper prints: one for the CV, one for each badge its pages show."""
    code_for(session, link, None, now)
    shown = shown_badges(session, link.id)
    for place in cv.badges:
        if place.badge_id in shown:
            code_for(session, link, place.badge_id, now)


def give_codes_to_collections(session: Session, cv: CV, now: datetime) -> None:
    """Make the codes of the collections on the CV whose pages their owner has opened; those of no other."""
    ids = [one.collection_id for one in cv.collections]
    for link in open_links_of_collections(session, ids, now).values():
        code_for(session, link, None, now)


def suggested_lines(session: Session, badges: Sequence[Badge]) -> dict[int, str]:
    """What a CV may say of each badge in one line: situation, action and result of its first evidence that tells them,
    else the first line of its story, or of the words with its first evidence. What is hidden says nothing here."""
    works = evidence_of(session, [badge.id for badge in badges])
    return {badge.id: _suggested(badge, [one for one in works[badge.id] if one.is_shown]) for badge in badges}


def _suggested(badge: Badge, works: Sequence[Evidence]) -> str:
    told = (told_in_one_line(one.artefact.situation, one.artefact.action, one.artefact.result) for one in works)
    lines = (*told, first_line(badge.story), *(first_line(one.words) for one in works))
    return next(filter(None, lines), "")


def page_of(desk: Desk, settings: Settings, now: datetime, attached: Sequence[Attached] = ()) -> Composed:
    """The page, in the language of the CV."""
    with force_locale(desk.cv.language):
        return compose(
            desk.cv,
            desk.chosen,
            named=desk.named,
            base=settings.public_url,
            cv_code=desk.link_code,
            now=now,
            zone=ZoneInfo(settings.time_zone),
            attached=attached,
        )


def originals(desk: Desk, storage: Storage) -> list[Attached]:
    """The files that the printed badges came in, as they came but for what their holder said beside them; each under a
    name of its own. Raises OriginalLost: a PDF that says it holds its badges holds all of them."""
    attached: list[Attached] = []
    for one in desk.chosen:
        if held_back(one.report) is not None or not one.badge.files:
            continue
        file = one.badge.files[0]
        name = cleaned(file.filename)
        if name in {other.name for other in attached}:
            name = f"{hashlib.sha256(file.digest).hexdigest()[:8]}-{name}"
        try:
            data = openbadges.without_statement(storage.read(file.storage_key))
        except (FileNotFoundError, OpenBadgesError) as error:
            raise OriginalLost(badge=one.badge.name) from error
        attached.append(
            Attached(
                name=name,
                media_type=MEDIA_TYPES.get(file.container, "application/octet-stream"),
                description=one.badge.name,
                data=data,
            )
        )
    return attached
