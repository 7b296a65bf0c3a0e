"""Our own static files: names that carry the hash of their content, a year of cache, compressed once at start."""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from flask import Response, abort, make_response, request, url_for
from flask.typing import ResponseReturnValue

FOLDER: Final = Path(__file__).resolve().parents[2] / "static"
A_YEAR: Final = 365 * 24 * 3600
TYPES: Final[Mapping[str, str]] = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml; charset=utf-8",
    ".png": "image/png",
    ".txt": "text/plain; charset=utf-8",
    ".woff2": "font/woff2",
}
PACKED: Final = frozenset({".css", ".js", ".svg", ".txt"})
INSIDE: Final = re.compile(r'url\("([^":]+)"\)')


@dataclass(frozen=True, slots=True)
class StaticFile:
    """One file as it is sent: its address below `/static/`, its bytes, and the same in gzip where that is smaller."""

    address: str
    media_type: str
    body: bytes
    packed: bytes | None


@lru_cache(maxsize=1)
def static_files() -> Mapping[str, StaticFile]:
    """All files by their plain name. Read once per process; fonts first, as stylesheets name them by their address."""
    found: dict[str, StaticFile] = {}
    paths = [path for path in FOLDER.rglob("*") if path.is_file() and path.suffix in TYPES]
    for path in sorted(paths, key=lambda path: (path.suffix == ".css", path)):
        name = path.relative_to(FOLDER).as_posix()
        found[name] = _prepared(name, path.read_bytes(), found)
    return found


def _prepared(name: str, body: bytes, others: Mapping[str, StaticFile]) -> StaticFile:
    suffix = Path(name).suffix
    if suffix == ".css":
        body = INSIDE.sub(lambda m: f'url("{others[m[1]].address}")', body.decode()).encode()
    digest = hashlib.sha256(body).hexdigest()[:12]
    packed = gzip.compress(body, 9, mtime=0) if suffix in PACKED else None
    return StaticFile(f"{name.removesuffix(suffix)}.{digest}{suffix}", TYPES[suffix], body, packed)


@lru_cache(maxsize=1)
def by_address() -> Mapping[str, StaticFile]:
    return {one.address: one for one in static_files().values()}


def static_url(name: str) -> str:
    """The address of a static file by its plain name, such as `look.css`. Raises KeyError for one we do not have."""
    return url_for("web.static_file", address=static_files()[name].address)


def static_file(address: str) -> ResponseReturnValue:
    """A view: the file at this address. An address that was never ours, or is no longer, is not found."""
    one = by_address().get(address)
    if one is None:
        abort(404)
    response = make_response(one.body)
    if one.packed is not None:
        response.vary.add("Accept-Encoding")
        if request.accept_encodings["gzip"]:
            response.set_data(one.packed)
            response.headers["Content-Encoding"] = "gzip"
    response.headers["Content-Type"] = one.media_type
    response.headers["Cache-Control"] = f"public, max-age={A_YEAR}, immutable"
    return _as_a_part(response)


def _as_a_part(response: Response) -> Response:
    # Opened by itself an SVG is a document; it gets no rights of one.
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return response
