"""Coarse limits per network, against floods. Limits that guard accounts are rows in the database, not these.

Counted in the process, or in Redis where there is one; without an answer from Redis, in the process again.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from ipaddress import ip_address, ip_network
from typing import Any, Final, TypeVar, cast

from flask import Flask, request
from flask_limiter import Limiter
from limits import parse
from redis.exceptions import RedisError

from backpack.settings import Settings
from backpack.web.strangers import serves

View = TypeVar("View", bound=Callable[..., Any])
EVERY_PAGE: Final = "1200 per minute"
"""A whole classroom behind one address opens its pages; a flood is far more."""
EVERY_PAGE_ITEM: Final = parse(EVERY_PAGE)
SECONDS: Final = 0.5
"""How long a page waits for Redis at most; then this process counts by itself."""


def network() -> str:
    """Who asks, as far as floods go: an IPv4 address, or the /64 an IPv6 address belongs to."""
    return network_of(request.remote_addr)


@lru_cache(maxsize=4096)
def network_of(remote: str | None) -> str:
    """The network of this address."""
    try:
        address = ip_address(remote or "127.0.0.1")
    except ValueError:
        return "unknown"
    return str(address) if address.version == 4 else str(ip_network(f"{address}/64", strict=False).network_address)


limiter: Final = Limiter(network, default_limits=[EVERY_PAGE], default_limits_exempt_when=lambda: serves() is None)


def within_limit(remote: str | None, endpoint: str) -> bool:
    """Count a page that is answered before the application, where the application would count it; whether it may be
    answered. False too where the counter is away: the application has its own way then."""
    with suppress(RedisError):
        return limiter.limiter.hit(EVERY_PAGE_ITEM, network_of(remote), endpoint)
    return False


def per_network(limit: str) -> Callable[[View], View]:
    """At most so many requests to this view from one network, such as "30 per hour". Goes directly below the route."""
    return cast(Callable[[View], View], limiter.limit(limit))


def init_app(app: Flask, settings: Settings) -> None:
    app.config.update(
        RATELIMIT_STORAGE_URI=settings.redis_url or "memory://",
        RATELIMIT_IN_MEMORY_FALLBACK_ENABLED=bool(settings.redis_url),
        RATELIMIT_HEADERS_ENABLED=False,
    )
    if settings.redis_url:
        app.config["RATELIMIT_STORAGE_OPTIONS"] = {"socket_connect_timeout": SECONDS, "socket_timeout": SECONDS}
    limiter.init_app(app)
