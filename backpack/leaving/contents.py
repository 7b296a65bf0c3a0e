"""What goes into a person's ZIP besides their rows: the badges as they stand today, what their issuers said, the CVs.

Read at one moment, in one session; the files are read later, one piece at a time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backpack.accounts.models import Person
from backpack.archive.documents import ArchivedDocuments
from backpack.badges.judging import reports, spellings
from backpack.badges.models import Badge, BadgeDocument
from backpack.badges.queries import badges_by_id, own_badges
from backpack.collections.models import Collection
from backpack.collections.queries import own_collections
from backpack.cv.desk import Desk, desk_of
from backpack.cv.queries import own_cv, own_cvs
from backpack.evidence.models import Evidence
from backpack.evidence.queries import evidence_of
from backpack.leaving.rows import Rows, rows_of
from backpack.openbadges.documents import Document
from backpack.openbadges.report import Report


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """A person's backpack at one moment."""

    person: Person
    rows: Rows
    badges: Sequence[Badge]
    reports: Mapping[int, Report]
    evidence: Mapping[int, Sequence[Evidence]]
    collections: Sequence[Collection]
    desks: Sequence[Desk]
    answers: Mapping[int, dict[str, Any]]
    """For each badge what the addresses answered that its verdict rests on, as `backpack verify --documents` reads."""
    now: datetime


def contents_of(session: Session, person_id: int, now: datetime) -> Contents:
    """All of it. Raises NotFound for nobody."""
    ids = [badge.id for badge in own_badges(session, person_id)]
    badges = list(badges_by_id(session, ids).values())
    badges.sort(key=lambda badge: (badge.added_at, badge.public_id), reverse=True)
    return Contents(
        person=session.get_one(Person, person_id),
        rows=rows_of(session, person_id),
        badges=badges,
        reports=reports(session, badges, now, spellings(session, person_id)),
        evidence=evidence_of(session, ids),
        collections=own_collections(session, person_id),
        desks=[desk_of(session, own_cv(session, person_id, cv.public_id), now) for cv in own_cvs(session, person_id)],
        answers=_answers(session, ids),
        now=now,
    )


def _answers(session: Session, ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    rest_on: dict[int, list[bytes]] = {number: [] for number in ids}
    query = select(BadgeDocument.badge_id, BadgeDocument.url_digest).where(BadgeDocument.badge_id.in_(ids))
    for badge_id, digest in session.execute(query):
        rest_on[badge_id].append(digest)
    archive = ArchivedDocuments(session)
    known = archive.known({digest for some in rest_on.values() for digest in some})
    return {number: _recorded(known[one] for one in digests if one in known) for number, digests in rest_on.items()}


def _recorded(documents: Iterable[Document]) -> dict[str, Any]:
    """Answers in the form of a recorded set; bytes that are no text are left to the badge's own files."""
    found: dict[str, Any] = {}
    for one in documents:
        try:
            body = one.body.decode()
        except UnicodeDecodeError:
            continue
        headers = {"Content-Type": one.content_type} if one.content_type else {}
        found[one.url] = {
            "status": one.status,
            "headers": headers,
            "body": body,
            "fetched_at": one.fetched_at.isoformat(),
        }
    return dict(sorted(found.items()))
