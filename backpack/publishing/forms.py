"""What may come in about links: choices before publishing, a code, an address to compare."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    Form,
    RadioField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    URLField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, Regexp, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from backpack.badges.naming import is_web_address
from backpack.publishing.names import FULL, INITIAL, NONE, name_for_others
from backpack.publishing.passphrases import LONGEST_BYTES, SHORTEST
from backpack.publishing.profiles import NAME_SHAPE
from backpack.publishing.reporting import REASONS
from backpack.web.forms import OpenForm, one_line

WITH_LINK, ON_PROFILE = "link", "profile"


class Ticks(SelectMultipleField):  # type: ignore[misc]
    """Several things to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class DoorForm(FlaskForm):  # type: ignore[misc]
    """Who opens a link, until when, and the name they read."""

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
    # A word to be passed on is no secret from whoever types it: they must see it, and keep it while they look.
    passphrase = StringField(
        _l("Passphrase"),
        description=_l("Whoever opens the link is asked for it. Send it by another way than the link."),
        filters=[one_line],
        render_kw={"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false", "maxlength": "200"},
    )
    no_passphrase = BooleanField(_l("Ask for no passphrase any more"))

    def __init__(self, name: str, today: date, has_passphrase: bool = False, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today, self.has_passphrase = today, has_passphrase
        self.name_shown.choices = ways_to_show(name)

    def validate_closes_on(self, field: DateField) -> None:
        if field.data and field.data < self.today:
            raise ValidationError(_l("This day is over. Choose today or a later day."))
        if field.data and field.data > self.today + timedelta(days=3660):
            raise ValidationError(_l("Choose a day within ten years, or leave it empty."))

    def validate_passphrase(self, field: StringField) -> None:
        if field.data and len(field.data) < SHORTEST:
            raise ValidationError(
                _l("At least %(min)d characters: some words in a row are best. Or leave it empty.", min=SHORTEST)
            )
        if field.data and len(field.data.encode()) > LONGEST_BYTES:
            raise ValidationError(_l("This passphrase is too long. Shorten it and save again."))

    @property
    def asks(self) -> bool:
        """Whether the link will ask for a passphrase."""
        return bool(self.passphrase.data) or (self.has_passphrase and not self.no_passphrase.data)

    def closes_at(self, zone: ZoneInfo) -> datetime | None:
        """The end of the last day, where this backpack is."""
        if self.closes_on.data is None:
            return None
        return datetime.combine(self.closes_on.data + timedelta(days=1), time(), zone).astimezone(UTC)


class PublishForm(DoorForm):
    """What a stranger will see through a link, who may open it, and until when."""

    badges = Ticks(_l("Badges on this page"))
    works = Ticks(_l("Works on this page"))
    evidence = Ticks(_l("Evidence on this page"))
    endorsements = Ticks(_l("Endorsements on this page"))
    level = RadioField(
        _l("Who may see this page"),
        default=WITH_LINK,
        choices=[
            SelectChoice(WITH_LINK, _l("Whoever has the link")),
            SelectChoice(ON_PROFILE, _l("Everybody: it is also listed on my public profile")),
        ],
    )
    may_be_listed = BooleanField(
        _l("Search engines may list it"),
        description=_l("They may go on showing it for some weeks after you close it."),
    )
    gives_original = BooleanField(
        _l("Readers may download the badge as I received it"),
        description=_l("To check it with other software. It holds your mail address, in clear or hidden."),
    )

    def validate_passphrase(self, field: StringField) -> None:
        super().validate_passphrase(field)
        if self.level.data == ON_PROFILE and self.asks:
            raise ValidationError(
                _l("What is public on your profile asks for no passphrase. Take it away, or choose “with the link”.")
            )

    def validate_may_be_listed(self, field: BooleanField) -> None:
        if field.data and self.level.data != ON_PROFILE:
            raise ValidationError(
                _l("Search engines may list only what is public on your profile. Choose that too, or untick this.")
            )


class ProfileForm(FlaskForm):  # type: ignore[misc]
    """A person's page of their own."""

    name = StringField(
        _l("End of its address"),
        description=_l("3 to 40 small letters, digits and hyphens. Once chosen, nobody else ever gets it."),
        filters=[lambda text: (text or "").strip().lower()],
        validators=[
            InputRequired(_l("Choose how the address of your profile ends.")),
            Regexp(NAME_SHAPE, message=_l("3 to 40 small letters, digits and hyphens, such as camille-k.")),
        ],
        render_kw={"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"},
    )
    name_shown = RadioField(_l("Your name on this page"), default=FULL)
    headline = StringField(
        _l("One line about you"),
        description=_l("Such as “Student of museum studies, looking for an internship”."),
        filters=[one_line],
        validators=[Length(max=120, message=_l("At most %(max)d characters. Shorten it and save again.", max=120))],
    )
    words = TextAreaField(
        _l("About you"),
        filters=[lambda text: (text or "").strip()],
        validators=[Length(max=2000, message=_l("At most %(max)d characters. Shorten it and save again.", max=2000))],
        render_kw={"rows": "5"},
    )
    website = URLField(_l("Your own site"), filters=[lambda text: (text or "").strip()], validators=[Length(max=500)])
    may_be_listed = BooleanField(
        _l("Search engines may list my profile"),
        description=_l("They may go on showing it for some weeks after you close it."),
    )

    def __init__(self, name: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.name_shown.choices = ways_to_show(name)

    def validate_website(self, field: URLField) -> None:
        if field.data and not is_web_address(field.data):
            raise ValidationError(_l("Write a web address that begins with https://, or leave it empty."))


def ways_to_show(name: str) -> list[SelectChoice]:
    """How much of a name a page can show; a way that shows the same as another is left out."""
    shown = {way: name_for_others(name, way) for way in (FULL, INITIAL)}
    return [
        SelectChoice(FULL, shown[FULL]),
        *([SelectChoice(INITIAL, shown[INITIAL])] if shown[INITIAL] != shown[FULL] else []),
        SelectChoice(NONE, _l("No name")),
    ]


class PassphraseForm(OpenForm):
    """The words that a link asks for."""

    passphrase = StringField(
        _l("Passphrase"),
        filters=[one_line],
        validators=[InputRequired(_l("Type the passphrase that came with the link."))],
        render_kw={"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false", "maxlength": "300"},
    )


class ReportForm(OpenForm):
    """What is wrong with a public page."""

    reason = RadioField(
        _l("What is wrong with it"),
        choices=[SelectChoice(reason, _l(words)) for reason, words in REASONS.items()],
        validators=[InputRequired(_l("Say what is wrong with it."))],
    )
    words = TextAreaField(
        _l("In your own words"),
        description=_l("Leave out your own name and address: we keep nothing about who reports."),
        filters=[lambda text: (text or "").strip()],
        validators=[Length(max=1000, message=_l("At most %(max)d characters. Shorten it and save again.", max=1000))],
        render_kw={"rows": "4"},
    )


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
