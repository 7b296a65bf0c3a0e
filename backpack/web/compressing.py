"""Strangers' pages leave compressed, also where no proxy does it.

A page with a session does not: it carries the token of its forms, and the length of a compressed page would tell a
patient listener about it (BREACH).
"""

from __future__ import annotations

import gzip
from typing import Final

from flask import Flask, Response, request

from backpack.settings import Settings
from backpack.web.strangers import serves_strangers

WORTH: Final = 1_000
"""Bytes from which on it pays."""
TYPES: Final = frozenset({"text/html", "application/json", "application/ld+json", "image/svg+xml", "text/plain"})
LEVEL: Final = 5


def init_app(app: Flask, _settings: Settings) -> None:
    app.after_request(compress)


def compress(response: Response) -> Response:
    """The same answer in gzip, for a stranger who takes it."""
    if response.mimetype not in TYPES or not serves_strangers():
        return response
    if "Content-Encoding" in response.headers or response.is_streamed or response.direct_passthrough:
        return response
    response.vary.add("Accept-Encoding")
    if response.status_code != 200 or not request.accept_encodings["gzip"]:
        return response
    body = response.get_data()
    if len(body) >= WORTH:
        response.set_data(gzip.compress(body, LEVEL, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    return response
