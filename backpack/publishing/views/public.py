"""The pages that strangers open by a link: no session, nothing they need a script for, and made once for many readers.

Every part (picture, file, verdict) asks for the link again, so that closing it closes everything at once.
"""

from __future__ import annotations

from datetime import datetime

from flask import redirect, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from backpack.archive.refreshing import to_come
from backpack.badges.judging import wanted_by
from backpack.database import utcnow
from backpack.publishing.codes import known_code, printed
from backpack.publishing.forms import AddressForm
from backpack.publishing.linkedin import share_intents
from backpack.publishing.views.blueprint import PublicAddresses, address_of, bp, path_of
from backpack.publishing.views.opening import Opened, card_tags, is_waiting, opened
from backpack.publishing.views.showing import Made, glimpse, link_page
from backpack.web.strangers import for_strangers
from backpack.wiring import wired


@bp.get("/p/<token>")
@bp.get("/p/<token>/<badge_id>")
@for_strangers
def badge_page(token: str, badge_id: str | None = None) -> ResponseReturnValue:
    """One badge: of its own link, or as it stands in a collection or on a CV."""
    now = utcnow()
    seen = glimpse(token, now)
    if badge_id is None and seen.badge_id is None:
        return redirect(path_of(seen))

    def make(session: Session, now: datetime) -> Made:
        page = opened(session, token, now, only=badge_id)
        coming = to_come(session, page.one.report.wanted, now)
        body = badge_html(session, page, waiting=bool(coming))
        return Made(body=body, reports=[page.one.report], waiting=bool(coming))

    return link_page(seen, make, now)


@bp.get("/c/<token>")
@for_strangers
def collection_page(token: str) -> ResponseReturnValue:
    """A collection, each badge judged at this moment."""
    now = utcnow()
    seen = glimpse(token, now)
    if seen.collection_id is None:
        return redirect(path_of(seen))

    def make(session: Session, now: datetime) -> Made:
        page = opened(session, token, now)
        reports = [one.report for one in page.sheet.badges]
        coming = to_come(session, wanted_by(reports), now)
        return Made(body=collection_html(page, coming), reports=reports, waiting=bool(coming))

    return link_page(seen, make, now)


def collection_html(page: Opened, coming: set[str], **more: object) -> str:
    """The page of a collection. `more`: the answer to something its reader asked."""
    return render_template(
        "publishing/collection.html",
        sheet=page.sheet,
        link=page.link,
        addresses=PublicAddresses(page.token),
        token=page.token,
        waiting={one.badge.id for one in page.sheet.badges if is_waiting(one, coming)},
        card=card_tags(page),
        intents=share_intents(address_of(page.link), page.sheet.title),
        **{"form": AddressForm(), **more},
    )


def badge_html(session: Session, page: Opened, *, waiting: bool, **more: object) -> str:
    """The page of one badge. `more`: the answer to something its reader asked."""
    one, addresses = page.one, PublicAddresses(page.token)
    is_own = page.link.badge_id is not None
    code = known_code(session, page.link.id, None if is_own else one.badge.id)
    address = address_of(page.link) if is_own else wired().settings.public_url + addresses.page(one.badge)
    return render_template(
        "publishing/badge.html",
        sheet=page.sheet,
        one=one,
        link=page.link,
        addresses=addresses,
        up=None if is_own else path_of(page.link),
        code=printed(code) if code else None,
        token=page.token,
        waiting=waiting,
        card=card_tags(page) if is_own else None,
        intents=share_intents(address, one.badge.name),
        **{"form": AddressForm(), **more},
    )
