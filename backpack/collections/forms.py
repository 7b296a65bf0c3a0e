"""What may come in about a collection."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired

from backpack.collections.arranging import STORY_MOST, TITLE_MOST, Wording
from backpack.web.forms import at_most, one_line, unix_lines

NAMED: Final = "named"
LANGUAGES: Final = (SelectChoice("fr", "Français"), SelectChoice("en", "English"))


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
    skills = SelectField(
        _l("A table of skills on its page"),
        description=_l("Which skills have a badge on the page, which have works too, and which have neither."),
        choices=[],
    )

    def offer(self, frames: Iterable[tuple[str, str]]) -> CollectionForm:
        """What can be chosen for the table of skills: these frameworks (id, name), besides none and all."""
        own = [SelectChoice("", _l("None")), SelectChoice(NAMED, _l("The skills that these badges name"))]
        self.skills.choices = own + [SelectChoice(public_id, name) for public_id, name in frames]
        if self.skills.data not in {one.value for one in self.skills.choices}:
            self.skills.data = ""
        return self

    def wording(self, words: dict[int, str] | None = None) -> Wording:
        """What was typed, with the sentence of each badge by its number."""
        return Wording(
            title=self.title.data or "",
            story=self.story.data or "",
            language=self.language.data,
            skills=self.skills.data or "",
            words=words or {},
        )
