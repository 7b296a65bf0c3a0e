"""The pages that belong to no slice: the first page, help, accessibility, privacy; and static files."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Blueprint, Response, jsonify, make_response, render_template
from flask.typing import ResponseReturnValue

from backpack.database import reading
from backpack.web.headers import cacheable, indexable
from backpack.web.static import static_file as static_file_view
from backpack.web.strangers import for_machines, for_strangers
from backpack.wiring import wired

bp = Blueprint("web", __name__)
FIVE_MINUTES = 300


@bp.get("/static/<path:address>")
@for_strangers
def static_file(address: str) -> ResponseReturnValue:
    return static_file_view(address)


@bp.get("/")
@for_strangers
def landing() -> ResponseReturnValue:
    """What this is, the living example, and a form that checks any badge."""
    page = render_template("web/landing.html", demo=wired().settings.demo)
    return indexable(cacheable(make_response(page), FIVE_MINUTES))


@bp.get("/aide")
@for_strangers
def help_page() -> ResponseReturnValue:
    """What a badge is, what the states mean, where to find one's files."""
    return indexable(cacheable(make_response(render_template("web/help.html")), FIVE_MINUTES))


@bp.get("/accessibilite")
@for_strangers
def accessibility() -> ResponseReturnValue:
    """The state of accessibility, said as it is."""
    return indexable(cacheable(make_response(render_template("web/accessibility.html")), FIVE_MINUTES))


@bp.get("/vie-privee")
@for_strangers
def privacy() -> ResponseReturnValue:
    """What is kept about whom, and for how long."""
    return indexable(cacheable(make_response(render_template("web/privacy.html")), FIVE_MINUTES))


@bp.get("/healthz")
@for_machines
def health() -> ResponseReturnValue:
    """For whatever watches this process: it runs, and its database answers."""
    with reading() as session:
        session.execute(sa.text("SELECT 1"))
    return jsonify(status="ok")


@bp.get("/robots.txt")
@for_machines
def robots() -> ResponseReturnValue:
    """Robots may read everything; what they may list, each page says itself (a page they can't read could not)."""
    return cacheable(Response("User-agent: *\nDisallow:\n", mimetype="text/plain"), FIVE_MINUTES)
