"""What the archive lets go: answers that are neither the latest nor the last good one, a month after they were."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, exists, func, select
from sqlalchemy.orm import Session

from backpack.archive.models import Body, StoredDocument

KEPT: Final = timedelta(days=30)
MOST_AT_ONCE: Final = 500


def forget_old(session: Session, now: datetime) -> int:
    """Delete up to 500 answers that were replaced and are older than 30 days, with bodies that nothing else holds;
    how many. The latest and the last good answer of each address stay, whatever their age."""
    place = func.row_number().over(
        partition_by=(StoredDocument.url_digest, StoredDocument.why.is_(None)),
        order_by=(StoredDocument.fetched_at.desc(), StoredDocument.id.desc()),
    )
    ranked = select(
        StoredDocument.id, StoredDocument.body_digest, StoredDocument.fetched_at, place.label("place")
    ).subquery("ranked")
    replaced = (
        select(ranked.c.id, ranked.c.body_digest)
        .where(ranked.c.place > 1, ranked.c.fetched_at < now - KEPT)
        .order_by(ranked.c.id)
        .limit(MOST_AT_ONCE)
    )
    old = session.execute(replaced).all()
    if not old:
        return 0
    session.execute(delete(StoredDocument).where(StoredDocument.id.in_([row.id for row in old])))
    bodies = {row.body_digest for row in old if row.body_digest is not None}
    held = exists().where(StoredDocument.body_digest == Body.digest)
    session.execute(delete(Body).where(Body.digest.in_(bodies), ~held).execution_options(synchronize_session=False))
    return len(old)
