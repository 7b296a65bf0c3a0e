"""How a page reaches a stranger: remembered where it still holds, made where it does not, counted, and compressed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, cast

from flask import Flask, Response, current_app, g, request
from flask.blueprints import BlueprintSetupState
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from backpack.archive.asking import ask_behind
from backpack.badges.judging import wanted_by
from backpack.database import db, reading, transaction, utcnow
from backpack.openbadges.report import Report
from backpack.publishing.counting import ViewCounter, Views
from backpack.publishing.front import Front
from backpack.publishing.glimpses import Glimpse, ProfileGlimpse, link_at
from backpack.publishing.passphrases import COOKIE, Door, Locked, opens
from backpack.publishing.queries import add_views
from backpack.publishing.remembering import Kept, Page, RememberedPages, Turns, holds_until
from backpack.publishing.views.blueprint import bp
from backpack.web.headers import indexable
from backpack.web.languages import language
from backpack.web.logs import log_failure
from backpack.web.wording import local
from backpack.wiring import wired

PAGE: Final = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A page made now: its text, the reports in it, and other instants after which it would be another one."""

    body: str
    reports: Sequence[Report]
    waiting: bool = False
    """Whether it says that an answer is on its way."""
    ends: tuple[datetime | None, ...] = field(default=())


Make = Callable[[Session, datetime], Made]


@dataclass(frozen=True, slots=True)
class Memory:
    """What this process keeps about public pages."""

    pages: RememberedPages
    views: ViewCounter
    turns: Turns = field(default_factory=Turns)


@bp.record_once
def remember(state: BlueprintSetupState) -> None:
    """Give the application its memory, and the short way before it."""
    app = cast(Flask, state.app)
    kept = Memory(RememberedPages(), ViewCounter(lambda seen: _write(app, seen)))
    app.extensions["publishing"] = kept
    settings = app.extensions["backpack"].settings
    front = Front(app.wsgi_app, kept.pages, kept.views, settings, app.config["TRUSTED_HOSTS"], lambda: _engine(app))
    app.wsgi_app = front  # type: ignore[assignment, method-assign]


def _engine(app: Flask) -> Engine:
    with app.app_context():
        return db.engine


def memory() -> Memory:
    """The memory of the application at work."""
    return cast(Memory, current_app.extensions["publishing"])


def _write(app: Flask, seen: Views) -> None:
    try:
        with app.app_context(), transaction() as session:
            add_views(session, seen)
    except Exception as error:
        log_failure(error)
        raise


def lets_in(door: Door) -> bool:
    """Whether this reader may pass: the link asks for nothing, or they said its passphrase a while ago."""
    if door.passphrase_hash is None:
        return True
    return opens(door, request.cookies.get(COOKIE, ""), wired().settings.secret_key, utcnow())


def glimpse(token: str, now: datetime) -> Glimpse:
    """The link behind this token, by one statement. Raises NotFound, Gone, or Locked."""
    with db.engine.execution_options(reading=True).connect() as connection:
        seen = link_at(connection, token, now)
    if not lets_in(seen):
        raise Locked
    return seen


def link_page(seen: Glimpse, make: Make, now: datetime, *, counts: bool = True) -> Response:
    """A page behind a link: from memory, or made by `make`. It counts as a view, unless it is a part of another."""
    private = seen.passphrase_hash is not None

    def keep(page: Page, made: Made) -> Kept:
        return Kept(
            page=page,
            edition=seen.edition,
            until=holds_until(made.reports, now, waiting=made.waiting, ends=(seen.closes_at, *made.ends)),
            kind="link",
            name=seen.token_hash,
            rule=_rule(),
            endpoint=request.endpoint or "",
            link_id=seen.id if counts else None,
            shared=not private,
        )

    page = _page(seen.edition, make, keep, now)
    if counts:
        count(seen.id, now)
    return answer(page, may_be_listed=seen.may_be_listed, private=private)


def profile_page(name: str, seen: ProfileGlimpse, make: Make, now: datetime) -> Response:
    """A profile at its own address, likewise; nobody counts who reads it."""

    def keep(page: Page, made: Made) -> Kept:
        until = holds_until(made.reports, now, waiting=made.waiting, ends=made.ends)
        return Kept(
            page=page,
            edition=seen.edition,
            until=until,
            kind="profile",
            name=name,
            rule=_rule(),
            endpoint=request.endpoint or "",
        )

    return answer(_page(seen.edition, make, keep, now), may_be_listed=seen.may_be_listed)


def _page(edition: int, make: Make, keep: Callable[[Page, Made], Kept], now: datetime) -> Page:
    """The page from memory, or made: by one reader at a time, whose page those who came meanwhile take too."""
    pages = memory().pages
    page = pages.get(_key(), edition, now)
    if page is not None:
        return page
    with memory().turns.of(_key()):
        page = pages.get(_key(), edition, now)
        if page is None:
            made = _made(make, now)
            page = Page.of(made.body.encode(), PAGE)
            pages.put(_key(), keep(page, made))
            ask_anew(made.reports, now)
    return page


def _key() -> tuple[str, str]:
    return request.path, language()


def _rule() -> str:
    return request.url_rule.rule if request.url_rule else ""


def _made(make: Make, now: datetime) -> Made:
    g.own_query_left_out = True  # what one reader's address carried must not be in another's page
    with reading() as session:
        return make(session, now)


def ask_anew(reports: Sequence[Report], now: datetime) -> None:
    """Queue a refresh of what is stale: once per document, however many readers."""
    ask_behind(wanted_by(reports), now)


def count(link_id: int, now: datetime) -> None:
    """One more view, unless only a machine looked ahead."""
    if request.method == "GET" and "prefetch" not in request.headers.get("Sec-Purpose", ""):
        memory().views.count(link_id, local(now).date())


def answer(page: Page, *, may_be_listed: bool = False, private: bool = False) -> Response:
    """The page, or 304 for a reader who has it. Browsers may keep it, and ask each time whether it still holds."""
    tag = f'W/"{page.tag}"'
    if request.if_none_match.contains_weak(page.tag):
        response = Response(status=304)
    elif request.accept_encodings["gzip"]:
        response = Response(page.packed, content_type=page.media_type)
        response.headers["Content-Encoding"] = "gzip"
    else:
        response = Response(page.body, content_type=page.media_type)
    response.headers["ETag"] = tag
    response.headers["Vary"] = "Accept, Accept-Language, Accept-Encoding"
    response.headers["Cache-Control"] = "private, no-store" if private else "private, no-cache"
    return indexable(response) if may_be_listed else response
