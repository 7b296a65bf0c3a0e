"""What can be taken from a CV: the picture of a page, the PDF without and with its badges, JSON Resume."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from flask import Response, jsonify
from flask.typing import ResponseReturnValue
from flask_login import login_required

from backpack.cv.desk import Desk, originals, page_of
from backpack.cv.pdf import file_name, pdf, pictures
from backpack.cv.resume import json_resume
from backpack.cv.views.blueprint import bp, own_desk
from backpack.database import utcnow
from backpack.errors import NotFound
from backpack.evidence.filenames import disposition
from backpack.wiring import wired


@bp.get("/cv/<public_id>/page-<int:number>.png")
@login_required
def preview(public_id: str, number: int) -> ResponseReturnValue:
    """A page of the PDF as a picture."""
    now = utcnow()
    drawn = pictures(page_of(own_desk(public_id), wired().settings, now), now)
    if not 1 <= number <= len(drawn):
        raise NotFound
    return Response(drawn[number - 1], mimetype="image/png")


@bp.get("/cv/<public_id>/pdf")
@login_required
def plain_pdf(public_id: str) -> ResponseReturnValue:
    """The PDF, without attachments: every application portal takes it."""
    desk, now = own_desk(public_id), utcnow()
    return _pdf(desk, pdf(page_of(desk, wired().settings, now), now), "")


@bp.get("/cv/<public_id>/pdf-with-badges")
@login_required
def pdf_with_badges(public_id: str) -> ResponseReturnValue:
    """The same PDF with the original badges inside."""
    desk, now, wiring = own_desk(public_id), utcnow(), wired()
    return _pdf(desk, pdf(page_of(desk, wiring.settings, now, originals(desk, wiring.storage)), now), "_badges")


@bp.get("/cv/<public_id>/resume.json")
@login_required
def resume(public_id: str) -> ResponseReturnValue:
    """The CV as JSON Resume."""
    desk, now, settings = own_desk(public_id), utcnow(), wired().settings
    response = jsonify(json_resume(desk.cv, desk.chosen, settings.public_url, now, ZoneInfo(settings.time_zone)))
    name = file_name(desk.cv.name, now).removesuffix(".pdf") + ".json"
    response.headers["Content-Disposition"] = disposition(name)
    return response


def _pdf(desk: Desk, data: bytes, ending: str) -> Response:
    response = Response(data, mimetype="application/pdf")
    name = file_name(desk.cv.name, utcnow()).removesuffix(".pdf") + ending + ".pdf"
    response.headers["Content-Disposition"] = disposition(name)
    return response
