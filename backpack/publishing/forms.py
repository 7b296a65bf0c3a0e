"""What may come in about links: choices before publishing, a code, an address to compare."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, EmailField, Form, RadioField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from backpack.publishing.names import FULL, INITIAL, NONE, name_for_others


def one_line(text: str | None) -> str:
    """One line, with the no-break spaces that French needs."""
    return re.sub(r"[ \t\r\n]+", " ", text or "").strip()


class Ticks(SelectMultipleField):  # type: ignore[misc]
    """Several things to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class PublishForm(FlaskForm):  # type: ignore[misc]
    """What a stranger will see through a link, and until when."""

    badges = Ticks(_l("Badges on this page"))
    works = Ticks(_l("Works on this page"))
    evidence = Ticks(_l("Evidence on this page"))
    name_shown = RadioField(_l("Your name on this page"), default=FULL)
    label = StringField(
        _l("What this link is for"),
        description=_l("For you only, such as “Museum, Mr Roy”."),
        filters=[one_line],
        validators=[Length(max=100, message=_l("At most %(max)d characters. Shorten it and save again.", max=100))],
    )
    closes_on = DateField(
        _l("Last day of this link"),
        description=_l("Empty: no end. The link expires, not your badges."),
        validators=[Optional()],
    )

    def __init__(self, name: str, today: date, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        shown = {way: name_for_others(name, way) for way in (FULL, INITIAL)}
        self.name_shown.choices = [
            SelectChoice(FULL, shown[FULL]),
            *([SelectChoice(INITIAL, shown[INITIAL])] if shown[INITIAL] != shown[FULL] else []),
            SelectChoice(NONE, _l("No name")),
        ]

    def validate_closes_on(self, field: DateField) -> None:
        if field.data and field.data < self.today:
            raise ValidationError(_l("This day is over. Choose today or a later day."))
        if field.data and field.data > self.today + timedelta(days=3660):
            raise ValidationError(_l("Choose a day within ten years, or leave it empty."))

    def closes_at(self, zone: ZoneInfo) -> datetime | None:
        """The end of the last day, where this backpack is."""
        if self.closes_on.data is None:
            return None
        return datetime.combine(self.closes_on.data + timedelta(days=1), time(), zone).astimezone(UTC)


class CodeForm(Form):  # type: ignore[misc]
    """A check code, as somebody reads it from paper."""

    code = StringField(
        _l("Check code"),
        description=_l("Eight letters and digits, printed beside the badge, such as 7K3F-9QX2."),
        validators=[InputRequired(_l("Type the code.")), Length(max=40)],
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"},
    )


class AddressForm(Form):  # type: ignore[misc]
    """An address to compare with a badge's. No session, so no token; nothing of it is kept."""

    address = EmailField(
        _l("Their mail address"),
        filters=[lambda text: (text or "").strip()],
        validators=[InputRequired(_l("Type the address that this person gave you.")), Length(max=254)],
        render_kw={"autocomplete": "off"},
    )
