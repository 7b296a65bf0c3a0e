"""docs/register.md and docs/registre.md: a record of processing activities (GDPR, article 30) to be completed by the
operator. What is held, why, on which ground and for how long comes from `purposes.py`, as on the privacy page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from babel.support import Translations

from backpack.leaving.purposes import PURPOSES

CATALOGUES: Final = Path(__file__).resolve().parents[1] / "translations"
PAGES: Final = {"en": "register.md", "fr": "registre.md"}


def register(language: str) -> str:
    """The whole page in this language."""
    lines = [[one.what, one.why, one.basis, one.until] for one in PURPOSES]
    said = _translator(language)
    head = Path(__file__).with_name(f"register.{language}.md").read_text("utf-8")
    return head + "".join(f"| {' | '.join(map(said, line))} |\n" for line in lines)


def _translator(language: str) -> Callable[[str], str]:
    return Translations.load(str(CATALOGUES), [language]).gettext
