"""What may come in from the pages of the staff."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import FileField, RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from backpack.accounts.forms import NoControls, address_field, one_line
from backpack.staff.team import ROLES
from backpack.staff.trusting import KINDS
from backpack.web.languages import LANGUAGES


def _reason(label: Any, hint: Any) -> TextAreaField:
    return TextAreaField(
        label,
        description=hint,
        filters=[lambda text: (text or "").strip()],
        validators=[
            DataRequired(_l("Write why. It is kept in the log.")),
            Length(max=1_000, message=_l("This is too long: at most 1000 characters.")),
        ],
        render_kw={"rows": 4},
    )


class SuspendForm(FlaskForm):  # type: ignore[misc]
    why = _reason(_l("Reason"), _l("The owner of the page reads these words."))


class TrustForm(FlaskForm):  # type: ignore[misc]
    """An issuer that whoever runs the site knows."""

    kind = RadioField(
        _l("What it is"), choices=[SelectChoice(key, _l(words)) for key, words in KINDS.items()], default="host"
    )
    value = StringField(
        _l("Host, key or id"),
        description=_l("Such as badges.example.org, or did:key:z6Mk…"),
        filters=[one_line],
        validators=[InputRequired(_l("Write what badges name.")), Length(max=2_000), NoControls()],
        render_kw={"autocapitalize": "none", "spellcheck": "false", "maxlength": None},
    )
    name = StringField(
        _l("Name"),
        description=_l("The name under which you know it. Pages show it."),
        filters=[one_line],
        validators=[InputRequired(_l("Write its name.")), Length(max=200), NoControls()],
        render_kw={"maxlength": None},
    )


class FrameForm(FlaskForm):  # type: ignore[misc]
    """A framework of skills from a file."""

    file = FileField(_l("File"))
    name = StringField(
        _l("Name"),
        description=_l("Empty: the name that the file gives."),
        filters=[one_line],
        validators=[Length(max=500), NoControls()],
        render_kw={"maxlength": None},
    )
    language = RadioField(
        _l("Language of its words, where the file names none"),
        choices=[SelectChoice(code, name) for code, name in LANGUAGES.items()],
        default="fr",
    )


class HelpForm(FlaskForm):  # type: ignore[misc]
    """A way back for somebody whose every way in is lost."""

    known = address_field(_l("An address of the account"), _l("Any that was ever confirmed, also a closed one."))
    new = address_field(_l("Where the way back goes"), _l("A mailbox that this person has now."))
    why = _reason(
        _l("How you know that it is them"), _l("Such as: came to the desk with a student card. No number, no copy.")
    )


class TeamForm(FlaskForm):  # type: ignore[misc]
    address = address_field(_l("Mail address"), _l("A confirmed address of their account."))
    roles = SelectMultipleField(
        _l("What they may do"),
        choices=[SelectChoice(key, _l(words)) for key, words in ROLES.items()],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
