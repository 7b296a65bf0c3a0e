"""A stranger says what is wrong with a page."""

from __future__ import annotations

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from backpack.database import db, reading, transaction, utcnow
from backpack.publishing.forms import ReportForm
from backpack.publishing.glimpses import profile_at
from backpack.publishing.models import Profile, ShareLink
from backpack.publishing.reporting import report_page
from backpack.publishing.views.blueprint import bp, path_of
from backpack.publishing.views.opening import badge_on, door
from backpack.web.limits import per_network
from backpack.web.strangers import for_strangers


@bp.route("/p/<token>/report", methods=["GET", "POST"])
@bp.route("/p/<token>/<badge_id>/report", methods=["GET", "POST"])
@per_network("10 per hour")
@for_strangers
def report_link(token: str, badge_id: str | None = None) -> ResponseReturnValue:
    """About the page of a link, or about one badge on it."""
    with reading() as session:
        link = door(session, token, utcnow())
        badge = badge_on(session, link, badge_id) if badge_id else None
    back = url_for("publishing.badge_page", token=token, badge_id=badge_id) if badge_id else path_of(link)
    return _answer(link, badge.id if badge else None, back)


@bp.route("/u/<name>/report", methods=["GET", "POST"])
@per_network("10 per hour")
@for_strangers
def report_profile(name: str) -> ResponseReturnValue:
    """About a profile."""
    with db.engine.execution_options(reading=True).connect() as connection:
        seen = profile_at(connection, name)
    with reading() as session:
        found = session.get_one(Profile, seen.id)
    return _answer(found, None, url_for("publishing.profile", name=name))


def _answer(of: ShareLink | Profile, badge_id: int | None, back: str) -> ResponseReturnValue:
    form = ReportForm()
    if not form.is_submitted():
        return _page(form, back, done=False)
    if not form.validate():
        return _page(form, back, done=False), 422
    with transaction() as session:
        report_page(session, of, reason=form.reason.data, words=form.words.data or "", now=utcnow(), badge_id=badge_id)
    return _page(form, back, done=True)


def _page(form: ReportForm, back: str, *, done: bool) -> str:
    title = _("Thank you. Whoever runs this site will read it.") if done else _("Report this page")
    return render_template("publishing/report.html", form=form, back=back, done=done, title=title)
