"""A person's own profile: what it says, what a stranger will see of it, opening and closing it."""

from __future__ import annotations

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
    """Save, and open it when that was the button. A fault saves nothing."""
    person, now = current_person(), utcnow()
    form = ProfileForm(person.name)
    if form.validate():
        try:
            with transaction() as session:
                own = write_profile(session, person.id, _about(form), wired().settings.secret_key, now)
                if request.form.get("do") == "open":
                    open_profile(session, own, now)
        except NameTaken as error:
            form.name.errors = [sentence(error)]
        else:
            flash(_("Your profile is open.") if request.form.get("do") == "open" else _("Saved."))
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
        name=form.name.data,
        headline=form.headline.data or "",
        words=form.words.data or "",
        website=form.website.data or "",
        name_shown=form.name_shown.data,
        may_be_listed=form.may_be_listed.data,
    )


def _page(session: Session, form: ProfileForm, own: Profile | None) -> str:
    now = utcnow()
    # Before it is saved for the first time, the preview is of the profile that this form would make.
    shown = own or Profile(person_id=current_person().id, name="", headline="", words="", website="")
    sheet = profile_sheet(
        session, shown, shown.name_shown or "full", lambda session, badges: judged(session, badges, now), now
    )
    return render_template(
        "publishing/own_profile.html",
        form=form,
        own=own,
        sheet=sheet,
        start=f"{wired().settings.public_url}/u/",
        address=address_of_profile(own) if own else None,
        links=open_links(session, now, profile_id=own.id) if own else (),
        pictures=picture_at,
        path_of=path_of,
    )
