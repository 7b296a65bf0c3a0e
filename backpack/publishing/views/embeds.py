"""Pages for frames on other sites, the only ones that may be framed; and oEmbed (JSON), which says how to."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from flask import jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import escape
from sqlalchemy.orm import Session

from backpack.archive.refreshing import to_come
from backpack.badges.judging import wanted_by
from backpack.database import reading, utcnow
from backpack.errors import NotFound
from backpack.publishing.glimpses import Glimpse
from backpack.publishing.models import ShareLink
from backpack.publishing.passphrases import Locked
from backpack.publishing.views.blueprint import PublicAddresses, address_of, bp, token
from backpack.publishing.views.opening import address_of_badge, card_tags, opened
from backpack.publishing.views.showing import Made, glimpse, link_page
from backpack.web.errors import answer as error_answer
from backpack.web.headers import embeddable
from backpack.web.strangers import for_machines, for_strangers
from backpack.wiring import wired

WIDTH: Final = 480
ONE_BADGE: Final = 190
"""Pixels that the frame of one badge needs."""
MOST_HEIGHT: Final = 640
OURS: Final = re.compile(r"/(?:p|c)/([a-z2-7]{32})(?:/([0-9a-f]{20}))?/?")


@bp.get("/embed/<token>")
@bp.get("/embed/<token>/<badge_id>")
@for_strangers
def embed(token: str, badge_id: str | None = None) -> ResponseReturnValue:
    """The badges of a link, small and read-only, with the way to the whole page."""
    seen = glimpse(token, utcnow())
    if seen.passphrase_hash is not None or (seen.badge_id is None and seen.collection_id is None):
        raise NotFound  # a frame is no place to ask for a passphrase

    def make(session: Session, now: datetime) -> Made:
        page = opened(session, token, now, only=badge_id)
        reports = [one.report for one in page.sheet.badges]
        body = render_template(
            "publishing/embed.html",
            sheet=page.sheet,
            addresses=PublicAddresses(token),
            address=address_of_badge(page) if badge_id else address_of(page.link),
            start=wired().settings.public_url,
        )
        return Made(body=body, reports=reports, waiting=bool(to_come(session, wanted_by(reports), now)))

    return embeddable(link_page(seen, make, utcnow(), counts=False), wired().settings)


@bp.get("/oembed")
@for_machines
def oembed() -> ResponseReturnValue:
    """What a site needs to show one of our pages (oEmbed 1.0, rich type). Only JSON is spoken."""
    if request.args.get("format", "json") != "json":
        return error_answer(501, "only-json", "JSON")
    seen, name, badge_id = _asked_for(request.args.get("url", ""))
    with reading() as session:
        page = opened(session, name, utcnow(), only=badge_id)
        tags = card_tags(page)
    width = min(max(request.args.get("maxwidth", WIDTH, int), 200), WIDTH)
    height = min(max(request.args.get("maxheight", MOST_HEIGHT, int), 120), _height(len(page.sheet.badges)))
    title = page.sheet.title
    said = {
        "version": "1.0",
        "type": "rich",
        "title": title,
        "provider_name": "Backpack",
        "provider_url": wired().settings.public_url,
        "cache_age": 300,
        "width": width,
        "height": height,
        "html": frame(seen, title, badge_id, width, height),
        "thumbnail_url": tags["picture"],
        "thumbnail_width": tags["width"],
        "thumbnail_height": tags["height"],
        **({"author_name": page.sheet.holder} if page.sheet.holder else {}),
    }
    response = jsonify(said)
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _asked_for(url: str) -> tuple[Glimpse, str, str | None]:
    """The open link that an address of ours leads to. Raises NotFound, Gone, and Locked."""
    start = wired().settings.public_url
    found = OURS.fullmatch(url.removeprefix(start).partition("?")[0]) if url.startswith(start) else None
    if found is None:
        raise NotFound
    seen = glimpse(found[1], utcnow())
    if seen.passphrase_hash is not None:
        raise Locked
    if found[2] is None and seen.badge_id is None and seen.collection_id is None:
        raise NotFound
    return seen, found[1], found[2]


def frame_of(link: ShareLink, title: str) -> str | None:
    """The code to paste into another site; None where there is nothing to frame."""
    if link.passphrase_hash is not None or (link.badge_id is None and link.collection_id is None):
        return None
    return frame(link, title, None, WIDTH, _height(1 if link.badge_id is not None else 3))


def frame(link: ShareLink | Glimpse, title: str, badge_id: str | None, width: int, height: int) -> str:
    """The frame as HTML. It runs nothing, sends nothing, and only opens what its reader clicks."""
    source = wired().settings.public_url + url_for("publishing.embed", token=token(link), badge_id=badge_id)
    return (
        f'<iframe src="{escape(source)}" width="{width}" height="{height}" title="{escape(title)}" loading="lazy"'
        ' referrerpolicy="no-referrer" sandbox="allow-same-origin allow-popups allow-popups-to-escape-sandbox"'
        ' style="border:0;max-width:100%"></iframe>'
    )


def _height(badges: int) -> int:
    return min(max(badges, 1) * ONE_BADGE, MOST_HEIGHT)
