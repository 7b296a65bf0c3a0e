"""What was once proven about bytes, kept in a table: never about time, status or whose key it is.

A process also remembers the last ten thousand of them, so that a page asks the table only about what is new to it.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from backpack.archive.models import Proven
from backpack.database import insert_new

_remembered: OrderedDict[bytes, Mapping[str, object]] = OrderedDict()
_remembering = threading.Lock()
MOST_REMEMBERED = 10_000


def _remember(digest: bytes, facts: Mapping[str, object]) -> None:
    with _remembering:
        _remembered[digest] = facts
        if len(_remembered) > MOST_REMEMBERED:
            _remembered.popitem(last=False)


@dataclass(slots=True)
class KeptProofs:
    """The memo for one judging: reads the table, collects what is new; `write` keeps that in another transaction."""

    session: Session
    fresh: dict[str, Mapping[str, object]] = field(default_factory=dict)

    def get(self, key: str) -> Mapping[str, object] | None:
        digest = _digest(key)
        known = _remembered.get(digest)
        if known is None:
            known = self.session.scalar(select(Proven.facts).where(Proven.key == digest))
            if known is not None:
                _remember(digest, known)
        return known

    def put(self, key: str, facts: Mapping[str, object]) -> None:
        self.fresh[key] = facts
        _remember(_digest(key), facts)

    def write(self, session: Session, now: datetime) -> None:
        for key, facts in self.fresh.items():
            values = {"key": _digest(key), "facts": dict(facts), "created_at": now}
            insert_new(session, Proven, values, ["key"])


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()
