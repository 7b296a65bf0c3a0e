"""A badge's own files: the picture made for display, and the originals, for its owner only."""

from __future__ import annotations

from typing import Final

from flask import Response, render_template
from flask.typing import ResponseReturnValue
from flask_login import login_required

from backpack.accounts.presence import current_person
from backpack.badges.models import Badge
from backpack.badges.preserving import proof_bundle
from backpack.badges.queries import own_badge
from backpack.badges.views.blueprint import bp
from backpack.database import reading, utcnow
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


@bp.get("/badges/<public_id>/proof.zip")
@login_required
def proof(public_id: str) -> ResponseReturnValue:
    """The badge, what its issuer said and the verdict, to be kept and judged again without anybody's server."""
    now = utcnow()
    with reading() as session:
        badge = own_badge(session, current_person().id, public_id)
        words = render_template("badges/proof.txt", name=badge.name, now=now).strip() + "\n"
        data = proof_bundle(session, badge, _originals(badge), words, wired().settings, now)
    return _sent(data, "application/zip", disposition(f"{badge.name or 'badge'} proof.zip"))


def _originals(badge: Badge) -> dict[str, bytes]:
    kept = wired().storage
    return {f"original-{n}.{one.container}": kept.read(one.storage_key) for n, one in enumerate(badge.files, 1)}


def _file(key: str, media_type: str, how: str) -> Response:
    try:
        return _sent(wired().storage.read(key), media_type, how)
    except FileNotFoundError as error:
        raise NotFound from error


def _sent(data: bytes, media_type: str, how: str) -> Response:
    response = Response(data)
    response.headers.update(
        {
            "Content-Type": media_type,
            "Content-Disposition": how,
            "Content-Security-Policy": POLICY,
            "X-Content-Type-Options": "nosniff",
        }
    )
    return response
