"""What comes back through the door: an answer, or the class of the failure. Never a foreign exception."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

MIB: Final = 1024 * 1024

KINDS: Final[Mapping[str, int]] = {
    "assertion": 4 * MIB,
    "achievement": 4 * MIB,
    "profile": 4 * MIB,
    "key": 4 * MIB,
    "endorsement": 4 * MIB,
    "status": 16 * MIB,
    "image": 5 * MIB,
}
"""How many bytes an answer of each kind may have, once unpacked. Badges carry `data:` images, so 4 MiB of JSON."""

OTHER: Final = 4 * MIB

KEPT_HEADERS: Final = frozenset(
    ("age", "cache-control", "content-type", "date", "etag", "expires", "last-modified", "link", "retry-after")
)


def largest(kind: str) -> int:
    """The size at which an answer of this kind is cut."""
    return KINDS.get(kind, OTHER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What an address answered, whatever its status. `headers` are the few that matter, in lower case.

    `chain` holds the addresses in order, the one asked first and `final_url` last. A status that is no success has
    no body: nobody reads it, so it is not fetched.
    """

    url: str
    final_url: str
    chain: tuple[str, ...]
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def content_type(self) -> str | None:
        return self.headers.get("content-type")


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """No answer. `why`: timeout, dns, tls, connection, refused (by the guard), too-large, redirect.

    `detail` is for the operator's log; people read a sentence made from `why`, so that nothing of a network's
    inside leaks to whoever had us ask.
    """

    url: str
    why: str
    detail: str = ""
    chain: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedAnswer:
    """What an issuer of the demo answers, given inside the door; `why` makes it fail as a real one would."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    why: str | None = None


class Stopped(Exception):
    """The journey ended early; `why` as in Failure."""

    def __init__(self, why: str, detail: str = "") -> None:
        super().__init__(detail or why)
        self.why = why
