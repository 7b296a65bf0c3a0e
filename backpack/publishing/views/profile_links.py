"""Links to a whole profile: for those who may read it while it is private, or under another name."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import login_required

from backpack.accounts.presence import current_person
from backpack.database import reading, transaction, utcnow
from backpack.errors import Gone, NotFound
from backpack.publishing import queries
from backpack.publishing.forms import DoorForm
from backpack.publishing.links import Choices, create_link, publish
from backpack.publishing.models import ShareLink
from backpack.publishing.names import NONE
from backpack.publishing.profile_sheets import profile_sheet
from backpack.publishing.profiles import own_profile
from backpack.publishing.views.blueprint import bp, judged, path_of, picture_at
from backpack.publishing.views.links import last_day
from backpack.publishing.views.preview import passphrase_of
from backpack.web.wording import local
from backpack.wiring import wired


@bp.route("/profile/publish", methods=["GET", "POST"])
@login_required
def publish_profile() -> ResponseReturnValue:
    """A new link to the profile of whoever is signed in."""
    with reading() as session:
        if own_profile(session, current_person().id) is None:
            return redirect(url_for("publishing.edit_profile"), 303)
    return _answer(None)


@bp.route("/shares/<link_id>/profile", methods=["GET", "POST"])
@login_required
def change_profile_link(link_id: str) -> ResponseReturnValue:
    """Another choice for such a link: its address stays."""
    with reading() as session:
        link = queries.own_link(session, current_person().id, link_id)
    if link.withdrawn_at is not None:
        raise Gone
    if link.profile_id is None:
        raise NotFound
    return _answer(link)


def _answer(link: ShareLink | None) -> ResponseReturnValue:
    zone = ZoneInfo(wired().settings.time_zone)
    has_passphrase = link is not None and link.passphrase_hash is not None
    form = DoorForm(current_person().name, local(utcnow()).date(), has_passphrase)
    if form.validate_on_submit() and request.form.get("do") != "look":
        return _publish(form, link, zone)
    if request.method == "GET" and link is not None:
        form.name_shown.data, form.label.data = link.name_shown, link.label
        end = last_day(link)
        form.closes_on.data = end.astimezone(zone).date() if end else None
    return _page(form, link), 422 if form.errors else 200


def _page(form: DoorForm, link: ShareLink | None) -> str:
    now = utcnow()
    with reading() as session:
        profile = own_profile(session, current_person().id)
        if profile is None:
            raise NotFound
        shown = form.name_shown.data or NONE
        sheet = profile_sheet(session, profile, shown, lambda session, badges: judged(session, badges, now), now)
        return render_template(
            "publishing/profile_link.html", form=form, link=link, sheet=sheet, pictures=picture_at, path_of=path_of
        )


def _publish(form: DoorForm, link: ShareLink | None, zone: ZoneInfo) -> ResponseReturnValue:
    person, now = current_person(), utcnow()
    choices = Choices(
        label=form.label.data or "",
        name_shown=form.name_shown.data,
        closes_at=form.closes_at(zone),
        passphrase_hash=passphrase_of(form, link),
    )
    with transaction() as session:
        profile = own_profile(session, person.id)
        if profile is None:
            raise NotFound
        own = (
            queries.own_link(session, person.id, link.public_id)
            if link is not None
            else create_link(session, person.id, secret=wired().settings.secret_key, now=now, profile_id=profile.id)
        )
        publish(session, own, choices, now)
    flash(_("Saved.") if link else _("Published. Here is the link."))
    return redirect(url_for("publishing.link", link_id=own.public_id), 303)
