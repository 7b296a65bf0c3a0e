"""What may come in from the badge pages."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import FileField, Form, MultipleFileField, StringField, TextAreaField
from wtforms.validators import Length, ValidationError

STORY_MOST = 2000
PASTED_MOST = 4 * 1024 * 1024


def without_nul(_form: Form, field: StringField) -> None:
    """A field with NUL is no text: refused in a sentence, before a database has to."""
    if "\0" in (field.data or ""):
        raise ValidationError(_l("This text holds a character that cannot be kept. Type it again."))


def one_line_break(text: str | None) -> str:
    """Browsers send two characters for a line's end; people count one."""
    return (text or "").replace("\r\n", "\n")


class ImportForm(FlaskForm):  # type: ignore[misc]
    """Files, and an address or the text of a badge."""

    files = MultipleFileField(_l("Badge files"))
    pasted = StringField(
        _l("Address of the badge, or its text"),
        description=_l("The address of the badge’s web page is enough."),
        validators=[without_nul, Length(max=PASTED_MOST)],
    )


class StoryForm(FlaskForm):  # type: ignore[misc]
    """What the learner says of a badge."""

    story = TextAreaField(
        _l("In a few words"),
        description=_l("What was the situation, what did you do yourself, what came of it?"),
        filters=[one_line_break],
        validators=[
            without_nul,
            Length(max=STORY_MOST, message=_l("Your story may have %(max)d characters. Shorten it and save again.")),
        ],
    )


class TagsForm(FlaskForm):  # type: ignore[misc]
    """The owner's words on a badge."""

    tags = StringField(
        _l("My tags"),
        description=_l("Words to find it again, such as “volunteering, for the museum”. Only you see them."),
        validators=[without_nul, Length(max=2000)],
    )


class CheckForm(Form):  # type: ignore[misc]
    """A badge that anybody asks about. No session, so no token."""

    file = FileField(_l("Badge file"))
    pasted = StringField(
        _l("Address of the badge, or its text"),
        description=_l("The address of the badge’s web page is enough."),
        validators=[without_nul, Length(max=PASTED_MOST)],
    )
    recipient = StringField(
        _l("Address of the person"),
        description=_l("To learn whether the badge was issued to this address."),
        validators=[without_nul, Length(max=254)],
    )
