"""The team itself, and a way back for somebody who lost theirs."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from backpack.accounts.addresses import fold, read_address
from backpack.database import reading, transaction, utcnow
from backpack.errors import BackpackError
from backpack.staff.forms import HelpForm, TeamForm
from backpack.staff.helping import give_way_back
from backpack.staff.team import ROLES, put_on_team, take_off_team, team
from backpack.staff.views.blueprint import bp, for_staff, member
from backpack.web.errors import status_of
from backpack.web.wording import sentence
from backpack.wiring import wired


@bp.get("/equipe")
@for_staff("team")
def members() -> ResponseReturnValue:
    return members_page(TeamForm(formdata=None))


@bp.post("/equipe")
@for_staff("team")
def put_member() -> ResponseReturnValue:
    """A new member, or other roles for one."""
    form = TeamForm()
    if not form.validate():
        return members_page(form), 422
    try:
        with transaction() as session:
            put_on_team(session, fold(form.address.data), form.roles.data, member().id, utcnow())
    except BackpackError as error:
        form.address.errors = [sentence(error)]
        return members_page(form), status_of(error)
    flash(_("The team is changed."))
    return redirect(url_for("staff.members"), 303)


@bp.post("/equipe/<int:number>/retirer")
@for_staff("team")
def take_member(number: int) -> ResponseReturnValue:
    try:
        with transaction() as session:
            take_off_team(session, number, member().id, utcnow())
    except BackpackError as error:
        return members_page(TeamForm(formdata=None), sentence(error)), status_of(error)
    flash(_("The team is changed."))
    return redirect(url_for("staff.members"), 303)


def members_page(form: TeamForm, problem: str = "") -> str:
    with reading() as session:
        people = team(session)
    return render_template("staff/team.html", form=form, team=people, roles=ROLES, problem=problem)


@bp.get("/aide")
@for_staff("help")
def helping() -> ResponseReturnValue:
    return render_template("staff/help.html", form=HelpForm(formdata=None))


@bp.post("/aide")
@for_staff("help")
def help_somebody() -> ResponseReturnValue:
    """Send the way back. The page says no more of the account than that it exists."""
    form = HelpForm()
    if not form.validate():
        return render_template("staff/help.html", form=form), 422
    secret = wired().settings.secret_key
    try:
        with transaction() as session:
            known, new = fold(form.known.data), read_address(form.new.data)
            give_way_back(session, known, new, form.why.data, actor=member().id, secret=secret, now=utcnow())
    except BackpackError as error:
        return render_template("staff/help.html", form=form, problem=sentence(error)), status_of(error)
    flash(_("The way back is on its way to %(address)s. It opens in seven days.", address=new.spelling))
    return redirect(url_for("staff.helping"), 303)
