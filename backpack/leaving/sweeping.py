"""What goes by itself, every day: ZIPs whose days are over."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from sqlalchemy.orm import Session

from backpack import jobs
from backpack.badges.handlers import let_go
from backpack.database import transaction, utcnow
from backpack.leaving.taking_out import end_takeouts
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
        keys = end_takeouts(session, now)
        wish_sweep(session, now)
    let_go(wiring, keys)
