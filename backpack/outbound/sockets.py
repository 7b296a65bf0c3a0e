"""Sockets that know when the whole journey must be over, and the two ways out: a resolver and a connector."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Sequence
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

from backpack.outbound.addresses import is_open
from backpack.outbound.answers import Stopped
from backpack.outbound.targets import Refused, Target

CONNECT_SECONDS = 3.0
READ_SECONDS = 5.0
WHOLE_SECONDS = 10.0
HEADER_BYTES = 32 * 1024
ADDRESSES_TRIED = 4

Resolver = Callable[[str], Sequence[str]]
"""A name to its addresses, as text. Raises OSError."""
Connector = Callable[[str, int, float], socket.socket]
"""Address, port and seconds to a connected socket. Raises OSError."""


class Limits:
    """What is left of the time of one fetch, and of the bytes its headers may take."""

    def __init__(self, seconds: float) -> None:
        self.deadline = time.monotonic() + seconds
        self.header_bytes: int | None = HEADER_BYTES

    def seconds(self, at_most: float) -> float:
        """The time the next step may take. Raises Stopped when there is none left."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise Stopped("timeout", "the whole took too long")
        return min(at_most, left)

    def took(self, count: int) -> None:
        """Count bytes that came in before the headers were complete. Raises Stopped when they are too many."""
        if self.header_bytes is not None:
            self.header_bytes -= count
            if self.header_bytes < 0:
                raise Stopped("too-large", "headers without end")


if TYPE_CHECKING:
    _Base = socket.socket
else:
    _Base = object


class _Limited(_Base):
    """Before every read the socket is told what is left of the whole; a limit per read alone lets a drip go on."""

    limits: Limits | None = None

    def recv_into(self, buffer: Any, nbytes: int = 0, flags: int = 0) -> int:
        if self.limits is None:
            return super().recv_into(buffer, nbytes, flags)
        self.settimeout(self.limits.seconds(READ_SECONDS))
        count = super().recv_into(buffer, nbytes, flags)
        self.limits.took(count)
        return count


class LimitedSocket(_Limited, socket.socket):
    """A plain connection within limits."""


class LimitedSSLSocket(_Limited, ssl.SSLSocket):  # type: ignore[misc]  # the two bases spell the same default apart
    """An encrypted connection within limits."""


def resolve(host: str) -> Sequence[str]:
    """The system's resolver."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)]


def connect(address: str, port: int, seconds: float) -> socket.socket:
    """A connection to this very address; what answers must be it."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    try:
        made.settimeout(seconds)
        made.connect((address, port))
        if ip_address(made.getpeername()[0]) != ip_address(address):
            raise OSError("connected to another address")
    except BaseException:
        made.close()
        raise
    return made


def open_socket(target: Target, limits: Limits, resolver: Resolver, connector: Connector) -> LimitedSocket:
    """A connection to the target: looked up once, refused if any address is not open, and made to one of those that
    were checked. Raises Stopped."""
    addresses = _addresses(target.host, limits, resolver)
    failure: OSError = OSError("no address")
    for address in addresses[:ADDRESSES_TRIED]:
        try:
            plain = connector(address, target.port, limits.seconds(CONNECT_SECONDS))
        except OSError as error:
            failure = error
            continue
        found = LimitedSocket(plain.family, plain.type, plain.proto, fileno=plain.detach())
        found.settimeout(limits.seconds(READ_SECONDS))
        found.limits = limits
        return found
    raise Stopped("timeout" if isinstance(failure, TimeoutError) else "connection", str(failure))


def _addresses(host: str, limits: Limits, resolver: Resolver) -> list[str]:
    literal = ":" in host or host.rpartition(".")[2].isdecimal()
    found = [host] if literal else list(dict.fromkeys(_looked_up(host, limits, resolver)))
    if not found:
        raise Stopped("dns", "no address")
    if not all(is_open(address) for address in found):
        raise Refused("not out in the open")
    return found


def _looked_up(host: str, limits: Limits, resolver: Resolver) -> Sequence[str]:
    """The system's resolver can't be told a time, so it is left behind when it takes too long."""
    found: list[Sequence[str]] = []

    def look_up() -> None:
        try:
            found.append(resolver(host))
        except (OSError, UnicodeError):
            return

    looking = threading.Thread(target=look_up, name="resolve", daemon=True)
    looking.start()
    looking.join(limits.seconds(READ_SECONDS))
    if not found:
        raise Stopped("dns", "the name does not resolve")
    return found[0]
