"""What the network said, as facts handed to the engine. The engine itself asks nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What an address answered, and how long that answer counts (both instants are set by the archive, in UTC).

    `status` is the HTTP status (200, 404, 410 ...: an answer that refuses is an answer). `chain` holds the addresses
    of the redirects in order, the address asked first and `final_url` last.
    """

    url: str
    final_url: str
    status: int
    fetched_at: datetime
    fresh_until: datetime
    usable_until: datetime
    body: bytes = b""
    content_type: str | None = None
    chain: tuple[str, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """No answer from an address. `why`: not-asked, timeout, dns, tls, connection, refused (by our guard), too-large,
    http-404, http-5xx, http-4xx, redirect. `last_good` is the last usable answer, if there ever was one."""

    url: str
    why: str
    tried_at: datetime | None = None
    last_good: Document | None = None


class Documents(Protocol):
    """Where the engine looks. `accept` is the Accept header the question is to be asked with."""

    def get(self, url: str, accept: str = "application/json") -> Document | Missing: ...
