"""Putting back what was taken away a moment ago."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import login_required

from backpack.accounts.presence import current_person
from backpack.badges.removals import CannotUndo, put_back
from backpack.badges.views.blueprint import bp
from backpack.database import transaction, utcnow
from backpack.web.wording import sentence


@bp.post("/undo/<public_id>")
@login_required
def put_it_back(public_id: str) -> ResponseReturnValue:
    """Bring it back with everything that went with it, or say that its moment is over."""
    try:
        with transaction() as session:
            removal = put_back(session, current_person().id, public_id, utcnow())
            back, title = removal.back, removal.title
    except CannotUndo as error:
        flash(sentence(error), "warning")
        return redirect(url_for("badges.grid"), 303)
    flash(_("Back again: “%(title)s”, with everything that went with it.", title=title))
    return redirect(back, 303)
