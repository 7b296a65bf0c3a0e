"""The way from the first page to the living example."""

from __future__ import annotations

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from backpack.accounts.models import Person
from backpack.database import reading, utcnow
from backpack.errors import NotFound
from backpack.publishing.links import is_open, token_of
from backpack.publishing.models import ShareLink
from backpack.web.strangers import for_strangers
from backpack.wiring import wired

bp = Blueprint("demo", __name__)


@bp.get("/exemple")
@for_strangers
def example() -> ResponseReturnValue:
    """To the collection that Camille publishes, as a recruiter sees it."""
    settings = wired().settings
    if not settings.demo:
        raise NotFound
    query = select(ShareLink).join(Person, Person.id == ShareLink.person_id)
    with reading() as session:
        opened = query.where(Person.is_demo, ShareLink.collection_id.is_not(None), *is_open(utcnow()))
        link = session.scalar(opened.order_by(ShareLink.id).limit(1))
    if link is None:
        raise NotFound
    return redirect(url_for("publishing.collection_page", token=token_of(link, settings.secret_key)), 303)
