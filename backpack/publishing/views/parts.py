"""What stands on strangers' pages beside their text: pictures and files, each behind the link again."""

from __future__ import annotations

from flask import Response
from flask.typing import ResponseReturnValue

from backpack.database import reading, utcnow
from backpack.errors import NotFound
from backpack.evidence.models import ArtefactFile
from backpack.evidence.queries import file_of
from backpack.evidence.serving import for_others, preview_of
from backpack.evidence.views.files import sent
from backpack.publishing.cards import card_png
from backpack.publishing.views.blueprint import bp
from backpack.publishing.views.opening import badge_on, card_of, door, evidence_on, opened
from backpack.rendering import CannotRender
from backpack.web.strangers import for_strangers
from backpack.wiring import wired


@bp.get("/p/<token>/<badge_id>/picture.png")
@for_strangers
def picture(token: str, badge_id: str) -> ResponseReturnValue:
    """A badge's picture: made anew, so that nothing that was baked into it is in it."""
    with reading() as session:
        badge = badge_on(session, door(session, token, utcnow()), badge_id)
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
    """A file that its owner shows through this link, to be kept, or played a part at a time."""
    return sent(for_others(_shown_file(token, evidence_id)))


@bp.get("/p/<token>/evidence/<evidence_id>/picture")
@for_strangers
def evidence_picture(token: str, evidence_id: str) -> ResponseReturnValue:
    """A picture that its owner shows through this link, made anew without hidden data."""
    kept = _shown_file(token, evidence_id)
    if kept.clean_key is None:
        raise NotFound
    return sent(for_others(kept, inline=True))


@bp.get("/p/<token>/evidence/<evidence_id>/preview")
@for_strangers
def evidence_preview(token: str, evidence_id: str) -> ResponseReturnValue:
    """The small picture of a file that its owner shows through this link."""
    return sent(preview_of(_shown_file(token, evidence_id)))


def _shown_file(token: str, evidence_id: str) -> ArtefactFile:
    """The file behind evidence on the page of an open link. Asked anew for every byte that is sent."""
    with reading() as session:
        kept = file_of(evidence_on(session, door(session, token, utcnow()), evidence_id))
    if kept is None:
        raise NotFound
    return kept
