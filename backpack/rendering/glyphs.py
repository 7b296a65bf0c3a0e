"""Which characters our faces can draw: an accessible document may hold no other."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import Final

from fontTools.ttLib import TTFont

from backpack import rendering

JOINERS: Final = frozenset("\u200d\ufe0e\ufe0f\u20e3") | frozenset(map(chr, range(0xE0000, 0xE0080)))
"""Joiners, the frame of a key, and the invisible letters that flags are spelled with."""
TURNS: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Marks that turn the text around them: what is read would not be what is extracted."""
SAY_NOTHING: Final = frozenset("\ufeff\ufff9\ufffa\ufffb")
SHAPED: Final = frozenset("\u070f\U000110bd\U000110cd") | frozenset(map(chr, range(0x13430, 0x13440)))
"""Marks of format that have a shape of their own all the same."""
UNKNOWN: Final = "\ufffd"
_MARK: Final = "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
MARK: Final = re.compile(_MARK)
_HEAP: Final = re.compile(f"({_MARK}{{4}}){_MARK}+")


def drawable(text: str) -> str:
    """The text as it can be drawn: without emoji and control characters that no face has, and with a mark (U+FFFD) for
    each letter that none has, and where nothing would be left, so that one sees that something stands there."""
    if text.isascii() and text.isprintable():
        return text
    kept = "".join(spelled(one) or one for one in unheaped(text) if not (is_emoji(one) or is_control(one)))
    return "".join(one if is_drawn(one) else UNKNOWN for one in kept) or UNKNOWN


def unheaped(text: str) -> str:
    """The text with at most four marks on a letter, more than any language sets: a heap of them would cover other
    lines."""
    return _HEAP.sub(r"\1", text)


def is_control(character: str) -> bool:
    """A character that says nothing or turns the text around it, as some issuers' titles carry one; the template breaks
    lines with the others."""
    if character in TURNS or character in SAY_NOTHING:
        return True
    return unicodedata.category(character) == "Cc" and character not in "\n\r\t"


def spelled(character: str) -> str | None:
    """The plain letters that a character stands for (𝐁, ①), where no face has it and one has them; else None."""
    if character in JOINERS or is_drawn(character):
        return None
    plain = unicodedata.normalize("NFKC", character)
    return plain if plain != character and all(map(is_drawn, plain)) else None


def is_emoji(character: str) -> bool:
    """A pictograph that no face has, or a mark that only steers pictographs."""
    if character.isascii() or is_drawn(character) or spelled(character):
        return False
    pictograph = "\U0001f000" <= character < "\U00020000" or unicodedata.category(character) in {"So", "Sk"}
    return pictograph or character in JOINERS


def is_drawn(character: str) -> bool:
    """Whether a regular face has it, or it needs none."""
    if character.isascii():  # every face has what is printed; the others are the template's to break lines with
        return character.isprintable() or character in "\n\r\t"
    if character in JOINERS:
        return False
    # Marks of direction and of joining steer other letters and have no shape of their own.
    is_mark = unicodedata.category(character) == "Cf" and character not in SHAPED
    return is_mark or ord(character) in _glyphs()


def _glyphs() -> frozenset[int]:
    """Every character that the regular faces together can draw."""
    return _glyphs_of(rendering.fonts_in_use())


@lru_cache(maxsize=4)
def _glyphs_of(files: tuple[Path, ...]) -> frozenset[int]:
    known: set[int] = set()
    for path in (one for one in files if "Bold" not in one.stem):
        # The faces of a collection share their glyphs; the first speaks for all.
        with TTFont(path, lazy=True, fontNumber=0 if path.suffix.lower() == ".ttc" else -1) as font:
            known |= set(font.getBestCmap() or ())
    return frozenset(known)
