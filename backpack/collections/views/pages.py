"""A person's collections: all of them, a new one, and taking one away so that it can be put back for a moment."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import login_required

from backpack.accounts.presence import current_person
from backpack.badges.queries import badges_by_id
from backpack.badges.removals import take_out
from backpack.collections import arranging
from backpack.collections.arranging import TooManyCollections
from backpack.collections.forms import CollectionForm
from backpack.collections.queries import own_collection, own_collections
from backpack.collections.views.blueprint import bp
from backpack.cv.queries import cvs_naming
from backpack.database import reading, transaction, utcnow
from backpack.publishing import withdrawn
from backpack.publishing.queries import open_collections, open_links
from backpack.publishing.targets import targets_of
from backpack.web.wording import sentence


@bp.get("/collections")
@login_required
def all() -> ResponseReturnValue:  # noqa: A001 - the endpoint's name, as the navigation knows it
    """All collections of a person."""
    person = current_person()
    with reading() as session:
        collections = own_collections(session, person.id)
        firsts = {one.id: next((item.badge_id for item in one.items if item.badge_id), None) for one in collections}
        badges = badges_by_id(session, {one for one in firsts.values() if one})
        is_open = open_collections(session, person.id, utcnow())
    return render_template(
        "collections/all.html", collections=collections, firsts=firsts, badges=badges, is_open=is_open
    )


@bp.route("/collections/new", methods=["GET", "POST"])
@login_required
def new() -> ResponseReturnValue:
    """A title and a story; badges and works come next."""
    person = current_person()
    form = CollectionForm(data={"language": person.language} if request.method == "GET" else None).offer(())
    if request.method == "GET":
        return render_template("collections/new.html", form=form)
    if not form.validate():
        return render_template("collections/new.html", form=form), 422
    try:
        with transaction() as session:
            public_id = arranging.begin(session, person.id, form.wording(), utcnow()).public_id
    except TooManyCollections as error:
        form.title.errors = [sentence(error)]
        return render_template("collections/new.html", form=form), 422
    flash(_("Saved. Choose what belongs together."))
    return redirect(url_for("collections.edit", public_id=public_id) + "#add", 303)


@bp.get("/collections/<public_id>/remove")
@login_required
def remove(public_id: str) -> ResponseReturnValue:
    """What removing a collection would close and change, before it is done."""
    with reading() as session:
        collection = own_collection(session, current_person().id, public_id)
        pages = targets_of(session, open_links(session, utcnow(), collection_id=collection.id))
        cvs = cvs_naming(session, collection.id)
    return render_template("collections/remove.html", collection=collection, pages=pages, cvs=cvs)


@bp.post("/collections/<public_id>/remove")
@login_required
def remove_it(public_id: str) -> ResponseReturnValue:
    """Remove a collection with its links and their printed codes; it can be put back for a moment, and they with it.
    Its badges and works stay."""
    person = current_person()
    with transaction() as session:
        collection = own_collection(session, person.id, public_id)
        title, back = collection.title, url_for("collections.edit", public_id=public_id)
        removal = take_out(session, collection, person_id=person.id, title=title, back=back, now=utcnow())
        undo = url_for("badges.put_it_back", public_id=removal.public_id)
    flash(_("Removed: “%(title)s”. Its badges are still yours.", title=title), f"undo {undo}")
    return redirect(url_for("collections.all"), 303)


@bp.post("/collections/<public_id>/lines")
@login_required
def take_lines_away(public_id: str) -> ResponseReturnValue:
    """Leave no trace of removed badges on this collection's pages."""
    with transaction() as session:
        withdrawn.take_lines_away(session, own_collection(session, current_person().id, public_id))
    flash(_("Done: the page no longer says that a badge was withdrawn."))
    return redirect(url_for("collections.edit", public_id=public_id), 303)
