"""One parser for what is checked and what is connected to: two that differ are how guards are walked around."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from urllib.parse import quote, urljoin, urlsplit

import idna

from backpack.outbound.answers import Stopped

PORTS = {"http": 80, "https": 443}
LONGEST = 4096
FORBIDDEN = re.compile(r"[\x00-\x20\x7f-\xa0\\<>\"`{}|^\u2028\u2029]")
LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
BRACKETED = re.compile(r"\[[0-9a-fA-F:.]+\](?::[0-9]*)?")
NUMBER = re.compile(r"(?:[0-9]+|0x[0-9a-f]*)")


class Refused(Stopped):
    """An address that is not asked, whatever stands behind it."""

    def __init__(self, detail: str) -> None:
        super().__init__("refused", detail)


@dataclass(frozen=True, slots=True)
class Target:
    """An address taken apart once: the host in ASCII, the port that its scheme has, the path and query to ask for."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def url(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}{self.path}"


def parse_target(url: str) -> Target:
    """The target of an address that came from outside. Raises Refused: other schemes and ports, credentials,
    white space, control characters, backslashes, hosts that are not IDNA 2008, numbers that pose as names."""
    if len(url) > LONGEST or FORBIDDEN.search(url):
        raise Refused("not a plain address")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Refused("not a plain address") from None
    if parts.scheme not in PORTS:
        raise Refused("only http and https")
    if parts.username is not None or parts.password is not None or "@" in parts.netloc:
        raise Refused("credentials in the address")
    if port is not None and port != PORTS[parts.scheme]:
        raise Refused("only the usual ports")
    path = quote(parts.path or "/", safe="/%:=&~+!$,;'@()*[]")
    query = "?" + quote(parts.query, safe="/%:=&~+!$,;'@()*[]?") if parts.query else ""
    return Target(parts.scheme, _host(parts.netloc, parts.hostname or ""), PORTS[parts.scheme], path + query)


def next_target(current: Target, location: str) -> Target:
    """Where a redirect leads. Raises Refused as `parse_target`, Stopped when it leaves https for http."""
    found = parse_target(urljoin(current.url, location))
    if current.scheme == "https" and found.scheme == "http":
        raise Stopped("redirect", "from https down to http")
    return found


def _host(netloc: str, host: str) -> str:
    if netloc.startswith("["):
        return _literal_6(netloc, host)
    try:
        name = host if host.isascii() else idna.encode(host, uts46=True, std3_rules=True).decode()
    except idna.IDNAError:
        raise Refused("not a host name") from None
    labels = name.split(".")
    if NUMBER.fullmatch(labels[-1]):
        return _literal_4(name)
    if len(name) > 253 or len(labels) < 2 or not all(LABEL.fullmatch(label) for label in labels):
        raise Refused("not a host name")
    _check_punycode(labels)
    return name


def _check_punycode(labels: list[str]) -> None:
    for label in labels:
        if label.startswith("xn--"):
            try:
                idna.decode(label)
            except idna.IDNAError:
                raise Refused("not a host name") from None


def _literal_4(name: str) -> str:
    try:
        return str(IPv4Address(name))
    except ValueError:
        raise Refused("not a host name") from None


def _literal_6(netloc: str, host: str) -> str:
    if not BRACKETED.fullmatch(netloc):
        raise Refused("not a host name")
    try:
        return str(IPv6Address(host))
    except ValueError:
        raise Refused("not a host name") from None
