"""The reports of many badges at this moment, from the archive alone: a page never waits for an issuer.

The number of SQL statements is the same for one badge and for a hundred: one for the addresses they rest on, one for
what those answered, one for what was proven about their bytes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from backpack import openbadges
from backpack.archive.documents import ArchivedDocuments
from backpack.archive.policy import policy_of
from backpack.archive.proven import KeptProofs
from backpack.archive.refreshing import wish_refresh
from backpack.badges.models import Badge, BadgeDocument
from backpack.openbadges import Policy, Report, read_payload
from backpack.openbadges.report import Wanted
from backpack.wiring import wired


def reports(session: Session, badges: Sequence[Badge], now: datetime, known: Collection[str]) -> dict[int, Report]:
    """The report of each badge by its number, as its issuer's answers stand in the archive. `known` are the addresses
    that its holder has confirmed."""
    if not badges:
        return {}
    rests = select(BadgeDocument.url_digest).where(BadgeDocument.badge_id.in_([badge.id for badge in badges]))
    documents, proven = ArchivedDocuments(session), KeptProofs(session)
    documents.load_digests(list(session.scalars(rests)))
    policy = policy_of(wired().settings)
    return {badge.id: _report(badge, documents, now, known, policy, proven) for badge in badges}


def _report(
    badge: Badge,
    documents: ArchivedDocuments,
    now: datetime,
    known: Collection[str],
    policy: Policy,
    proven: KeptProofs,
) -> Report:
    credential = read_payload(badge.payload)
    return openbadges.verify(credential, documents, now, recipients=known, policy=policy, proven=proven)


def wanted_by(judged: Mapping[int, Report] | Iterable[Report]) -> list[Wanted]:
    """Every address whose answer is lacking or stale for these reports, once."""
    each = judged.values() if isinstance(judged, Mapping) else judged
    parts = [part for report in each for part in (report, *report.members, *report.endorsements)]
    return list({one.url: one for part in parts for one in part.wanted}.values())


def wish_fresh(session: Session, judged: Mapping[int, Report] | Iterable[Report], now: datetime) -> int:
    """Queue a refresh of what these reports lacked, once per document however many readers. How many are new."""
    return wish_refresh(session, wanted_by(judged), now)
