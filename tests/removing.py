"""Time passes for what was taken away."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from backpack import jobs
from backpack.badges import removals
from backpack.badges.models import Removal
from backpack.database import transaction, utcnow
from backpack.jobs import Job
from backpack.wiring import wired


def after_a_moment() -> None:
    """The ten minutes in which something can be put back are over."""
    with transaction() as session:
        session.execute(sa.update(Removal).values(ends_at=utcnow() - timedelta(seconds=1)))
        session.execute(sa.update(Job).where(Job.kind == removals.END).values(run_at=utcnow()))
    jobs.run_pending(wired().handlers)
