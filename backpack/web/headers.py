"""What every answer says to the browser and to caches. Closed by default; the few exceptions are functions here.

Nothing is inline: no script, no style, no handler; so the policy needs no nonce and pages may be remembered whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from flask import Flask, Response, g

from backpack.settings import Settings

PERMISSIONS: Final = ", ".join(
    f"{what}=()"
    for what in ("camera", "display-capture", "geolocation", "microphone", "payment", "usb", "browsing-topics")
)
LOCAL: Final = frozenset({"localhost", "127.0.0.1", "::1"})


def content_security_policy(settings: Settings, framed_by: str = "'none'") -> str:
    """The policy of our pages: our own origin only, and pictures and films also from that of people's files."""
    pictures = f"'self' {settings.files_url}" if settings.files_url else "'self'"
    parts = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": pictures,
        "media-src": pictures,
        "font-src": "'self'",
        "connect-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": framed_by,
        "require-trusted-types-for": "'script'",
        "trusted-types": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in parts.items())


def headers_of(settings: Settings) -> Mapping[str, str]:
    """The headers of every answer, unless its view said otherwise."""
    # `Origin: null` is all a form can say under no-referrer. Where browsers also leave out Sec-Fetch-Site (plain http
    # to another machine), we could no longer tell our own forms from a stranger's.
    told = settings.secure or urlsplit(settings.public_url).hostname in LOCAL
    headers = {
        "Content-Security-Policy": content_security_policy(settings),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer" if told else "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": PERMISSIONS,
        "Cache-Control": "private, no-store",
        "X-Robots-Tag": "noindex",
    }
    if settings.secure:
        headers["Strict-Transport-Security"] = "max-age=31536000"
    return headers


def init_app(app: Flask, settings: Settings) -> None:
    headers = headers_of(settings)

    @app.after_request
    def close(response: Response) -> Response:
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        for name in g.get("headers_left_out", ()):
            del response.headers[name]
        return response


def cacheable(response: Response, seconds: int) -> Response:
    """Let caches keep a page that is the same for everybody who speaks the same language."""
    response.headers["Cache-Control"] = f"public, max-age={seconds}"
    response.vary.update(("Accept-Language", "Accept-Encoding"))
    return response


def indexable(response: Response) -> Response:
    """Let search engines list this page. Only for pages that are nobody's, or whose owner asked for it."""
    leave_out("X-Robots-Tag")
    return response


def embeddable(response: Response, settings: Settings) -> Response:
    """Let other sites show this page in a frame: a read-only page without cookies, nothing else."""
    response.headers["Content-Security-Policy"] = content_security_policy(settings, framed_by="*")
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    leave_out("Cross-Origin-Opener-Policy")
    return response


def leave_out(name: str) -> None:
    """Answer this request without the header `name`."""
    g.headers_left_out = (*g.get("headers_left_out", ()), name)
