"""What may come in about a collection."""

from __future__ import annotations

import re
from typing import Final

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length

from backpack.collections.arranging import STORY_MOST, TITLE_MOST, Wording

LANGUAGES: Final = (SelectChoice("fr", "Français"), SelectChoice("en", "English"))


def at_most(most: int) -> Length:
    return Length(max=most, message=_l("At most %(max)d characters. Shorten it and save again.", max=most))


def one_line(text: str | None) -> str:
    """One line, with the no-break spaces that French needs."""
    return re.sub(r"[ \t\r\n]+", " ", text or "").strip()


def unix_lines(text: str | None) -> str:
    return (text or "").replace("\r\n", "\n").strip()


class CollectionForm(FlaskForm):  # type: ignore[misc]
    """A collection's own words."""

    title = StringField(
        _l("Title"),
        description=_l("What the page is for, such as “Internship in cultural mediation”."),
        filters=[one_line],
        validators=[DataRequired(_l("Give it a title: it is what others read first.")), at_most(TITLE_MOST)],
    )
    story = TextAreaField(
        _l("Story"),
        description=_l("Two or three sentences: who you are, what you look for, what these badges say together."),
        filters=[unix_lines],
        validators=[at_most(STORY_MOST)],
        render_kw={"rows": 5},
    )
    language = SelectField(_l("Language of your words"), choices=list(LANGUAGES))

    def wording(self, words: dict[int, str] | None = None) -> Wording:
        """What was typed, with the sentence of each badge by its number."""
        return Wording(
            title=self.title.data or "",
            story=self.story.data or "",
            language=self.language.data,
            words=words or {},
        )
