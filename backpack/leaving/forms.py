"""What may come in when somebody goes or comes back."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field, FileField, Form, StringField
from wtforms.validators import ValidationError


def says_so(_form: Form, field: Field) -> None:
    """The word was typed, as a sign that this is meant; capitals do not matter."""
    if (field.data or "").strip().casefold() != _("delete").casefold():
        raise ValidationError(_("Type the word “%(word)s” to say that you mean it.", word=_("delete")))


class DeleteForm(FlaskForm):  # type: ignore[misc]
    """The word that says it is meant."""

    word = StringField(
        _l("To confirm, type the word “delete”"), validators=[says_so], render_kw={"autocomplete": "off"}
    )


class BringBackForm(FlaskForm):  # type: ignore[misc]
    """The ZIP of an export."""

    file = FileField(_l("The ZIP of an export"))
