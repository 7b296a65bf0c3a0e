"""The form classes that rooms build on."""

from __future__ import annotations

from flask_wtf import FlaskForm


class OpenForm(FlaskForm):  # type: ignore[misc]
    """A form on a stranger's page: no token, so no session; its own messages in the reader's language.

    `web.incoming` takes it from our own pages only. Shown with the macro `open_form`.
    """

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        csrf = False
