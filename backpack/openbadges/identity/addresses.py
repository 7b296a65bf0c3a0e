"""Addresses compared as the web compares them: normal forms, origins, hosts, registrable domains."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urlsplit

import idna

from backpack.openbadges.policy import Policy

_REMEMBERED = 512
"""A badge's few addresses are compared with each other again and again."""
_DEFAULT_PORTS = {"http": 80, "https": 443}
# Most addresses: a host in lower-case ASCII, no port, no user, no brackets, nothing a parser could stumble over.
_USUAL = re.compile(r"(https?)://([a-z0-9.-]*[a-z0-9])(/[!$-;=@-Z_a-z~%]*+)?")


class Address(NamedTuple):
    """An http(s) address in the forms in which two are compared."""

    scheme: str
    host: str
    """In ASCII, lower case."""
    host_and_port: str
    origin: str
    normal: str


@lru_cache(maxsize=_REMEMBERED)
def read(url: str) -> Address | None:
    """The address, or None for anything that is none of http or https."""
    if usual := _USUAL.fullmatch(url):
        scheme, host, path = usual.groups()
        default = _DEFAULT_PORTS[scheme]
        return Address(scheme, host, host, f"{scheme}://{host}:{default}", f"{scheme}://{host}{path or '/'}")
    try:
        parts = urlsplit(url)
        stated = parts.port
    except ValueError:
        return None
    scheme, name = parts.scheme.lower(), parts.hostname
    if scheme not in _DEFAULT_PORTS or not name:
        return None
    host, port = ascii_host(name), stated or _DEFAULT_PORTS[scheme]
    return Address(
        scheme=scheme,
        host=host,
        # The default ports of http and https count as one.
        host_and_port=host if port in _DEFAULT_PORTS.values() else f"{host}:{port}",
        origin=f"{scheme}://{host}:{port}",
        normal=f"{scheme}://{host}{'' if port == _DEFAULT_PORTS[scheme] else f':{port}'}{parts.path or '/'}"
        + (f"?{parts.query}" if parts.query else ""),
    )


def is_web(url: str | None) -> bool:
    return url is not None and read(url) is not None


def is_https(url: str | None) -> bool:
    address = read(url) if url else None
    return address is not None and address.scheme == "https"


def normal(url: str) -> str:
    """Scheme and host in lower case, no default port, no empty path, no fragment; others come back as they are."""
    address = read(url)
    return url if address is None else address.normal


def origin(url: str) -> str | None:
    """Scheme, host and port."""
    address = read(url)
    return None if address is None else address.origin


def host_and_port(url: str) -> str | None:
    """Host and port, the default ports of http and https counting as one."""
    address = read(url)
    return None if address is None else address.host_and_port


def host(url: str | None) -> str | None:
    address = read(url) if url else None
    return None if address is None else address.host


def ascii_host(name: str) -> str:
    """The host in ASCII, lower case."""
    name = name.lower().rstrip(".")
    if name.isascii():
        return name
    try:
        return idna.encode(name, uts46=True).decode()
    except (idna.IDNAError, UnicodeError):
        return name


@lru_cache(maxsize=_REMEMBERED)
def unicode_host(name: str) -> str:
    """The host as its owner writes it."""
    if "xn--" not in name:
        return name
    try:
        return idna.decode(name)
    except (idna.IDNAError, UnicodeError):
        return name


def same_domain(policy: Policy, first: str | None, second: str | None) -> bool:
    """Whether two hosts belong to one registrable domain."""
    if first is None or second is None:
        return False
    domain = policy.registrable_domain(first)
    return domain is not None and domain == policy.registrable_domain(second)


def on_platform(policy: Policy, name: str) -> str | None:
    """The platform this host belongs to, if it is on the operator's list."""
    for platform in policy.platforms:
        if name == platform or name.endswith(f".{platform}"):
            return platform
    return None
