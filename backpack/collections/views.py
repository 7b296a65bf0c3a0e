"""A person's collections and their editor: one form, whose buttons also save what was typed. No script is needed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import login_required
from sqlalchemy.orm import Session

from backpack.accounts.presence import current_person
from backpack.badges.models import Badge
from backpack.badges.queries import badges_by_id, own_badges
from backpack.collections import arranging
from backpack.collections.arranging import WORDS_MOST, EditedElsewhere
from backpack.collections.forms import CollectionForm
from backpack.collections.models import Collection
from backpack.collections.queries import own_collection, own_collections
from backpack.database import reading, transaction, utcnow
from backpack.publishing.queries import open_links, shown_badges
from backpack.publishing.targets import targets_of

bp = Blueprint("collections", __name__)
Words = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A badge at its place in the editor."""

    badge: Badge
    words: str
    fault: str | None
    is_unseen: bool
    """Whether an open page of this collection does not show it."""


@bp.get("/collections")
@login_required
def all() -> ResponseReturnValue:  # noqa: A001 - the endpoint's name, as the navigation knows it
    """All collections of a person."""
    now = utcnow()
    with reading() as session:
        collections = own_collections(session, current_person().id)
        ids = {item.badge_id for one in collections for item in one.items}
        badges = badges_by_id(session, ids)
        links = {one.id: len(open_links(session, now, collection_id=one.id)) for one in collections}
    return render_template("collections/all.html", collections=collections, badges=badges, links=links)


@bp.route("/collections/new", methods=["GET", "POST"])
@login_required
def new() -> ResponseReturnValue:
    """A title and a story; badges come next."""
    person = current_person()
    form = CollectionForm(data={"language": person.language} if request.method == "GET" else None)
    if request.method == "GET":
        return render_template("collections/new.html", form=form)
    if not form.validate():
        return render_template("collections/new.html", form=form), 422
    with transaction() as session:
        public_id = arranging.begin(session, person.id, form.wording(), utcnow()).public_id
    flash(_("Saved. Choose the badges that belong together."))
    return redirect(url_for("collections.edit", public_id=public_id) + "#add", 303)


@bp.get("/collections/<public_id>/edit")
@login_required
def edit(public_id: str) -> ResponseReturnValue:
    """The editor."""
    with reading() as session:
        collection = own_collection(session, current_person().id, public_id)
        form = CollectionForm(
            data={"title": collection.title, "story": collection.story, "language": collection.language}
        )
        return _editor(session, collection, form)


@bp.post("/collections/<public_id>/edit")
@login_required
def change(public_id: str) -> ResponseReturnValue:
    """Save what was typed and do what the button says: up, down, place, remove, add, or nothing more."""
    form = CollectionForm()
    typed = {name.removeprefix("words-"): value for name, value in request.form.items() if name.startswith("words-")}
    words = {badge: value.replace("\r\n", "\n").strip() for badge, value in typed.items()}
    faults = {
        badge: _("At most %(max)d characters. Shorten it and save again.", max=WORDS_MOST)
        for badge, value in words.items()
        if len(value) > WORDS_MOST
    }
    good = form.validate()
    if faults or not good:
        with reading() as session:
            collection = own_collection(session, current_person().id, public_id)
            return _editor(session, collection, form, words=words, faults=faults), 422
    try:
        with transaction() as session:
            collection = own_collection(session, current_person().id, public_id)
            arranging.claim(session, collection, _number(request.form.get("revision")), utcnow())
            where = _do(session, collection, form, words)
    except EditedElsewhere as error:
        with reading() as session:
            collection = own_collection(session, current_person().id, public_id)
            return _editor(session, collection, form, words=words, conflict=error), 409
    return redirect(url_for("collections.edit", public_id=public_id) + where, 303)


@bp.get("/collections/<public_id>/remove")
@login_required
def remove(public_id: str) -> ResponseReturnValue:
    """What removing a collection would close, before it is done."""
    with reading() as session:
        collection = own_collection(session, current_person().id, public_id)
        pages = targets_of(session, open_links(session, utcnow(), collection_id=collection.id))
    return render_template("collections/remove.html", collection=collection, pages=pages)


@bp.post("/collections/<public_id>/remove")
@login_required
def remove_it(public_id: str) -> ResponseReturnValue:
    with transaction() as session:
        collection = own_collection(session, current_person().id, public_id)
        title = collection.title
        arranging.remove(session, collection)
    flash(_("Removed: “%(title)s”. Its badges are still yours.", title=title))
    return redirect(url_for("collections.all"), 303)


def _do(session: Session, collection: Collection, form: CollectionForm, words: Words) -> str:
    """Save, act, say what happened; the place on the page to come back to."""
    badges = {badge.public_id: badge for badge in own_badges(session, collection.person_id)}
    numbered = {badges[one].id: value for one, value in words.items() if one in badges}
    arranging.write(collection, form.wording(numbered))
    act, _colon, named = request.form.get("do", "save").partition(":")
    badge = badges.get(named)
    if act == "add":
        chosen = [badges[one] for one in request.form.getlist("add") if one in badges]
        count = arranging.add(collection, chosen)
        flash(ngettext("%(num)d badge added.", "%(num)d badges added.", count))
        return "#badges"
    if badge is None:
        flash(_("Saved."))
        return ""
    if act == "remove":
        arranging.drop(collection, badge.id)
        flash(_("“%(name)s” was taken out. The badge itself is still yours.", name=badge.name))
        return "#badges"
    at = {
        "up": lambda: arranging.step(collection, badge.id, -1),
        "down": lambda: arranging.step(collection, badge.id, 1),
        "place": lambda: arranging.place(collection, badge.id, _number(request.form.get(f"place-{named}")) - 1),
    }.get(act, lambda: None)()
    if at is not None:
        total = len(collection.items)
        flash(_("“%(name)s”, position %(at)s of %(total)s.", name=badge.name, at=at + 1, total=total))
    return f"#badge-{badge.public_id}"


def _editor(
    session: Session,
    collection: Collection,
    form: CollectionForm,
    *,
    words: Words | None = None,
    faults: Words | None = None,
    conflict: EditedElsewhere | None = None,
) -> str:
    badges = {badge.id: badge for badge in own_badges(session, collection.person_id)}
    links = open_links(session, utcnow(), collection_id=collection.id)
    seen = [shown_badges(session, link.id) for link in links]
    rows: Sequence[Row] = [
        Row(
            badge=badges[item.badge_id],
            words=(words or {}).get(badges[item.badge_id].public_id, item.words),
            fault=(faults or {}).get(badges[item.badge_id].public_id),
            is_unseen=any(item.badge_id not in one for one in seen),
        )
        for item in collection.items
        if item.badge_id in badges
    ]
    there = {row.badge.id for row in rows}
    return render_template(
        "collections/edit.html",
        collection=collection,
        form=form,
        rows=rows,
        others=[badge for badge in badges.values() if badge.id not in there],
        links=links,
        conflict=conflict,
        words_most=WORDS_MOST,
    )


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 9 else 0
