"""What may come in about a CV."""

from __future__ import annotations

from typing import Any, Final

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, FileField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from backpack.cv.incoming import Line
from backpack.publishing.forms import DoorForm
from backpack.web.forms import Filled, at_most, one_line, unix_lines

LAYOUT_CHOICES: Final = [
    SelectChoice("margin", _l("Dates in the margin")),
    SelectChoice("classic", _l("Classic, centred")),
    SelectChoice("compact", _l("Dense, for a single page")),
]
PAPER_CHOICES: Final = [SelectChoice("a4", _l("A4")), SelectChoice("letter", _l("Letter (North America)"))]
LANGUAGES: Final = [SelectChoice("fr", "Français"), SelectChoice("en", "English")]


class NewForm(FlaskForm):  # type: ignore[misc]
    title = StringField(
        _l("What you call it"),
        description=_l("For yourself; it is not printed."),
        filters=[one_line],
        validators=[Filled(_l("Give it a title, such as the place you apply to.")), at_most(120)],
    )
    language = SelectField(_l("Language of the CV"), choices=LANGUAGES)


class CopyForm(FlaskForm):  # type: ignore[misc]
    """A new CV from one that is there. It begins with the other language, which is what most copies are for."""

    language = SelectField(_l("Language of the copy"), choices=LANGUAGES, id="copy-language")


class BringForm(FlaskForm):  # type: ignore[misc]
    """A new CV from a file."""

    file = FileField(
        _l("File"),
        description=_l("A JSON Resume (.json), or the archive of your data that LinkedIn sends you (.zip)."),
        validators=[InputRequired(_l("Choose a file first."))],
        render_kw={"accept": ".json,.zip"},
    )
    language = SelectField(_l("Language of the CV"), choices=LANGUAGES, id="brought-language")


class PersonForm(NewForm):
    """Who the CV is about. Only what is filled in is printed."""

    name = StringField(_l("Name"), filters=[one_line], validators=[Filled(_l("A CV needs a name.")), at_most(200)])
    headline = StringField(
        _l("In a few words"),
        description=_l("What you study or what you look for."),
        filters=[one_line],
        validators=[at_most(200)],
    )
    email = StringField(_l("E-mail"), filters=[one_line], validators=[at_most(200)])
    phone = StringField(_l("Telephone"), filters=[one_line], validators=[at_most(60)])
    place = StringField(_l("Town"), filters=[one_line], validators=[at_most(120)])
    website = StringField(_l("Website"), filters=[one_line], validators=[at_most(400)])
    profile = TextAreaField(
        _l("Profile"),
        description=_l("Two or three lines."),
        filters=[unix_lines],
        validators=[at_most(1200)],
        render_kw={"rows": 4},
    )


class LineForm(FlaskForm):  # type: ignore[misc]
    title = StringField(
        _l("Title"),
        filters=[one_line],
        validators=[Filled(_l("Give the line a title.")), at_most(500)],
    )
    place = StringField(_l("Where"), filters=[one_line], validators=[at_most(200)])
    period = StringField(
        _l("When"), description=_l("For example 09/2024 – 06/2026."), filters=[one_line], validators=[at_most(60)]
    )
    text = TextAreaField(_l("Details"), filters=[unix_lines], validators=[at_most(1200)], render_kw={"rows": 2})

    def line(self) -> Line:
        return Line(title=self.title.data, place=self.place.data, period=self.period.data, text=self.text.data)


class LookForm(FlaskForm):  # type: ignore[misc]
    """How the page is laid out, on what it is printed, and whether it names what stands behind its badges."""

    layout = RadioField(_l("Layout"), choices=LAYOUT_CHOICES)
    paper = RadioField(_l("Paper"), choices=PAPER_CHOICES)
    names_works = BooleanField(
        _l("Name the works behind each badge"),
        description=_l(
            "Their titles alone: the issuer’s evidence and, apart, your works that are not hidden. "
            "Whoever has the CV can read them."
        ),
    )


class ShareForm(DoorForm):
    """A link to the whole CV: which version it gives, who may open it, and until when."""

    gives = RadioField(
        _l("What the link gives"),
        default="latest",
        choices=[
            SelectChoice("latest", _l("Always the latest version that I published")),
            SelectChoice("fixed", _l("This version for good, whatever I change later")),
        ],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.name_shown  # a CV bears its name
