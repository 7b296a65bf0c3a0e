"""Counts, the list of known issuers, and the log."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from backpack.database import reading, transaction, utcnow
from backpack.errors import BackpackError
from backpack.staff import log
from backpack.staff.counting import FEWEST, counts, issuers
from backpack.staff.forms import TrustForm
from backpack.staff.trusting import KINDS, drop, known_issuers, trust
from backpack.staff.views.blueprint import bp, for_staff, member
from backpack.web.errors import status_of
from backpack.web.wording import sentence

LINES = 100


@bp.get("/")
@for_staff()
def index() -> ResponseReturnValue:
    """How much is here, without anybody's name."""
    with reading() as session:
        numbers, held = counts(session, utcnow()), issuers(session)
    return render_template("staff/index.html", counts=numbers, issuers=held, fewest=FEWEST)


@bp.get("/emetteurs")
@for_staff("lists")
def trusted() -> ResponseReturnValue:
    return trusted_page(TrustForm(formdata=None))


@bp.post("/emetteurs")
@for_staff("lists")
def trust_issuer() -> ResponseReturnValue:
    form = TrustForm()
    if not form.validate():
        return trusted_page(form), 422
    try:
        with transaction() as session:
            trust(session, form.kind.data, form.value.data, form.name.data, member().id, utcnow())
    except BackpackError as error:
        form.value.errors = [sentence(error)]
        return trusted_page(form), status_of(error)
    flash(_("It is on the list: pages say so from the next reader on."))
    return redirect(url_for("staff.trusted"), 303)


@bp.post("/emetteurs/<int:number>/retirer")
@for_staff("lists")
def drop_issuer(number: int) -> ResponseReturnValue:
    with transaction() as session:
        drop(session, number, member().id, utcnow())
    flash(_("It is off the list."))
    return redirect(url_for("staff.trusted"), 303)


def trusted_page(form: TrustForm) -> str:
    with reading() as session:
        known = known_issuers(session)
    return render_template("staff/trusted.html", form=form, known=known, kinds=KINDS)


@bp.get("/journal")
@for_staff("team")
def journal() -> ResponseReturnValue:
    """What the team did, the newest first."""
    before = request.args.get("before", type=int)
    with reading() as session:
        lines = log.newest(session, LINES, before)
    more = lines[-1].id if len(lines) == LINES else None
    return render_template("staff/journal.html", lines=[(one, log.words_of(one)) for one in lines], more=more)
