"""The badges behind an address that somebody pasted: a badge's own address, its web page, or its picture's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Final, TypeGuard
from urllib.parse import urljoin

from backpack.badges.intake import Given, Line, lines_of
from backpack.badges.reasons import AddressRefused, NoBadgeThere
from backpack.openbadges.addresses import rewrite_address
from backpack.openbadges.documents import Document, Missing

Ask = Callable[[str], Document | Missing]
"""An address to what it answered."""
LARGEST_MB: Final = 4
PAGE_HEAD: Final = 200_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What an address gave: lines to be judged, with their bytes; `was_page` when it was a human page's address.

    `is_silent`: it did not answer, so that the address itself is all there is to judge.
    """

    lines: tuple[Line, ...] = ()
    was_page: bool = False
    is_silent: bool = False


def badges_at(address: str, ask: Ask) -> Found:
    """The badges that an address leads to (VERIFICATION 2, "URL").

    An address that answers 401, 403, 404, 410, 5xx or nothing is silent: its verdict is for the engine to say. Raises
    AddressRefused for a private network, NoBadgeThere or an OpenBadgesError for an answer without a badge.
    """
    asked = rewrite_address(address)
    answer = ask(asked)
    was_page = asked != address.strip()
    if _is_here(answer) and _is_page(answer):
        alternate = _alternate(answer)
        if alternate is None:
            raise NoBadgeThere
        answer, was_page = ask(alternate), True
    if isinstance(answer, Missing) and answer.why == "refused":
        raise AddressRefused
    if not _is_here(answer):
        return Found(is_silent=True, was_page=was_page)
    return Found(lines=tuple(_lines(address, answer)), was_page=was_page)


def _is_here(answer: Document | Missing) -> TypeGuard[Document]:
    return isinstance(answer, Document) and 200 <= answer.status < 300


def _lines(address: str, answer: Document) -> list[Line]:
    given = Given(label=address[:200], data=answer.body)
    lines = lines_of([given], file_mb=LARGEST_MB + 1, archive_mb=LARGEST_MB + 1)
    good = [line for line in lines if not line.is_refused and not line.is_address]
    if not good:
        raise NoBadgeThere
    return good


def _is_page(answer: Document) -> bool:
    kind = (answer.content_type or "").partition(";")[0].strip().lower()
    return kind in {"text/html", "application/xhtml+xml"}


def _alternate(answer: Document) -> str | None:
    reader = _Links()
    reader.feed(answer.body[:PAGE_HEAD].decode("utf-8", "replace"))
    return urljoin(answer.final_url, reader.found) if reader.found else None


class _Links(HTMLParser):
    """Finds the first `link rel=alternate type=application/ld+json` of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        is_alternate = "alternate" in values.get("rel", "").lower().split()
        if tag == "link" and is_alternate and "ld+json" in values.get("type", "").lower() and not self.found:
            self.found = values.get("href") or None
