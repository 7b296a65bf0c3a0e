"""What the forms of every room build on: the form of strangers, and what becomes of typed words."""

from __future__ import annotations

import re
import unicodedata
from typing import Any, Final

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms.validators import Length, StopValidation

INVISIBLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Control characters, which come along with text copied from a PDF, and marks that turn the text around them."""


def one_line(text: str | None) -> str:
    """One line, with the no-break spaces that French needs."""
    return re.sub(r"[ \t\r\n]+", " ", INVISIBLE.sub("", text or "")).strip()


def unix_lines(text: str | None) -> str:
    """Several lines. Browsers send two characters for a line's end; people count one."""
    return INVISIBLE.sub("", (text or "").replace("\r\n", "\n")).strip()


def at_most(most: int) -> Length:
    return Length(max=most, message=_l("At most %(max)d characters. Shorten it and save again.", max=most))


class Filled:
    """Something that can be seen: white space, and marks that show nothing, do not count."""

    field_flags: Final = {"required": True}

    def __init__(self, message: Any) -> None:
        self.message = message

    def __call__(self, form: Any, field: Any) -> None:
        if not any(unicodedata.category(c)[0] in "LNPS" for c in field.data or ""):
            field.errors[:] = []
            raise StopValidation(self.message)


class OpenForm(FlaskForm):  # type: ignore[misc]
    """A form on a stranger's page: no token, so no session; its own messages in the reader's language.

    `web.incoming` takes it from our own pages only. Shown with the macro `open_form`.
    """

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        csrf = False
