"""The pages that strangers open by a link: no session, no cookie, nothing they need a script for.

Every part (picture, file, verdict) asks for the link again, so that closing it closes everything at once.
"""

from __future__ import annotations

from flask import Response, redirect, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from backpack.badges.judging import wanted_by
from backpack.database import reading, utcnow
from backpack.errors import NotFound
from backpack.evidence.queries import file_of
from backpack.evidence.serving import for_others
from backpack.publishing.cards import card_png
from backpack.publishing.codes import known_code, printed
from backpack.publishing.forms import AddressForm
from backpack.publishing.linkedin import share_intents
from backpack.publishing.links import open_link
from backpack.publishing.views.blueprint import PublicAddresses, address_of, bp, path_of
from backpack.publishing.views.opening import (
    Opened,
    answer,
    badge_on,
    card_of,
    card_tags,
    evidence_on,
    is_waiting,
    opened,
    to_come,
)
from backpack.rendering import CannotRender
from backpack.web.strangers import for_strangers
from backpack.wiring import wired


@bp.get("/p/<token>")
@bp.get("/p/<token>/<badge_id>")
@for_strangers
def badge_page(token: str, badge_id: str | None = None) -> ResponseReturnValue:
    """One badge: of its own link, or as it stands in a collection or on a CV."""
    now = utcnow()
    with reading() as session:
        link = open_link(session, token, now)
        if badge_id is None and link.badge_id is None:
            return redirect(path_of(link))
        page = opened(session, token, now, only=badge_id)
        wanted = wanted_by([page.one.report])
        body = badge_html(session, page, waiting=bool(to_come(session, wanted, now)))
    return answer(link, body, wanted, now)


@bp.get("/c/<token>")
@for_strangers
def collection_page(token: str) -> ResponseReturnValue:
    """A collection, each badge judged at this moment."""
    now = utcnow()
    with reading() as session:
        link = open_link(session, token, now)
        if link.collection_id is None:
            return redirect(path_of(link))
        page = opened(session, token, now)
        wanted = wanted_by(one.report for one in page.sheet.badges)
        body = collection_html(page, to_come(session, wanted, now))
    return answer(link, body, wanted, now)


@bp.get("/p/<token>/<badge_id>/picture.png")
@for_strangers
def picture(token: str, badge_id: str) -> ResponseReturnValue:
    """A badge's picture: made anew, so that nothing that was baked into it is in it."""
    with reading() as session:
        badge = badge_on(session, open_link(session, token, utcnow()), badge_id)
    if badge.picture is None:
        raise NotFound
    return Response(wired().storage.read(badge.picture), mimetype="image/png")


@bp.get("/p/<token>/card.png")
@for_strangers
def card(token: str) -> ResponseReturnValue:
    """The picture that networks show for this page."""
    with reading() as session:
        page = opened(session, token, utcnow())
    pictures = [wired().storage.read(one.badge.picture) for one in page.sheet.badges[:4] if one.badge.picture]
    try:
        return Response(card_png(card_of(page.sheet), pictures), mimetype="image/png")
    except CannotRender as error:
        raise NotFound from error


@bp.get("/p/<token>/evidence/<evidence_id>")
@for_strangers
def evidence_file(token: str, evidence_id: str) -> ResponseReturnValue:
    """A file that its owner shows through this link, to be kept."""
    return _sent(token, evidence_id, inline=False)


@bp.get("/p/<token>/evidence/<evidence_id>/picture")
@for_strangers
def evidence_picture(token: str, evidence_id: str) -> ResponseReturnValue:
    """A picture that its owner shows through this link, inside the page."""
    return _sent(token, evidence_id, inline=True)


def collection_html(page: Opened, coming: set[str], **more: object) -> str:
    """The page of a collection. `more`: the answer to something its reader asked."""
    return render_template(
        "publishing/collection.html",
        sheet=page.sheet,
        addresses=PublicAddresses(page.token),
        token=page.token,
        waiting={one.badge.id for one in page.sheet.badges if is_waiting(one, coming)},
        card=card_tags(page),
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
        addresses=addresses,
        up=None if is_own else path_of(page.link),
        code=printed(code) if code else None,
        token=page.token,
        waiting=waiting,
        card=card_tags(page) if is_own else None,
        intents=share_intents(address, one.badge.name),
        **{"form": AddressForm(), **more},
    )


def _sent(token: str, evidence_id: str, *, inline: bool) -> Response:
    with reading() as session:
        kept = file_of(evidence_on(session, open_link(session, token, utcnow()), evidence_id))
        if kept is None or (inline and kept.clean_key is None):
            raise NotFound
        sending = for_others(kept, inline=inline)
    pieces, headers = sending.pieces(wired().storage)
    return Response(pieces, headers=headers)
