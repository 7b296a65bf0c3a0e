"""The builder: every act on a CV, and its page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import wraps
from typing import Any, Final

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale, ngettext
from flask_babel import gettext as _
from flask_login import login_required
from sqlalchemy.orm import Session

from backpack.accounts.presence import current_person
from backpack.accounts.queries import main_address
from backpack.badges.handlers import let_go
from backpack.badges.queries import own_badges
from backpack.badges.recording import grow_edition
from backpack.collections.models import Collection
from backpack.collections.queries import own_collections
from backpack.cv import copying, editing
from backpack.cv.composing import SECTIONS, Composed, arrangement_of, heading_of, held_back
from backpack.cv.desk import desk_of, give_codes, give_codes_to_collections, page_of, suggested_lines
from backpack.cv.forms import LANGUAGES, BringForm, CopyForm, LineForm, LookForm, NewForm, PersonForm
from backpack.cv.incoming import read_cv
from backpack.cv.models import CV
from backpack.cv.pdf import Pictures, left_out, pictures
from backpack.cv.queries import open_link_of, own_cv, own_cvs
from backpack.cv.versions import stored_files
from backpack.cv.views.blueprint import bp
from backpack.database import reading, transaction, utcnow
from backpack.errors import BackpackError, NotFound
from backpack.publishing.codes import printed
from backpack.publishing.links import withdraw
from backpack.web.errors import status_of
from backpack.web.forms import one_line
from backpack.web.incoming import takes
from backpack.wiring import wired

MOVES: Final = {"up": -1, "down": 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """What was sent and does not hold, to be shown again; a line's form under its number, a new line's under its
    section."""

    person: PersonForm | None = None
    lines: Mapping[str | int, LineForm] = field(default_factory=dict)
    look: LookForm | None = None


NOTHING_WRONG: Final = Wrong()


@bp.get("/cv")
@login_required
def all() -> ResponseReturnValue:  # noqa: A001 - the endpoint is called cv.all
    """Every CV of this person."""
    with reading() as session:
        found = own_cvs(session, current_person().id)
        return render_template("cv/all.html", cvs=found, form=NewForm(), bring=BringForm())


@bp.post("/cv")
@login_required
def new() -> ResponseReturnValue:
    """Begin a CV."""
    form, person = NewForm(), current_person()
    with transaction() as session:
        there = own_cvs(session, person.id)
        if not form.validate():
            return render_template("cv/all.html", cvs=there, form=form, bring=BringForm(formdata=None)), 422
        main = main_address(session, person.id)
        cv = editing.begin(
            session,
            person,
            form.title.data,
            form.language.data,
            main.spelling if main else "",
            len(there),
            utcnow(),
        )
        return redirect(url_for("cv.edit", public_id=cv.public_id), 303)


@bp.post("/cv/import")
@login_required
@takes(lambda settings: settings.max_import_mb)
def bring() -> ResponseReturnValue:
    """A new CV from a JSON Resume or from LinkedIn's archive of one's data. Nothing that is there is changed."""
    form, person, now = BringForm(), current_person(), utcnow()
    if not form.validate():
        return _all(form, None)
    try:
        with force_locale(form.language.data):
            title, present = _("CV from a file"), _("today")
        brought = read_cv(request.files["file"].read(), present)
    except BackpackError as error:
        return _all(form, error)
    with transaction() as session:
        there = own_cvs(session, person.id)
        main = main_address(session, person.id)
        address = main.spelling if main else ""
        cv = editing.begin(session, person, title, form.language.data, address, len(there), now)
        left_out = editing.bring(cv, brought, own_badges(session, person.id), now)
        public_id = cv.public_id
    flash(_("Read from your file. Check each part: what was too long was shortened."))
    if left_out:
        flash(ngettext("%(num)d line found no room.", "%(num)d lines found no room.", left_out))
    return redirect(url_for("cv.edit", public_id=public_id), 303)


def _all(bring: BringForm, problem: BackpackError | None) -> ResponseReturnValue:
    with reading() as session:
        there = own_cvs(session, current_person().id)
        page = render_template("cv/all.html", cvs=there, form=NewForm(formdata=None), bring=bring, problem=problem)
    return page, status_of(problem) if problem else 422


@bp.get("/cv/<public_id>")
@login_required
def edit(public_id: str) -> ResponseReturnValue:
    """The builder."""
    return _builder(public_id)


def edits(act: Callable[..., str | Wrong]) -> Callable[..., ResponseReturnValue]:
    """The view of an act on a CV: `act(session, cv, now)`, with what else the address names, answers the part of the
    builder to go back to. Forms that do not hold come as Wrong and are shown again, when no session is open.

    Remembered pages behind the CV's codes show its lines, so they are made anew.
    """

    @wraps(act)
    def view(public_id: str, **where: Any) -> ResponseReturnValue:
        with transaction() as session:
            cv = own_cv(session, current_person().id, public_id)
            grow_edition(session, cv.person_id)
            answer = act(session, cv, utcnow(), **where)
        if isinstance(answer, Wrong):
            return _builder(public_id, answer), 422
        return redirect(url_for("cv.edit", public_id=public_id) + f"#{answer}", 303)

    return view


@bp.post("/cv/<public_id>")
@login_required
@edits
def write(_session: Session, cv: CV, now: datetime) -> str | Wrong:
    """Save what is said about the person."""
    form = PersonForm()
    if not form.validate():
        return Wrong(person=form)
    editing.write(cv, form.data, now)
    return "person"


@bp.post("/cv/<public_id>/lines/<section>")
@login_required
@edits
def add_line(_session: Session, cv: CV, now: datetime, section: str) -> str | Wrong:
    """Put a line into a section."""
    form = LineForm()
    if section not in SECTIONS:
        raise NotFound
    if not form.validate():
        return Wrong(lines={section: form})
    editing.add_line(cv, section, form.line(), now)
    return section


@bp.post("/cv/<public_id>/line/<int:line>")
@login_required
@edits
def change_line(_session: Session, cv: CV, now: datetime, line: int) -> str | Wrong:
    """Save a line, move it or take it away, by the button that was pressed."""
    form, act, entry = LineForm(), request.form.get("act", "save"), editing.line_of(cv, line)
    section = entry.section
    if act == "save" and not form.validate():
        return Wrong(lines={line: form})
    if act == "save":
        editing.write_line(entry, form.line())
        cv.changed_at = now
    elif act == "remove":
        editing.drop_line(cv, entry, now)
    elif act in MOVES:
        editing.move_line(cv, entry, MOVES[act], now)
    return section


@bp.post("/cv/<public_id>/badges")
@login_required
@edits
def choose(session: Session, cv: CV, now: datetime) -> str:
    """Choose badges, put them in order, and say a line about each."""
    mine = {badge.public_id: badge for badge in own_badges(session, cv.person_id)}
    ticked = [mine[one] for one in request.form.getlist("badge") if one in mine]
    words = {
        badge.id: one_line(request.form[f"line-{name}"])[: editing.LINE_MOST]
        for name, badge in mine.items()
        if f"line-{name}" in request.form
    }
    new = [badge for badge in ticked if badge.id not in {one.badge_id for one in cv.badges}]
    editing.choose(cv, ticked, words, now, suggested_lines(session, new))
    editing.hide_what_left(session, cv, open_link_of(session, cv.id, now))
    direction, _sep, name = request.form.get("move", "").partition(":")
    if direction in MOVES and name in mine:
        editing.move_badge(cv, mine[name].id, MOVES[direction], now)
    return "badges"


@bp.post("/cv/<public_id>/collections")
@login_required
@edits
def choose_collections(session: Session, cv: CV, now: datetime) -> str:
    """Choose the collections that it names. They stay as private as they are."""
    ticked = set(request.form.getlist("collection"))
    mine = [one for one in own_collections(session, cv.person_id) if one.public_id in ticked]
    editing.name_collections(cv, mine, now)
    session.flush()
    give_codes_to_collections(session, cv, now)
    return "collections"


@bp.post("/cv/<public_id>/look")
@login_required
@edits
def dress(_session: Session, cv: CV, now: datetime) -> str | Wrong:
    """Choose the layout and the paper, and whether works are named."""
    form = LookForm()
    if not form.validate():
        return Wrong(look=form)
    editing.dress(cv, form.layout.data, form.paper.data, names_works=form.names_works.data, now=now)
    return "look"


@bp.post("/cv/<public_id>/sections/<section>")
@login_required
@edits
def move_section(_session: Session, cv: CV, now: datetime, section: str) -> str:
    """A whole section one place up or down."""
    editing.move_section(cv, section, MOVES.get(request.form.get("move", ""), 0), now)
    return section


@bp.post("/cv/<public_id>/open")
@login_required
@edits
def open_pages(session: Session, cv: CV, now: datetime) -> str:
    """Open the pages that the paper leads to, or let them show what the CV holds now."""
    secret = wired().settings.secret_key
    link = editing.open_pages(session, cv, open_link_of(session, cv.id, now), secret, now)
    give_codes(session, cv, link, now)
    give_codes_to_collections(session, cv, now)
    flash(_("The pages behind your CV’s codes are open. You can close them at any time."))
    return "paper"


@bp.post("/cv/<public_id>/close")
@login_required
@edits
def close_pages(session: Session, cv: CV, now: datetime) -> str:
    """Close them: the codes on paper lead nowhere from now on."""
    link = open_link_of(session, cv.id, now)
    if link is not None:
        withdraw(session, link, now)
    flash(_("The pages are closed. Codes that are already printed lead nowhere."))
    return "paper"


@bp.post("/cv/<public_id>/copy")
@login_required
def copy(public_id: str) -> ResponseReturnValue:
    """Another CV that says the same, its headings in the language that was chosen."""
    form, person = CopyForm(), current_person()
    if not form.validate():
        raise NotFound
    language = form.language.data
    name = next(one.label for one in LANGUAGES if one.value == language)
    with transaction() as session:
        cv = own_cv(session, person.id, public_id)
        title = f"{cv.title[:100]} ({name})"
        made = copying.copy(session, cv, title, language, len(own_cvs(session, person.id)), utcnow())
        there = made.public_id
    flash(_("This is the copy. What you typed stands there as it was; the headings are in the language you chose."))
    return redirect(url_for("cv.edit", public_id=there), 303)


@bp.post("/cv/<public_id>/remove")
@login_required
def remove(public_id: str) -> ResponseReturnValue:
    """Remove the CV, and close the pages behind it."""
    with transaction() as session:
        cv = own_cv(session, current_person().id, public_id)
        grow_edition(session, cv.person_id)
        files = stored_files(session, cv.id)
        session.delete(cv)
    let_go(wired(), files)
    flash(_("The CV is removed. Codes that are already printed lead nowhere."))
    return redirect(url_for("cv.all"), 303)


def _builder(public_id: str, wrong: Wrong = NOTHING_WRONG) -> str:
    """The builder's page. It is drawn when no session is open: drawing takes longer than a row may be held."""
    now, person = utcnow(), current_person()
    with reading() as session:
        desk = desk_of(session, own_cv(session, person.id, public_id), now)
        collections = own_collections(session, person.id)
    cv, page = desk.cv, page_of(desk, wired().settings, now)
    return render_template(
        "cv/edit.html",
        desk=desk,
        form=wrong.person or PersonForm(formdata=None, obj=cv),
        copy_form=CopyForm(formdata=None, language="fr" if cv.language == "en" else "en"),
        look_form=wrong.look or LookForm(formdata=None, obj=cv),
        sections=[_section(cv, name, wrong.lines) for name in arrangement_of(cv)],
        collections=_in_order(cv, collections),
        held_back={number: held_back(report) for number, report in desk.reports.items()},
        chosen_ids=[one.badge.id for one in desk.chosen],
        code=printed(desk.link_code) if desk.link_code else None,
        left_out=left_out(page),
        drawn=_drawn(page, now),
    )


def _drawn(page: Composed, now: datetime) -> tuple[Pictures | None, str | None]:
    """The pages, or why they cannot be drawn."""
    try:
        return pictures(page, now), None
    except BackpackError as error:
        return None, _(error.sentence, **error.facts)


def _in_order(cv: CV, collections: Sequence[Collection]) -> list[tuple[Collection, bool]]:
    """All collections of the person, those that the CV names first and in its order."""
    place = {one.collection_id: one.position for one in cv.collections}
    ordered = sorted(collections, key=lambda one: place.get(one.id, len(place)))
    return [(one, one.id in place) for one in ordered]


def _section(cv: CV, name: str, wrong: Mapping[str | int, LineForm]) -> dict[str, Any]:
    section = {"name": name, "heading": heading_of(name), "holds_lines": name in SECTIONS}
    if name not in SECTIONS:
        return section
    entries = [entry for entry in cv.entries if entry.section == name]
    return section | {
        "rows": [(entry, wrong.get(entry.id) or LineForm(formdata=None, obj=entry, prefix="")) for entry in entries],
        "new": wrong.get(name) or LineForm(formdata=None),
        "is_wrong": name in wrong,
    }
