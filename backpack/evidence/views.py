"""A badge's evidence: adding, changing, ordering, hiding and removing it, and its owner's files."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import login_required

from backpack.accounts.presence import current_person
from backpack.badges import queries as badges
from backpack.badges.queries import own_badge
from backpack.database import reading, transaction, utcnow
from backpack.errors import BackpackError, NotFound
from backpack.evidence import adding, queries
from backpack.evidence.forms import FORMS, FileForm, LinkForm, TextForm, WorkForm, edit_form
from backpack.evidence.kinds import KINDS, family_of, label_of
from backpack.evidence.models import Evidence
from backpack.evidence.serving import for_others, for_owner
from backpack.evidence.writing import page_text
from backpack.publishing.queries import links_showing_evidence
from backpack.publishing.targets import Target, targets_of
from backpack.web.errors import status_of
from backpack.web.incoming import takes
from backpack.web.wording import sentence
from backpack.wiring import wired

bp = Blueprint("evidence", __name__)
bp.add_app_template_filter(page_text)
bp.add_app_template_global(queries.file_of)
bp.add_app_template_global(label_of)
bp.add_app_template_global(family_of)


@bp.get("/badges/<public_id>/evidence/add")
@login_required
def add(public_id: str) -> ResponseReturnValue:
    """The forms for a file, a link and a text."""
    kind = request.args.get("kind", "file")
    if kind not in FORMS:
        raise NotFound
    return _add_page(public_id, kind, FORMS[kind]())


@bp.post("/badges/<public_id>/evidence/add")
@login_required
@takes(lambda settings: settings.max_artefact_mb + 1)
def add_one(public_id: str) -> ResponseReturnValue:
    kind = request.args.get("kind", "file")
    if kind not in FORMS:
        raise NotFound
    form = FORMS[kind]()
    if not form.validate():
        return _add_page(public_id, kind, form), 422
    try:
        one = _added(public_id, form)
    except BackpackError as error:
        if isinstance(error, NotFound):
            raise
        _tell(form, error)
        return _add_page(public_id, kind, form), status_of(error)
    flash(_("Added: “%(title)s”. It is private until you publish it with the badge.", title=one.artefact.title))
    return redirect(_back(public_id), 303)


@bp.get("/evidence/<public_id>/edit")
@login_required
def edit(public_id: str) -> ResponseReturnValue:
    """What its owner says of a work, to be changed."""
    with reading() as session:
        one = queries.own_evidence(session, current_person().id, public_id)
        work = one.artefact
        form = edit_form(
            work.kind,
            data={"title": work.title, "made_on": work.made_on, "words": one.words, "url": work.url}
            | {"text": work.text},
        )
        return _edit_page(one, form, _badge_of(one))


@bp.post("/evidence/<public_id>/edit")
@login_required
def change(public_id: str) -> ResponseReturnValue:
    with transaction() as session:
        one = queries.own_evidence(session, current_person().id, public_id)
        form = edit_form(one.artefact.kind)
        badge = _badge_of(one)
        if not form.validate():
            return _edit_page(one, form, badge), 422
        address = form.url.data if isinstance(form, LinkForm) else None
        text = form.text.data if isinstance(form, TextForm) else None
        try:
            adding.reword(session, one, form.wording(), address=address, text=text)
        except adding.NotALink as error:
            _tell(form, error)
            session.rollback()
            return _edit_page(one, form, badge), 422
    flash(_("Saved."))
    return redirect(_back(badge), 303)


@bp.post("/evidence/<public_id>/move")
@login_required
def move(public_id: str) -> ResponseReturnValue:
    """One place up or down behind its badge."""
    by = {"up": -1, "down": 1}.get(request.form.get("to", ""), 0)
    with transaction() as session:
        one = queries.own_evidence(session, current_person().id, public_id)
        at, badge = adding.move(session, one, by), _badge_of(one)
        flash(_("“%(title)s” is now number %(at)s.", title=one.artefact.title, at=at + 1))
    return redirect(_back(badge), 303)


@bp.post("/evidence/<public_id>/show")
@login_required
def show(public_id: str) -> ResponseReturnValue:
    """Hide it from every page for others, or stop hiding it."""
    with transaction() as session:
        one = queries.own_evidence(session, current_person().id, public_id)
        adding.show(session, one, request.form.get("shown") == "1")
        badge, shown, title = _badge_of(one), one.is_shown, one.artefact.title
    flash(
        _("“%(title)s” can be shown again, on the pages you choose.", title=title)
        if shown
        else _("“%(title)s” is hidden from every page for others.", title=title)
    )
    return redirect(_back(badge), 303)


@bp.get("/evidence/<public_id>/remove")
@login_required
def remove(public_id: str) -> ResponseReturnValue:
    """What removing it would change, before it is done."""
    person = current_person()
    with reading() as session:
        one = queries.own_evidence(session, person.id, public_id)
        pages: Sequence[Target] = targets_of(session, links_showing_evidence(session, one.id, utcnow()))
        return render_template(
            "evidence/remove.html",
            one=one,
            file=queries.file_of(one),
            pages=pages,
            is_last=queries.uses_of(session, one.artefact_id) == 1,
            back=_back(_badge_of(one)),
        )


@bp.post("/evidence/<public_id>/remove")
@login_required
def remove_it(public_id: str) -> ResponseReturnValue:
    with transaction() as session:
        one = queries.own_evidence(session, current_person().id, public_id)
        badge, title = _badge_of(one), one.artefact.title
        keys = adding.remove(session, one)
    _let_go(keys)
    flash(_("Removed: “%(title)s”.", title=title))
    return redirect(_back(badge), 303)


@bp.get("/evidence/<public_id>/file")
@login_required
def file(public_id: str) -> ResponseReturnValue:
    """The owner's original, as it was given."""
    return _sent(public_id, clean=False)


