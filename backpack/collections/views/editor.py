"""The editor of a collection: one form, whose buttons also save what was typed. No script is needed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import login_required
from sqlalchemy.orm import Session

from backpack.accounts.presence import current_person
from backpack.badges.queries import badges_by_id, own_badges_named
from backpack.badges.views.blueprint import picture_address
from backpack.collections import arranging
from backpack.collections.arranging import WORDS_MOST, EditedElsewhere, TooManyItems
from backpack.collections.covers import MEGABYTES_MOST
from backpack.collections.covers import WORDS_MOST as COVER_WORDS_MOST
from backpack.collections.forms import CollectionForm
from backpack.collections.models import Collection, CollectionItem
from backpack.collections.queries import badges_outside, own_collection, works_by_id
from backpack.collections.views.blueprint import bp
from backpack.database import folded, reading, transaction, utcnow
from backpack.errors import BackpackError
from backpack.evidence.queries import own_works
from backpack.publishing.models import ShareLink
from backpack.publishing.queries import open_links, shown_badges
from backpack.publishing.withdrawn import has_lines
from backpack.publishing.works import has_picture, shown_works
from backpack.skills.coverage import frameworks
from backpack.web.wording import sentence

Words = Mapping[str, str]
OFFERED: Final = 60
"""Badges to add that one page offers; a search finds the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A badge or a work at its place in the editor. `id` is its random name."""

    id: str
    name: str
    about: str
    picture: str | None
    is_work: bool
    words: str
    fault: str | None
    is_unseen: bool
    """Whether an open page of this collection does not show it."""


@bp.get("/collections/<public_id>/edit")
@login_required
def edit(public_id: str) -> ResponseReturnValue:
    """The editor."""
    with reading() as session:
        collection = own_collection(session, current_person().id, public_id)
        return editor_page(session, collection, form_of(session, collection))


@bp.post("/collections/<public_id>/edit")
@login_required
def change(public_id: str) -> ResponseReturnValue:
    """Save what was typed and do what the button says: up, down, place, remove, add, or nothing more."""
    with reading() as session:
        form = CollectionForm().offer(offered_frames(session))
    typed = {name.removeprefix("words-"): value for name, value in request.form.items() if name.startswith("words-")}
    words = {named: value.replace("\r\n", "\n").strip() for named, value in typed.items()}
    faults = {
        named: _("At most %(max)d characters. Shorten it and save again.", max=WORDS_MOST)
        for named, value in words.items()
        if len(value) > WORDS_MOST
    }
    good = form.validate()
    if faults or not good:
        with reading() as session:
            collection = own_collection(session, current_person().id, public_id)
            return editor_page(session, collection, form, words=words, faults=faults), 422
    try:
        with transaction() as session:
            collection = own_collection(session, current_person().id, public_id)
            arranging.claim(session, collection, _number(request.form.get("revision")), utcnow())
            where = _do(session, collection, form, words)
    except (EditedElsewhere, TooManyItems) as error:
        with reading() as session:
            collection = own_collection(session, current_person().id, public_id)
            page = editor_page(session, collection, form, words=words, conflict=error)
        return page, 409 if isinstance(error, EditedElsewhere) else 422
    q = request.form.get("q", "")[:200] if request.form.get("do") == "find" else None
    return redirect(url_for("collections.edit", public_id=public_id, q=q) + where, 303)


def form_of(session: Session, collection: Collection) -> CollectionForm:
    """The form with what is kept."""
    kept = {name: getattr(collection, name) for name in ("title", "story", "language", "skills")}
    return CollectionForm(formdata=None, data=kept).offer(offered_frames(session))


def offered_frames(session: Session) -> list[tuple[str, str]]:
    """The frameworks that a table of skills may be about."""
    return [(one.public_id, one.name) for one in frameworks(session)]


def _do(session: Session, collection: Collection, form: CollectionForm, words: Words) -> str:
    """Save, act, say what happened; the place on the page to come back to."""
    names = _named(session, collection)
    numbered = {names[one][0].id: value for one, value in words.items() if one in names}
    arranging.write(collection, form.wording(numbered))
    act, _colon, named = request.form.get("do", "save").partition(":")
    if act == "add":
        return _add(session, collection)
    if act == "find":
        return "#add"
    if named not in names:
        flash(_("Saved."))
        return ""
    item, name = names[named]
    if act == "remove":
        arranging.drop(collection, item)
        flash(_("“%(name)s” was taken out. It is still yours.", name=name))
        return "#items"
    at = {
        "up": lambda: arranging.step(collection, item, -1),
        "down": lambda: arranging.step(collection, item, 1),
        "place": lambda: arranging.place(collection, item, _number(request.form.get(f"place-{named}")) - 1),
    }.get(act, lambda: None)()
    if at is not None:
        total = len(collection.items)
        flash(_("“%(name)s”, position %(at)s of %(total)s.", name=name, at=at + 1, total=total))
    return f"#item-{named}"


def _named(session: Session, collection: Collection) -> dict[str, tuple[CollectionItem, str]]:
    """What stands in the collection, by its random name: its place, and what it is called."""
    badges = badges_by_id(session, [item.badge_id for item in collection.items if item.badge_id])
    works = works_by_id(session, [item.artefact_id for item in collection.items if item.artefact_id])
    found: dict[str, tuple[CollectionItem, str]] = {}
    for item in collection.items:
        if item.badge_id in badges:
            found[badges[item.badge_id].public_id] = (item, badges[item.badge_id].name)
        elif item.artefact_id in works:
            found[works[item.artefact_id].public_id] = (item, works[item.artefact_id].title)
    return found


def _add(session: Session, collection: Collection) -> str:
    chosen = request.form.getlist("add")
    badges = own_badges_named(session, collection.person_id, chosen)
    works = [one for one in own_works(session, collection.person_id) if one.public_id in chosen]
    count = arranging.add(collection, badges, works)
    flash(
        _("Added: %(count)s.", count=count) if count else _("Tick what you want to add."), "done" if count else "info"
    )
    return "#items"


def editor_page(
    session: Session,
    collection: Collection,
    form: CollectionForm,
    *,
    words: Words | None = None,
    faults: Words | None = None,
    conflict: BackpackError | None = None,
    cover_fault: str | None = None,
) -> str:
    """The editor, with what was typed where something was wrong with it."""
    links = open_links(session, utcnow(), collection_id=collection.id)
    q = (request.args.get("q") or request.form.get("q") or "").strip()[:200]
    there = {item.artefact_id for item in collection.items}
    works = [one for one in own_works(session, collection.person_id) if one.id not in there]
    others, more = badges_outside(session, collection, folded(q).split(), OFFERED)
    return render_template(
        "collections/edit.html",
        collection=collection,
        form=form,
        rows=_rows(session, collection, links, words or {}, faults or {}),
        q=q,
        others=others,
        more=more,
        works=[one for one in works if all(word in folded(one.title) for word in folded(q).split())],
        links=links,
        has_lines=has_lines(session, links),
        conflict=conflict,
        conflict_words=sentence(conflict) if conflict else "",
        is_stale=isinstance(conflict, EditedElsewhere),
        words_most=WORDS_MOST,
        cover_fault=cover_fault,
        cover_words_most=COVER_WORDS_MOST,
        most_mb=MEGABYTES_MOST,
    )


def _rows(
    session: Session, collection: Collection, links: Sequence[ShareLink], words: Words, faults: Words
) -> list[Row]:
    seen = [(shown_badges(session, link.id), shown_works(session, link.id)) for link in links]
    badges = badges_by_id(session, [item.badge_id for item in collection.items if item.badge_id])
    works = works_by_id(session, [item.artefact_id for item in collection.items if item.artefact_id])
    rows = []
    for item in collection.items:
        if item.badge_id in badges:
            badge = badges[item.badge_id]
            named, name, about, picture = badge.public_id, badge.name, badge.issuer_name, picture_address(badge)
        elif item.artefact_id in works:
            work = works[item.artefact_id]
            named, name, about, picture = work.public_id, work.title, str(_("One of your works")), None
            if has_picture(work):
                picture = url_for("evidence.work_preview", public_id=named)
        else:
            continue
        rows.append(
            Row(
                id=named,
                name=name,
                about=about,
                picture=picture,
                is_work=item.badge_id is None,
                words=words.get(named, item.words),
                fault=faults.get(named),
                is_unseen=any(item.badge_id not in some and item.artefact_id not in others for some, others in seen),
            )
        )
    return rows


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 9 else 0
