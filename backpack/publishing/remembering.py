"""Public pages as they were made, kept in this process: for one edition of what their owner shows, and no longer than
every report in them says it holds. Kept compressed, as most readers take them."""

from __future__ import annotations

import gzip
import hashlib
import threading
from collections import OrderedDict
from collections.abc import Hashable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from backpack.openbadges.report import Report
from backpack.web.verdicts import SOON

MOST_BYTES: Final = 48 * 1024 * 1024
LEVEL: Final = 5
A_MINUTE: Final = timedelta(minutes=1)
A_MOMENT: Final = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class Page:
    """A page as it is sent: its bytes in gzip, their media type, and the tag by which a reader's copy is known."""

    packed: bytes
    media_type: str
    tag: str

    @classmethod
    def of(cls, body: bytes, media_type: str) -> Page:
        return cls(gzip.compress(body, LEVEL, mtime=0), media_type, hashlib.sha256(body).hexdigest()[:24])

    @property
    def body(self) -> bytes:
        return gzip.decompress(self.packed)


@dataclass(slots=True, kw_only=True)
class Kept:
    """A page, until when it holds, and how to ask whether it is of the newest edition."""

    page: Page
    edition: int
    until: datetime | None
    kind: str
    """What it is behind: link or profile."""
    name: str | bytes
    """The hash of the link's token, or the profile's name."""
    rule: str
    """The rule of its address, for the log."""
    endpoint: str = ""
    """The view that made it, under whose name its readers are counted per network."""
    link_id: int | None = None
    """The link whose views are counted."""
    shared: bool = True
    """Whether it is for everybody who has its address; not so where a passphrase is asked for."""
    headers: tuple[tuple[str, str], ...] | None = None
    """What was sent with it the first time, beside its type and length."""

    @property
    def etag(self) -> str:
        return f'W/"{self.page.tag}"'


class RememberedPages:
    """The pages of one process by their address and language; the longest unread one goes first."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._kept: OrderedDict[Hashable, Kept] = OrderedDict()
        self._most, self._bytes, self._lock = most_bytes, 0, threading.Lock()

    def known(self, key: Hashable) -> Kept | None:
        """What is kept for this address, whether or not it still holds."""
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None:
                self._kept.move_to_end(key)
            return kept

    def get(self, key: Hashable, edition: int, now: datetime) -> Page | None:
        """The page made for this edition, if it still holds."""
        kept = self.known(key)
        if kept is None or kept.edition != edition or (kept.until is not None and kept.until <= now):
            return None
        return kept.page

    def put(self, key: Hashable, kept: Kept) -> None:
        """Keep a page. Its edition was read before anything that the page shows."""
        with self._lock:
            self._let_go(key)
            self._kept[key] = kept
            self._bytes += len(kept.page.packed)
            while self._bytes > self._most:
                self._let_go(next(iter(self._kept)))

    def _let_go(self, key: Hashable) -> None:
        kept = self._kept.pop(key, None)
        self._bytes -= len(kept.page.packed) if kept else 0


class Turns:
    """One at a time for each key, in this process: whoever comes meanwhile waits, and finds what the first one made."""

    def __init__(self) -> None:
        self._locks: dict[Hashable, tuple[threading.Lock, int]] = {}
        self._taking = threading.Lock()

    @contextmanager
    def of(self, key: Hashable) -> Iterator[None]:
        with self._taking:
            lock, waiting = self._locks.get(key, (threading.Lock(), 0))
            self._locks[key] = (lock, waiting + 1)
        try:
            with lock:
                yield
        finally:
            with self._taking:
                lock, waiting = self._locks.pop(key)
                if waiting > 1:
                    self._locks[key] = (lock, waiting - 1)


def holds_until(
    reports: Iterable[Report], now: datetime, *, waiting: bool, ends: Iterable[datetime | None] = ()
) -> datetime | None:
    """Until when a page with these reports says what is so; None: until something changes.

    `waiting`: an answer is on its way, so the page says that it will change in a moment. `ends`: other instants after
    which it would be another page.
    """
    reports = list(reports)
    points = [point for report in reports for point in (report.until, _soon(report)) if point and point > now]
    points += [end for end in ends if end is not None]
    if waiting:
        points.append(now + A_MOMENT)
    elif any(report.wanted for report in reports):
        points.append(now + A_MINUTE)  # its host rests: by then it may be asked again
    return min(points, default=None)


def _soon(report: Report) -> datetime | None:
    """When a page begins to say that the badge expires soon."""
    ends = report.credential.valid_until
    return ends - SOON if ends else None
