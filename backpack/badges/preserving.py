"""What stays of a badge when its issuer is gone: the answers its verdict rested on, and a bundle that proves it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backpack.archive.bundles import Sitting, bundle, sit
from backpack.archive.documents import ArchivedDocuments, document_of
from backpack.archive.models import Body, StoredDocument
from backpack.archive.policy import policy_at_work
from backpack.badges.judging import held_by
from backpack.badges.models import Badge, BadgeDocument, VerdictDocument
from backpack.badges.standing import standings
from backpack.openbadges.documents import Document, Missing
from backpack.openbadges.policy import Policy
from backpack.settings import Settings

MOST_SHOWN = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """An answer that is kept: what address gave it, from when to when it was the same, and its fingerprint."""

    url: str
    first_at: datetime
    last_at: datetime
    status: int
    size: int
    sha256: str
    is_newest: bool


@dataclass(frozen=True, slots=True)
class CitedDocuments:
    """The answers that one line of history rests on."""

    answers: Mapping[str, Document]

    def get(self, url: str, accept: str = "application/json") -> Document | Missing:
        """As it was then. `accept` changes nothing here."""
        return self.answers.get(url) or Missing(url=url, why="not-asked")


def kept_answers(session: Session, badge_id: int) -> Sequence[Kept]:
    """What the addresses behind a badge answered, each different answer once: by address, the newest first."""
    query = (
        select(StoredDocument, func.length(Body.data))
        .join(BadgeDocument, BadgeDocument.url_digest == StoredDocument.url_digest)
        .join(Body, Body.digest == StoredDocument.body_digest)
        .where(BadgeDocument.badge_id == badge_id, StoredDocument.why.is_(None), StoredDocument.kind != "image")
        .order_by(StoredDocument.url, StoredDocument.fetched_at.desc(), StoredDocument.id.desc())
        .limit(MOST_SHOWN)
    )
    found: list[Kept] = []
    for row, size in session.execute(query):
        is_newest = not found or found[-1].url != row.url
        found.append(
            Kept(
                url=row.url,
                first_at=row.first_at,
                last_at=row.fetched_at,
                status=row.status or 0,
                size=int(size or 0),
                sha256=(row.body_digest or b"").hex(),
                is_newest=is_newest,
            )
        )
    return found


def proof_bundle(
    session: Session, badge: Badge, originals: Mapping[str, bytes], words: str, settings: Settings, now: datetime
) -> bytes:
    """The proof of a badge at this moment; where it is not valid, also that of the last day of which it was known."""
    held, policy = held_by(badge), policy_at_work(session, settings)
    documents = ArchivedDocuments(session)
    documents.load_digests(
        session.scalars(select(BadgeDocument.url_digest).where(BadgeDocument.badge_id == badge.id)).all()
    )
    present = sit(held, documents, policy, now)
    then = _day_that_was_known(session, badge, policy, but_not=present.verdict["outcome"])
    return bundle(badge.payload, originals, present, then, policy, words)


def _day_that_was_known(session: Session, badge: Badge, policy: Policy, *, but_not: str) -> Sitting | None:
    """Its last good day; of a badge that was taken back since, the day on which that was found. None where it was no
    other than today (`but_not`)."""
    standing = standings(session, [badge.id]).get(badge.id)
    if standing is None:
        return None
    line, at = standing.good or standing.line, standing.word.good_at or standing.word.at
    if line.outcome == but_not:
        return None
    cited = (
        select(StoredDocument, Body.data)
        .join(VerdictDocument, VerdictDocument.document_id == StoredDocument.id)
        .join(Body, Body.digest == StoredDocument.body_digest)
        .where(VerdictDocument.change_id == line.id)
        .order_by(StoredDocument.fetched_at, StoredDocument.id)
    )
    answers = {row.url: document_of(row, body) for row, body in session.execute(cited)}
    sitting = sit(held_by(badge), CitedDocuments(answers), policy, at)
    return sitting if sitting.verdict["outcome"] == line.outcome else None
