"""What the archive lets go: answers that were replaced and that nothing cites, and those nobody asks for any more."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, delete, exists, func, select
from sqlalchemy.orm import Session

from backpack.archive.models import Body, Host, StoredDocument
from backpack.database import Base

KEPT: Final = timedelta(days=30)
MOST_AT_ONCE: Final = 500


def forget_old(session: Session, now: datetime) -> int:
    """Delete up to 500 answers that were replaced and are older than 30 days, with bodies that nothing else holds;
    how many. The latest and the last good answer of each address stay, and those that history cites, whatever their
    age."""
    place = func.row_number().over(
        partition_by=(StoredDocument.url_digest, StoredDocument.why.is_(None)),
        order_by=(StoredDocument.fetched_at.desc(), StoredDocument.id.desc()),
    )
    ranked = select(
        StoredDocument.id, StoredDocument.body_digest, StoredDocument.fetched_at, place.label("place")
    ).subquery("ranked")
    replaced = (
        select(ranked.c.id, ranked.c.body_digest)
        .where(ranked.c.place > 1, ranked.c.fetched_at < now - KEPT, *(~cited for cited in _citations(ranked.c.id)))
        .order_by(ranked.c.id)
        .limit(MOST_AT_ONCE)
    )
    return _delete(session, session.execute(replaced).all())


def forget_unused(session: Session, in_use: Select[Any], now: datetime) -> int:
    """Delete up to 500 answers of addresses that are not `in_use` (digests) and were not asked for 30 days."""
    unused = (
        select(StoredDocument.id, StoredDocument.body_digest)
        .where(StoredDocument.url_digest.not_in(in_use), StoredDocument.fetched_at < now - KEPT)
        .order_by(StoredDocument.id)
        .limit(MOST_AT_ONCE)
    )
    return _delete(session, session.execute(unused).all())


def forget_addresses(session: Session, digests: Collection[bytes]) -> int:
    """Delete everything that these addresses (digests) ever answered; how many answers."""
    theirs = select(StoredDocument.id, StoredDocument.body_digest).where(StoredDocument.url_digest.in_(digests))
    return _delete(session, session.execute(theirs).all())


def forget_hosts(session: Session, now: datetime) -> None:
    """Delete what is known of hosts that have no failures and were not asked for a day, or not at all for a month."""
    well = (Host.failures == 0) & (Host.minute < now - timedelta(days=1))
    session.execute(delete(Host).where(well | (Host.minute < now - KEPT)).execution_options(synchronize_session=False))


def _citations(document_id: ColumnElement[int]) -> list[ColumnElement[bool]]:
    """That a row of any slice refers to this answer. Such columns are known by their foreign key, so that nothing
    here has to know the slices that come after."""
    own = StoredDocument.__table__.c.id
    columns = [key.parent for table in Base.metadata.sorted_tables for key in table.foreign_keys if key.column is own]
    return [exists(select(column).where(column == document_id)) for column in columns]


def _delete(session: Session, old: Sequence[Any]) -> int:
    """Delete these answers (id and body_digest), with the bodies that no other answer holds."""
    if not old:
        return 0
    session.execute(delete(StoredDocument).where(StoredDocument.id.in_([row.id for row in old])))
    bodies = {row.body_digest for row in old if row.body_digest is not None}
    held = exists().where(StoredDocument.body_digest == Body.digest)
    session.execute(delete(Body).where(Body.digest.in_(bodies), ~held).execution_options(synchronize_session=False))
    return len(old)
