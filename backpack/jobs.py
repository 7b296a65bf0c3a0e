"""Background work: a row in the same transaction as the data that asks for it, run by one worker process or many."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from backpack.database import Row, insert_new

UNFINISHED = text("finished_at IS NULL")


class Job(Row):
    """Something to do, once per kind and key at a time. Leased, not taken: a worker that dies gives it back."""

    __tablename__ = "job"
    __table_args__ = (
        Index("uq_job_unfinished", "kind", "key", unique=True, postgresql_where=UNFINISHED, sqlite_where=UNFINISHED),
        Index("ix_job_due", "run_at", postgresql_where=UNFINISHED, sqlite_where=UNFINISHED),
    )
    kind: Mapped[str]
    key: Mapped[str]
    payload: Mapped[dict[str, Any]]
    priority: Mapped[int] = mapped_column(default=0)
    run_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    leased_until: Mapped[datetime | None]
    last_error: Mapped[str | None]
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    died_at: Mapped[datetime | None]
    """Set with `finished_at` when it failed five times: the dead letter."""


def ask(
    session: Session,
    kind: str,
    key: str,
    now: datetime,
    *,
    run_at: datetime | None = None,
    priority: int = 0,
    **payload: Any,
) -> bool:
    """Put a job into this transaction, unless the same is waiting already. Whether it is new.

    `kind` is a name such as `document.refresh`; `create_app` binds it to its handler. Higher `priority` goes first.
    """
    values = {
        "kind": kind,
        "key": key,
        "payload": payload,
        "priority": priority,
        "run_at": run_at or now,
        "created_at": now,
        "attempts": 0,
    }
    return insert_new(session, Job, values, ["kind", "key"], where=UNFINISHED)
