"""For the owner: inviting, what came of it, taking an invitation back, deleting what was said."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import login_required
from sqlalchemy.orm import Session

from backpack.accounts.presence import current_person
from backpack.badges.queries import own_badge
from backpack.database import reading, transaction, utcnow
from backpack.endorsements import inviting
from backpack.endorsements.forms import InviteForm
from backpack.endorsements.inviting import TooManyInvitations, is_open
from backpack.endorsements.queries import endorsements_about, own_endorsement
from backpack.endorsements.views.blueprint import Thing, address_of, bp, page_of, thing_of
from backpack.evidence.queries import own_work
from backpack.publishing.endorsed import links_showing
from backpack.publishing.targets import targets_of
from backpack.web.wording import sentence
from backpack.wiring import wired


@bp.route("/badges/<public_id>/endorsements", methods=["GET", "POST"])
@login_required
def about_badge(public_id: str) -> ResponseReturnValue:
    """What people say of a badge, and inviting one more."""
    with reading() as session:
        thing = Thing(badge=own_badge(session, current_person().id, public_id), work=None)
        return _answered(session, thing)


@bp.route("/works/<public_id>/endorsements", methods=["GET", "POST"])
@login_required
def about_work(public_id: str) -> ResponseReturnValue:
    """The same for a work."""
    with reading() as session:
        thing = Thing(badge=None, work=own_work(session, current_person().id, public_id))
        return _answered(session, thing)


@bp.get("/endorsements/<endorsement_id>")
@login_required
def mine(endorsement_id: str) -> ResponseReturnValue:
    """To the page of what it is about."""
    with reading() as session:
        one = own_endorsement(session, current_person().id, endorsement_id)
        return redirect(page_of(thing_of(session, one)) + f"#{one.public_id}", 303)


@bp.post("/endorsements/<endorsement_id>/withdraw")
@login_required
def withdraw(endorsement_id: str) -> ResponseReturnValue:
    """Close an invitation: its link opens nothing from now on."""
    with transaction() as session:
        one = own_endorsement(session, current_person().id, endorsement_id)
        inviting.withdraw(one, utcnow())
        back = page_of(thing_of(session, one))
    flash(_("The invitation is closed. Its link says so to whoever opens it."))
    return redirect(back, 303)


@bp.get("/endorsements/<endorsement_id>/remove")
@login_required
def remove(endorsement_id: str) -> ResponseReturnValue:
    """On which pages it stands, before it is deleted."""
    with reading() as session:
        one = own_endorsement(session, current_person().id, endorsement_id)
        pages = targets_of(session, links_showing(session, one.id, utcnow()))
        back = page_of(thing_of(session, one))
    return render_template("endorsements/remove.html", one=one, pages=pages, back=back)


@bp.post("/endorsements/<endorsement_id>/remove")
@login_required
def remove_it(endorsement_id: str) -> ResponseReturnValue:
    with transaction() as session:
        one = own_endorsement(session, current_person().id, endorsement_id)
        back = page_of(thing_of(session, one))
        inviting.remove(session, one)
    flash(_("Deleted, from your pages too."))
    return redirect(back, 303)


def _answered(session: Session, thing: Thing) -> ResponseReturnValue:
    form = InviteForm()
    if not form.is_submitted():
        return _page(session, thing, form)
    if not form.validate():
        return _page(session, thing, form), 422
    about = thing.badge or thing.work
    assert about is not None  # noqa: S101 - one of the two, by how it was found
    try:
        with transaction() as writing:
            one = inviting.invite(
                writing,
                current_person().id,
                about,
                form.label.data or "",
                secret=wired().settings.secret_key,
                now=utcnow(),
            )
    except TooManyInvitations as error:
        form.label.errors = [sentence(error)]
        return _page(session, thing, form), 422
    flash(_("Here is the link to send. It works for 60 days, for one answer."))
    return redirect(page_of(thing) + f"#{one.public_id}", 303)


def _page(session: Session, thing: Thing, form: InviteForm) -> str:
    now = utcnow()
    found = endorsements_about(
        session,
        badge_id=thing.badge.id if thing.badge else None,
        artefact_id=thing.work.id if thing.work else None,
    )
    return render_template(
        "endorsements/about.html",
        thing=thing,
        form=form,
        confirmed=[one for one in found if one.confirmed_at and not one.brought_at],
        brought=[one for one in found if one.brought_at],
        invited=[(one, address_of(one)) for one in found if is_open(one, now)],
        closed=[one for one in found if not one.confirmed_at and not is_open(one, now)],
        back=url_for("badges.badge" if thing.badge else "evidence.work", public_id=thing.public_id) + "#endorsements",
    )
