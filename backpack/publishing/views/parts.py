"""What stands on strangers' pages beside their text: pictures and files, each behind the link again."""

from __future__ import annotations

from flask import Response
from flask.typing import ResponseReturnValue

from backpack.collections.covers import MEDIA_TYPE
from backpack.collections.models import Collection
from backpack.database import reading, utcnow
from backpack.errors import NotFound
from backpack.evidence.models import ArtefactFile
from backpack.evidence.queries import newest
from backpack.evidence.serving import for_others, preview_of
from backpack.evidence.views.files import sent
from backpack.publishing.cards import card_png
from backpack.publishing.views.blueprint import bp
from backpack.publishing.views.opening import badge_on, card_of, door, evidence_on, opened
from backpack.publishing.works import work_on
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


@bp.get("/c/<token>/cover.webp")
@for_strangers
def cover(token: str) -> ResponseReturnValue:
    """The cover of a collection whose link is open."""
    with reading() as session:
        link = door(session, token, utcnow())
        collection = session.get(Collection, link.collection_id) if link.collection_id else None
        key = collection.picture if collection else None
    if key is None:
        raise NotFound
    return Response(wired().storage.read(key), mimetype=MEDIA_TYPE)


@bp.get("/p/<token>/evidence/<named>", defaults={"kind": "evidence"})
@bp.get("/c/<token>/works/<named>", defaults={"kind": "work"})
@for_strangers
def file(token: str, kind: str, named: str) -> ResponseReturnValue:
    """A file that its owner shows through this link, to be kept, or played a part at a time. `kind`: evidence behind a
    badge, or a work that stands in a collection by itself."""
    return sent(for_others(_shown_file(token, kind, named)))


@bp.get("/p/<token>/evidence/<named>/picture", defaults={"kind": "evidence"})
@bp.get("/c/<token>/works/<named>/picture", defaults={"kind": "work"})
@for_strangers
def file_picture(token: str, kind: str, named: str) -> ResponseReturnValue:
    """A picture that its owner shows through this link, made anew without hidden data."""
    kept = _shown_file(token, kind, named)
    if kept.clean_key is None:
        raise NotFound
    return sent(for_others(kept, inline=True))


@bp.get("/p/<token>/evidence/<named>/preview", defaults={"kind": "evidence"})
@bp.get("/c/<token>/works/<named>/preview", defaults={"kind": "work"})
@for_strangers
def file_preview(token: str, kind: str, named: str) -> ResponseReturnValue:
    """The small picture of a file that its owner shows through this link."""
    return sent(preview_of(_shown_file(token, kind, named)))


def _shown_file(token: str, kind: str, named: str) -> ArtefactFile:
    """The file behind what stands on the page of an open link. Asked anew for every byte that is sent."""
    with reading() as session:
        link = door(session, token, utcnow())
        work = (evidence_on if kind == "evidence" else work_on)(session, link, named).artefact
        kept = newest(work)
    if kept is None:
        raise NotFound
    return kept
