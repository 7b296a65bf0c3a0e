"""A collection's cover, and the works in it, for its owner."""

from __future__ import annotations

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import login_required

from backpack.accounts.presence import current_person
from backpack.badges.handlers import let_go
from backpack.collections import covers
from backpack.collections.forms import one_line
from backpack.collections.queries import own_collection, work_in
from backpack.collections.views.blueprint import bp
from backpack.collections.views.editor import editor_page, form_of
from backpack.database import reading, transaction
from backpack.errors import BackpackError, NotFound
from backpack.evidence.serving import for_others, for_owner
from backpack.evidence.views.files import sent
from backpack.publishing.works import newest_file
from backpack.web.errors import status_of
from backpack.web.incoming import takes
from backpack.web.wording import sentence
from backpack.wiring import wired


@bp.post("/collections/<public_id>/cover")
@login_required
@takes(lambda settings: covers.MEGABYTES_MOST + 1)
def put_cover(public_id: str) -> ResponseReturnValue:
    """A new cover, other words for the one that is there, or none."""
    person, words = current_person(), one_line(request.form.get("picture_words"))[: covers.WORDS_MOST]
    with reading() as session:
        key = own_collection(session, person.id, public_id).picture
    if request.form.get("do") == "remove":
        key = None
    elif (sent := request.files.get("cover")) is not None and sent.filename:
        try:
            picture = covers.made_ready(sent.read())
        except BackpackError as error:
            return _refused(public_id, error), status_of(error)
        key = wired().storage.put(person.public_id, picture)
    with transaction() as session:
        gone = covers.put(session, own_collection(session, person.id, public_id), key, words)
    let_go(wired(), gone)
    flash(_("Saved."))
    return redirect(url_for("collections.edit", public_id=public_id) + "#cover", 303)


@bp.get("/collections/<public_id>/cover.webp")
@login_required
def cover(public_id: str) -> ResponseReturnValue:
    with reading() as session:
        key = own_collection(session, current_person().id, public_id).picture
    if key is None:
        raise NotFound
    return Response(wired().storage.read(key), mimetype=covers.MEDIA_TYPE)


@bp.get("/collections/<public_id>/works/<work_id>")
@login_required
def work_file(public_id: str, work_id: str) -> ResponseReturnValue:
    """The original of a work in this collection."""
    return _sent(public_id, work_id, clean=False)


@bp.get("/collections/<public_id>/works/<work_id>/picture")
@login_required
def work_picture(public_id: str, work_id: str) -> ResponseReturnValue:
    """Its clean picture, to be shown in a page of its owner."""
    return _sent(public_id, work_id, clean=True)


def _sent(public_id: str, work_id: str, *, clean: bool) -> Response:
    with reading() as session:
        kept = newest_file(work_in(session, own_collection(session, current_person().id, public_id), work_id))
    if kept is None or (clean and kept.clean_key is None):
        raise NotFound
    return sent(for_others(kept, inline=True) if clean else for_owner(kept))


def _refused(public_id: str, error: BackpackError) -> str:
    with reading() as session:
        collection = own_collection(session, current_person().id, public_id)
        return editor_page(session, collection, form_of(session, collection), cover_fault=sentence(error))
