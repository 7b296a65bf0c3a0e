"""What waits outside a backpack for an address to be confirmed."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import login_required

from backpack import jobs
from backpack.accounts.presence import current_person
from backpack.badges.handlers import CONFIRMED, let_go
from backpack.badges.importing import FIRST
from backpack.badges.queries import own_arrival
from backpack.badges.reasons import said
from backpack.badges.views.blueprint import address_if, bp
from backpack.database import reading, transaction, utcnow
from backpack.wiring import wired


@bp.get("/badges/arrivals/<public_id>")
@login_required
def arrival(public_id: str) -> ResponseReturnValue:
    """One badge that waits: for which address, until when, and what can be done."""
    with reading() as session:
        one = own_arrival(session, current_person().id, public_id, utcnow())
    words = said("for-address" if one.addressed_to else "for-hidden-address", {"address": one.addressed_to})
    return render_template(
        "badges/arrival.html",
        arrival=one,
        words=words,
        add_address=address_if("accounts.account") or url_for("badges.grid"),
    )


@bp.post("/badges/arrivals/<public_id>/accept")
@login_required
def accept(public_id: str) -> ResponseReturnValue:
    """Look again whether it is theirs by now; it comes in by itself if it is."""
    now, person = utcnow(), current_person()
    with transaction() as session:
        own_arrival(session, person.id, public_id, now)
        jobs.ask(session, CONFIRMED, f"{person.id}:{public_id}", now, priority=FIRST, person_id=person.id)
    flash(_("We are looking. If its address is one of yours, the badge is in your backpack in a moment."), "info")
    return redirect(url_for("badges.grid"), 303)


@bp.post("/badges/arrivals/<public_id>/decline")
@login_required
def decline(public_id: str) -> ResponseReturnValue:
    """Delete it and its file."""
    with transaction() as session:
        one = own_arrival(session, current_person().id, public_id, utcnow())
        key = one.storage_key
        session.delete(one)
    let_go(wired(), [key])
    flash(_("Declined: the badge and its file are deleted here."))
    return redirect(url_for("badges.grid"), 303)
