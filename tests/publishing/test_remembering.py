"""Remembered pages: quick while nothing changed, and never a moment older than the last change."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from unittest.mock import Mock

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from limits.strategies import FixedWindowRateLimiter
from redis.exceptions import RedisError

from backpack import create_app
from backpack.accounts.addresses import add_address, confirm_address, read_address
from backpack.accounts.settling import rename
from backpack.archive.keeping import url_digest
from backpack.badges.models import BadgeDocument
from backpack.collections.models import Collection
from backpack.database import db, reading, transaction, utcnow
from backpack.openbadges.model import Credential
from backpack.openbadges.report import IssuerAnswer, Outcome, RecipientAnswer, Report, Wanted
from backpack.publishing.counting import ViewCounter
from backpack.publishing.front import Front
from backpack.publishing.models import ShareLink, ViewCount
from backpack.publishing.remembering import A_MINUTE, A_MOMENT, Kept, Page, RememberedPages, holds_until
from backpack.settings import Settings
from backpack.web.limits import EVERY_PAGE_ITEM, limiter, within_limit
from backpack.wiring import wired
from tests.people import Browser, post
from tests.publishing.world import World, publish_badge, publish_collection

NOW = utcnow()


@pytest.fixture
def elsewhere(world: World, settings: Settings) -> FlaskClient:
    """A stranger's browser that meets another process on the same database."""
    other = create_app(settings)
    other.test_client_class = Browser
    return other.test_client()


def change_link(world: World, link: ShareLink) -> None:
    post(world.camille, f"/shares/{link.public_id}/edit", "/compte", name_shown="none", do="publish",
         level="link", badges=[world.first.public_id])  # fmt: skip


def hide_evidence(world: World, _link: ShareLink) -> None:
    post(world.camille, f"/evidence/{world.shown.public_id}/show", shown="0")


def change_name(world: World, _link: ShareLink) -> None:
    with transaction() as session:
        rename(session, world.person.id, "Zoé Kervella", utcnow())


def change_title(world: World, _link: ShareLink) -> None:
    with reading() as session:
        collection = session.scalars(sa.select(Collection)).one()
    page = f"/collections/{collection.public_id}/edit"
    sent = {"title": "Autre titre", "language": "fr", "revision": collection.revision, "do": "save"}
    post(world.camille, page, "/compte", **sent)


CHANGES: list[tuple[Callable[[World, ShareLink], None], bytes, bytes]] = [
    (change_link, b"Camille", b""),
    (hide_evidence, b"vitrine-jonquille", b""),
    (change_name, b"Camille K.", "Zoé K.".encode()),
    (change_title, b"<h1>Stage</h1>", b"Autre titre"),
]


@pytest.mark.parametrize(("change", "before", "after"), CHANGES, ids=[one[0].__name__ for one in CHANGES])
def test_the_very_next_reader_of_every_process_sees_a_change(
    world: World, elsewhere: FlaskClient, change: Callable[[World, ShareLink], None], before: bytes, after: bytes
) -> None:
    link = publish_collection(world)
    path = world.path(link)
    for reader in (world.stranger, elsewhere, world.stranger, elsewhere):
        assert before in reader.get(path).data
    change(world, link)
    for reader in (elsewhere, world.stranger):
        page = reader.get(path).data
        assert before not in page
        assert after in page


def test_a_document_that_changes_makes_the_pages_anew_that_rest_on_it(world: World, elsewhere: FlaskClient) -> None:
    link = publish_badge(world)
    tag = elsewhere.get(world.path(link)).headers["ETag"]
    url = "https://issuer.example.org/lists/1"
    with transaction() as session:
        session.add(BadgeDocument(badge_id=world.first.id, url_digest=url_digest(url)))
    assert elsewhere.get(world.path(link)).headers["ETag"] == tag
    with transaction() as session:
        wired().told(session, [url])
    assert elsewhere.get(world.path(link)).headers["ETag"] != tag


def test_withdrawing_is_seen_at_once_and_never_answered_with_not_modified(world: World, elsewhere: FlaskClient) -> None:
    link = publish_badge(world)
    tag = elsewhere.get(world.path(link)).headers["ETag"]
    asked = {"If-None-Match": tag}
    again = elsewhere.get(world.path(link), headers=asked)
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == tag
    assert again.headers["Content-Security-Policy"].startswith("default-src 'none'")
    post(world.camille, f"/shares/{link.public_id}/withdraw")
    assert elsewhere.get(world.path(link), headers=asked).status_code == 410


