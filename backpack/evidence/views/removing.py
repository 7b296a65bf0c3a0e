"""Taking works away: first the pages, links and CVs that this changes; then it can be undone for a moment."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import login_required
from sqlalchemy.orm import Session

from backpack.accounts.presence import current_person
from backpack.badges.removals import take_out
from backpack.cv.models import CV
from backpack.cv.named_works import cvs_naming
from backpack.cv.versions import links_naming
from backpack.database import reading, transaction, utcnow
from backpack.endorsements.queries import invitations_showing
from backpack.evidence import queries
from backpack.evidence.models import Evidence
from backpack.evidence.views.blueprint import at_badge, bp
from backpack.publishing.models import ShareLink
from backpack.publishing.queries import links_keeping_work, links_showing_evidence, links_showing_work
from backpack.publishing.targets import Target, targets_of


@bp.get("/evidence/<public_id>/remove")
@login_required
def remove(public_id: str) -> ResponseReturnValue:
    """What taking a work from its badge would change, before it is done."""
    with reading() as session:
        one = queries.own_evidence(session, current_person().id, public_id)
        pages, kept = pages_showing(session, [one]), targets_of(session, links_keeping_work(session, one, utcnow()))
        return render_template(
            "evidence/remove.html",
            one=one,
            pages=pages,
            kept=kept,
            on_cvs=on_cvs(session, [one]),
            invited=invitations_showing(session, one.artefact_id, utcnow()),
            back=at_badge(one),
        )


@bp.post("/evidence/<public_id>/remove")
@login_required
def remove_it(public_id: str) -> ResponseReturnValue:
    """Take a work from its badge. It stays in the library."""
    person = current_person()
    with transaction() as session:
        one = queries.own_evidence(session, person.id, public_id)
        back, title = at_badge(one), one.artefact.title
        removal = take_out(session, one, person_id=person.id, title=title, back=back, now=utcnow())
        undo = url_for("badges.put_it_back", public_id=removal.public_id)
    flash(_("“%(title)s” no longer stands behind this badge. It stays among your works.", title=title), f"undo {undo}")
    return redirect(back, 303)


@bp.get("/works/<public_id>/remove")
@login_required
def remove_work(public_id: str) -> ResponseReturnValue:
    """What removing a work for good would change, before it is done."""
    with reading() as session:
        work = queries.own_work(session, current_person().id, public_id)
        uses = queries.uses_of(session, [work.id])[work.id]
        pages = pages_showing(session, uses, alone=links_showing_work(session, work.id, utcnow()))
        return render_template(
            "evidence/remove_work.html",
            work=work,
            uses=uses,
            pages=pages,
            on_cvs=on_cvs(session, uses),
            invited=invitations_showing(session, work.id, utcnow()),
        )


@bp.post("/works/<public_id>/remove")
@login_required
def remove_the_work(public_id: str) -> ResponseReturnValue:
    """Remove a work with all its versions, from every badge."""
    person = current_person()
    with transaction() as session:
        work = queries.own_work(session, person.id, public_id)
        title, back = work.title, url_for("evidence.work", public_id=public_id)
        removal = take_out(session, work, person_id=person.id, title=title, back=back, now=utcnow())
        undo = url_for("badges.put_it_back", public_id=removal.public_id)
    flash(_("Removed: “%(title)s”.", title=title), f"undo {undo}")
    return redirect(url_for("evidence.all"), 303)


def pages_showing(session: Session, uses: list[Evidence], alone: Iterable[ShareLink] = ()) -> list[Target]:
    """The open pages on which any of these stands, each once; `alone`: those on which the work stands by itself."""
    now = utcnow()
    links = {link.id: link for one in uses if one.is_shown for link in links_showing_evidence(session, one.id, now)}
    links |= {link.id: link for link in alone}
    shown = [one for one in uses if one.is_shown]
    links |= {link.id: link for link, _is_fixed in links_naming(session, shown, now)}
    return targets_of(session, links.values())


@dataclass(frozen=True, slots=True)
class OnCVs:
    """The CVs that name a work, and the links that give a PDF with its title for good."""

    naming: Sequence[CV]
    printed: Sequence[Target]


def on_cvs(session: Session, uses: list[Evidence]) -> OnCVs:
    """Where CVs name any of these."""
    fixed = [link for link, is_fixed in links_naming(session, uses, utcnow()) if is_fixed]
    return OnCVs(cvs_naming(session, uses), targets_of(session, fixed))
