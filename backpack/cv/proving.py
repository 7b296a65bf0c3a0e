"""What the page of a CV says about its badges, compared with the badges themselves. Pure: words in, answers out.

A CV may be altered after it was made: another title above a good code, words put around a title, a month moved. So
what is compared is what stands before a code, up to the code before it, with the badge that the code leads to now; a
badge that is attached and has no code of its own is looked for on the whole page. A title has to stand by itself, as
whole lines: “Master, mention très bien: TITLE” is not what the badge says. And a code is easily copied from somebody
else's CV: the page has to name the holder of the badge that it leads to. What a CV names behind a badge is no part of
what is compared: a work may bear any title, that of a badge too.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from itertools import islice
from typing import Final

CODE: Final = r"[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}"
ELSEWHERE: Final = re.compile(rf"([A-Za-z0-9.-]+\.[A-Za-z]{{2,}}(?::\d+)?)/v/({CODE})")
ADDRESS: Final = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
# What our CVs print on a title's line beside it and its issuer, in both languages: months, and until when it is valid.
BESIDE: Final = re.compile(r"(?:,\s*(?:valable\s+jusqu.au|valid\s+until)\s+)?\b\d{2}/\d{4}\b")
# What our CVs print below that, without spaces: whose evidence is named, and how the badge was checked.
EVIDENCE: Final = re.compile(r"(?:Fournipar.{1,2}émetteur|Ajoutépar.{1,200}?|Givenbytheissuer|Addedby.{1,200}?):[“«]")
CHECKED: Final = "(?:étatvérifiéle|statecheckedon)"
MOST_CODES: Final = 321
"""Those of the longest CV: 300 badges, 20 collections, and its own. Whoever guesses so many has 321 tries of 2**40."""
MOST_ADDRESSES: Final = 3


@dataclass(frozen=True, slots=True)
class Said:
    """What a piece of a page says: all of it without what fonts and line ends do to it, and the same line by line,
    without months. False where it says nothing."""

    flat: str
    lines: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.flat)


@dataclass(frozen=True, slots=True)
class PrintedCode:
    """A check code of this deployment on the page (eight characters, without a dash), and what stands before it."""

    code: str
    before: Said


@dataclass(frozen=True, slots=True)
class Page:
    """What a CV's page says."""

    whole: Said
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
    is_alone: bool = True
    """The title stands by itself, and not among other words."""
    holder: bool | None = None
    """The page names whose badge it is. None: nobody tells us."""

    @property
    def agrees(self) -> bool:
        return self._is_right and self.is_alone

    @property
    def is_embellished(self) -> bool:
        """Nothing is wrong but that there are more words around the title."""
        return self._is_right and not self.is_alone

    @property
    def _is_right(self) -> bool:
        return self.title and self.issuer and self.month is not False and self.holder is not False


def read_page(text: str, host: str) -> Page:
    """The codes and addresses on a page, from its extracted text. `host`: of this deployment, with its port."""
    others = dict.fromkeys(f"{where}/v/{code}" for where, code in ELSEWHERE.findall(text) if where.lower() != host)
    text = _without_evidence(unicodedata.normalize("NFC", text), host)
    joined, places = _joined(text)
    ours = re.compile(rf"{re.escape(host)}/v/({CODE})", re.IGNORECASE)
    codes: dict[str, PrintedCode] = {}
    end = 0
    for match in ours.finditer(joined):
        code = match[1].replace("-", "").upper()
        codes.setdefault(code, PrintedCode(code, as_said(text[end : places[match.start()]])))
        end = places[match.end() - 1] + 1
    return Page(
        whole=as_said(text),
        codes=tuple(codes.values())[:MOST_CODES],
        elsewhere=tuple(others)[:MOST_CODES],
        addresses=tuple(dict.fromkeys(ADDRESS.findall(text)))[:MOST_ADDRESSES],
        is_cut=len(codes) > MOST_CODES,
    )


def _without_evidence(text: str, host: str) -> str:
    """The page without the evidence that is named behind its badges: from whose it is to how the badge was checked."""
    joined, places = _joined(text)
    checked = re.compile(rf"(?:{re.escape(host)}/v/{CODE}·)?{CHECKED}", re.IGNORECASE)
    ends = [match.start() for match in checked.finditer(joined)]
    kept, end = "", 0
    for label in EVIDENCE.finditer(joined):
        after = bisect_left(ends, label.end())
        if after < len(ends) and places[label.start()] >= end:
            kept += text[end : places[label.start()]]
            end = places[ends[after]]
    return kept + text[end:]


def _joined(text: str) -> tuple[str, list[int]]:
    """The text without white space, and where each character of it stood."""
    places = [place for place, c in enumerate(text) if not c.isspace()]
    return "".join(text[place] for place in places), places


def as_said(text: str) -> Said:
    """What a piece of extracted text says."""
    lines = (plain(line) for line in BESIDE.sub("", text).splitlines())
    return Said(flat=plain(text), lines=tuple(line for line in lines if line))


def names(page: Page, known_as: Sequence[str]) -> bool | None:
    """Whether a page names a badge's holder by one of these names, its words in any order. None without a name."""
    asked = [[plain(word) for word in name.split()] for name in known_as if plain(name)]
    if not asked or not page.whole:
        return None
    return any(all(word in page.whole.flat for word in words) for words in asked)


def compare(
    said: Said, title: str, issuer: str, issued: datetime | None, zone: tzinfo, *, holder: bool | None = None
) -> Comparison:
    """What a page says beside what the badge says. `holder`: whether the page names whose badge it is."""
    month = plain(issued.astimezone(zone).strftime("%m/%Y")) in said.flat if issued else None
    return Comparison(
        title=_stands(title, said.flat),
        issuer=_stands(issuer, said.flat),
        month=month,
        is_alone=_is_alone(title, issuer, said.lines),
        holder=holder,
    )


def plain(text: str) -> str:
    """Letters and digits alone, in one case: what is left when fonts, spaces, dashes and line ends are looked away
    from."""
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())


def _stands(words: str, flat: str) -> bool:
    """Whether the words stand there. Of a script that runs from the right, readers of PDFs give the words in either
    order, so each is looked for."""
    if _runs_from_the_right(words):
        return all(plain(word) in flat for word in words.split())
    return bool(plain(words)) and plain(words) in flat


def _is_alone(title: str, issuer: str, lines: tuple[str, ...]) -> bool:
    """Whether some run of whole lines says the title, or the title and its issuer, and nothing more."""
    is_turned = _runs_from_the_right(title)
    order = sorted if is_turned else "".join
    wanted = [plain(title), plain(title) + plain(issuer)]
    return any(
        order(_run(lines, start, len(one))) == order(one)
        for one in wanted
        if one
        for start, line in enumerate(lines)
        if is_turned or one.startswith(line)  # a long page has many lines, and most of them begin no title
    )


def _run(lines: tuple[str, ...], start: int, length: int) -> str:
    """Whole lines from this one on, until they are as long as this or longer."""
    run = ""
    for line in islice(lines, start, None):
        run += line
        if len(run) >= length:
            break
    return run


def _runs_from_the_right(words: str) -> bool:
    return any(unicodedata.bidirectional(c) in {"R", "AL"} for c in words)
