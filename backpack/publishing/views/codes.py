"""The page where somebody types the code printed beside a badge or on a CV."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from backpack.badges.models import Badge
from backpack.database import reading, utcnow
from backpack.publishing.codes import door_of, normalised, printed
from backpack.publishing.forms import CodeForm
from backpack.publishing.views.blueprint import bp, path_of, token
from backpack.web.limits import per_network
from backpack.web.strangers import for_strangers


@bp.get("/v")
@for_strangers
def code_page() -> ResponseReturnValue:
    """The form; with a code, on to its own address, so that it is counted there like one that was typed there."""
    if "code" not in request.args:
        return render_template("publishing/code.html", form=CodeForm(), unknown=False)
    form = CodeForm(request.args)
    code = normalised(form.code.data or "") if form.validate() else None
    if code is None:
        return render_template(
            "publishing/code.html", form=form, unknown=not form.errors
        ), 404 if not form.errors else 422
    return redirect(url_for("publishing.check_code", code=printed(code), lang=request.args.get("lang")), 303)


@bp.get("/v/<code>")
@per_network("60 per hour")
@for_strangers
def check_code(code: str) -> ResponseReturnValue:
    """To the page behind a code. One that was never given and one whose link is closed answer alike."""
    with reading() as session:
        door = door_of(session, code, utcnow())
        badge = session.get(Badge, door[1]) if door and door[1] else None
    if door is None:
        form = CodeForm(data={"code": code[:40]})
        return render_template("publishing/code.html", form=form, unknown=True), 404
    if badge is not None:
        return redirect(url_for("publishing.badge_page", token=token(door[0]), badge_id=badge.public_id), 303)
    return redirect(path_of(door[0]), 303)
