"""The CVs of a person: the builder, its preview, what can be downloaded, and the page behind the paper's code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import login_required

from backpack.accounts.models import Person
from backpack.accounts.presence import current_person
from backpack.accounts.queries import confirmed_addresses, main_address
from backpack.badges.judging import reports, wish_news
from backpack.badges.queries import badges_by_id, own_badges
from backpack.cv import editing
from backpack.cv.composing import SECTIONS, heading_of, held_back
from backpack.cv.desk import Desk, desk_of, give_codes, originals, page_of
from backpack.cv.forms import LineForm, NewForm, PersonForm
from backpack.cv.models import CV
from backpack.cv.pdf import file_name, left_out, pdf, pictures
from backpack.cv.queries import cv_badges, open_link_of, own_cv, own_cvs
from backpack.cv.resume import json_resume
from backpack.database import reading, transaction, utcnow
from backpack.errors import BackpackError, Gone, NotFound
from backpack.evidence.filenames import disposition
from backpack.publishing.codes import known_code, printed
from backpack.publishing.links import open_link, withdraw
from backpack.publishing.names import name_for_others
from backpack.publishing.queries import shown_badges
from backpack.web.strangers import for_strangers
from backpack.wiring import wired

bp = Blueprint("cv", __name__)


@bp.get("/cv")
@login_required
def all() -> ResponseReturnValue:  # noqa: A001 - the endpoint is called cv.all
    """Every CV of this person."""
    with reading() as session:
        found = own_cvs(session, current_person().id)
        return render_template("cv/all.html", cvs=found, form=NewForm())


@bp.post("/cv")
@login_required
def new() -> ResponseReturnValue:
    """Begin a CV."""
    form, person = NewForm(), current_person()
    with transaction() as session:
        there = own_cvs(session, person.id)
        if not form.validate():
            return render_template("cv/all.html", cvs=there, form=form), 422
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


@bp.get("/cv/<public_id>")
@login_required
def edit(public_id: str) -> ResponseReturnValue:
    """The builder."""
    return _builder(public_id)


@bp.post("/cv/<public_id>")
@login_required
def write(public_id: str) -> ResponseReturnValue:
    """Save what is said about the person."""
    form = PersonForm()
    with transaction() as session:
        cv = own_cv(session, current_person().id, public_id)
        if form.validate():
            editing.write(cv, form.data, utcnow())
            return _back(public_id, "person")
    return _builder(public_id, person_form=form), 422


@bp.post("/cv/<public_id>/lines/<section>")
@login_required
def add_line(public_id: str, section: str) -> ResponseReturnValue:
    """Put a line into a section."""
    form = LineForm()
    with transaction() as session:
        cv = own_cv(session, current_person().id, public_id)
        if section not in SECTIONS:
            raise NotFound
        if form.validate():
            editing.add_line(cv, section, form.line(), utcnow())
            return _back(public_id, section)
    return _builder(public_id, line_forms={section: form}), 422


@bp.post("/cv/<public_id>/line/<int:line>")
@login_required
def change_line(public_id: str, line: int) -> ResponseReturnValue:
    """Save a line, move it or take it away, by the button that was pressed."""
    form, now, act = LineForm(), utcnow(), request.form.get("act", "save")
    with transaction() as session:
        cv = own_cv(session, current_person().id, public_id)
        entry = editing.line_of(cv, line)
        section = entry.section
        is_fine = act != "save" or form.validate()
        if act == "save" and is_fine:
            editing.write_line(entry, form.line())
            cv.changed_at = now
        elif act == "remove":
            editing.drop_line(cv, entry, now)
        elif act in MOVES:
            editing.move_line(cv, entry, MOVES[act], now)
    return _back(public_id, section) if is_fine else (_builder(public_id, line_forms={line: form}), 422)


MOVES = {"up": -1, "down": 1}


@bp.post("/cv/<public_id>/badges")
@login_required
def choose(public_id: str) -> ResponseReturnValue:
    """Choose badges, put them in order, and say a line about each."""
    now, person = utcnow(), current_person()
    with transaction() as session:
        cv = own_cv(session, person.id, public_id)
        mine = {badge.public_id: badge for badge in own_badges(session, person.id)}
        ticked = [mine[one] for one in request.form.getlist("badge") if one in mine]
        words = {
            badge.id: " ".join(request.form[f"line-{name}"].split())[: editing.LINE_MOST]
            for name, badge in mine.items()
            if f"line-{name}" in request.form
        }
        editing.choose(cv, ticked, words, now)
        direction, _sep, name = request.form.get("move", "").partition(":")
        if direction in MOVES and name in mine:
            editing.move_badge(cv, mine[name].id, MOVES[direction], now)
    return _back(public_id, "badges")


@bp.post("/cv/<public_id>/open")
@login_required
def open_pages(public_id: str) -> ResponseReturnValue:
    """Open the pages that the paper leads to, or let them show what the CV holds now."""
    now, secret = utcnow(), wired().settings.secret_key
    with transaction() as session:
        cv = own_cv(session, current_person().id, public_id)
        link = editing.open_pages(session, cv, open_link_of(session, cv.id, now), secret, now)
        give_codes(session, cv, link, now)
    flash(_("The pages behind your CV’s codes are open. You can close them at any time."))
    return _back(public_id, "paper")


@bp.post("/cv/<public_id>/close")
@login_required
def close_pages(public_id: str) -> ResponseReturnValue:
    """Close them: the codes on paper lead nowhere from now on."""
    now = utcnow()
    with transaction() as session:
        cv = own_cv(session, current_person().id, public_id)
        link = open_link_of(session, cv.id, now)
        if link is not None:
            withdraw(session, link, now)
    flash(_("The pages are closed. Codes that are already printed lead nowhere."))
    return _back(public_id, "paper")


@bp.post("/cv/<public_id>/remove")
@login_required
def remove(public_id: str) -> ResponseReturnValue:
    """Remove the CV, and close the pages behind it."""
    with transaction() as session:
        session.delete(own_cv(session, current_person().id, public_id))
    flash(_("The CV is removed. Codes that are already printed lead nowhere."))
    return redirect(url_for("cv.all"), 303)


@bp.get("/cv/<public_id>/page-<int:number>.png")
@login_required
def preview(public_id: str, number: int) -> ResponseReturnValue:
    """A page of the PDF as a picture."""
    now = utcnow()
    drawn = pictures(page_of(_desk(public_id), wired().settings, now), now)
    if not 1 <= number <= len(drawn):
        raise NotFound
    return Response(drawn[number - 1], mimetype="image/png")


@bp.get("/cv/<public_id>/pdf")
@login_required
def plain_pdf(public_id: str) -> ResponseReturnValue:
    """The PDF, without attachments: every application portal takes it."""
    desk, now = _desk(public_id), utcnow()
    return _pdf(desk, pdf(page_of(desk, wired().settings, now), now), "")


@bp.get("/cv/<public_id>/pdf-with-badges")
@login_required
def pdf_with_badges(public_id: str) -> ResponseReturnValue:
    """The same PDF with the original badges inside."""
    desk, now, wiring = _desk(public_id), utcnow(), wired()
    return _pdf(desk, pdf(page_of(desk, wiring.settings, now, originals(desk, wiring.storage)), now), "_badges")


@bp.get("/cv/<public_id>/resume.json")
@login_required
def resume(public_id: str) -> ResponseReturnValue:
    """The CV as JSON Resume."""
    desk, now, settings = _desk(public_id), utcnow(), wired().settings
    response = jsonify(json_resume(desk.cv, desk.chosen, settings.public_url, now, ZoneInfo(settings.time_zone)))
    name = file_name(desk.cv.name, now).removesuffix(".pdf") + ".json"
    response.headers["Content-Disposition"] = disposition(name)
    return response


@bp.get("/cv/l/<token>")
@for_strangers
def shown(token: str) -> ResponseReturnValue:
    """This CV today: every badge that was printed, as it stands now. Behind the paper's QR code."""
    now = utcnow()
    with reading() as session:
        link = open_link(session, token, now)
        if link.cv_id is None:
            raise Gone
        owner, shown_now = session.get_one(Person, link.person_id), shown_badges(session, link.id)
        badges = badges_by_id(session, shown_now)
        order = [one.badge_id for one in cv_badges(session, link.cv_id) if one.badge_id in badges]
        present = [badges[one] for one in [*order, *sorted(shown_now - set(order))] if one in badges]
        known = [one.spelling for one in confirmed_addresses(session, owner.id)]
        judged = reports(session, present, now, known)
        codes = {badge.id: known_code(session, link.id, badge.id) for badge in present}
        body = render_template(
            "cv/shown.html",
            holder=name_for_others(owner.name, link.name_shown),
            badges=present,
            reports=judged,
            token=token,
            codes={number: printed(code) for number, code in codes.items() if code},
            judged_at=now,
        )
    with transaction() as session:
        wish_news(session, judged.values(), now)
    return body


