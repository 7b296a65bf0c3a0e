"""How often links are opened, counted beside the reader's way: in the process, and written down every few seconds.

Nothing about readers. A process that is killed loses the views of its last seconds, and nothing else.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date
from typing import Final

PAUSE: Final = 3.0
Views = Mapping[tuple[int, date], int]


class ViewCounter:
    """Counts until `write` takes the numbers; what could not be written is counted again the next time."""

    def __init__(self, write: Callable[[Views], None], pause: float = PAUSE) -> None:
        self._write, self._pause = write, pause
        self._seen: Counter[tuple[int, date]] = Counter()
        self._lock, self._timer = threading.Lock(), False

    def count(self, link_id: int, day: date) -> None:
        """One more view of this link on this day."""
        with self._lock:
            self._seen[link_id, day] += 1
            waits, self._timer = self._timer, True
        if not waits:
            timer = threading.Timer(self._pause, self._at_last)
            timer.daemon = True
            timer.start()

    def flush(self) -> None:
        """Write down what was counted, now."""
        with self._lock:
            seen, self._seen = self._seen, Counter()
        if not seen:
            return
        try:
            self._write(seen)
        except Exception:
            with self._lock:
                self._seen += seen
            raise

    def _at_last(self) -> None:
        with self._lock:
            self._timer = False
        with suppress(Exception):  # who writes has said so in the log; the next view brings the next try
            self.flush()
