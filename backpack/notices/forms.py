"""What may come in about notices."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from backpack.notices.telling import KINDS
from backpack.web.languages import LANGUAGES


class ChoicesForm(FlaskForm):  # type: ignore[misc]
    """What a person wants letters about, and in which language. A field for each kind, under its name."""

    revoked = BooleanField(_l("An issuer takes back or suspends one of my badges"))
    expiring = BooleanField(_l("One of my badges ends within thirty days"))
    unreachable = BooleanField(_l("An issuer has not answered for seven days"))
    language = RadioField(
        _l("Language of all messages"),
        choices=[SelectChoice(value, words) for value, words in LANGUAGES.items()],
        validators=[InputRequired(message=_l("Choose a language."))],
    )

    @property
    def without(self) -> list[str]:
        """The kinds that were not ticked."""
        return [kind for kind in KINDS if not self[kind].data]