def test_a_link_that_ends_ends_for_remembered_pages_too(world: World) -> None:
    link = publish_badge(world)
    with transaction() as session:
        session.get_one(ShareLink, link.id).closes_at = utcnow() + timedelta(seconds=1.5)
    assert world.stranger.get(world.path(link)).status_code == 200
    memory: Any = world.stranger.application.extensions["publishing"]
    kept = memory.pages.known((world.path(link), "fr"))
    assert kept is not None
    assert kept.until is not None


def test_both_ways_answer_alike(world: World) -> None:
    path = world.path(publish_badge(world))
    for encoding in ("gzip", "identity"):
        asked = {"Accept-Encoding": encoding, "Accept-Language": "fr"}
        world.stranger.application.extensions["publishing"].pages.put((path, "fr"), Kept(
            page=Page(b"", "", ""), edition=-1, until=None, kind="link", name=b"", rule=""))  # fmt: skip
        first = world.stranger.get(path, headers=asked)
        second, head = world.stranger.get(path, headers=asked), world.stranger.head(path, headers=asked)
        assert dict(first.headers) == dict(second.headers) == dict(head.headers)
        assert first.data == second.data
        assert b"Soudure" in (gzip.decompress(second.data) if encoding == "gzip" else second.data)
        assert head.data == b""
    assert b"Issued" in world.stranger.get(f"{path}?lang=en").data


def test_what_one_reader_s_address_carries_is_in_nobody_else_s_page(world: World) -> None:
    path = world.path(publish_badge(world))
    assert world.stranger.get(f"{path}?fbclid=canary").status_code == 200
    for _ in range(2):
        assert b"canary" not in world.stranger.get(path).data


def test_a_warm_page_costs_one_plain_statement(app: Flask, world: World) -> None:
    path = world.path(publish_badge(world))
    world.stranger.get(path)
    seen: list[str] = []
    if db.engine.dialect.name == "sqlite":
        sa.event.listen(db.engine, "checkout", lambda raw, _r, _p: raw.set_trace_callback(seen.append))
    sa.event.listen(db.engine, "before_cursor_execute", lambda _c, _u, text, *_more: seen.append(f"built: {text}"))
    assert world.stranger.get(path).status_code == 200
    assert [one for one in seen if one.startswith("built")] == []
    if db.engine.dialect.name == "sqlite":
        assert len(seen) == 1
        assert seen[0].startswith("SELECT person.edition FROM share_link")


def report(**changes: Any) -> Report:
    """A report of which only the instants matter."""
    made = Report(
        outcome=Outcome.VALID,
        reason=None,
        issuer=IssuerAnswer(established=True),
        recipient=RecipientAnswer.MATCH,
        checks=(),
        credential=Credential(payload=b"{}"),
        version=None,
        judged_at=NOW,
    )
    return replace(made, **changes)


HOUR, WISH = timedelta(hours=1), (Wanted(url="https://a.example", accept="*/*", kind="status"),)


@pytest.mark.parametrize(
    ("reports", "more", "expected"),
    [
        pytest.param([report()], {}, None, id="nothing that time changes"),
        pytest.param([report(until=NOW + HOUR), report(until=NOW + 2 * HOUR)], {}, NOW + HOUR, id="the earliest"),
        pytest.param([report(until=NOW - HOUR)], {}, None, id="what is over"),
        pytest.param([report(wanted=WISH)], {"waiting": True}, NOW + A_MOMENT, id="an answer is on its way"),
        pytest.param([report(wanted=WISH)], {}, NOW + A_MINUTE, id="a host that rests"),
        pytest.param([report()], {"ends": (None, NOW + HOUR)}, NOW + HOUR, id="a link that ends"),
    ],
)
def test_a_page_holds_as_long_as_all_that_is_in_it(reports: list[Report], more: Any, expected: Any) -> None:
    assert holds_until(reports, NOW, **{"waiting": False, **more}) == expected


def test_a_page_is_made_anew_when_a_badge_begins_to_expire_soon() -> None:
    ends = NOW + timedelta(days=40)
    one = report()
    one = replace(one, credential=replace(one.credential, valid_until=ends), until=ends)
    assert holds_until([one], NOW, waiting=False) == ends - timedelta(days=30)


@pytest.mark.parametrize("column", ["published_at", "suspended_at"])
def test_a_page_that_is_closed_by_its_row_alone_is_not_given_out(world: World, column: str) -> None:
    link = publish_badge(world)
    assert [world.stranger.get(world.path(link)).status_code for _ in range(2)] == [200, 200]
    with transaction() as session:
        setattr(session.get_one(ShareLink, link.id), column, utcnow() if column == "suspended_at" else None)
    assert world.stranger.get(world.path(link)).status_code in {404, 410}


