"""The journal of one's own account."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_login import login_required

from backpack.accounts.presence import current_person
from backpack.database import reading
from backpack.leaving.trail import trail_of
from backpack.leaving.views.blueprint import bp

A_PAGE = 100


@bp.get("/compte/journal")
@login_required
def trail() -> ResponseReturnValue:
    """What was done to the account, the newest first, a hundred lines a page."""
    before = request.args.get("before", "")
    with reading() as session:
        lines = trail_of(
            session,
            current_person().id,
            A_PAGE + 1,
            before=int(before) if before.isdecimal() and len(before) < 18 else None,
        )
    shown = lines[:A_PAGE]
    return render_template("leaving/trail.html", lines=shown, older=shown[-1].id if len(lines) > A_PAGE else None)
