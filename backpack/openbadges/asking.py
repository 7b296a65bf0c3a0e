"""Asks the documents on behalf of one verification, and keeps the account: what was used, what is wanted, until when.

An answer counts until its `usable_until`; past `fresh_until` it still counts, and a new one is wanted. A failed
refresh changes nothing while the last good answer is usable.
"""

from __future__ import annotations

from datetime import datetime

from backpack.openbadges.documents import Document, Documents, Missing
from backpack.openbadges.policy import NOTHING, Policy, Proven
from backpack.openbadges.report import Wanted

JSON_LD = "application/ld+json, application/json;q=0.9, image/png;q=0.5, */*;q=0.1"
"""How a badge is asked for (2.0 hosted; 3.0 by address)."""
ANYTHING = "*/*"
GONE = 410
_NO_LISTS = Policy()


class Inquiry:
    """One verification in progress. Nothing here reads a clock or a socket."""

    def __init__(
        self, documents: Documents, now: datetime, policy: Policy | None = None, proven: Proven = NOTHING
    ) -> None:
        if now.tzinfo is None:
            raise ValueError("`now` must name its time zone")
        self.now = now
        self.policy = policy or _NO_LISTS
        self.proven = proven
        self._documents = documents
        self._answers: dict[str, Document | Missing] = {}
        self._wanted: dict[str, Wanted] = {}
        self.until: datetime | None = None
        """The earliest instant at which this verdict may change by time alone."""

    def ask(self, url: str, kind: str, accept: str = JSON_LD) -> Document | Missing:
        """What this address answered: a Document with status 200 or 410, or Missing. Each address is asked once."""
        if url not in self._answers:
            if len(self._answers) >= self.policy.max_documents:
                return Missing(url=url, why="too-many")
            self._answers[url] = self._usable(url, kind, accept)
        return self._answers[url]

    def turns(self, instant: datetime | None) -> None:
        """Notes an instant at which this verdict may change by time alone."""
        if instant is not None and instant > self.now and (self.until is None or instant < self.until):
            self.until = instant

    @property
    def used(self) -> tuple[Document, ...]:
        return tuple(answer for answer in self._answers.values() if isinstance(answer, Document))

    @property
    def wanted(self) -> tuple[Wanted, ...]:
        return tuple(self._wanted.values())

    def _usable(self, url: str, kind: str, accept: str) -> Document | Missing:
        answer = self._documents.get(url, accept)
        document = answer if isinstance(answer, Document) else answer.last_good
        if isinstance(answer, Missing):
            self._wanted[url] = Wanted(url=url, accept=accept, kind=kind)
        if document is None:
            return answer
        if document.usable_until <= self.now:
            self._wanted[url] = Wanted(url=url, accept=accept, kind=kind)
            return Missing(url=url, why=_why(answer, "stale"), tried_at=document.fetched_at, last_good=document)
        if document.fresh_until <= self.now:
            self._wanted[url] = Wanted(url=url, accept=accept, kind=kind)
        self.turns(document.fresh_until)
        self.turns(document.usable_until)
        if document.status != GONE and not 200 <= document.status < 300:
            return Missing(url=url, why=_of_status(document.status), tried_at=document.fetched_at)
        return document


def _why(answer: Document | Missing, otherwise: str) -> str:
    return answer.why if isinstance(answer, Missing) and answer.why != "not-asked" else otherwise


def _of_status(status: int) -> str:
    if status == 404:
        return "http-404"
    return "http-5xx" if status >= 500 else "http-4xx"


def is_missing(nothing: Missing) -> bool:
    """Whether the host answered that there is nothing (404), rather than not answering."""
    return nothing.why == "http-404"
