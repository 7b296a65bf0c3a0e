"""The bell wakes workers at once where there is Redis, and nothing is lost where there is none."""

from __future__ import annotations

import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import redis

from backpack.bell import IDLE, IDLE_WITH_REDIS, NoBell, RedisBell, bell_of
from tests.conftest import missing
from tests.servers import free_port


@pytest.fixture(scope="module")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    program = shutil.which("redis-server")
    if program is None:
        missing("Redis", "redis-server")
        return
    port, folder = free_port(), tmp_path_factory.mktemp("redis")
    server = subprocess.Popen(
        [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)],
        stdout=subprocess.DEVNULL,
    )
    url = f"redis://127.0.0.1:{port}/0"
    client = redis.Redis.from_url(url)
    for _try in range(100):
        with suppress(redis.RedisError):
            client.ping()
            break
        time.sleep(0.05)
    client.close()
    yield url
    server.terminate()
    server.wait()


def waited(bell: RedisBell | NoBell) -> float:
    started = time.monotonic()
    bell.wait()
    return time.monotonic() - started


def test_a_ring_wakes_at_once(redis_url: str) -> None:
    bell = RedisBell(redis_url)
    threading.Timer(0.2, RedisBell(redis_url).ring).start()
    assert 0.1 < waited(bell) < 1


def test_a_thousand_rings_that_nobody_heard_are_one(redis_url: str) -> None:
    bell = RedisBell(redis_url)
    for _time in range(1000):
        bell.ring()
    assert waited(bell) < 0.5
    assert waited(bell) > IDLE_WITH_REDIS - 0.5


@pytest.mark.parametrize("flush", [True, False])
def test_a_bell_that_is_gone_costs_a_moment_and_raises_nothing(redis_url: str, flush: bool, tmp_path: Path) -> None:
    if flush:
        bell = RedisBell(redis_url)
        bell.ring()
        redis.Redis.from_url(redis_url).flushall()
        assert waited(bell) < IDLE_WITH_REDIS + 1
    else:
        bell = RedisBell(f"redis://127.0.0.1:{free_port()}/0")
        bell.ring()
        assert IDLE <= waited(bell) < 1.5


def test_without_redis_the_worker_looks_by_itself() -> None:
    assert isinstance(bell_of(None), NoBell)
    assert isinstance(bell_of("redis://127.0.0.1:6379/0"), RedisBell)
    assert waited(NoBell()) < 1
