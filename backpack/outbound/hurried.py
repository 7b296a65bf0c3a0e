"""The door for a first try: what somebody waits for is answered soon, or left to a second try that has more time."""

from __future__ import annotations

import time

from backpack.outbound.answers import Answer, Failure
from backpack.outbound.door import Outbound
from backpack.outbound.sockets import WHOLE_SECONDS


class OutOfTime(Exception):
    """The seconds of a first try are over. Nothing may be noted of the address: it was not given its time."""


class Hurried(Outbound):
    """Asks through a door for so many seconds, counted from now, in all."""

    def __init__(self, outbound: Outbound, seconds: float) -> None:
        self._outbound, self._ends = outbound, time.monotonic() + seconds

    def fetch(
        self,
        url: str,
        accept: str = "application/json",
        kind: str = "assertion",
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        seconds: float = WHOLE_SECONDS,
    ) -> Answer | Failure:
        """As the door does. Raises OutOfTime where it had to be cut short."""
        left = self._ends - time.monotonic()
        if left <= 0:
            raise OutOfTime(url)
        answer = self._outbound.fetch(
            url, accept, kind, etag=etag, last_modified=last_modified, seconds=min(left, seconds)
        )
        if isinstance(answer, Failure) and (answer.why == "timeout" or time.monotonic() >= self._ends):
            raise OutOfTime(url)
        return answer
