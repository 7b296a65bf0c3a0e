"""The pages that strangers open by a link: no session, nothing they need a script for, and made once for many readers.

Every part (picture, file, verdict) asks for the link again, so that closing it closes everything at once.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from backpack.accounts.models import Person
from backpack.archive.refreshing import to_come
from backpack.badges.judging import wanted_by
from backpack.database import utcnow
from backpack.publishing.codes import known_code, printed
from backpack.publishing.forms import AddressForm
from backpack.publishing.linkedin import share_intents
from backpack.publishing.models import ShareLink
from backpack.publishing.redacting import as_written
from backpack.publishing.schema_org import credential as credential_of
from backpack.publishing.schema_org import described
from backpack.publishing.views.blueprint import PublicAddresses, address_of, bp, path_of
from backpack.publishing.views.credentials import credential, wants_credential
from backpack.publishing.views.opening import Opened, address_of_badge, card_tags, is_waiting, opened
from backpack.publishing.views.showing import Made, glimpse, link_page
from backpack.web.languages import language
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
    if wants_credential():
        return credential(token, badge_id)

    def make(session: Session, now: datetime) -> Made:
        page = opened(session, token, now, only=badge_id)
        coming = to_come(session, page.one.report.wanted, now)
        body = badge_html(session, page, waiting=bool(coming))
        return Made(body=body, reports=[page.one.report], waiting=bool(coming))

    # Who reads a collection badge by badge has opened its link once.
    return link_page(seen, make, now, counts=badge_id is None or seen.collection_id is None)


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
        oembed=oembed_of(page.link, address_of(page.link)),
        described=_described_all(page) if page.link.may_be_listed else None,
        **{"form": AddressForm(), **more},
    )


def badge_html(session: Session, page: Opened, *, waiting: bool, **more: object) -> str:
    """The page of one badge. `more`: the answer to something its reader asked."""
    one, addresses = page.one, PublicAddresses(page.token)
    is_own = page.link.badge_id is not None
    code = known_code(session, page.link.id, None if is_own else one.badge.id)
    address = address_of_badge(page)
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
        oembed=oembed_of(page.link, address),
        address=address,
        described=described([credential_of(one, address, language())], page.sheet.holder, address)
        if page.link.may_be_listed
        else None,
        raw=as_written(one, session.get_one(Person, page.link.person_id).name, page.link.name_shown),
        **{"form": AddressForm(), **more},
    )


def _described_all(page: Opened) -> dict[str, Any]:
    """What search engines read of a collection."""
    start, addresses = wired().settings.public_url, PublicAddresses(page.token)
    entries = [credential_of(one, start + addresses.page(one.badge), language()) for one in page.sheet.badges]
    return described(entries, page.sheet.holder, address_of(page.link))


def oembed_of(link: ShareLink, address: str) -> str | None:
    """Where other software learns how to show this page in a frame; not of one that asks for a passphrase."""
    if link.passphrase_hash is not None:
        return None
    return wired().settings.public_url + url_for("publishing.oembed", url=address, format="json")
