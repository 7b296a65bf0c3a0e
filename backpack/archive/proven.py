"""What was once proven about bytes, kept in a table: never about time, status or whose key it is."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from backpack.archive.models import Proven
from backpack.database import insert_new


@dataclass(slots=True)
class KeptProofs:
    """The memo for one judging: reads the table, collects what is new; `write` keeps that in another transaction."""

    session: Session
    fresh: dict[str, Mapping[str, object]] = field(default_factory=dict)

    def get(self, key: str) -> Mapping[str, object] | None:
        if key in self.fresh:
            return self.fresh[key]
        return self.session.scalar(select(Proven.facts).where(Proven.key == _digest(key)))

    def put(self, key: str, facts: Mapping[str, object]) -> None:
        self.fresh[key] = facts

    def write(self, session: Session, now: datetime) -> None:
        for key, facts in self.fresh.items():
            values = {"key": _digest(key), "facts": dict(facts), "created_at": now}
            insert_new(session, Proven, values, ["key"])


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()
