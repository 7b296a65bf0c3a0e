"""What a transaction waits for."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from backpack.database import transaction


def waits_for_the_disk(session: Session) -> bool:
    if session.get_bind().dialect.name == "sqlite":
        return bool(session.scalar(text("PRAGMA synchronous")) == 2)
    return bool(session.scalar(text("SHOW synchronous_commit")) == "on")


def test_only_what_need_not_last_does_not_wait_for_the_disk(app: Flask) -> None:
    """In turns, on connections that the pool gives out again."""
    for _ in range(3):
        with transaction(lasting=False) as session:
            assert not waits_for_the_disk(session)
        with transaction() as session:
            assert waits_for_the_disk(session)
