"""Hosts are spared: two refreshes at a time, none that just failed; and what was replaced a month ago is let go."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from backpack import jobs
from backpack.archive.forgetting import forget_old
from backpack.archive.keeping import keep
from backpack.archive.models import Body, StoredDocument
from backpack.archive.refreshing import REFRESH, wish_refresh, worth_asking
from backpack.database import reading, transaction, utcnow
from backpack.jobs import Job
from backpack.openbadges.report import Wanted
from backpack.outbound import Answer, Failure
from backpack.wiring import wired

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def wanted(path: str, host: str = "issuer.example") -> Wanted:
    return Wanted(url=f"https://{host}/{path}", accept="application/json", kind="assertion")


def said(one: Wanted, body: bytes) -> Answer:
    return Answer(url=one.url, final_url=one.url, chain=(one.url,), status=200, headers={}, body=body)


def kept(one: Wanted, answer: Answer | Failure, now: datetime) -> None:
    with transaction() as session:
        keep(session, one, answer, now, wired().settings)


def left(now: datetime, *asked: Wanted) -> list[str]:
    with reading() as session:
        return [one.url.removeprefix("https://") for one in worth_asking(session, asked, now)]


def test_two_refreshes_of_a_host_are_at_work_and_the_third_comes_back(app: Flask) -> None:
    now = utcnow()
    with transaction() as session:
        wish_refresh(session, [wanted("1"), wanted("2"), wanted("3")], now)
        wish_refresh(session, [wanted("1", "other.example")], now)
    assert jobs.claim(utcnow()) is not None
    assert jobs.claim(utcnow()) is not None
    asked: list[str] = []
    handler = wired().handlers[REFRESH]

    def refresh(payload: dict[str, str]) -> None:
        handler(payload)
        asked.append(payload["url"])

    jobs.run_pending({REFRESH: refresh})
    assert asked == ["https://other.example/1"]
    with reading() as session:
        third = session.scalars(sa.select(Job).where(Job.finished_at.is_(None), Job.leased_until.is_(None))).one()
    assert third.payload["url"] == "https://issuer.example/3"
    assert (third.attempts, third.last_error) == (0, None)
    assert third.run_at > now


def test_one_try_decides_about_a_host_that_rested(app: Flask) -> None:
    past = utcnow() - timedelta(days=2)
    for number in range(5):
        kept(wanted(str(number)), Failure(url=wanted(str(number)).url, why="timeout"), past)
    with transaction() as session:
        wish_refresh(session, [wanted("1"), wanted("2")], utcnow())
    assert jobs.claim(utcnow()) is not None
    jobs.run_pending({REFRESH: wired().handlers[REFRESH]})
    with reading() as session:
        second = session.scalars(sa.select(Job).where(Job.finished_at.is_(None), Job.leased_until.is_(None))).one()
    assert (second.payload["url"], second.last_error) == ("https://issuer.example/2", None)


def test_a_host_is_asked_sixty_times_a_minute_at_most(app: Flask) -> None:
    now = utcnow()
    for number in range(60):
        one = wanted(str(number))
        kept(one, said(one, b"{}"), now)
    with transaction() as session:
        wish_refresh(session, [wanted("more")], now)
    jobs.run_pending({REFRESH: wired().handlers[REFRESH]})
    with reading() as session:
        waiting = session.scalars(sa.select(Job).where(Job.finished_at.is_(None))).one()
    assert (waiting.payload["url"], waiting.attempts) == ("https://issuer.example/more", 0)


def test_what_failed_a_moment_ago_keeps_nobody_waiting(app: Flask) -> None:
    one, other = wanted("1"), wanted("2")
    kept(one, Failure(url=one.url, why="timeout"), NOON)
    assert left(NOON + timedelta(seconds=10), one, other) == ["issuer.example/2"]
    assert left(NOON + timedelta(seconds=31), one, other) == ["issuer.example/1", "issuer.example/2"]


def test_a_host_that_was_silent_five_times_is_not_waited_for_again(app: Flask) -> None:
    for number in range(5):
        one = wanted(str(number))
        kept(one, Failure(url=one.url, why="timeout"), NOON + timedelta(seconds=number))
    soon = NOON + timedelta(seconds=10)
    assert left(soon, wanted("new"), wanted("new", "other.example")) == ["other.example/new"]
    assert left(NOON + timedelta(seconds=60), wanted("new")) == ["issuer.example/new"]


@pytest.mark.parametrize("why", ["refused", "dns", "tls"])
def test_other_documents_of_a_host_are_asked_after_one_failure(app: Flask, why: str) -> None:
    kept(wanted("1"), Failure(url=wanted("1").url, why=why), NOON)
    assert left(NOON, wanted("2")) == ["issuer.example/2"]


def bodies() -> set[bytes]:
    with reading() as session:
        return set(session.scalars(sa.select(Body.data)))


def test_replaced_answers_go_after_a_month_and_the_last_ones_stay(app: Flask) -> None:
    one, other = wanted("1"), wanted("2")
    for day, body in ((0, b"first"), (1, b"second"), (2, b"third")):
        kept(one, said(one, body), NOON + timedelta(days=day))
    kept(other, said(other, b"second"), NOON)  # another address holds the same bytes
    kept(one, Failure(url=one.url, why="dns"), NOON + timedelta(days=3))
    kept(one, Failure(url=one.url, why="tls"), NOON + timedelta(days=4))
    with transaction() as session:
        assert forget_old(session, NOON + timedelta(days=29)) == 0
    with transaction() as session:
        assert forget_old(session, NOON + timedelta(days=400)) == 3
    assert bodies() == {b"second", b"third"}
    with reading() as session:
        rows = session.scalars(sa.select(StoredDocument).order_by(StoredDocument.id)).all()
        assert [(row.url[-1], row.why) for row in rows] == [("1", None), ("2", None), ("1", "tls")]
    with transaction() as session:
        assert forget_old(session, NOON + timedelta(days=400)) == 0
