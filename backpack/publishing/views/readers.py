"""What a reader of a badge's page may ask: for its newest verdict, to look again, and whether it is this person's."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Final

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from backpack.archive.refreshing import wish_refresh
from backpack.badges.judging import reports, wanted_by
from backpack.badges.models import Badge
from backpack.database import reading, transaction, utcnow
from backpack.openbadges.report import RecipientAnswer
from backpack.publishing.forms import AddressForm
from backpack.publishing.links import open_link
from backpack.publishing.views.blueprint import PublicAddresses, bp
from backpack.publishing.views.opening import badge_on, being_asked, opened
from backpack.publishing.views.public import badge_html
from backpack.web.limits import per_network
from backpack.web.strangers import for_strangers

PATIENCE: Final = 5.0
"""Seconds that a reader without script waits for an issuer at most."""


@bp.get("/p/<token>/<badge_id>/verdict")
@for_strangers
def verdict(token: str, badge_id: str) -> ResponseReturnValue:
    """The verdict part of a page alone: while it carries `data-refresh`, a newer one is on its way."""
    with reading() as session:
        page = opened(session, token, utcnow(), only=badge_id)
        waiting = bool(being_asked(session, wanted_by([page.one.report])))
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
        link = open_link(session, token, now)
        badge = badge_on(session, link, badge_id)
        page = opened(session, token, now, only=badge_id)
        said = _recipient(session, badge, form.address.data, now) if good else None
        answer = {RecipientAnswer.MATCH: "yes", RecipientAnswer.MISMATCH: "no"}.get(said, "unknown") if said else None
        body = badge_html(session, page, waiting=False, form=form, answer=answer)
    return body, 200 if good else 422


def _recipient(session: Session, badge: Badge, address: str, now: datetime) -> RecipientAnswer:
    return reports(session, [badge], now, [address])[badge.id].recipient
