"""Addresses compared as the web compares them: normal forms, origins, hosts, registrable domains."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import SplitResult, urlsplit

import idna

from backpack.openbadges.policy import Policy

_REMEMBERED = 512
"""A badge's few addresses are compared with each other again and again."""
_DEFAULT_PORTS = {"http": 80, "https": 443}


def split(url: str) -> SplitResult | None:
    """The parts of an http(s) address, or None for anything else."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    if parts.scheme.lower() not in _DEFAULT_PORTS or not parts.hostname:
        return None
    return parts


@lru_cache(maxsize=_REMEMBERED)
def is_web(url: str | None) -> bool:
    return url is not None and split(url) is not None


@lru_cache(maxsize=_REMEMBERED)
def is_https(url: str | None) -> bool:
    parts = split(url) if url else None
    return parts is not None and parts.scheme.lower() == "https"


def port_of(parts: SplitResult) -> int:
    return parts.port or _DEFAULT_PORTS[parts.scheme.lower()]


@lru_cache(maxsize=_REMEMBERED)
def normal(url: str) -> str:
    """Scheme and host in lower case, no default port, no empty path, no fragment; others come back as they are."""
    parts = split(url)
    if parts is None:
        return url
    scheme, host = parts.scheme.lower(), ascii_host(parts.hostname or "")
    port = "" if port_of(parts) == _DEFAULT_PORTS[scheme] else f":{parts.port}"
    query = f"?{parts.query}" if parts.query else ""
    return f"{scheme}://{host}{port}{parts.path or '/'}{query}"


@lru_cache(maxsize=_REMEMBERED)
def origin(url: str) -> str | None:
    """Scheme, host and port."""
    parts = split(url)
    if parts is None:
        return None
    return f"{parts.scheme.lower()}://{ascii_host(parts.hostname or '')}:{port_of(parts)}"


@lru_cache(maxsize=_REMEMBERED)
def host_and_port(url: str) -> str | None:
    """Host and port, the default ports of http and https counting as one."""
    parts = split(url)
    if parts is None:
        return None
    port = "" if port_of(parts) in _DEFAULT_PORTS.values() else f":{parts.port}"
    return ascii_host(parts.hostname or "") + port


@lru_cache(maxsize=_REMEMBERED)
def host(url: str | None) -> str | None:
    parts = split(url) if url else None
    return ascii_host(parts.hostname or "") if parts else None


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
