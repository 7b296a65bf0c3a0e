"""What a reader of a badge's page may ask: for its newest verdict, to look again, and whether it is this person's."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Final

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from backpack.archive.refreshing import being_asked, to_come, wish_refresh
from backpack.badges.judging import reports, wanted_by
from backpack.database import reading, transaction, utcnow
from backpack.openbadges.report import RecipientAnswer
from backpack.publishing.forms import AddressForm
from backpack.publishing.views.blueprint import PublicAddresses, bp
from backpack.publishing.views.opening import Opened, opened
from backpack.publishing.views.public import badge_html, collection_html
from backpack.publishing.views.showing import ask_anew
from backpack.web.limits import per_network
from backpack.web.strangers import for_strangers

PATIENCE: Final = 5.0
"""Seconds that a reader without script waits for an issuer at most."""


@bp.get("/p/<token>/<badge_id>/verdict")
@for_strangers
def verdict(token: str, badge_id: str) -> ResponseReturnValue:
    """The verdict part of a page alone: while it carries `data-refresh`, a newer one is on its way. A page left open
    asks for it when its answers are no longer fresh, and so has them asked anew."""
    now = utcnow()
    with reading() as session:
        page = opened(session, token, now, only=badge_id)
        waiting = bool(to_come(session, page.one.report.wanted, now))
    ask_anew([page.one.report], now)
    return render_template(
        "publishing/verdict.html",
        one=page.one,
        sheet=page.sheet,
        addresses=PublicAddresses(token),
        waiting=waiting,
        big=request.args.get("big") == "1",
    )


@bp.post("/p/<token>/<badge_id>/check")
@per_network("30 per hour")
@for_strangers
def check_again(token: str, badge_id: str) -> ResponseReturnValue:
    """Ask the issuer what is stale, and wait a little for the answer. What is fresh is not asked again."""
    now = utcnow()
    with reading() as session:
        page = opened(session, token, now, only=badge_id)
        wanted = wanted_by([page.one.report])
    with transaction() as session:
        wish_refresh(session, wanted, now, priority=20)
    ends = time.monotonic() + PATIENCE
    asked = bool(wanted)
    while asked and time.monotonic() < ends:
        time.sleep(0.25)
        with reading() as session:
            asked = bool(being_asked(session, wanted))
    if wanted and not asked:
        return redirect(PublicAddresses(token).page(page.one.badge), 303)
    with reading() as session:
        page = opened(session, token, utcnow(), only=badge_id)
        return badge_html(session, page, waiting=asked, checked="waiting" if asked else "fresh")


@bp.post("/p/<token>/<badge_id>/compare")
@per_network("10 per hour")
@for_strangers
def compare(token: str, badge_id: str) -> ResponseReturnValue:
    """Whether the badge was issued to the address that was typed: yes, no, or not to be told. Nothing of it is kept."""
    form, now = AddressForm(request.form), utcnow()
    good = form.validate()
    with reading() as session:
        page = opened(session, token, now, only=badge_id)
        said = _told(session, page, form.address.data, now)[0] if good else None
        body = badge_html(session, page, waiting=False, form=form, answer=said)
    return body, 200 if good else 422


@bp.post("/c/<token>/compare")
@per_network("10 per hour")
@for_strangers
def compare_all(token: str) -> ResponseReturnValue:
    """The same for all badges of a collection's page: how many were issued to that address."""
    form, now = AddressForm(request.form), utcnow()
    good = form.validate()
    with reading() as session:
        page = opened(session, token, now)
        said, found = _told(session, page, form.address.data, now) if good else (None, 0)
        body = collection_html(page, set(), form=form, answer=said, found=found)
    return body, 200 if good else 422


def _told(session: Session, page: Opened, address: str, now: datetime) -> tuple[str, int]:
    """yes, no, some or unknown; and for how many badges of the page it is yes."""
    badges = [one.badge for one in page.sheet.badges]
    answers = [report.recipient for report in reports(session, badges, now, [address]).values()]
    found = answers.count(RecipientAnswer.MATCH)
    if found:
        return ("yes" if found == len(answers) else "some"), found
    return ("no" if RecipientAnswer.MISMATCH in answers else "unknown"), 0
