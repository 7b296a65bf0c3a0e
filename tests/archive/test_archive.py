"""The archive: each answer once, its history beside it, and a verdict from it that outlives a short silence."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
import sqlalchemy as sa
from flask import Flask

from backpack import create_app, jobs
from backpack.archive.documents import ArchivedDocuments
from backpack.archive.fetching import CHANGED, fetch_and_keep
from backpack.archive.judging import Budget, judge
from backpack.archive.keeping import keep
from backpack.archive.models import Body, Host, StoredDocument
from backpack.archive.refreshing import REFRESH, SWEEP, due, sweep, wish_refresh, wish_sweep
from backpack.database import db, reading, transaction
from backpack.jobs import Job
from backpack.openbadges import Document, Missing, Outcome, read_payload
from backpack.openbadges.report import Wanted
from backpack.outbound import Answer, Failure, Outbound, RecordedAnswer
from backpack.settings import Settings
from backpack.wiring import Wiring, wired

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOST = "https://badges.issuer.example"
ASSERTION, CLASS, ISSUER = f"{HOST}/assertion", f"{HOST}/class", f"{HOST}/issuer"
OTHER = Wanted(url=f"{HOST}/other", accept="application/json", kind="assertion")
WANTED = Wanted(url=ASSERTION, accept="application/json", kind="assertion")
CONTEXT = "https://w3id.org/openbadges/v2"


def assertion(**changes: object) -> dict[str, object]:
    return {
        "@context": CONTEXT,
        "type": "Assertion",
        "id": ASSERTION,
        "recipient": {"type": "email", "hashed": False, "identity": "ann@example.org"},
        "badge": CLASS,
        "issuedOn": "2026-01-01T00:00:00Z",
        "verification": {"type": "HostedBadge"},
        **changes,
    }


BADGE_CLASS = {
    "@context": CONTEXT,
    "type": "BadgeClass",
    "id": CLASS,
    "name": "A badge",
    "description": "For the tests.",
    "image": f"{HOST}/badge.png",
    "criteria": {"narrative": "Be there."},
    "issuer": ISSUER,
}
PROFILE = {
    "@context": CONTEXT,
    "type": "Issuer",
    "id": ISSUER,
    "name": "An issuer",
    "url": HOST,
    "email": "a@b.example",
}


class Issuer:
    """Answers inside the door; counts how often each address was asked."""

    def __init__(self) -> None:
        self.answers: dict[str, RecordedAnswer] = {}
        self.asked: list[str] = []
        self.say(ASSERTION, assertion())
        self.say(CLASS, BADGE_CLASS)
        self.say(ISSUER, PROFILE)
        self.say(f"{HOST}/badge.png", "a picture")

    def say(self, url: str, content: object, status: int = 200, **headers: str) -> None:
        body = json.dumps(content).encode()
        self.answers[url] = RecordedAnswer(
            status=status, headers={"Content-Type": "application/json", **headers}, body=body
        )

    def fail(self, why: str) -> None:
        self.answers = dict.fromkeys(self.answers, RecordedAnswer(why=why))

    def answer(self, url: str) -> RecordedAnswer | None:
        self.asked.append(url)
        return self.answers.get(url, RecordedAnswer(status=404))


@pytest.fixture
def issuer() -> Issuer:
    return Issuer()


@pytest.fixture
def wiring(settings: Settings, issuer: Issuer) -> Iterator[Wiring]:
    app = create_app(settings, Outbound("http://localhost:8000", answers=issuer.answer))
    with app.app_context():
        yield wired()
        db.engine.dispose()


def at(moment: datetime) -> Callable[[], datetime]:
    return lambda: moment


def outcome(wiring: Wiring, moment: datetime) -> tuple[Outcome, str | None]:
    report = judge(read_payload(json.dumps(assertion()).encode()), wiring, clock=at(moment))
    return report.outcome, report.reason


def rows(url: str = ASSERTION) -> list[StoredDocument]:
    with reading() as session:
        found = sa.select(StoredDocument).where(StoredDocument.url == url).order_by(StoredDocument.id)
        return list(session.scalars(found))


def test_a_verdict_fetches_what_it_lacks_and_then_nothing(wiring: Wiring, issuer: Issuer) -> None:
    assert outcome(wiring, NOON) == (Outcome.VALID, None)
    assert set(issuer.asked) >= {ASSERTION, CLASS, ISSUER}
    issuer.asked.clear()
    assert outcome(wiring, NOON + timedelta(minutes=14)) == (Outcome.VALID, None)
    assert issuer.asked == []


def test_ten_badges_of_one_issuer_fetch_its_profile_once(wiring: Wiring, issuer: Issuer) -> None:
    for number in range(10):
        url = f"{ASSERTION}/{number}"
        issuer.say(url, assertion(id=url))
        credential = read_payload(json.dumps(assertion(id=url)).encode())
        assert judge(credential, wiring, clock=at(NOON)).outcome is Outcome.VALID
    assert issuer.asked.count(ISSUER) == 1
    assert issuer.asked.count(CLASS) == 1


def test_the_same_answer_moves_its_instants_and_another_is_kept_beside_it(wiring: Wiring, issuer: Issuer) -> None:
    fetch_and_keep(WANTED, wiring, clock=at(NOON))
    assert fetch_and_keep(WANTED, wiring, clock=at(NOON + timedelta(hours=1))).changed is False
    (only,) = rows()
    assert (only.first_at, only.fetched_at) == (NOON, NOON + timedelta(hours=1))
    issuer.say(ASSERTION, assertion(issuedOn="2026-02-02T00:00:00Z"))
    assert fetch_and_keep(WANTED, wiring, clock=at(NOON + timedelta(hours=2))).changed is True
    assert len(rows()) == 2
    with reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Body)) == 2
        assert [job.kind for job in session.scalars(sa.select(Job))] == [CHANGED]


def test_an_unchanged_answer_is_asked_for_by_its_tag(wiring: Wiring, issuer: Issuer) -> None:
    issuer.say(ASSERTION, assertion(), etag='"one"')
    fetch_and_keep(WANTED, wiring, clock=at(NOON))
    fetch_and_keep(WANTED, wiring, clock=at(NOON + timedelta(hours=1)))
    (only,) = rows()
    assert only.fetched_at == NOON + timedelta(hours=1)
    assert only.headers["etag"] == '"one"'


@pytest.mark.parametrize("why", ["timeout", "tls", "dns", "connection"])
def test_a_short_silence_changes_no_outcome_and_a_long_one_makes_it_unknown(
    why: str, wiring: Wiring, issuer: Issuer
) -> None:
    outcome(wiring, NOON)
    issuer.fail(why)
    assert outcome(wiring, NOON + timedelta(hours=2)) == (Outcome.VALID, None)
    assert outcome(wiring, NOON + timedelta(hours=23)) == (Outcome.VALID, None)
    assert outcome(wiring, NOON + timedelta(hours=25)) == (Outcome.UNKNOWN, "document-unreachable")


@pytest.mark.parametrize("status", [404, 500, 503, 403])
def test_neither_do_errors_of_the_host(status: int, wiring: Wiring, issuer: Issuer) -> None:
    outcome(wiring, NOON)
    issuer.say(ASSERTION, {}, status)
    assert outcome(wiring, NOON + timedelta(hours=2)) == (Outcome.VALID, None)
    assert outcome(wiring, NOON + timedelta(hours=25))[0] is Outcome.UNKNOWN


def test_410_and_revoked_count_at_once_and_a_return_too(wiring: Wiring, issuer: Issuer) -> None:
    outcome(wiring, NOON)
    issuer.say(ASSERTION, {}, 410)
    assert outcome(wiring, NOON + timedelta(hours=1)) == (Outcome.REVOKED, "revoked")
    issuer.say(ASSERTION, assertion())
    assert outcome(wiring, NOON + timedelta(hours=2)) == (Outcome.VALID, None)
    issuer.say(ASSERTION, {"@context": CONTEXT, "type": "Assertion", "id": ASSERTION, "revoked": True})
    assert outcome(wiring, NOON + timedelta(hours=3)) == (Outcome.REVOKED, "revoked")
    assert [row.status for row in rows()] == [200, 410, 200, 200]


def test_a_host_that_keeps_failing_is_left_alone_and_asked_again_later(wiring: Wiring, issuer: Issuer) -> None:
    issuer.fail("connection")
    moment = NOON
    for _ in range(5):
        fetch_and_keep(WANTED, wiring, clock=at(moment))
        moment += timedelta(minutes=1)
    with reading() as session:
        host = session.scalars(sa.select(Host)).one()
        assert (host.failures, host.failing_since) == (5, NOON)
        assert host.rest_until is not None
        other = replace(WANTED, url=f"{HOST}/another")
        assert due(session, [other], moment) == []
        assert due(session, [other], host.rest_until + timedelta(seconds=1)) == [other]
    issuer.say(ASSERTION, assertion())
    fetch_and_keep(WANTED, wiring, clock=at(moment))
    with reading() as session:
        assert session.scalars(sa.select(Host)).one().failures == 0


def test_many_readers_of_a_stale_document_ask_once(wiring: Wiring, issuer: Issuer, app: Flask) -> None:
    fetch_and_keep(WANTED, wiring, clock=at(NOON))
    issuer.asked.clear()
    later = NOON + timedelta(hours=1)

    def read_page(_reader: int) -> int:
        with app.app_context(), transaction() as session:
            return wish_refresh(session, [WANTED], later)

    with ThreadPoolExecutor(4) as readers:
        assert sum(readers.map(read_page, range(40))) == 1
    jobs.run_pending(wiring.handlers)
    assert issuer.asked == [ASSERTION]


def test_what_was_just_tried_is_not_tried_again(wiring: Wiring, issuer: Issuer) -> None:
    issuer.fail("timeout")
    fetch_and_keep(WANTED, wiring, clock=at(NOON))
    with reading() as session:
        assert due(session, [WANTED], NOON + timedelta(minutes=4)) == []
        assert due(session, [WANTED], NOON + timedelta(minutes=6)) == [WANTED]


def test_the_newest_answer_alone_says_when_to_ask_again(wiring: Wiring, issuer: Issuer) -> None:
    """Once it said "good for an hour", now "ask each time": the old promise is over."""
    issuer.say(ASSERTION, assertion(), 200, **{"cache-control": "max-age=3600"})
    fetch_and_keep(WANTED, wiring, clock=at(NOON))
    issuer.say(ASSERTION, assertion(narrative="new"), 200, **{"cache-control": "no-store"})
    fetch_and_keep(WANTED, wiring, clock=at(NOON + timedelta(minutes=1)))
    with reading() as session:
        assert due(session, [WANTED], NOON + timedelta(minutes=2)) == []
        assert due(session, [WANTED], NOON + timedelta(minutes=10)) == [WANTED]


def test_one_judging_asks_for_twelve_documents_at_most(wiring: Wiring, issuer: Issuer) -> None:
    budget = Budget()
    wanted = [replace(WANTED, url=f"{HOST}/{number}") for number in range(30)]
    assert len(budget.take(wanted)) == 12
    assert budget.take(wanted) == []
    assert Budget(seconds=0).take(wanted) == []


def test_the_sweep_is_queued_once_for_its_place_in_the_day(app: Flask) -> None:
    for _ in range(3):
        with transaction() as session:
            wish_sweep(session, NOON)
    with reading() as session:
        (job,) = session.scalars(sa.select(Job))
        assert NOON < job.run_at <= NOON + timedelta(minutes=15)


def test_the_sweep_asks_for_what_nobody_looked_at_for_a_day(wiring: Wiring, issuer: Issuer) -> None:
    fetch_and_keep(WANTED, wiring, clock=at(NOON - timedelta(days=900)))
    with transaction() as session:
        wish_sweep(session, NOON - timedelta(days=900))
    issuer.asked.clear()
    fetch_and_keep(OTHER, wiring, clock=at(NOON - timedelta(days=900)))
    issuer.asked.clear()
    theirs = sa.select(StoredDocument.url_digest).where(StoredDocument.url == ASSERTION)
    jobs.run_pending({**wiring.handlers, SWEEP: partial(sweep, theirs)}, most=2)
    assert issuer.asked == [ASSERTION]
    assert rows(OTHER.url) == []  # no badge rests on it, and nobody asked for a month
    with reading() as session:
        kinds = [job.kind for job in session.scalars(sa.select(Job).where(Job.finished_at.is_(None)))]
    assert REFRESH not in kinds


def test_many_addresses_are_one_statement(wiring: Wiring, issuer: Issuer) -> None:
    outcome(wiring, NOON)
    statements: list[str] = []
    with reading() as session:
        sa.event.listen(db.engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
        documents = ArchivedDocuments(session)
        documents.load([ASSERTION, CLASS, ISSUER, "https://never.example/asked"])
        assert isinstance(documents.get(ASSERTION), Document)
        assert isinstance(documents.get("https://never.example/asked"), Missing)
    assert len([one for one in statements if one.startswith("SELECT")]) == 1


def test_a_failure_names_the_last_good_answer(app: Flask) -> None:
    settings = wired().settings
    answer = Answer(
        url=ASSERTION, final_url=ASSERTION, chain=(ASSERTION,), status=200, headers={"content-type": "a/b"}, body=b"{}"
    )
    with transaction() as session:
        keep(session, WANTED, answer, NOON, settings)
        keep(session, WANTED, Failure(url=ASSERTION, why="tls"), NOON + timedelta(hours=1), settings)
    with reading() as session:
        found = ArchivedDocuments(session).get(ASSERTION)
    assert isinstance(found, Missing)
    assert (found.why, found.tried_at) == ("tls", NOON + timedelta(hours=1))
    assert found.last_good is not None
    assert (found.last_good.body, found.last_good.fetched_at) == (b"{}", NOON)
