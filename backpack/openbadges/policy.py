"""What the operator knows, and what was proven before: the two things a verdict may rest on besides documents."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

PLATFORMS: tuple[str, ...] = (
    "openbadgefactory.com",
    "credly.com",
    "youracclaim.com",
    "badgr.io",
    "badgr.com",
    "parchment.com",
)


def same_host_only(host: str) -> str:
    """The cautious answer without a public suffix list: every host is a domain of its own."""
    return host


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The operator's lists.

    `known_keys`: an issuer id or verification method (a DID, mostly) -> the name of whom the operator knows it to be.
    `known_issuers`: host -> the name the operator knows it by. `platforms`: registrable domains whose word for their
    customers is taken. `registrable_domain` answers as the public suffix list says; None for a public suffix itself.
    """

    known_keys: Mapping[str, str] = field(default_factory=dict)
    known_issuers: Mapping[str, str] = field(default_factory=dict)
    platforms: tuple[str, ...] = PLATFORMS
    registrable_domain: Callable[[str], str | None] = same_host_only
    max_documents: int = 12
    max_status_bytes: int = 16 * 1024 * 1024


class Proven(Protocol):
    """What was once proven about bytes: never about time, status or whose key it is.

    A key is 64 hex digits (a SHA-256 over the bytes, the suite and the contexts' version); facts are JSON.
    """

    def get(self, key: str) -> Mapping[str, object] | None: ...

    def put(self, key: str, facts: Mapping[str, object]) -> None: ...


class _Nothing:
    """Remembers nothing: everything is computed."""

    def get(self, key: str) -> Mapping[str, object] | None:
        return None

    def put(self, key: str, facts: Mapping[str, object]) -> None:
        return None


NOTHING: Proven = _Nothing()
