"""The only door to addresses that come from people or badges: requests behind a guard.

Whatever is asked through here is resolved once, refused unless every address is globally routable, connected to the
very address that was checked, followed through at most five redirects that are checked again each, and cut at a
time and a size. It runs in jobs and commands, never in a reader's request.
"""

from __future__ import annotations

from backpack.outbound.answers import KINDS, Answer, Failure, RecordedAnswer
from backpack.outbound.door import Outbound
from backpack.outbound.hurried import Hurried, OutOfTime
from backpack.outbound.targets import Refused, parse_target

__all__ = [
    "KINDS",
    "Answer",
    "Failure",
    "Hurried",
    "OutOfTime",
    "Outbound",
    "RecordedAnswer",
    "Refused",
    "parse_target",
]