@bp.get("/evidence/<public_id>/picture")
@login_required
def picture(public_id: str) -> ResponseReturnValue:
    """The clean picture, to be shown in a page of its owner."""
    return _sent(public_id, clean=True)


def _sent(public_id: str, *, clean: bool) -> Response:
    with reading() as session:
        kept = queries.file_of(queries.own_evidence(session, current_person().id, public_id))
    if kept is None or (clean and kept.clean_key is None):
        raise NotFound
    sending = for_others(kept, inline=True) if clean else for_owner(kept)
    pieces, headers = sending.pieces(wired().storage)
    return Response(pieces, headers=headers)


def _added(badge_id: str, form: WorkForm) -> Evidence:
    person, settings, now = current_person(), wired().settings, utcnow()
    if not isinstance(form, FileForm):
        with transaction() as session:
            badge = own_badge(session, person.id, badge_id)
            if isinstance(form, LinkForm):
                return adding.add_link(session, badge, form.url.data, form.wording(), now)
            return adding.add_text(session, badge, form["text"].data, form.wording(), now)
    with reading() as session:
        own_badge(session, person.id, badge_id)
    sent = form.file.data
    data = sent.read() if sent else b""
    ready = adding.made_ready(data, sent.filename if sent else None, settings.max_artefact_mb)
    storage = wired().storage
    keys = (
        storage.put(person.public_id, ready.data),
        storage.put(person.public_id, ready.clean) if ready.clean else None,
    )
    try:
        with transaction() as session:
            adding.has_room(session, person.id, len(data), ready.filename, settings.quota_mb)
            return adding.add_file(session, own_badge(session, person.id, badge_id), ready, keys, form.wording(), now)
    except BackpackError:
        _let_go([key for key in keys if key])
        raise


def _let_go(keys: Sequence[str]) -> None:
    """Delete stored bytes that nothing refers to any more."""
    with reading() as session:
        unused = [k for k in keys if not queries.is_kept(session, k) and not badges.is_file_used(session, k)]
    for key in unused:
        wired().storage.delete(key)


def _tell(form: WorkForm, error: BackpackError) -> None:
    name = "file" if isinstance(form, FileForm) else "url" if isinstance(form, LinkForm) else "text"
    form[name].errors = [sentence(error)]


def _add_page(badge_id: str, kind: str, form: WorkForm) -> str:
    person, settings = current_person(), wired().settings
    with reading() as session:
        badge = own_badge(session, person.id, badge_id)
        taken = queries.room_taken(session, person.id) + badges.room_taken(session, person.id)
    return render_template(
        "evidence/add.html",
        badge=badge,
        kind=kind,
        form=form,
        labels=sorted({one.label for one in KINDS}),
        most_mb=settings.max_artefact_mb,
        taken=taken,
        quota=settings.quota_mb * 1_000_000,
        back=_back(badge_id),
    )


def _edit_page(one: Evidence, form: WorkForm, badge_id: str) -> str:
    kept = queries.file_of(one)
    return render_template(
        "evidence/edit.html",
        one=one,
        form=form,
        file=kept,
        back=_back(badge_id),
    )


def _badge_of(one: Evidence) -> str:
    return one.badge.public_id


def _back(badge_id: str) -> str:
    return url_for("badges.badge", public_id=badge_id) + "#evidence"