def _desk(public_id: str) -> Desk:
    with reading() as session:
        return desk_of(session, own_cv(session, current_person().id, public_id), utcnow())


def _pdf(desk: Desk, data: bytes, ending: str) -> Response:
    response = Response(data, mimetype="application/pdf")
    name = file_name(desk.cv.name, utcnow()).removesuffix(".pdf") + ending + ".pdf"
    response.headers["Content-Disposition"] = disposition(name)
    return response


def _builder(
    public_id: str,
    person_form: PersonForm | None = None,
    line_forms: Mapping[str | int, LineForm] | None = None,
) -> str:
    """The builder's page. It is drawn when no session is open: drawing takes longer than a row may be held."""
    now, desk = utcnow(), _desk(public_id)
    cv, page = desk.cv, page_of(desk, wired().settings, now)
    return render_template(
        "cv/edit.html",
        desk=desk,
        form=person_form or PersonForm(formdata=None, obj=cv),
        sections=[_section(cv, name, line_forms or {}) for name in SECTIONS],
        held_back={number: held_back(report) for number, report in desk.reports.items()},
        chosen_ids=[one.badge.id for one in desk.chosen],
        code=printed(desk.link_code) if desk.link_code else None,
        left_out=left_out(page),
        drawn=_drawn(page, now),
    )


def _drawn(page: Any, now: Any) -> tuple[int, str | None]:
    """How many pages there are, or why they cannot be drawn."""
    try:
        return len(pictures(page, now)), None
    except BackpackError as error:
        return 0, _(error.sentence, **error.facts)


def _section(cv: CV, name: str, wrong: Mapping[str | int, LineForm]) -> dict[str, Any]:
    entries = [entry for entry in cv.entries if entry.section == name]
    return {
        "name": name,
        "heading": heading_of(name),
        "rows": [(entry, wrong.get(entry.id) or LineForm(formdata=None, obj=entry, prefix="")) for entry in entries],
        "new": wrong.get(name) or LineForm(formdata=None),
        "is_wrong": name in wrong,
    }


def _back(public_id: str, part: str) -> ResponseReturnValue:
    return redirect(url_for("cv.edit", public_id=public_id) + f"#{part}", 303)
