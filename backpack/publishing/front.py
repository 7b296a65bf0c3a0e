"""The short way of a remembered page: before the application, by one plain statement.

Host and limit come first, as they do in the application. Whatever it is not sure of goes the long way: a page that is
not remembered, one behind a passphrase, a question in the address, a reader who asks for something else than a page.
It says and sets what the long way would.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

import sqlalchemy as sa
import structlog
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.datastructures import LanguageAccept
from werkzeug.exceptions import SecurityError
from werkzeug.http import parse_accept_header
from werkzeug.sansio.utils import get_host

from backpack.publishing.counting import ViewCounter
from backpack.publishing.remembering import Kept, RememberedPages
from backpack.settings import Settings
from backpack.web.languages import LANGUAGES, first_spoken
from backpack.web.limits import within_limit

Start = Callable[..., Any]
Headers = tuple[tuple[str, str], ...]
WSGI = Callable[[dict[str, Any], Start], Iterable[bytes]]

EDITIONS: Final = {
    "link": "SELECT person.edition FROM share_link JOIN person ON person.id = share_link.person_id"
    " WHERE share_link.token_hash = {} AND share_link.withdrawn_at IS NULL"
    " AND share_link.published_at IS NOT NULL AND share_link.suspended_at IS NULL",
    "profile": "SELECT person.edition FROM profile JOIN person ON person.id = profile.person_id"
    " WHERE profile.name = {} AND profile.published_at IS NOT NULL AND profile.suspended_at IS NULL",
}
"""Withdrawing a link or closing a profile grows the edition too; an end date is part of how long a page is kept."""
OF_THE_BODY: Final = frozenset({"Content-Type", "Content-Length", "Content-Encoding"})
PAGES: Final = ("/c/", "/p/", "/u/", "/embed/")


class Front:
    """The application with a short way before it. `engine_of` is asked once, when it is first needed."""

    def __init__(
        self,
        app: WSGI,
        pages: RememberedPages,
        views: ViewCounter,
        settings: Settings,
        hosts: Collection[str],
        engine_of: Callable[[], sa.Engine],
    ) -> None:
        self._app, self._pages, self._views, self._engine_of = app, pages, views, engine_of
        self._hosts = tuple(hosts)
        self._zone, self._default = ZoneInfo(settings.time_zone), settings.default_language
        self._statements: dict[str, str] = {}
        self._engine: sa.Engine | None = None
        self._unanswered: tuple[type[Exception], ...] = (SQLAlchemyError,)

    def __call__(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if environ["REQUEST_METHOD"] not in {"GET", "HEAD"} or not path.startswith(PAGES):
            return self._app(environ, start)
        began = time.perf_counter()
        language = self._language(environ)
        kept = self._pages.known((path, language)) if language else None
        if kept is not None and kept.headers is not None and self._may_answer(kept, environ):
            return self._answer(kept, kept.headers, environ, start, began)
        return self._long_way(environ, start, (path, language))

    def _long_way(self, environ: dict[str, Any], start: Start, key: tuple[str, str | None]) -> Iterable[bytes]:
        """Through the application; of a page that it remembers now, note what it sent with it."""

        def started(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            kept = self._pages.known(key)
            if (
                kept is not None
                and kept.headers is None
                and status.startswith("200")
                and ("ETag", kept.etag) in headers
            ):
                kept.headers = tuple(one for one in headers if one[0] not in OF_THE_BODY)
            return start(status, headers, *more)

        return self._app(environ, started)

    def _language(self, environ: dict[str, Any]) -> str | None:
        """The language of the page that is asked for; None where more is asked than a page in a language."""
        if "json" in environ.get("HTTP_ACCEPT", ""):
            return None
        query = environ.get("QUERY_STRING", "")
        if query:
            asked = query[5:] if query.startswith("lang=") else ""
            return asked if asked in LANGUAGES else None
        return spoken(environ.get("HTTP_ACCEPT_LANGUAGE", "")) or self._default

    def _may_answer(self, kept: Kept, environ: dict[str, Any]) -> bool:
        """Whether this reader gets this page from here: what the application would refuse, it refuses itself."""
        return (
            kept.shared
            and is_ours(environ.get("HTTP_HOST", ""), self._hosts)
            and within_limit(environ.get("REMOTE_ADDR"), kept.endpoint)
            and self._holds(kept)
        )

    def _holds(self, kept: Kept) -> bool:
        """Whether a page is good still. Where the database does not say, it is not: the application answers then, with
        its own page for that."""
        if kept.until is not None and kept.until <= datetime.now(UTC):
            return False
        try:
            return self._edition(kept) == kept.edition
        except self._unanswered as error:
            structlog.get_logger().warning("edition not read", error=repr(error))
            return False

    def _edition(self, kept: Kept) -> int | None:
        if self._engine is None:
            engine = self._engine_of()
            mark = "?" if engine.dialect.paramstyle == "qmark" else "%s"
            self._statements = {kind: text.format(mark) for kind, text in EDITIONS.items()}
            self._unanswered = (SQLAlchemyError, engine.dialect.loaded_dbapi.Error)
            self._engine = engine
        connection = self._engine.raw_connection()
        try:
            cursor = connection.cursor()
            cursor.execute(self._statements[kept.kind], (kept.name,))
            rows = cursor.fetchall()
            cursor.close()
        finally:
            connection.close()
        return int(rows[0][0]) if rows else None

    def _answer(
        self, kept: Kept, headers: Headers, environ: dict[str, Any], start: Start, began: float
    ) -> Iterable[bytes]:
        same = kept.page.tag in environ.get("HTTP_IF_NONE_MATCH", "")
        packed = takes_gzip(environ.get("HTTP_ACCEPT_ENCODING", ""))
        body = b"" if same else kept.page.packed if packed else kept.page.body
        sent = list(headers)
        if not same:
            sent += [("Content-Type", kept.page.media_type), ("Content-Length", str(len(body)))]
            sent += [("Content-Encoding", "gzip")] if packed else []
        reads = environ["REQUEST_METHOD"] == "GET"
        if reads and kept.link_id is not None and "prefetch" not in environ.get("HTTP_SEC_PURPOSE", ""):
            self._views.count(kept.link_id, datetime.now(self._zone).date())
        status = "304 NOT MODIFIED" if same else "200 OK"
        took = round((time.perf_counter() - began) * 1000, 1)
        structlog.get_logger().info(
            "request", status=int(status[:3]), ms=took, method=environ["REQUEST_METHOD"], rule=kept.rule, id=""
        )
        start(status, sent)
        return [body] if reads else []


@lru_cache(maxsize=256)
def is_ours(host: str, hosts: tuple[str, ...]) -> bool:
    """Whether a request for this host is for us."""
    try:
        return bool(get_host("http", host, None, hosts))
    except SecurityError:
        return False


@lru_cache(maxsize=1024)
def spoken(header: str) -> str | None:
    """The first language of ours that a reader wishes for."""
    return first_spoken(parse_accept_header(header, LanguageAccept).values())


@lru_cache(maxsize=256)
def takes_gzip(header: str) -> bool:
    """Whether a reader takes gzip."""
    return parse_accept_header(header)["gzip"] > 0
