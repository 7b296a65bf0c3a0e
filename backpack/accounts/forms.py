"""What may come in about people. A fault is one plain sentence beside its field."""

from __future__ import annotations

import unicodedata
from typing import Any, Final

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import EmailField, HiddenField, PasswordField, RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, ValidationError

from backpack.accounts.addresses import MailAddress, NotAnAddress, read_address
from backpack.accounts.passwords import SHORTEST, is_long_enough, is_short_enough
from backpack.web.languages import LANGUAGES

LONGEST_NAME: Final = 200
LONGEST_ADDRESS: Final = 254
ODD: Final = frozenset({"Cc", "Cs", "Zl", "Zp"})
TURNING: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""These turn the direction of what follows, so that a name could say one thing and show another."""


class NoControls:
    """One line of visible text: no control characters, nothing that turns the direction of the text around it."""

    def __call__(self, form: Any, field: Any) -> None:
        if any(unicodedata.category(c) in ODD or c in TURNING for c in field.data or ""):
            raise ValidationError(_l("There is an invisible character in this. Type it instead of pasting it."))


def is_visible(form: Any, field: Any) -> None:
    if not any(unicodedata.category(c)[0] in "LNPS" for c in field.data or ""):
        raise ValidationError(_l("Write your name."))


def one_line(text: str | None) -> str | None:
    return unicodedata.normalize("NFC", text.strip()) if text else text


def is_address(form: Any, field: Any) -> None:
    try:
        read_address(field.data or "")
    except NotAnAddress as error:
        raise ValidationError(_l(NotAnAddress.sentence)) from error


def makes_a_password(form: Any, field: Any) -> None:
    text = field.data or ""
    if not is_long_enough(text):
        raise ValidationError(_l("This password is too short. Take at least %(least)s characters.", least=SHORTEST))
    if not is_short_enough(text):
        raise ValidationError(_l("This password is too long. Take at most 256 bytes: that is 200 letters and more."))


def name_field() -> StringField:
    return StringField(
        _l("Name"),
        description=_l("As it should stand on your pages. Only you see it until you publish something."),
        filters=[one_line],
        validators=[
            InputRequired(_l("Write your name.")),
            is_visible,
            Length(max=LONGEST_NAME, message=_l("This name is too long: at most 200 characters.")),
            NoControls(),
        ],
        render_kw={"autocomplete": "name", "maxlength": None},
    )


def address_field(label: Any, hint: Any = "") -> EmailField:
    return EmailField(
        label,
        description=hint,
        filters=[one_line],
        validators=[
            InputRequired(_l("Write your mail address.")),
            Length(max=LONGEST_ADDRESS, message=_l("This mail address is too long.")),
            NoControls(),
            is_address,
        ],
        render_kw={"autocomplete": "email", "maxlength": None},
    )


def new_password_field(label: Any) -> PasswordField:
    return PasswordField(
        label,
        description=_l("At least 12 characters. Several words in a row are easy to keep in mind."),
        validators=[InputRequired(_l("Choose a password.")), makes_a_password],
        render_kw={"autocomplete": "new-password"},
    )


def password_field(label: Any) -> PasswordField:
    return PasswordField(
        label,
        validators=[InputRequired(_l("Write your password."))],
        render_kw={"autocomplete": "current-password"},
    )


class AddressForm(FlaskForm):  # type: ignore[misc]
    """A mail address."""

    address = address_field(_l("Mail address"))

    @property
    def mail_address(self) -> MailAddress:
        """Only once the form was found good."""
        return read_address(self.address.data or "")


class SignUpForm(AddressForm):
    next = HiddenField()
    name = name_field()
    address = address_field(
        _l("Mail address"), _l("The one your badges were sent to. You can add others, such as a personal one, later.")
    )
    password = new_password_field(_l("Password"))


class NewcomerForm(AddressForm):
    """A new backpack for somebody whom a provider named."""

    name = name_field()
    address = address_field(
        _l("Mail address"), _l("Where we write to you. You can add others, such as a personal one, later.")
    )


class SignInForm(FlaskForm):  # type: ignore[misc]
    next = HiddenField()
    address = EmailField(
        _l("Mail address"),
        filters=[one_line],
        validators=[InputRequired(_l("Write your mail address."))],
        render_kw={"autocomplete": "username", "maxlength": None},
    )
    password = password_field(_l("Password"))


class ForgottenForm(AddressForm):
    pass


class NewPasswordForm(FlaskForm):  # type: ignore[misc]
    new_password = new_password_field(_l("New password"))


class ConfirmForm(FlaskForm):  # type: ignore[misc]
    """Confirms an address where the browser is not known to be its person's."""

    password = password_field(_l("Password of this account"))


class ChangePasswordForm(FlaskForm):  # type: ignore[misc]
    password = password_field(_l("Current password"))
    new_password = new_password_field(_l("New password"))


class AddAddressForm(AddressForm):
    address = address_field(_l("Another address"), _l("A personal one stays yours when your studies end."))


class SetPasswordForm(FlaskForm):  # type: ignore[misc]
    """For who has none yet, or came in with a recovery code."""

    new_password = new_password_field(_l("New password"))


class PasskeyForm(FlaskForm):  # type: ignore[misc]
    """A passkey that a device just made. `answer` is what the browser says; a script fills it in."""

    answer = HiddenField()
    name = StringField(
        _l("Name of this passkey"),
        description=_l("By which you know it again, such as the name of the device."),
        filters=[one_line],
        validators=[
            InputRequired(_l("Give this passkey a name.")),
            is_visible,
            Length(max=100, message=_l("This name is too long: at most 100 characters.")),
            NoControls(),
        ],
        render_kw={"maxlength": None},
    )


class RecoveryForm(FlaskForm):  # type: ignore[misc]
    address = EmailField(
        _l("Mail address"),
        description=_l("Any address of your account, also one that is closed."),
        filters=[one_line],
        validators=[InputRequired(_l("Write your mail address."))],
        render_kw={"autocomplete": "username", "maxlength": None},
    )
    code = StringField(
        _l("Recovery code"),
        description=_l("One of the ten that you wrote down, such as 7K3M-9QTD-0F2X-WB5E."),
        filters=[one_line],
        validators=[
            InputRequired(_l("Write a recovery code.")),
            Length(max=100, message=_l("This is longer than a recovery code.")),
        ],
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false", "maxlength": None},
    )


class NameForm(FlaskForm):  # type: ignore[misc]
    name = name_field()


class LanguageForm(FlaskForm):  # type: ignore[misc]
    language = RadioField(
        _l("Language of pages and messages"),
        choices=[SelectChoice(code, name) for code, name in LANGUAGES.items()],
        validators=[InputRequired(_l("Choose a language."))],
    )
