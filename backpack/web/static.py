"""Our own static files: names that carry the hash of their content, a year of cache, compressed once at start."""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath
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
NAMED: Final = re.compile(rb'(url\(|from )"([^":]+)"')
"""What a stylesheet or a module names of our other files, relative to itself."""


@dataclass(frozen=True, slots=True)
class StaticFile:
    """One file as it is sent: its address below `/static/`, its bytes, and the same in gzip where that is smaller."""

    address: str
    media_type: str
    body: bytes
    packed: bytes | None


@lru_cache(maxsize=1)
def static_files() -> Mapping[str, StaticFile]:
    """All files by their plain name. Read once per process."""
    found: dict[str, StaticFile] = {}
    for path in sorted(FOLDER.rglob("*")):
        if path.is_file() and path.suffix in TYPES:
            _prepare(path.relative_to(FOLDER).as_posix(), found)
    return found


def _prepare(name: str, found: dict[str, StaticFile]) -> StaticFile:
    """Read a file, after those it names: their addresses are part of its content, and so of its hash."""
    if name in found:
        return found[name]
    folder, suffix = PurePosixPath(name).parent, PurePosixPath(name).suffix
    body = (FOLDER / name).read_bytes()
    if suffix in {".css", ".js"}:
        body = NAMED.sub(lambda match: _addressed(match, folder, found), body)
    digest = hashlib.sha256(body).hexdigest()[:12]
    packed = gzip.compress(body, 9, mtime=0) if suffix in PACKED else None
    found[name] = StaticFile(f"{name.removesuffix(suffix)}.{digest}{suffix}", TYPES[suffix], body, packed)
    return found[name]


def _addressed(match: re.Match[bytes], folder: PurePosixPath, found: dict[str, StaticFile]) -> bytes:
    other = (folder / match[2].decode()).as_posix()
    return match[1] + b'"/static/' + _prepare(other, found).address.encode() + b'"'


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
