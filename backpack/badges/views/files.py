"""A badge's own files: the picture made for display, and the originals, for its owner only."""

from __future__ import annotations

from typing import Final

from flask import Response
from flask.typing import ResponseReturnValue
from flask_login import login_required

from backpack.accounts.presence import current_person
from backpack.badges.queries import own_badge
from backpack.badges.views.blueprint import bp
from backpack.database import reading
from backpack.errors import NotFound
from backpack.evidence.filenames import disposition
from backpack.wiring import wired

POLICY: Final = "default-src 'none'; sandbox"
TYPES: Final = {
    "png": "image/png",
    "svg": "image/svg+xml",
    "pdf": "application/pdf",
    "json": "application/json",
    "jwt": "text/plain; charset=utf-8",
}


@bp.get("/badges/<public_id>/picture.png")
@login_required
def picture(public_id: str) -> ResponseReturnValue:
    """The picture made anew for display: nothing that was baked into the original is in it."""
    with reading() as session:
        badge = own_badge(session, current_person().id, public_id)
    if badge.picture is None:
        raise NotFound
    response = _file(badge.picture, "image/png", disposition("badge.png", inline=True))
    response.headers["Cache-Control"] = "private, max-age=300"
    return response


@bp.get("/badges/<public_id>/original/<int:number>")
@login_required
def original(public_id: str, number: int = 1) -> ResponseReturnValue:
    """The file as it came, to the byte: to be kept, never shown as a page of ours."""
    with reading() as session:
        badge = own_badge(session, current_person().id, public_id)
    if not 1 <= number <= len(badge.files):
        raise NotFound
    file = badge.files[number - 1]
    return _file(file.storage_key, TYPES.get(file.container, "application/octet-stream"), disposition(file.filename))


def _file(key: str, media_type: str, how: str) -> Response:
    try:
        response = Response(wired().storage.read(key))
    except FileNotFoundError as error:
        raise NotFound from error
    response.headers.update(
        {
            "Content-Type": media_type,
            "Content-Disposition": how,
            "Content-Security-Policy": POLICY,
            "X-Content-Type-Options": "nosniff",
        }
    )
    return response
