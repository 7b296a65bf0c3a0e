"""What a collection's page holds besides badges: its cover, and the works that stand in it by themselves."""

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
from backpack.publishing.views.blueprint import bp
from backpack.publishing.views.opening import door
from backpack.publishing.works import work_on
from backpack.web.strangers import for_strangers
from backpack.wiring import wired


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


@bp.get("/c/<token>/works/<work_id>")
@for_strangers
def work_file(token: str, work_id: str) -> ResponseReturnValue:
    """A file of a work that its owner shows through this link, to be kept."""
    return sent(for_others(_file(token, work_id)))


@bp.get("/c/<token>/works/<work_id>/picture")
@for_strangers
def work_picture(token: str, work_id: str) -> ResponseReturnValue:
    """A picture of it, to be looked at."""
    kept = _file(token, work_id)
    if kept.clean_key is None:
        raise NotFound
    return sent(for_others(kept, inline=True))


@bp.get("/c/<token>/works/<work_id>/preview")
@for_strangers
def work_preview(token: str, work_id: str) -> ResponseReturnValue:
    """The small picture of it, inside the page."""
    return sent(preview_of(_file(token, work_id)))


def _file(token: str, work_id: str) -> ArtefactFile:
    with reading() as session:
        kept = newest(work_on(session, door(session, token, utcnow()), work_id).artefact)
    if kept is None:
        raise NotFound
    return kept
