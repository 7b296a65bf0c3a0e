"""Publishing a whole CV: what a stranger will see, a new version, and links to the latest or to one for good."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import login_required
from sqlalchemy.orm import Session

from backpack.accounts.presence import current_person
from backpack.badges.handlers import let_go
from backpack.badges.recording import grow_edition
from backpack.cv import versions
from backpack.cv.composing import held_back
from backpack.cv.desk import desk_of, page_of
from backpack.cv.forms import ShareForm
from backpack.cv.models import CV, CVVersion
from backpack.cv.pdf import pdf
from backpack.cv.queries import own_cv
from backpack.cv.views.blueprint import bp, own_desk
from backpack.database import reading, transaction, utcnow
from backpack.publishing.links import Choices
from backpack.publishing.views.preview import passphrase_of
from backpack.web.verdicts import headline
from backpack.web.wording import local
from backpack.wiring import wired


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A PDF in storage, and the public names of the badges that it shows."""

    key: str
    size: int
    printed: tuple[str, ...]


@bp.get("/cv/<public_id>/publish")
@login_required
def preview_publishing(public_id: str) -> ResponseReturnValue:
    """What a stranger will see, before anything is public; the versions and links that there are."""
    return _page(public_id, _form())


@bp.post("/cv/<public_id>/publish")
@login_required
def publish(public_id: str) -> ResponseReturnValue:
    """Publish the CV of now as a version, and make a link to it."""
    form = _form()
    if not form.validate():
        return _page(public_id, form), 422
    settings, now = wired().settings, utcnow()
    made = _draw(public_id)
    choices = Choices(
        label=form.label.data or "",
        closes_at=form.closes_at(ZoneInfo(settings.time_zone)),
        passphrase_hash=passphrase_of(form, None),
    )
    with transaction() as session:
        cv = own_cv(session, current_person().id, public_id)
        version, spare = _publish(session, cv, made, now)
        fixed = form.gives.data == "fixed"
        link = versions.share(session, cv, version, choices, fixed=fixed, secret=settings.secret_key, now=now)
    let_go(wired(), spare)
    flash(_("Published. Here is the link."))
    return redirect(url_for("publishing.link", link_id=link.public_id), 303)


@bp.post("/cv/<public_id>/versions")
@login_required
def renew(public_id: str) -> ResponseReturnValue:
    """Publish the CV of now as the latest version: every link to the latest gives it."""
    made = _draw(public_id)
    with transaction() as session:
        cv = own_cv(session, current_person().id, public_id)
        version, spare = _publish(session, cv, made, utcnow())
        grow_edition(session, cv.person_id)
        number = version.number
    let_go(wired(), spare)
    flash(_("Version %(number)s is published. Links to the latest version give it from now on.", number=number))
    return redirect(url_for("cv.preview_publishing", public_id=public_id), 303)


def _form() -> ShareForm:
    return ShareForm(current_person().name, local(utcnow()).date())


def _publish(session: Session, cv: CV, made: Drawn, now: datetime) -> tuple[CVVersion, list[str]]:
    """The drawn PDF as the latest version, if there is room for it; what makes room is let go of afterwards."""
    versions.hold_room(session, cv.person_id, made.size, wired().settings.quota_mb)
    return versions.publish_version(session, cv, made.key, made.size, made.printed, now)


def _draw(public_id: str) -> Drawn:
    """The PDF of now, kept before any row refers to it (a sweeper takes what no row came to refer to). Raises what
    `pdf` raises."""
    now, wiring, desk = utcnow(), wired(), own_desk(public_id)
    data = pdf(page_of(desk, wiring.settings, now), now)
    printed = tuple(one.badge.public_id for one in desk.chosen if held_back(one.report) is None)
    return Drawn(key=wiring.storage.put(current_person().public_id, data), size=len(data), printed=printed)


def _page(public_id: str, form: ShareForm) -> str:
    now = utcnow()
    with reading() as session:
        cv = own_cv(session, current_person().id, public_id)
        desk = desk_of(session, cv, now, everything=False)
        latest = versions.latest_version(session, cv.id)
        is_new = latest is None or not versions.says_what_it_said(session, latest, cv)
        links = versions.shared(session, cv.id, now)
    return render_template(
        "cv/publish.html",
        cv=cv,
        page=page_of(desk, wired().settings, now).data,
        heads={one.badge.public_id: headline(one.report, holder=cv.name) for one in desk.chosen},
        form=form,
        latest=latest,
        is_new=is_new,
        links=links,
        has_codes=desk.is_up_to_date,
    )
