"""What a request must be before a view sees it: from a host that is ours, of a bearable size, free of NUL, and, when
it wants to change something, sent by our own pages."""

from __future__ import annotations

import io
import secrets
from collections.abc import Callable
from typing import IO, Any, Final, TypeVar
from urllib.parse import urlsplit

from flask import Flask, Request, current_app, g, request
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from backpack.errors import N_, BackpackError
from backpack.settings import Settings
from backpack.web.headers import LOCAL
from backpack.web.strangers import serves

View = TypeVar("View", bound=Callable[..., Any])
SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
MB: Final = 1_000_000
FORM_BYTES: Final = 2 * MB
"""All the words of one form together; files do not count."""
QUERY_VALUE, FORM_VALUE = 2_000, 50_000
IN_MEMORY: Final = 10 * MB
"""Files of a request up to this size in all stay in memory: writing them to disk twice costs more than keeping them."""
csrf: Final = CSRFProtect()


class Gathered(io.BytesIO):
    """A file in memory, for whoever writes it from end to end, then seeks and reads. It is put together when its last
    piece has come: one that grows piece by piece is copied again and again."""

    def __init__(self) -> None:
        super().__init__()
        self._pieces: list[bytes] = []

    def write(self, data: Any, /) -> int:
        self._pieces.append(bytes(data))
        return len(data)

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        if self._pieces:
            super().__init__(b"".join(self._pieces))
            self._pieces.clear()
        return super().seek(offset, whence)


class Incoming(Request):
    """A request whose files wait in memory where they are few and small, else in files of the system's."""

    def _get_file_stream(
        self, total_content_length: int | None, content_type: str | None, filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:  # fmt: skip
        if total_content_length is not None and total_content_length <= IN_MEMORY:
            return Gathered()
        return super()._get_file_stream(total_content_length, content_type, filename, content_length)


class NotOurs(BackpackError):
    """An unsafe request that another site may have sent."""

    code = "not-from-our-pages"
    sentence = N_(
        "This did not come from one of our own pages, so nothing was changed. Open the page and send it again."
    )


class UnfitText(BackpackError):
    code = "unfit-text"
    sentence = N_(
        "A field holds an invisible character that we cannot keep. Type the text again instead of pasting it."
    )


class TooLong(BackpackError):
    code = "too-long"
    sentence = N_("One of the fields is far too long. Shorten it and send it again.")


def takes(megabytes: Callable[[Settings], int], *, long_text: bool = False) -> Callable[[View], View]:
    """Mark a view that takes files: how many megabytes in all, and whether a field may hold a whole pasted badge."""

    def mark(view: View) -> View:
        view.takes = megabytes  # type: ignore[attr-defined]
        view.takes_long_text = long_text  # type: ignore[attr-defined]
        return view

    return mark


def init_app(app: Flask, settings: Settings) -> None:
    host = urlsplit(settings.public_url).hostname or "localhost"
    app.config.update(
        TRUSTED_HOSTS=sorted(LOCAL | {host, "[::1]"}) if host in LOCAL else [host],
        MAX_CONTENT_LENGTH=FORM_BYTES,
        MAX_FORM_MEMORY_SIZE=FORM_BYTES,
        MAX_FORM_PARTS=1_000,
        WTF_CSRF_CHECK_DEFAULT=False,  # `refuse_foreign` decides where it is asked for
        WTF_CSRF_TIME_LIMIT=None,  # it ends with the session; nobody loses a long text to a clock
        WTF_CSRF_SSL_STRICT=False,  # wants a Referer, which our pages never send
    )
    app.request_class = Incoming
    csrf.init_app(app)
    for step in (name_request, allow_size, refuse_foreign, refuse_unfit_text):
        app.before_request(step)


def trust_proxies(app: Flask, settings: Settings) -> None:
    """Learn from the proxies that stand before us who asks and for which host. Goes around everything else."""
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]


def name_request() -> None:
    """A random name, so that a line in the log and what a person tells us can be put together."""
    g.request_id = secrets.token_hex(8)


def allow_size() -> None:
    """Let a view that takes files take larger requests than the others."""
    view = current_app.view_functions.get(request.endpoint or "")
    megabytes = getattr(view, "takes", None)
    if megabytes is not None:
        request.max_content_length = FORM_BYTES + megabytes(current_app.extensions["backpack"].settings) * MB


def refuse_foreign() -> None:
    """Stop unsafe requests that another site could have made a browser send. Raises NotOurs, or CSRFError."""
    kind = serves()
    if request.method in SAFE or kind in {None, "machines"} or not current_app.config["WTF_CSRF_ENABLED"]:
        return
    ours = comes_from_us()
    if ours is False or (ours is None and kind == "strangers"):
        raise NotOurs
    if kind == "strangers":
        g.csrf_valid = True  # a form class need not ask again
    else:
        csrf.protect()


def comes_from_us() -> bool | None:
    """Whether the browser says that one of our pages sent this; None when it says nothing."""
    site = request.headers.get("Sec-Fetch-Site")
    if site:
        return site in {"same-origin", "none"}
    origin = request.headers.get("Origin")
    if origin is None or origin == "null":
        return None
    settings: Settings = current_app.extensions["backpack"].settings
    return origin in {settings.public_url, request.host_url.rstrip("/")}


def refuse_unfit_text() -> None:
    """Stop NUL, which one of our databases refuses and the other keeps, and values no field is made for."""
    view = current_app.view_functions.get(request.endpoint or "")
    if view is None:
        return
    form_value = FORM_BYTES if getattr(view, "takes_long_text", False) else FORM_VALUE
    pairs = [*((value, QUERY_VALUE) for pair in request.args.items(multi=True) for value in pair)]
    pairs += [(str(value), QUERY_VALUE) for value in (request.view_args or {}).values()]
    if request.method not in SAFE:
        pairs += [(value, form_value) for pair in request.form.items(multi=True) for value in pair]
    for value, most in pairs:
        if "\0" in value:
            raise UnfitText
        if len(value) > most:
            raise TooLong
