"""Passwords: argon2id, two at a time, and the same work whether or not the account exists."""

from __future__ import annotations

import secrets
import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from backpack.errors import N_, NotNow

SHORTEST: Final = 12
LONGEST_BYTES: Final = 256
AT_ONCE: Final = 2
WAITING: Final = 20
PATIENCE: Final = 10.0

hasher = PasswordHasher(time_cost=2, memory_cost=46 * 1024, parallelism=1)


class Busy(NotNow):
    """So many people sign in that the rest of the site would suffer."""

    code = "busy"
    sentence = N_("Many people are signing in at this moment. Try again in a few seconds.")


class _Turns:
    """At most two hashes at work and twenty in the queue; each takes 46 MB and a core."""

    def __init__(self) -> None:
        self._places = threading.BoundedSemaphore(AT_ONCE + WAITING)
        self._turns = threading.BoundedSemaphore(AT_ONCE)

    @contextmanager
    def one(self) -> Iterator[None]:
        if not self._places.acquire(blocking=False):
            raise Busy
        try:
            if not self._turns.acquire(timeout=PATIENCE):
                raise Busy
            try:
                yield
            finally:
                self._turns.release()
        finally:
            self._places.release()


turns = _Turns()


def hash_password(password: str) -> str:
    """What is kept of a password. Raises Busy."""
    with turns.one():
        return hasher.hash(_plain(password))


def is_right(kept: str | None, password: str) -> bool:
    """Whether this is the password. Without an account (None) it is not, after the same work. Raises Busy."""
    with turns.one():
        try:
            hasher.verify(kept or _nobodys(), _plain(password))
        except (VerificationError, InvalidHashError):
            return False
        return kept is not None


def is_long_enough(password: str) -> bool:
    return len(unicodedata.normalize("NFC", password)) >= SHORTEST


def is_short_enough(password: str) -> bool:
    """Hashing a megabyte is work that a stranger must not be able to order."""
    return len(password.encode()) <= LONGEST_BYTES


@lru_cache(maxsize=1)
def _nobodys() -> str:
    return hasher.hash(secrets.token_bytes(32))


def _plain(password: str) -> bytes:
    # Keyboards differ in how they write é; people don't notice.
    return unicodedata.normalize("NFC", password).encode()
