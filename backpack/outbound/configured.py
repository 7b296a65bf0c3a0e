"""A way out for what the operator configured, such as a university's sign-in: to the hosts named there, nowhere else.

They may live on private addresses, so the guard of the door does not fit; a list of names takes its place. Nothing is
followed, nothing of the environment counts, and an answer has an end in time and size.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter

from backpack.outbound.adapter import trust

SECONDS: Final = 10
LARGEST: Final = 1024 * 1024


class NotNamed(requests.exceptions.InvalidURL):
    """An address that the operator did not name."""


class TooMuch(requests.exceptions.ContentDecodingError):
    """An answer that is larger than any of these needs to be."""


class _ToNamedHosts(HTTPAdapter):
    def __init__(self, origins: Collection[str]) -> None:
        self._origins = frozenset(origins)
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **named: Any) -> None:
        super().init_poolmanager(*args, **named, ssl_context=trust())

    def send(self, request: requests.PreparedRequest, *args: Any, **named: Any) -> requests.Response:
        if origin_of(request.url or "") not in self._origins:
            raise NotNamed(f"{urlsplit(request.url or '').hostname} is not among the hosts that the operator named")
        named |= {"stream": True, "timeout": SECONDS, "proxies": {}}
        response = super().send(request, **named)
        body = response.raw.read(LARGEST + 1, decode_content=True)
        if len(body) > LARGEST:
            raise TooMuch(f"more than {LARGEST} bytes")
        response._content = body  # as requests keeps it once it has read a body to its end
        return response


def origin_of(url: str) -> str:
    """Scheme and host of an address, with its port unless it goes without saying."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.lower()}"


def kept_to(session: requests.Session, origins: Collection[str]) -> None:
    """Make this session reach these origins only, and follow nothing."""
    session.trust_env = False
    session.max_redirects = 0
    session.adapters.clear()
    for scheme in ("https://", "http://"):
        session.mount(scheme, _ToNamedHosts(origins))
