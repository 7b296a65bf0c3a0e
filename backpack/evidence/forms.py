"""What may come in about a piece of evidence."""

from __future__ import annotations

import re
from typing import Any, Final

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, FileField, StringField, TextAreaField, URLField
from wtforms.validators import InputRequired, Length, Optional

from backpack.evidence.adding import LINK_MOST, TEXT_MOST, TITLE_MOST, WORDS_MOST, Wording
from backpack.evidence.kinds import accepted

NAMELESS: Final = _l("Give it a title: it is what others read first.")


def at_most(most: int) -> Length:
    return Length(max=most, message=_l("At most %(max)d characters. Shorten it and save again.", max=most))


def unix_lines(text: str | None) -> str:
    """Browsers send two characters for a line's end; people count one."""
    return (text or "").replace("\r\n", "\n").strip()


def one_line(text: str | None) -> str:
    """One line, with the no-break spaces that French needs."""
    return re.sub(r"[ \t\r\n]+", " ", text or "").strip()


class WorkForm(FlaskForm):  # type: ignore[misc]
    """What every work has: a title, a date, a few words."""

    title = StringField(_l("Title"), filters=[one_line], validators=[InputRequired(NAMELESS), at_most(TITLE_MOST)])
    made_on = DateField(
        _l("When you made it"),
        validators=[Optional()],
        render_kw={"autocomplete": "off"},
    )
    words = TextAreaField(
        _l("What I did"),
        description=_l("A few words: the situation, what you did yourself, what came of it."),
        filters=[unix_lines],
        validators=[at_most(WORDS_MOST)],
        render_kw={"rows": 4},
    )

    def wording(self) -> Wording:
        return Wording(title=self.title.data or "", words=self.words.data or "", made_on=self.made_on.data)


class FileForm(WorkForm):
    """A file; its title may come from its name."""

    title = StringField(
        _l("Title"),
        description=_l("Empty: the name of the file."),
        filters=[one_line],
        validators=[at_most(TITLE_MOST)],
    )
    file = FileField(_l("File"), render_kw={"accept": accepted()})


class LinkForm(WorkForm):
    url = URLField(
        _l("Address of the page"),
        description=_l("It begins with https:// or http://."),
        filters=[lambda text: (text or "").strip()],
        validators=[InputRequired(_l("Paste the address of the page.")), at_most(LINK_MOST)],
    )


class TextForm(WorkForm):
    text = TextAreaField(
        _l("Your text"),
        description=_l("Markdown works: **bold**, *italic*, lists with a dash, [words](https://address)."),
        filters=[unix_lines],
        validators=[InputRequired(_l("Write something first.")), at_most(TEXT_MOST)],
        render_kw={"rows": 14},
    )


FORMS: Final[dict[str, type[WorkForm]]] = {"file": FileForm, "link": LinkForm, "text": TextForm}


def edit_form(kind: str, **values: Any) -> WorkForm:
    """The form to change a work of this kind: a file keeps its bytes, so it has none of its own."""
    return {"file": WorkForm, "link": LinkForm, "text": TextForm}[kind](**values)
