"""The letters that wait to be sent, as their readers would see them."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backpack.database import reading
from backpack.jobs import Job


def letters_to(address: str) -> list[dict[str, Any]]:
    """Every letter to this address, the oldest first."""
    return [one for one in _all() if one["to"] == address]


def all_letters() -> list[dict[str, Any]]:
    return _all()


def _all() -> list[dict[str, Any]]:
    with reading() as session:
        return _of(session)


def _of(session: Session) -> list[dict[str, Any]]:
    return [job.payload for job in session.scalars(select(Job).where(Job.kind == "mail.send").order_by(Job.id))]


def link_in(letter: dict[str, Any]) -> str:
    """The path of the first link of a letter."""
    found = re.search(r"http://localhost:8000(/\S+)", letter["body"])
    assert found, letter["body"]
    return found[1]
