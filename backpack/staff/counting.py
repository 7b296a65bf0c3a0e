"""Counts, not contents: how much is here and how it goes, without anybody's name, badge or word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Select, distinct, func, select
from sqlalchemy.orm import Session

from backpack.accounts.models import Address, Person
from backpack.badges.models import Badge, BadgeFile
from backpack.errors import N_
from backpack.evidence.models import Artefact, ArtefactFile
from backpack.jobs import Job
from backpack.publishing.links import is_open
from backpack.publishing.models import PageReport, ShareLink

FEWEST: Final = 10
"""Of whom a group must have at least so many people before it is counted by itself."""


@dataclass(frozen=True, slots=True)
class Count:
    """A number and what it counts."""

    words: str
    number: int
    is_size: bool = False


def counts(session: Session, now: datetime) -> list[Count]:
    """How much is here: one statement each."""
    month = now - timedelta(days=30)
    people = select(func.count(distinct(Address.person_id))).where(Address.confirmed_at.is_not(None))
    signed_in = select(func.count(Person.id)).where(Person.signed_in_at >= month)
    badges, works, links = (select(func.count(table.id)) for table in (Badge, Artefact, ShareLink))
    reports = select(func.count(PageReport.id)).where(PageReport.settled_at.is_(None))
    waits = (Job.finished_at.is_(None), Job.died_at.is_(None), Job.run_at <= now)
    jobs = select(func.count(Job.id))
    asked: list[tuple[str, Select[int]]] = [
        (N_("Accounts with a confirmed address"), people),
        (N_("People who signed in during the last 30 days"), signed_in),
        (N_("Badges"), badges),
        (N_("Badges added during the last 30 days"), badges.where(Badge.added_at >= month)),
        (N_("Works"), works),
        (N_("Open share links"), links.where(*is_open(now))),
        (N_("Reports of pages to read"), reports),
        (N_("Background work that waits"), jobs.where(*waits)),
        (N_("Background work that failed for good"), jobs.where(Job.died_at.is_not(None))),
    ]
    return [*(Count(words, session.scalar(query) or 0) for words, query in asked), _files(session)]


def _files(session: Session) -> Count:
    sizes = [select(func.coalesce(func.sum(size), 0)) for size in (BadgeFile.size, ArtefactFile.size)]
    return Count(N_("Files"), sum(int(session.scalar(one) or 0) for one in sizes), is_size=True)


def issuers(session: Session, most: int = 20) -> Sequence[tuple[str, int]]:
    """How many people hold badges of an issuer, by its name; groups of fewer than ten people are left out."""
    people = func.count(distinct(Badge.person_id))
    query = select(Badge.issuer_name, people).group_by(Badge.issuer_name).having(people >= FEWEST)
    found = session.execute(query.order_by(people.desc(), Badge.issuer_name).limit(most))
    return [(name, number) for name, number in found]
