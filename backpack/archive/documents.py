"""The archive as the engine asks it: what each address answered last, and the last good answer. Fetches nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backpack.archive.keeping import url_digest
from backpack.archive.models import Body, StoredDocument
from backpack.openbadges.documents import Document, Missing

MOST_AT_ONCE = 500
"""Addresses per statement: SQLite takes no more than some hundreds of values comfortably."""


@dataclass(slots=True)
class ArchivedDocuments:
    """Answers from the archive through one session. `load` or `load_digests` brings in many with one statement;
    what was not brought in is looked up one by one."""

    session: Session
    _known: dict[bytes, Document | Missing | None] = field(default_factory=dict)

    def get(self, url: str, accept: str = "application/json") -> Document | Missing:
        """The newest good answer; Missing where nothing was asked yet or the last try failed, with the last good one
        in it. `accept` is how it was asked for the first time, which decides nothing here."""
        digest = url_digest(url)
        if digest not in self._known:
            self.load_digests([digest])
        return self._known[digest] or Missing(url=url, why="not-asked")

    def load(self, urls: Iterable[str]) -> None:
        self.load_digests([url_digest(url) for url in urls])

    def known(self, digests: Collection[bytes]) -> dict[bytes, Document]:
        """The newest good answers of these addresses, by the digest of each; what never answered has no entry."""
        self.load_digests(digests)
        found = {digest: self._known[digest] for digest in digests}
        good = {digest: one.last_good if isinstance(one, Missing) else one for digest, one in found.items()}
        return {digest: one for digest, one in good.items() if one is not None}

    def load_digests(self, digests: Collection[bytes]) -> None:
        """Bring in all that is known of these addresses: one statement per 500 of them."""
        new = sorted(set(digests) - self._known.keys())
        for first in range(0, len(new), MOST_AT_ONCE):
            part = new[first : first + MOST_AT_ONCE]
            rows: dict[bytes, list[tuple[StoredDocument, bytes | None]]] = {digest: [] for digest in part}
            for row, body in _newest(self.session, part):
                rows[row.url_digest].append((row, body))
            self._known |= {digest: _answer(found) for digest, found in rows.items()}


def _newest(session: Session, digests: Collection[bytes]) -> Iterable[tuple[StoredDocument, bytes | None]]:
    """For each address its newest good answer and its newest failure."""
    order = func.row_number().over(
        partition_by=(StoredDocument.url_digest, StoredDocument.why.is_(None)),
        order_by=(StoredDocument.fetched_at.desc(), StoredDocument.id.desc()),
    )
    ranked = (
        select(StoredDocument.id, order.label("place")).where(StoredDocument.url_digest.in_(digests)).subquery("ranked")
    )
    statement = (
        select(StoredDocument, Body.data)
        .join(ranked, StoredDocument.id == ranked.c.id)
        .outerjoin(Body, Body.digest == StoredDocument.body_digest)
        .where(ranked.c.place == 1)
    )
    yield from session.execute(statement)


def _answer(found: Iterable[tuple[StoredDocument, bytes | None]]) -> Document | Missing | None:
    good: Document | None = None
    failed: StoredDocument | None = None
    for row, body in found:
        if row.why is None:
            good = document_of(row, body or b"")
        else:
            failed = row
    if failed is None or (good is not None and good.fetched_at > failed.fetched_at):
        return good
    return Missing(url=failed.url, why=failed.why or "", tried_at=failed.fetched_at, last_good=good)


def document_of(row: StoredDocument, body: bytes) -> Document:
    """A row and its bytes as the engine's Document."""
    return Document(
        url=row.url,
        final_url=row.final_url or row.url,
        chain=tuple(row.chain),
        status=row.status or 0,
        headers=row.headers,
        content_type=row.content_type,
        body=body,
        fetched_at=row.fetched_at,
        fresh_until=row.fresh_until,
        usable_until=row.usable_until,
    )
