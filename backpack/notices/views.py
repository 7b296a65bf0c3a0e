"""The pages of notices: what happened to my badges, what I want letters about, and the link that stops them."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.blueprints import Blueprint
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import login_required

from backpack.accounts.presence import current_person
from backpack.accounts.settling import speak
from backpack.database import reading, transaction, utcnow
from backpack.notices.forms import ChoicesForm
from backpack.notices.places import touched_by
from backpack.notices.queries import kinds_without_letters, own_notice, own_notices
from backpack.notices.stopping import person_to_spare, stop_letters
from backpack.notices.telling import KINDS, choose, lay_aside
from backpack.notices.words import told
from backpack.web.limits import per_network
from backpack.web.strangers import for_machines, for_strangers
from backpack.wiring import wired

bp = Blueprint("notices", __name__)
bp.add_app_template_global(told, "told")


@bp.get("/notices")
@login_required
def news() -> ResponseReturnValue:
    """What happened to my badges, the newest first, with the pages and CVs it touches."""
    now = utcnow()
    with reading() as session:
        notices = own_notices(session, current_person().id)
        touched = {badge.id: touched_by(session, badge.id, now) for notice, badge in notices if not notice.seen_at}
    return render_template("notices/all.html", notices=notices, touched=touched)


@bp.post("/notices/seen")
@login_required
def lay_all_aside() -> ResponseReturnValue:
    """I have read them all."""
    with transaction() as session:
        lay_aside(session, current_person().id, utcnow())
    return redirect(url_for("notices.news"), 303)


@bp.post("/notices/<public_id>/seen")
@login_required
def lay_one_aside(public_id: str) -> ResponseReturnValue:
    """I have read this one."""
    with transaction() as session:
        notice = own_notice(session, current_person().id, public_id)
        lay_aside(session, notice.person_id, utcnow(), public_id=public_id)
    return redirect(url_for("notices.news"), 303)


@bp.get("/notices/choices")
@login_required
def choices() -> ResponseReturnValue:
    """What I want letters about."""
    person = current_person()
    with reading() as session:
        without = kinds_without_letters(session, person.id)
    form = ChoicesForm(formdata=None, language=person.language, **{kind: kind not in without for kind in KINDS})
    return render_template("notices/choices.html", form=form)


@bp.post("/notices/choices")
@login_required
def keep_choices() -> ResponseReturnValue:
    """Keep them."""
    form = ChoicesForm()
    if not form.validate():
        return render_template("notices/choices.html", form=form), 422
    with transaction() as session:
        choose(session, current_person().id, form.without, utcnow())
        speak(session, current_person().id, form.language.data)
    flash(_("Your choice is kept."))
    return redirect(url_for("notices.choices"), 303)


@bp.get("/notices/stop/<person>/<token>")
@per_network("300 per hour")
@for_strangers
def stop(person: str, token: str) -> ResponseReturnValue:
    """Asks once: mail scanners open links, so opening stops nothing."""
    with reading() as session:
        person_to_spare(session, person, token, wired().settings.secret_key)
    return render_template("notices/stop.html", person=person, token=token)


@bp.post("/notices/stop/<person>/<token>")
@per_network("300 per hour")
@for_machines
def stop_now(person: str, token: str) -> ResponseReturnValue:
    """Stops all letters about badges. Mail programs send this by themselves (RFC 8058): the link is all the proof."""
    now = utcnow()
    with transaction() as session:
        stop_letters(session, person_to_spare(session, person, token, wired().settings.secret_key), now)
    return render_template("notices/stopped.html")
