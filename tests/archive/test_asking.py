"""Behind a page, what is stale is queued once; a database that is busy never costs a reader the page."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import OperationalError

from backpack.archive.asking import ask_behind
from backpack.database import db, reading, transaction, utcnow
from backpack.jobs import Job
from backpack.openbadges.report import Wanted

WANTED = [Wanted(url=f"https://issuer.example/{n}", accept="application/json", kind="assertion") for n in range(3)]


def queued() -> list[str]:
    with reading() as session:
        return sorted(job.payload["url"] for job in session.scalars(sa.select(Job)))


def test_many_readers_at_once_queue_each_document_once(app: Flask) -> None:
    def read(_reader: int) -> None:
        with app.app_context():
            ask_behind(WANTED, utcnow())

    with ThreadPoolExecutor(8) as readers:
        list(readers.map(read, range(40)))
    assert queued() == [one.url for one in WANTED]


def test_a_busy_database_costs_nobody_the_page(app: Flask) -> None:
    def busy(*_given: object) -> None:
        raise OperationalError("BEGIN IMMEDIATE", {}, Exception("database is locked"))

    sa.event.listen(db.engine, "begin", busy, insert=True)
    try:
        with pytest.raises(OperationalError), transaction() as session:
            session.execute(sa.text("SELECT 1"))
        ask_behind(WANTED, utcnow())
    finally:
        sa.event.remove(db.engine, "begin", busy)
    assert queued() == []
    ask_behind(WANTED, utcnow())
    assert len(queued()) == 3
