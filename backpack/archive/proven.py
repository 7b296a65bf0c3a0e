"""What was once proven about bytes, kept in a table: never about time, status or whose key it is."""

from __future__ import annotations

import hashlib
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
    fresh: dict[str, str] = field(default_factory=dict)

    def get(self, key: str) -> str | None:
        if key in self.fresh:
            return self.fresh[key]
        facts = self.session.scalar(select(Proven.facts).where(Proven.key == _digest(key)))
        return facts["value"] if facts else None

    def put(self, key: str, value: str) -> None:
        self.fresh[key] = value

    def write(self, session: Session, now: datetime) -> None:
        for key, value in self.fresh.items():
            values = {"key": _digest(key), "facts": {"value": value}, "created_at": now}
            insert_new(session, Proven, values, ["key"])


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()
