"""What can be taken from a CV: the picture of a page, the PDF without and with its badges, JSON Resume."""

from __future__ import annotations

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from flask import Response, jsonify, render_template
from flask.typing import ResponseReturnValue
from flask_login import login_required

from backpack.cv.composing import Attached, Chosen, held_back
from backpack.cv.desk import Desk, originals, page_of
from backpack.cv.europass import MEDIA_TYPE, NAME, europass_xml
from backpack.cv.kit import badge_kit, open_links_of_badges, texts_of
from backpack.cv.pdf import file_name, pdf, pictures
from backpack.cv.plain import plain_text, vcard
from backpack.cv.resume import json_resume
from backpack.cv.standalone import whole_file
from backpack.cv.views.blueprint import bp, own_desk
from backpack.database import reading, utcnow
from backpack.errors import NotFound
from backpack.evidence.filenames import disposition
from backpack.publishing.models import ShareLink
from backpack.publishing.views.blueprint import PublicAddresses, address_of, token
from backpack.wiring import wired


@bp.get("/cv/<public_id>/page-<int:number>.png")
@login_required
def preview(public_id: str, number: int) -> ResponseReturnValue:
    """A page of the PDF as a picture."""
    now = utcnow()
    drawn = pictures(page_of(own_desk(public_id), wired().settings, now), now).pages
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


@bp.get("/cv/<public_id>/europass.xml")
@login_required
def europass(public_id: str) -> ResponseReturnValue:
    """The CV as the Europass editor reads it."""
    desk = own_desk(public_id)
    return _kept(desk, _europass(desk), MEDIA_TYPE, "_Europass.xml")


@bp.get("/cv/<public_id>/europass.pdf")
@login_required
def europass_pdf(public_id: str) -> ResponseReturnValue:
    """The PDF with the Europass document inside, which its editor reads too."""
    desk, now = own_desk(public_id), utcnow()
    inside = Attached(name=NAME, media_type=MEDIA_TYPE, description="Europass", data=_europass(desk))
    return _pdf(desk, pdf(page_of(desk, wired().settings, now, [inside]), now), "_Europass")


@bp.get("/cv/<public_id>/cv.txt")
@login_required
def text(public_id: str) -> ResponseReturnValue:
    """The CV as plain text, for a form's field."""
    desk = own_desk(public_id)
    return _kept(desk, plain_text(page_of(desk, wired().settings, utcnow()).data), "text/plain", ".txt")


@bp.get("/cv/<public_id>/contact.vcf")
@login_required
def card(public_id: str) -> ResponseReturnValue:
    """Its owner's card for an address book."""
    desk = own_desk(public_id)
    return _kept(desk, vcard(desk.cv), "text/vcard", ".vcf")


@bp.get("/cv/<public_id>/cv.html")
@login_required
def web_page(public_id: str) -> ResponseReturnValue:
    """The CV as one HTML file, with the marks of h-resume and schema.org, to be put on a site of one's own."""
    desk, settings = own_desk(public_id), wired().settings
    page = page_of(desk, settings, utcnow()).data
    return _kept(desk, whole_file(render_template("cv/standalone.html", cv=page), page), "text/html", ".html")


@bp.get("/cv/<public_id>/linkedin")
@login_required
def linkedin(public_id: str) -> ResponseReturnValue:
    """Everything to carry the CV to LinkedIn: its texts to paste, and a filled form for each badge."""
    desk = own_desk(public_id)
    with reading() as session:
        links = open_links_of_badges(session, [one.badge.id for one in desk.chosen], utcnow())
    zone = ZoneInfo(wired().settings.time_zone)
    shown = [one for one in desk.chosen if held_back(one.report) is None]
    kits = [badge_kit(one, _public_address(one, desk, links), zone) for one in shown]
    return render_template("cv/linkedin.html", cv=desk.cv, texts=texts_of(desk.cv), kits=kits)


def _public_address(one: Chosen, desk: Desk, links: Mapping[int, ShareLink]) -> str | None:
    """Where everybody sees this badge: by its own link, else on the CV's page; None while it is private."""
    if one.badge.id in links:
        return address_of(links[one.badge.id])
    if desk.link is None or one.badge.id not in desk.shown:
        return None
    return wired().settings.public_url + PublicAddresses(token(desk.link)).page(one.badge)


def _europass(desk: Desk) -> bytes:
    settings = wired().settings
    return europass_xml(desk.cv, desk.chosen, settings.public_url, ZoneInfo(settings.time_zone))


def _kept(desk: Desk, data: str | bytes, media_type: str, ending: str) -> Response:
    """A file to be kept, under the CV's name."""
    response = Response(data, mimetype=media_type)
    response.headers["Content-Disposition"] = disposition(
        file_name(desk.cv.name, utcnow()).removesuffix(".pdf") + ending
    )
    return response


def _pdf(desk: Desk, data: bytes, ending: str) -> Response:
    response = Response(data, mimetype="application/pdf")
    name = file_name(desk.cv.name, utcnow()).removesuffix(".pdf") + ending + ".pdf"
    response.headers["Content-Disposition"] = disposition(name)
    return response
