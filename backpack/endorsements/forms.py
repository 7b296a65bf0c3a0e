"""What may come in about endorsements."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, EmailField, Form, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError

from backpack.accounts.addresses import read_address
from backpack.endorsements.confirming import NAME_MOST, ROLE_MOST, WORDS_LEAST, WORDS_MOST
from backpack.endorsements.inviting import LABEL_MOST
from backpack.errors import BackpackError
from backpack.web.forms import at_most, one_line, unix_lines
from backpack.web.wording import sentence


class InviteForm(FlaskForm):  # type: ignore[misc]
    """Whom the owner invites."""

    label = StringField(
        _l("Whom you invite"),
        description=_l("For you only, such as “Mrs Le Goff, theatre workshop”. You send them the link yourself."),
        filters=[one_line],
        validators=[DataRequired(_l("Write whom you invite, to know the invitations apart.")), at_most(LABEL_MOST)],
    )


class StatementForm(Form):  # type: ignore[misc]
    """What an invited person says. No session, so no token."""

    name = StringField(
        _l("Your name"),
        filters=[one_line],
        validators=[DataRequired(_l("Write your name: it stands beside your words.")), at_most(NAME_MOST)],
        render_kw={"autocomplete": "name"},
    )
    role = StringField(
        _l("Who you are to this person"),
        description=_l("Such as “led the workshop”, “was in the same team”."),
        filters=[one_line],
        validators=[DataRequired(_l("Write in what role you saw it.")), at_most(ROLE_MOST)],
    )
    words = TextAreaField(
        _l("What you confirm, in your own words"),
        description=_l("What you saw this person do, and when. Two or three sentences are enough."),
        filters=[unix_lines],
        validators=[
            DataRequired(_l("Write what you confirm.")),
            Length(min=WORDS_LEAST, message=_l("Say a little more: at least %(min)d characters.", min=WORDS_LEAST)),
            at_most(WORDS_MOST),
        ],
        render_kw={"rows": 6},
    )
    address = EmailField(
        _l("Your mail address"),
        description=_l("We send you a link to confirm it. The address is never shown."),
        filters=[lambda text: (text or "").strip()],
        validators=[DataRequired(_l("Write your mail address: without it nobody could know that it was you."))],
        render_kw={"autocomplete": "email"},
    )
    agrees = BooleanField(
        _l("I agree that my name, my role and my words may be shown beside it, on pages that this person publishes"),
        validators=[InputRequired(_l("Without your agreement it cannot be shown. Tick this, or close the page."))],
    )

    def validate_address(self, field: EmailField) -> None:
        try:
            read_address(field.data or "")
        except BackpackError as error:
            raise ValidationError(sentence(error)) from error
