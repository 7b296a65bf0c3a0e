"""What goes by itself, every day: old ZIPs, old fingerprints, answers nobody needs, and unused accounts."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from sqlalchemy.orm import Session

from backpack import jobs
from backpack.badges.handlers import let_go
from backpack.database import transaction, utcnow
from backpack.leaving import journal
from backpack.leaving.forgetting import drop_orphans, end_fingerprints, take_up_again
from backpack.leaving.returning import end_homecomings
from backpack.leaving.taking_out import end_takeouts
from backpack.leaving.unused import let_go_of_unused
from backpack.wiring import Handler, Wiring

SWEEP: Final = "leaving.sweep"


def handlers(wiring: Wiring) -> dict[str, Handler]:
    return {SWEEP: partial(sweep, wiring)}


def wish_sweep(session: Session, now: datetime) -> None:
    """Queue the next sweep, once whoever asks."""
    at = (now + timedelta(days=1)).replace(hour=3, minute=30, second=0, microsecond=0)
    jobs.ask(session, SWEEP, at.date().isoformat(), now, run_at=at, priority=-10)


def sweep(wiring: Wiring, _payload: dict[str, Any]) -> None:
    """The handler of `leaving.sweep`."""
    now = utcnow()
    with transaction() as session:
        keys = end_takeouts(session, now) + end_homecomings(session, now)
        take_up_again(session, now)
        drop_orphans(session, now)
        let_go_of_unused(session, wiring.settings.secret_key, now)
        since = end_fingerprints(session, wiring.settings.backup_days, now)
        wish_sweep(session, now)
    let_go(wiring, keys)
    journal.keep_since(wiring.settings.data, since)