def test_a_database_that_fails_is_answered_by_the_application(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    path = world.path(publish_badge(world))
    assert [world.stranger.get(path).status_code for _ in range(2)] == [200, 200]
    failing = Mock(side_effect=db.engine.dialect.loaded_dbapi.OperationalError("away"))
    monkeypatch.setattr(Front, "_edition", failing)
    assert b"Soudure" in world.stranger.get(path).data  # the long way, which is up to the application
    assert failing.call_count == 1


def test_the_memory_has_an_end() -> None:
    pages = RememberedPages(most_bytes=100)
    for number in range(5):
        kept = Kept(
            page=Page(b"x" * 40, "text/html", str(number)), edition=1, until=None, kind="link", name=b"", rule=""
        )
        pages.put(number, kept)
    assert [number for number in range(5) if pages.known(number)] == [3, 4]
    assert pages.get(4, 2, NOW) is None
    assert pages.get(4, 1, NOW) is not None


def test_views_survive_a_database_that_does_not_answer() -> None:
    written: list[dict[Any, int]] = []
    broken = True

    def write(seen: Any) -> None:
        if broken:
            raise OSError("the database is away")
        written.append(dict(seen))

    counter = ViewCounter(write, pause=3600)
    counter.count(1, NOW.date())
    with pytest.raises(OSError, match="away"):
        counter.flush()
    broken = False
    counter.count(1, NOW.date())
    counter.flush()
    counter.flush()
    assert written == [{(1, NOW.date()): 2}]


def test_warm_pages_are_counted_too(world: World) -> None:
    link = publish_badge(world)
    for _ in range(4):
        world.stranger.get(world.path(link))
    world.stranger.get(world.path(link), headers={"Sec-Purpose": "prefetch"})
    world.camille.get("/shares")
    with reading() as session:
        assert session.scalar(sa.select(ViewCount.views)) == 4


def test_a_newly_confirmed_address_is_seen(world: World, elsewhere: FlaskClient) -> None:
    link = publish_badge(world)
    tag = elsewhere.get(world.path(link)).headers["ETag"]
    with transaction() as session:
        address = add_address(session, world.person, read_address("autre@etu.example"), utcnow())
        confirm_address(session, address, utcnow())
    assert elsewhere.get(world.path(link)).headers["ETag"] != tag


@pytest.fixture
def counted() -> Iterator[None]:
    """What is counted of this network begins and ends at nothing."""
    limiter.reset()
    yield
    limiter.reset()


@pytest.mark.usefixtures("counted")
def test_both_ways_count_for_one_limit_per_network(world: World) -> None:
    path, endpoint = world.path(publish_badge(world)), "publishing.badge_page"
    assert [world.stranger.get(path).status_code for _ in range(3)] == [200, 200, 200]
    left = limiter.limiter.get_window_stats(EVERY_PAGE_ITEM, "127.0.0.1", endpoint).remaining
    assert left == EVERY_PAGE_ITEM.amount - 3
    limiter.limiter.hit(EVERY_PAGE_ITEM, "127.0.0.1", endpoint, cost=left)
    assert world.stranger.get(path).status_code == 429
    assert world.stranger.get(path, environ_base={"REMOTE_ADDR": "192.0.2.9"}).status_code == 200


def test_a_remembered_page_is_for_our_own_host_alone(world: World) -> None:
    path = world.path(publish_badge(world))
    assert [world.stranger.get(path).status_code for _ in range(2)] == [200, 200]
    for host in ("evil.example", "localhost.evil.example", "", "loc alhost"):
        assert world.stranger.get(path, headers={"Host": host}).status_code == 400, host


@pytest.mark.usefixtures("counted")
def test_a_proxy_says_whose_page_it_is(world: World, settings: Settings) -> None:
    proxied = create_app(replace(settings, trusted_proxies=1))
    proxied.test_client_class = Browser
    client, path = proxied.test_client(), world.path(publish_badge(world))
    for _ in range(2):  # made, and remembered
        assert client.get(path, headers={"X-Forwarded-For": "203.0.113.7"}).status_code == 200
    counts = limiter.limiter.get_window_stats(EVERY_PAGE_ITEM, "203.0.113.7", "publishing.badge_page")
    assert counts.remaining == EVERY_PAGE_ITEM.amount - 2
    assert client.get(path, headers={"X-Forwarded-Host": "evil.example"}).status_code == 400


def test_a_counter_that_is_away_is_the_application_s_to_replace(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    path = world.path(publish_badge(world))
    assert world.stranger.get(path).status_code == 200
    away = Mock(side_effect=RedisError("away"))
    monkeypatch.setattr(FixedWindowRateLimiter, "hit", away)
    assert within_limit("192.0.2.9", "publishing.badge_page") is False
    assert away.call_count == 1
