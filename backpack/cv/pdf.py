"""The PDF of a CV, by Typst: PDF/A-3a and PDF/UA-1 at once, tagged, with real text in reading order."""

from __future__ import annotations

import hashlib
import json
import re
import threading
import unicodedata
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Any, Final, Literal

from backpack import rendering
from backpack.cv.composing import Composed
from backpack.errors import N_, BackpackError
from backpack.rendering.glyphs import JOINERS, MARK, is_control, is_drawn, is_emoji, spelled, unheaped

TEMPLATE: Final = Path(__file__).with_name("typst") / "cv.typ"
STANDARDS: Final = ("a-3a", "ua-1")
PREVIEW_PPI: Final = 110
MOST_REMEMBERED: Final = 16_000_000
"""Bytes of drawn pages that a process keeps."""
UNBROKEN: Final = re.compile(r"[^\s\-/]{30}")
"""A word that may be longer than its line."""
NOT_PRINTED: Final = ("qr", "url")
"""Data that the page holds and no letter shows."""


@dataclass(frozen=True, slots=True)
class Pictures:
    """The pages of a CV as PNG. `lines` are those on the last page, `room` how many a page has room for."""

    pages: tuple[bytes, ...]
    lines: int
    room: int

    def beyond(self, most: int) -> int:
        """By how many lines it is longer than so many pages; 0 if it fits them."""
        over = len(self.pages) - most
        return (over - 1) * self.room + self.lines if over > 0 else 0


_recent: OrderedDict[bytes, Pictures] = OrderedDict()
_lock = threading.Lock()


class CannotPrint(BackpackError):
    code = "cannot-print"
    sentence = N_(
        "These characters cannot be printed here: %(characters)s. Ask the operator to install a font that has them "
        "(Debian: fonts-noto-cjk), or write them in another way."
    )


class NoNameToPrint(BackpackError):
    code = "no-name-to-print"
    sentence = N_("Nothing of the name %(name)s can be printed. Write it with letters.")


class PDFFailed(BackpackError):
    code = "pdf-failed"
    sentence = N_("The PDF could not be made. What you typed is saved; try again in a moment.")


def pdf(page: Composed, now: datetime) -> bytes:
    """The whole PDF. Raises CannotPrint for characters that no font has, and PDFFailed."""
    return _drawn(page, "pdf", now).parts[0]


def pictures(page: Composed, now: datetime) -> Pictures:
    """Each page as a PNG: the very page that the PDF shows; and how far the words go. Raises as `pdf`.

    A builder's page asks for the number of its pages and then for each picture: it is drawn once for all of them.
    """
    bare = replace(page, data={**page.data, "attachments": []}, files={})
    key = hashlib.sha256(json.dumps(bare.data).encode()).digest()
    with _lock:
        if key in _recent:
            _recent.move_to_end(key)
            return _recent[key]
    made = _drawn(bare, "png", now)
    drawn = Pictures(made.parts, int(made.told["lines"]), int(made.told["room"]))
    with _lock:
        _recent[key] = drawn
        while sum(map(len, chain.from_iterable(one.pages for one in _recent.values()))) > MOST_REMEMBERED:
            if len(_recent) == 1:
                break
            _recent.popitem(last=False)
    return drawn


def left_out(page: Composed) -> str:
    """The emoji that the PDF leaves out, each once: no font we ship draws them."""
    found = {character for character in set().union(*_texts(page.data)) if is_emoji(character)}
    return "".join(sorted(found - JOINERS))


def file_name(name: str, now: datetime) -> str:
    """CV_Kervella_Camille_2026-11.pdf: the family name first, as files are sorted."""
    words = [word for word in re.split(r"[\W_]+", unicodedata.normalize("NFC", name)) if word]
    ordered = [*words[-1:], *words[:-1]]
    return "_".join(["CV", *ordered, f"{now:%Y-%m}"])[:100] + ".pdf"


def _drawn(page: Composed, form: Literal["pdf", "png"], now: datetime) -> rendering.Rendered:
    used = set().union(*_texts(page.data))  # each character is looked up once, however long the CV is
    left = {c for c in used if is_emoji(c) or is_control(c)}
    others = {c: spelled(c) for c in used - left if not is_drawn(c)}
    missing = sorted(c for c, plain in others.items() if plain is None)
    if missing:
        raise CannotPrint(characters=" ".join(missing[:20]))
    others |= dict.fromkeys(left)
    is_plain = not others and not any(map(MARK.match, used))
    data = page.data if is_plain else _written(page.data, {ord(c): plain for c, plain in others.items()})
    if not data["name"].strip():
        raise NoNameToPrint(name=page.data["name"])
    try:
        return rendering.document(
            TEMPLATE,
            for_template(data),
            form=form,
            files=page.files,
            standards=STANDARDS,
            ppi=PREVIEW_PPI,
            now=now,
            telling=form == "png",
        )
    except rendering.CannotRender as error:
        raise PDFFailed from error


def for_template(data: Mapping[str, Any]) -> dict[str, Any]:
    """The data of a page, and which costly rules its words need: whether one must be broken, and whether any is Arabic.
    A rule that searches all text for what is not there takes a fifth of the drawing's time."""
    texts = _texts(data)
    needs = {"breaks": any(map(UNBROKEN.search, texts)), "arabic": any(map(_is_arabic, set().union(*texts)))}
    return {**data, "needs": needs}


def _texts(value: Any) -> list[str]:
    """What is printed, or stands in the properties."""
    found, waiting = list[str](), [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            found.append(one)
        elif isinstance(one, Mapping):
            waiting += [part for name, part in one.items() if name not in NOT_PRINTED]
        elif isinstance(one, list):
            waiting += one
    return found


def _written(value: Any, others: Mapping[int, str | None]) -> Any:
    """The same with other letters for these characters, or with none; and without heaps of marks."""
    if isinstance(value, str):
        return unheaped(value.translate(others))
    if isinstance(value, Mapping):
        return {name: _written(one, others) for name, one in value.items()}
    return [_written(one, others) for one in value] if isinstance(value, list) else value


def _is_arabic(character: str) -> bool:
    """Of the blocks that hold Arabic, and of few others."""
    return "\u0600" <= character <= "\u08ff" or "\ufb50" <= character <= "\ufeff" or character >= "\U00010e60"
