"""A person's own profile: what it says, what a stranger will see of it, opening and closing it."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, astuple

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import login_required
from sqlalchemy.orm import Session

from backpack.accounts.presence import current_person
from backpack.database import reading, transaction, utcnow
from backpack.errors import NotFound
from backpack.publishing.forms import ProfileForm
from backpack.publishing.models import Profile
from backpack.publishing.names import NONE, WAYS
from backpack.publishing.profile_sheets import profile_sheet
from backpack.publishing.profiles import (
    About,
    NameTaken,
    close_profile,
    open_profile,
    own_profile,
    write_profile,
)
from backpack.publishing.queries import open_links
from backpack.publishing.views.blueprint import address_of_profile, bp, judged, path_of, picture_at
from backpack.web.wording import sentence
from backpack.wiring import wired


@bp.get("/profile")
@login_required
def edit_profile() -> ResponseReturnValue:
    """The profile of whoever is signed in; without one, an empty form."""
    with reading() as session:
        own = own_profile(session, current_person().id)
        form = ProfileForm(current_person().name, obj=own)
        return _page(session, form, own)


@bp.post("/profile")
@login_required
def save_profile() -> ResponseReturnValue:
    """Save, and open it when that was the button and a preview showed just this. A fault saves nothing."""
    person, now = current_person(), utcnow()
    form, do = ProfileForm(person.name), request.form.get("do")
    if form.validate():
        if do == "look" or (do == "open" and request.form.get("seen") != _seen(_about(form))):
            with reading() as session:
                return _page(session, form, own_profile(session, person.id), looks=do)
        try:
            with transaction() as session:
                own = write_profile(session, person.id, _about(form), wired().settings.secret_key, now)
                if do == "open":
                    open_profile(session, own, now)
        except NameTaken as error:
            form.name.errors = [sentence(error)]
        else:
            flash(_("Your profile is open.") if do == "open" else _("Saved."))
            return redirect(url_for("publishing.edit_profile"), 303)
    with reading() as session:
        return _page(session, form, own_profile(session, person.id)), 422


@bp.post("/profile/close")
@login_required
def hide_profile() -> ResponseReturnValue:
    """Close its own address."""
    with transaction() as session:
        own = own_profile(session, current_person().id)
        if own is None:
            raise NotFound
        close_profile(session, own, utcnow())
    flash(_("Your profile is private again. The pages that it listed stay open: withdraw their links to close them."))
    return redirect(url_for("publishing.edit_profile"), 303)


def _about(form: ProfileForm) -> About:
    return About(
        name=form.name.data or "",
        headline=form.headline.data or "",
        words=form.words.data or "",
        website=form.website.data or "",
        name_shown=form.name_shown.data if form.name_shown.data in WAYS else NONE,
        may_be_listed=form.may_be_listed.data,
    )


def _seen(about: About) -> str:
    """What a preview leaves in its form, so that nothing is opened to everybody but what it showed."""
    return hashlib.sha256(repr(astuple(about)).encode()).hexdigest()


def _page(session: Session, form: ProfileForm, own: Profile | None, looks: str | None = None) -> str:
    now, about = utcnow(), _about(form)
    # The preview is of the profile that this form would make, saved or not.
    shown = Profile(person_id=current_person().id, **asdict(about))
    sheet = profile_sheet(session, shown, about.name_shown, lambda session, badges: judged(session, badges, now), now)
    return render_template(
        "publishing/own_profile.html",
        form=form,
        own=own,
        seen=_seen(about),
        looks=looks,
        sheet=sheet,
        start=f"{wired().settings.public_url}/u/",
        address=address_of_profile(own) if own else None,
        links=open_links(session, now, profile_id=own.id) if own else (),
        pictures=picture_at,
        path_of=path_of,
    )
