"""Whether links that stand as works still lead somewhere: asked once a week, through the same door as issuers.

What was found is for the owner only. A page that needs a sign-in, or is too large for us to read, is there; only one
that is gone, or whose host does not answer, counts as dead, and only once it failed twice, a day apart.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from backpack import jobs
from backpack.archive.sparing import ask_sparingly
from backpack.database import reading, transaction, utcnow
from backpack.evidence.models import Artefact
from backpack.outbound.answers import Answer, Failure
from backpack.wiring import Wiring

CHECK: Final = "evidence.check-link"
SWEEP: Final = "evidence.check-links"
WEEK: Final = timedelta(days=7)
DAY: Final = timedelta(days=1)
LEAST_A_SWEEP: Final = 200
MOST_A_SWEEP: Final = 3_000
SWEEPS_A_WEEK: Final = 100
"""There is one every hour: a third of them is spare, for dead links and for hours without a worker."""
PORTS: Final = frozenset({None, 80, 443})
"""The guard asks at no others. A page may well stand there: whether it does is not known."""
ACCEPT: Final = "text/html, */*;q=0.8"
GONE: Final = frozenset({404, 410})
THERE_ALL_THE_SAME: Final = frozenset({"too-large", "redirect"})
"""Also where we follow it no further, as from https to http: a browser does."""


def wish_sweep(session: Session, now: datetime) -> None:
    """Queue the next sweep, once whoever asks: every hour."""
    jobs.ask_hourly(session, SWEEP, now)


def sweep(_payload: dict[str, Any]) -> None:
    """The handler of `evidence.check-links`: queue the links that were not asked for a week; a dead one every day."""
    now = utcnow()
    with transaction() as session:
        due = or_(
            Artefact.checked_at.is_(None),
            Artefact.checked_at <= now - WEEK,
            Artefact.dead_since.is_not(None) & (Artefact.checked_at <= now - DAY),
        )
        count = session.scalar(select(func.count()).where(Artefact.kind == "link")) or 0
        most = min(max(LEAST_A_SWEEP, count // SWEEPS_A_WEEK + 1), MOST_A_SWEEP)
        links = select(Artefact.id).where(Artefact.kind == "link", due).order_by(Artefact.checked_at, Artefact.id)
        asked = {str(work_id): {"work": work_id} for work_id in session.scalars(links.limit(most))}
        jobs.ask_all(session, CHECK, asked, now, priority=-10)
        wish_sweep(session, now)


def check_link(wiring: Wiring, payload: dict[str, Any]) -> None:
    """The handler of `evidence.check-link`: ask one address and note what came of it."""
    with reading() as session:
        work = session.get(Artefact, payload["work"])
    if work is None or work.url is None:
        return
    is_asked = urlsplit(work.url).port in PORTS
    fails = is_asked and is_dead(ask_sparingly(wiring, work.url, ACCEPT, "page"))
    now = utcnow()
    with transaction() as session:
        found = session.get(Artefact, work.id)
        if found is not None and found.url == work.url:
            found.checked_at = now
            found.dead_since = (found.dead_since or now) if fails else None


def is_dead(answer: Answer | Failure) -> bool:
    """Whether nobody would find anything there."""
    if isinstance(answer, Failure):
        return answer.why not in THERE_ALL_THE_SAME
    return answer.status in GONE or answer.status >= 500


def is_dead_link(work: Artefact) -> bool:
    """Whether a link is to be called dead: it failed, and failed again later."""
    return work.dead_since is not None and work.checked_at is not None and work.checked_at > work.dead_since
