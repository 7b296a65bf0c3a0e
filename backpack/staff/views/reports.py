"""What strangers reported, and the pages that are kept closed."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from backpack.database import reading, transaction, utcnow
from backpack.publishing.models import ShareLink
from backpack.publishing.reporting import REASONS
from backpack.publishing.views.blueprint import path_of
from backpack.staff.forms import SuspendForm
from backpack.staff.suspending import Page, key_of, let_stand, lift, page_with, reported_pages, suspend, suspended_pages
from backpack.staff.views.blueprint import bp, for_staff, member


@bp.get("/signalements")
@for_staff("reports")
def reports() -> ResponseReturnValue:
    return reports_page(SuspendForm(formdata=None))


@bp.post("/signalements/<key>/suspendre")
@for_staff("reports")
def suspend_page(key: str) -> ResponseReturnValue:
    form = SuspendForm()
    if not form.validate():
        return reports_page(form, key), 422
    with transaction() as session:
        suspend(session, page_with(session, key), form.why.data, member().id, utcnow())
    flash(_("The page is suspended, and its owner is told why."))
    return redirect(url_for("staff.reports"), 303)


@bp.post("/signalements/<key>/classer")
@for_staff("reports")
def leave_page(key: str) -> ResponseReturnValue:
    with transaction() as session:
        let_stand(session, page_with(session, key), member().id, utcnow())
    flash(_("The reports are settled; the page stays open."))
    return redirect(url_for("staff.reports"), 303)


@bp.post("/signalements/<key>/rouvrir")
@for_staff("reports")
def lift_page(key: str) -> ResponseReturnValue:
    with transaction() as session:
        lift(session, page_with(session, key), member().id, utcnow())
    flash(_("The page is no longer suspended, and its owner is told."))
    return redirect(url_for("staff.reports"), 303)


def reports_page(form: SuspendForm, at: str = "") -> str:
    """`at`: the page about which the form was sent."""
    with reading() as session:
        waiting, closed = reported_pages(session), suspended_pages(session)
    return render_template(
        "staff/reports.html", waiting=waiting, closed=closed, reasons=REASONS, form=form, at=at, key_of=key_of, see=see
    )


def see(page: Page) -> str:
    """Where a stranger sees this page."""
    return path_of(page) if isinstance(page, ShareLink) else url_for("publishing.profile", name=page.name)
