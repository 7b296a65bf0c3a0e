"""What may come in about a piece of evidence."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any, Final

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, FileField, MultipleFileField, StringField, TextAreaField, URLField
from wtforms.validators import Optional

from backpack.evidence.adding import ANSWER_MOST, DID_MOST, LINK_MOST, TEXT_MOST, TITLE_MOST, WORDS_MOST, Wording
from backpack.evidence.models import Artefact
from backpack.web.forms import Filled, at_most, one_line, unix_lines

NAMELESS: Final = _l("Give it a title: it is what others read first.")


def words_of_list(text: str | None) -> list[str]:
    """Free words separated by commas or lines, each once, as typed."""
    parts = [one_line(part) for part in re.split(r"[,;\n]", text or "")]
    return list(dict.fromkeys(part for part in parts if part))


class WorkForm(FlaskForm):  # type: ignore[misc]
    """What every work has: a title, a date, what its owner did, with whom, with what."""

    title = StringField(_l("Title"), filters=[one_line], validators=[Filled(NAMELESS), at_most(TITLE_MOST)])
    made_on = DateField(
        _l("When you made it"),
        validators=[Optional()],
        render_kw={"autocomplete": "off"},
    )
    did = TextAreaField(
        _l("What I did"),
        description=_l("Your own part in it, in a few words."),
        filters=[unix_lines],
        validators=[at_most(DID_MOST)],
        render_kw={"rows": 3},
    )
    situation = TextAreaField(
        _l("The situation"),
        description=_l("What was there to do, for whom, with what means?"),
        filters=[unix_lines],
        validators=[at_most(ANSWER_MOST)],
        render_kw={"rows": 2},
    )
    action = TextAreaField(
        _l("What I did about it"),
        description=_l("What did you decide and do yourself?"),
        filters=[unix_lines],
        validators=[at_most(ANSWER_MOST)],
        render_kw={"rows": 2},
    )
    result = TextAreaField(
        _l("What came of it"),
        description=_l("What changed? What would you do otherwise?"),
        filters=[unix_lines],
        validators=[at_most(ANSWER_MOST)],
        render_kw={"rows": 2},
    )
    people = StringField(
        _l("People I worked with"),
        description=_l("Name only those who agree to it."),
        filters=[one_line],
        validators=[at_most(ANSWER_MOST)],
    )
    skills = StringField(
        _l("Skills"),
        description=_l("In your own words, with commas between them."),
        filters=[one_line],
        validators=[at_most(ANSWER_MOST)],
    )

    def wording(self) -> Wording:
        return Wording(
            title=self.title.data or "",
            made_on=self.made_on.data,
            did=self.did.data or "",
            situation=self.situation.data or "",
            action=self.action.data or "",
            result=self.result.data or "",
            people=self.people.data or "",
            skills=tuple(words_of_list(self.skills.data)),
        )


class FileForm(WorkForm):
    """A file, or several; a title may come from its name."""

    title = StringField(
        _l("Title"),
        description=_l("Empty: the name of the file."),
        filters=[one_line],
        validators=[at_most(TITLE_MOST)],
    )
    file = MultipleFileField(_l("Files"))


class LinkForm(WorkForm):
    url = URLField(
        _l("Address of the page"),
        description=_l("It begins with https:// or http://."),
        filters=[lambda text: (text or "").strip()],
        validators=[Filled(_l("Paste the address of the page.")), at_most(LINK_MOST)],
    )


class TextForm(WorkForm):
    text = TextAreaField(
        _l("Your text"),
        description=_l("Markdown works: **bold**, *italic*, lists with a dash, [words](https://address)."),
        filters=[unix_lines],
        validators=[Filled(_l("Write something first.")), at_most(TEXT_MOST)],
        render_kw={"rows": 14},
    )


class UseForm(FlaskForm):  # type: ignore[misc]
    """What a work says at one badge."""

    words = TextAreaField(
        _l("In a few words, for this badge"),
        description=_l("What does it show of what the badge says?"),
        filters=[unix_lines],
        validators=[at_most(WORDS_MOST)],
        render_kw={"rows": 3},
    )


class VersionForm(FlaskForm):  # type: ignore[misc]
    """Another version of a file."""

    file = FileField(_l("File"))


FORMS: Final[dict[str, type[WorkForm]]] = {"file": FileForm, "link": LinkForm, "text": TextForm}


def edit_form(work: Artefact, **options: Any) -> WorkForm:
    """The form to change a work, filled with what it says now: a file keeps its bytes, so it has none of its own."""
    form = {"file": WorkForm, "link": LinkForm, "text": TextForm}[work.kind]
    return form(obj=SimpleNamespace(**_values(work)), **options)


def _values(work: Artefact) -> dict[str, Any]:
    names = ("title", "made_on", "did", "situation", "action", "result", "people", "url", "text")
    return {**{name: getattr(work, name) for name in names}, "skills": ", ".join(work.skills)}
