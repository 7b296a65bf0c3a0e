"""Wakes workers sooner than they would look by themselves. A ring may be lost; no job ever is: jobs are rows."""

from __future__ import annotations

import time
from typing import Final, Protocol

import redis
import structlog

IDLE: Final = 0.3
"""Seconds between two looks at the table, when nothing wakes the worker."""
IDLE_WITH_REDIS: Final = 2.0
"""The same where a bell rings: these looks are for what was put off, and for rings that got lost."""
NAME: Final = "backpack:bell"
SECONDS: Final = 1.0
"""How long Redis may take to hear a ring: whoever rings has a reader waiting."""

log = structlog.get_logger("bell")


class Bell(Protocol):
    """`ring` when there is work; `wait` returns at a ring, or after a while without one. Neither ever raises."""

    def ring(self) -> None: ...

    def wait(self) -> None: ...


class NoBell:
    """Nothing wakes the worker: it looks at the table a few times a second."""

    def ring(self) -> None:
        """Nobody hears."""

    def wait(self) -> None:
        time.sleep(IDLE)


class RedisBell:
    """A list in Redis that never holds more than one ring. Without Redis, workers look by themselves."""

    def __init__(self, url: str) -> None:
        self._redis = redis.Redis.from_url(
            url, socket_connect_timeout=SECONDS, socket_timeout=SECONDS + IDLE_WITH_REDIS
        )

    def ring(self) -> None:
        try:
            with self._redis.pipeline() as pipe:
                pipe.lpush(NAME, "1")
                pipe.ltrim(NAME, 0, 0)
                pipe.execute()
        except redis.RedisError as error:
            log.warning("nobody heard the bell", error=repr(error))

    def wait(self) -> None:
        try:
            self._redis.brpop([NAME], timeout=IDLE_WITH_REDIS)
        except redis.RedisError as error:
            log.warning("the bell is away", error=repr(error))
            time.sleep(IDLE)


def bell_of(url: str | None) -> Bell:
    """The bell that REDIS_URL names, or none."""
    return RedisBell(url) if url else NoBell()
