"""Hosts are spared: two refreshes at a time, none that just failed; and what was replaced a month ago is let go."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from backpack import jobs
from backpack.archive.forgetting import forget_hosts, forget_old
from backpack.archive.keeping import keep
from backpack.archive.models import Body, Host, StoredDocument
from backpack.archive.refreshing import REFRESH, due, wish_refresh, worth_asking
from backpack.archive.sparing import ask_sparingly, note
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


ISSUER, ELSEWHERE = "issuer.example", "elsewhere.example"


def led_away(one: Wanted, why: str | None = None) -> Answer | Failure:
    """What came of an address that leads to another host."""
    chain = (one.url, f"https://{ELSEWHERE}/{one.url[-1]}")
    if why:
        return Failure(url=one.url, why=why, chain=chain)
    return Answer(url=one.url, final_url=chain[-1], chain=chain, status=200, headers={}, body=b"{}")


def host(name: str) -> Host:
    with reading() as session:
        return session.scalars(sa.select(Host).where(Host.name == name)).one()


def test_a_silence_counts_for_the_host_that_is_silent(app: Flask) -> None:
    for number in range(5):
        kept(wanted(str(number)), led_away(wanted(str(number)), "timeout"), NOON)
    assert (host(ISSUER).failures, host(ELSEWHERE).failures) == (0, 5)
    with reading() as session:
        soon = NOON + timedelta(minutes=14)
        stale = due(session, [wanted("1"), wanted("new"), wanted("new", ELSEWHERE)], soon)
    assert [one.url for one in stale] == [wanted("new").url]  # nobody knows yet where that leads
    kept(wanted("1"), led_away(wanted("1")), NOON + timedelta(minutes=15))
    assert (host(ELSEWHERE).failures, host(ELSEWHERE).rest_until) == (0, None)


def test_every_host_of_a_chain_is_asked_sixty_times_a_minute_at_most(app: Flask) -> None:
    now = utcnow()
    for number in range(60):
        one = wanted("1", f"issuer-{number}.example")
        kept(one, led_away(one), now)
    known = wanted("1", "issuer-1.example")
    with transaction() as session:
        session.execute(sa.update(StoredDocument).values(fresh_until=now))
        wish_refresh(session, [wanted("more", ELSEWHERE), known], now)
    jobs.run_pending({REFRESH: wired().handlers[REFRESH]})
    with reading() as session:
        waiting = session.scalars(sa.select(Job).where(Job.finished_at.is_(None)).order_by(Job.id)).all()
    assert [one.payload["url"] for one in waiting] == [wanted("more", ELSEWHERE).url, known.url]
    assert all((one.attempts, one.last_error) == (0, None) for one in waiting)


def test_two_are_at_work_at_the_host_where_their_chains_end(app: Flask) -> None:
    past, now = utcnow() - timedelta(days=2), utcnow()
    three = [wanted("1", f"issuer-{number}.example") for number in range(3)]
    for one in three:
        kept(one, led_away(one), past)
    with transaction() as session:
        wish_refresh(session, three, now)
    assert jobs.claim(utcnow()) is not None
    assert jobs.claim(utcnow()) is not None
    jobs.run_pending({REFRESH: wired().handlers[REFRESH]})
    with reading() as session:
        third = session.scalars(sa.select(Job).where(Job.leased_until.is_(None))).one()
    assert (third.finished_at, third.attempts, third.run_at > now) == (None, 0, True)


@pytest.mark.parametrize(
    ("answer", "failures"),
    [
        (Failure(url=wanted("1").url, why="timeout"), 6),
        (Failure(url=wanted("1").url, why="too-large"), 0),
        (Failure(url=wanted("1").url, why="refused", chain=(wanted("1").url, "http://[")), 0),
        (Answer(url="", final_url="", chain=(wanted("1").url,), status=503, headers={}, body=b""), 6),
        (Answer(url="", final_url="", chain=(wanted("1").url,), status=404, headers={}, body=b""), 0),
    ],
)
def test_what_is_not_kept_counts_as_well(app: Flask, answer: Answer | Failure, failures: int) -> None:
    for number in range(5):
        kept(wanted(str(number)), Failure(url=wanted(str(number)).url, why="timeout"), NOON)
    with transaction() as session:
        assert note(session, answer, NOON) == failures
    assert (host(ISSUER).failures, host(ISSUER).asked) == (failures, 6)


def test_pictures_and_links_of_works_wait_for_a_host_that_rests(app: Flask) -> None:
    now = utcnow()
    for number in range(5):
        kept(wanted(str(number)), Failure(url=wanted(str(number)).url, why="timeout"), now)
    with pytest.raises(jobs.Later) as later:
        ask_sparingly(wired(), f"https://{ISSUER}/badge.png", "image/png", "image")
    assert 14 * 60 < later.value.seconds <= 15 * 60
    with transaction() as session:
        session.execute(sa.update(Host).values(rest_until=None, minute=utcnow(), asked=60))
    with pytest.raises(jobs.Later):
        ask_sparingly(wired(), f"https://{ISSUER}/badge.png", "image/png", "image")


def test_a_host_that_does_well_is_forgotten_after_a_day_and_any_other_after_a_month(app: Flask) -> None:
    kept(wanted("1"), said(wanted("1"), b"{}"), NOON)
    kept(wanted("1", ELSEWHERE), Failure(url=wanted("1", ELSEWHERE).url, why="dns"), NOON)
    names = []
    for days in (0, 2, 31):
        with transaction() as session:
            forget_hosts(session, NOON + timedelta(days=days))
            names.append(set(session.scalars(sa.select(Host.name))))
    assert names == [{ISSUER, ELSEWHERE}, {ELSEWHERE}, set()]
