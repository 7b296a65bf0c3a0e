"""A work at a badge: its words there, its place, and whether others may see it."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import login_required

from backpack.accounts.presence import current_person
from backpack.database import reading, transaction, utcnow
from backpack.endorsements.queries import invitations_showing
from backpack.evidence import adding, changing, queries
from backpack.evidence.forms import UseForm, WorkForm, edit_form
from backpack.evidence.models import Evidence
from backpack.evidence.views.blueprint import at_badge, bp
from backpack.evidence.views.library import described
from backpack.evidence.views.removing import on_cvs, pages_showing
from backpack.publishing.queries import links_keeping_work
from backpack.publishing.targets import targets_of
from backpack.web.wording import sentence


@bp.get("/evidence/<public_id>/edit")
@login_required
def edit(public_id: str) -> ResponseReturnValue:
    """What its owner says of a work, here and everywhere."""
    with reading() as session:
        one = queries.own_evidence(session, current_person().id, public_id)
        return _page(one, edit_form(one.artefact), UseForm(data={"words": one.words}))


@bp.post("/evidence/<public_id>/edit")
@login_required
def change(public_id: str) -> ResponseReturnValue:
    with transaction() as session:
        one = queries.own_evidence(session, current_person().id, public_id)
        form, use = edit_form(one.artefact), UseForm()
        if not all([form.validate(), use.validate()]):
            return _page(one, form, use), 422
        try:
            described(session, one.artefact, form)
        except adding.NotALink as error:
            form["url"].errors = [sentence(error)]
            session.rollback()
            return _page(one, form, use), 422
        changing.reword(session, one, use.words.data or "")
        back = at_badge(one)
    flash(_("Saved."))
    return redirect(back, 303)


@bp.post("/evidence/<public_id>/move")
@login_required
def move(public_id: str) -> ResponseReturnValue:
    """One place up or down behind its badge."""
    return _moved(public_id, request.form.get("to", ""))


@bp.post("/evidence/order")
@login_required
def order() -> ResponseReturnValue:
    """The same in the list of a badge's page, where one form says which: `up:ID` or `down:ID`."""
    way, _colon, public_id = request.form.get("do", "").partition(":")
    return _moved(public_id, way)


def _moved(public_id: str, way: str) -> ResponseReturnValue:
    by = {"up": -1, "down": 1}.get(way, 0)
    with transaction() as session:
        one = queries.own_evidence(session, current_person().id, public_id)
        at, back = changing.move(session, one, by), at_badge(one)
        flash(_("“%(title)s” is now number %(at)s.", title=one.artefact.title, at=at + 1))
    return redirect(back, 303)


@bp.get("/evidence/<public_id>/hide")
@login_required
def hide(public_id: str) -> ResponseReturnValue:
    """The pages that hiding it would change, and those on which its work stays, before it is done."""
    with reading() as session:
        one = queries.own_evidence(session, current_person().id, public_id)
        pages, cvs = pages_showing(session, [one]), on_cvs(session, [one])
        kept = targets_of(session, links_keeping_work(session, one, utcnow()))
        return render_template(
            "evidence/hide.html",
            one=one,
            pages=pages,
            kept=kept,
            on_cvs=cvs,
            invited=invitations_showing(session, one.artefact_id, utcnow()),
            back=at_badge(one),
        )


@bp.post("/evidence/<public_id>/show")
@login_required
def show(public_id: str) -> ResponseReturnValue:
    """Hide it from the pages of its badge, or stop hiding it."""
    with transaction() as session:
        one = queries.own_evidence(session, current_person().id, public_id)
        changing.show(session, one, request.values.get("shown") == "1")
        back, shown, title = at_badge(one), one.is_shown, one.artefact.title
    if shown:
        flash(_("“%(title)s” can be shown again, on the pages you choose.", title=title))
    else:
        undo = url_for("evidence.show", public_id=public_id, shown=1)
        flash(_("“%(title)s” is hidden from this badge’s pages.", title=title), f"undo {undo}")
    return redirect(back, 303)


def _page(one: Evidence, form: WorkForm, use: UseForm) -> str:
    return render_template(
        "evidence/edit.html",
        one=one,
        form=form,
        use=use,
        file=queries.file_of(one),
        back=at_badge(one),
    )
