"""What the page of a CV says about its badges, compared with the badges themselves. Pure: words in, answers out.

A CV may be altered after it was made: another title above a good code, a month moved. So what is compared is what
stands before a code, up to the code before it, with the badge that the code leads to now; a badge that is attached
and has no code of its own is looked for on the whole page.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Final

CODE: Final = r"[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}"
ELSEWHERE: Final = re.compile(rf"([A-Za-z0-9.-]+\.[A-Za-z]{{2,}}(?::\d+)?)/v/({CODE})")
ADDRESS: Final = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
MOST_CODES: Final = 40
MOST_ADDRESSES: Final = 3


@dataclass(frozen=True, slots=True)
class PrintedCode:
    """A check code of this deployment on the page (eight characters, without a dash), and what stands before it."""

    code: str
    before: str


@dataclass(frozen=True, slots=True)
class Page:
    """What a CV's page says. `whole` is its text without what fonts and line ends do to it."""

    whole: str
    codes: tuple[PrintedCode, ...]
    elsewhere: tuple[str, ...]
    """Addresses of check codes that another site gave: only that site knows them."""
    addresses: tuple[str, ...]
    """Mail addresses that it prints."""
    is_cut: bool = False
    """There are more codes on it than are looked up at a time."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Whether the page says of a badge what the badge says. None: the badge does not say it, so nothing can differ."""

    title: bool
    issuer: bool
    month: bool | None

    @property
    def agrees(self) -> bool:
        return self.title and self.issuer and self.month is not False


def read_page(text: str, host: str) -> Page:
    """The codes and addresses on a page, from its extracted text. `host`: of this deployment, with its port."""
    joined = "".join(text.split())
    ours = re.compile(rf"{re.escape(host)}/v/({CODE})", re.IGNORECASE)
    codes: dict[str, PrintedCode] = {}
    end = 0
    for match in ours.finditer(joined):
        code = match[1].replace("-", "").upper()
        codes.setdefault(code, PrintedCode(code, plain(joined[end : match.start()])))
        end = match.end()
    others = dict.fromkeys(f"{where}/v/{code}" for where, code in ELSEWHERE.findall(text) if where.lower() != host)
    return Page(
        whole=plain(text),
        codes=tuple(codes.values())[:MOST_CODES],
        elsewhere=tuple(others)[:MOST_CODES],
        addresses=tuple(dict.fromkeys(ADDRESS.findall(text)))[:MOST_ADDRESSES],
        is_cut=len(codes) > MOST_CODES,
    )


def compare(said: str, title: str, issuer: str, issued: datetime | None, zone: tzinfo) -> Comparison:
    """What a page says (`Page.whole`, or what stands before a code) beside what the badge says."""
    month = plain(issued.astimezone(zone).strftime("%m/%Y")) in said if issued else None
    return Comparison(title=_stands(title, said), issuer=_stands(issuer, said), month=month)


def plain(text: str) -> str:
    """Letters and digits alone, in one case: what is left when fonts, spaces, dashes and line ends are looked away
    from."""
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())


def _stands(words: str, said: str) -> bool:
    """Whether the words stand there. Of a script that runs from the right, readers of PDFs give the words in either
    order, so each is looked for."""
    if any(unicodedata.bidirectional(c) in {"R", "AL"} for c in words):
        return all(plain(word) in said for word in words.split())
    return bool(plain(words)) and plain(words) in said
