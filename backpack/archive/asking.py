"""Asking anew behind a page: what is stale is queued, and whatever becomes of that, the page is sent."""

from __future__ import annotations

import threading
from collections.abc import Collection
from datetime import datetime

import structlog
from sqlalchemy.exc import SQLAlchemyError

from backpack.archive.refreshing import being_asked, due, wish_refresh
from backpack.database import reading, transaction
from backpack.openbadges.report import Wanted

_at_it: set[str] = set()
_taking = threading.Lock()
log = structlog.get_logger("archive")


def ask_behind(wanted: Collection[Wanted], now: datetime) -> None:
    """Queue a refresh of what is due, once however many readers: of many at a time in this process, one does it.

    Never raises for a database that is busy: the next reader asks again.
    """
    with _taking:
        mine = [one for one in wanted if one.url not in _at_it]
        _at_it.update(one.url for one in mine)
    try:
        if mine:
            _ask(mine, now)
    except SQLAlchemyError as error:
        log.warning("a refresh was not queued", error=repr(error))
    finally:
        with _taking:
            _at_it.difference_update(one.url for one in mine)


def _ask(wanted: Collection[Wanted], now: datetime) -> None:
    with reading() as session:
        stale = due(session, wanted, now)
        queued = being_asked(session, stale)
    new = [one for one in stale if one.url not in queued]
    if new:
        with transaction() as session:
            wish_refresh(session, new, now)
