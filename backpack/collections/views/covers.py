"""A collection's cover, and the works in it, for its owner."""

from __future__ import annotations

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import login_required

from backpack.accounts.presence import current_person
from backpack.badges.handlers import let_go
from backpack.badges.holding import gone
from backpack.collections import covers
from backpack.collections.queries import own_collection
from backpack.collections.views.blueprint import bp
from backpack.collections.views.editor import editor_page, form_of
from backpack.database import reading, transaction
from backpack.errors import BackpackError, NotFound
from backpack.web.errors import status_of
from backpack.web.forms import one_line
from backpack.web.incoming import takes
from backpack.web.wording import sentence
from backpack.wiring import wired


@bp.post("/collections/<public_id>/cover")
@login_required
@takes(lambda settings: covers.MEGABYTES_MOST + 1)
def put_cover(public_id: str) -> ResponseReturnValue:
    """A new cover, other words for the one that is there, or none."""
    person, words = current_person(), one_line(request.form.get("picture_words"))[: covers.WORDS_MOST]
    picture = None
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
        if picture and key and gone(session, wired().storage, person.id, [key]):
            wired().storage.put(person.public_id, picture)
        spare = covers.put(session, own_collection(session, person.id, public_id), key, words)
    let_go(wired(), spare)
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


def _refused(public_id: str, error: BackpackError) -> str:
    with reading() as session:
        collection = own_collection(session, current_person().id, public_id)
        return editor_page(session, collection, form_of(session, collection), cover_fault=sentence(error))
