"""One fetch from its first address to its last, whatever the other side does."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from functools import partial

import requests
import urllib3

from backpack.outbound.adapter import GuardedAdapter, trust
from backpack.outbound.answers import KEPT_HEADERS, Answer, Failure, RecordedAnswer, Stopped, largest
from backpack.outbound.bodies import read_body
from backpack.outbound.sockets import (
    CONNECT_SECONDS,
    HEADER_BYTES,
    READ_SECONDS,
    WHOLE_SECONDS,
    Connector,
    Limits,
    Resolver,
    connect,
    open_socket,
    resolve,
)
from backpack.outbound.targets import Target, next_target, parse_target

MOST_REDIRECTS = 5
REDIRECTS = frozenset((301, 302, 303, 307, 308))

Hop = tuple[int, dict[str, str], bytes]


class _Session(requests.Session):
    def get_redirect_target(self, resp: requests.Response) -> None:
        """Redirects are ours to follow; requests would read their bodies to the end, even when told not to follow."""


def nothing_recorded(_url: str) -> RecordedAnswer | None:
    """No issuer of the demo lives here."""
    return None


class Outbound:
    """The door. Tests and the demo put in their own resolver and connector: the rules have no exception for them.

    `answers` is asked first: what it gives stands for the network, under the same rules of redirects and sizes.
    `authorities` names a file of certificates that count in place of the usual ones.
    """

    def __init__(
        self,
        public_url: str,
        *,
        resolver: Resolver = resolve,
        connector: Connector = connect,
        answers: Callable[[str], RecordedAnswer | None] = nothing_recorded,
        authorities: str | None = None,
    ) -> None:
        self._name = f"Backpack (+{public_url})"
        self._resolver, self._connector, self._answers = resolver, connector, answers
        self._context = trust(authorities)

    def fetch(
        self,
        url: str,
        accept: str = "application/json",
        kind: str = "assertion",
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        seconds: float = WHOLE_SECONDS,
    ) -> Answer | Failure:
        """Ask an address. `kind` decides how large the answer may be; `etag` and `last_modified` of an earlier answer
        make it a question whether anything changed (304: no). Never raises for what the other side does."""
        limits = Limits(min(seconds, WHOLE_SECONDS))
        asked = {"Accept": accept}
        if etag:
            asked["If-None-Match"] = etag
        if last_modified:
            asked["If-Modified-Since"] = last_modified
        chain: list[str] = [url]
        try:
            return self._follow(url, chain, asked, limits, largest(kind))
        except Stopped as stopped:
            return Failure(url=url, why=stopped.why, detail=str(stopped), chain=tuple(chain))

    def _follow(self, url: str, chain: list[str], asked: dict[str, str], limits: Limits, at_most: int) -> Answer:
        target = parse_target(url)
        for _hop in range(MOST_REDIRECTS + 1):
            status, headers, body = self._ask(target, asked, limits, at_most)
            location = headers.get("location")
            if status not in REDIRECTS or location is None:
                kept = {name: value for name, value in headers.items() if name in KEPT_HEADERS}
                return Answer(url=url, final_url=chain[-1], chain=tuple(chain), status=status, headers=kept, body=body)
            target = next_target(target, location)
            chain.append(target.url)
        raise Stopped("redirect", "too many")

    def _ask(self, target: Target, asked: dict[str, str], limits: Limits, at_most: int) -> Hop:
        recorded = self._answers(target.url)
        if recorded is not None:
            return _from_record(recorded, asked, at_most)
        limits.header_bytes = HEADER_BYTES
        try:
            return self._over_the_network(target, asked, limits, at_most)
        except (requests.exceptions.SSLError, ssl.SSLError, urllib3.exceptions.SSLError) as error:
            raise Stopped("tls", type(error).__name__) from error
        except (requests.Timeout, TimeoutError, urllib3.exceptions.TimeoutError) as error:
            raise Stopped("timeout", type(error).__name__) from error
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            raise Stopped("connection", type(error).__name__) from error

    def _over_the_network(self, target: Target, asked: dict[str, str], limits: Limits, at_most: int) -> Hop:
        opener = partial(open_socket, target, limits, self._resolver, self._connector)
        with _Session() as session:
            session.trust_env = False
            session.mount(f"{target.scheme}://", GuardedAdapter(target, opener, self._context))
            session.headers.clear()
            session.headers.update(
                {"User-Agent": self._name, "Accept-Encoding": "identity", "Connection": "close", **asked}
            )
            request = session.prepare_request(requests.Request("GET", target.url))
            request.url = target.url
            response = session.send(
                request, stream=True, allow_redirects=False, timeout=(CONNECT_SECONDS, READ_SECONDS)
            )
            with response:
                headers = {name.lower(): value for name, value in response.headers.items()}
                if not 200 <= response.status_code < 300:
                    return response.status_code, headers, b""
                limits.header_bytes = None
                body = read_body(response.raw, headers.get("content-encoding", ""), at_most)
                return response.status_code, headers, body


def _from_record(recorded: RecordedAnswer, asked: dict[str, str], at_most: int) -> Hop:
    if recorded.why is not None:
        raise Stopped(recorded.why, "recorded")
    headers = {name.lower(): value for name, value in recorded.headers.items()}
    if headers.get("etag") and headers.get("etag") == asked.get("If-None-Match"):
        return 304, headers, b""
    if len(recorded.body) > at_most:
        raise Stopped("too-large", f"more than {at_most} bytes")
    return recorded.status, headers, recorded.body if 200 <= recorded.status < 300 else b""
