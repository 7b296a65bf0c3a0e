"""A badge's own page, for its owner: how it stands, what it says, what they say, where it appears; and its acts."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import login_required
from sqlalchemy import select

from backpack import jobs
from backpack.accounts.models import Address
from backpack.accounts.presence import current_person
from backpack.archive.asking import ask_behind
from backpack.archive.refreshing import to_come
from backpack.badges import tagging
from backpack.badges.forms import StoryForm, TagsForm
from backpack.badges.handlers import CHECK, SLOWLY
from backpack.badges.importing import FIRST
from backpack.badges.judging import issued_to
from backpack.badges.models import Badge, VerdictChange
from backpack.badges.preserving import Kept, kept_answers
from backpack.badges.queries import history, last_change, own_badge
from backpack.badges.reasons import CheckedJustNow
from backpack.badges.recording import grow_edition
from backpack.badges.removals import take_out
from backpack.badges.renewing import ended_before, renewed_by
from backpack.badges.tagging import TooManyTags
from backpack.badges.views import describing
from backpack.badges.views.appearing import Place, places_of
from backpack.badges.views.beside import Beside, carried_by
from backpack.badges.views.blueprint import (
    address_if,
    bp,
    judged,
    other_language,
    picture_address,
    shown_issuer,
    shown_name,
)
from backpack.badges.views.describing import Entry, PlaceLine, Work
from backpack.cv.versions import Printed, printed_in
from backpack.database import reading, transaction, utcnow
from backpack.endorsements.models import Endorsement
from backpack.endorsements.queries import confirmed_about
from backpack.evidence.models import Evidence
from backpack.evidence.queries import evidence_of
from backpack.jobs import Job
from backpack.notices.models import Notice
from backpack.notices.places import Touched, touched_by
from backpack.notices.queries import unseen_of
from backpack.openbadges.report import Outcome, Report
from backpack.publishing.withdrawn import leave_lines
from backpack.web.report_lines import report_lines
from backpack.web.verdicts import Headline, headline
from backpack.web.wording import in_language, sentence

APART: Final = timedelta(minutes=1)
PATIENCE: Final = 5.0
"""Seconds that a press on "check now" may wait for its job."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Everything a badge's page shows, besides the issuer's words in the report."""

    badge: Badge
    report: Report
    headline: Headline
    name: str
    language: str | None
    issuer: str
    issued_on: datetime | None
    picture: str | None
    level: str
    lines: int
    version: str
    criteria: Sequence[str]
    criteria_language: str | None
    criteria_address: str | None
    criteria_host: str
    kind: str | None
    frameworks: Sequence[str]
    works: Sequence[Work]
    add_evidence: str | None
    share_address: str | None
    portfolio_address: str | None
    places: Sequence[PlaceLine]
    history: Sequence[Entry]
    kept: Sequence[Kept]
    confirmed_at: datetime | None
    news: Sequence[Notice]
    touched: Sequence[Touched]
    issued_to: Address | None
    waiting: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the database knows of one badge at one instant."""

    badge: Badge
    report: Report
    changes: Sequence[VerdictChange]
    works: Sequence[Evidence]
    places: Sequence[Place]
    printed: Sequence[Printed]
    kept: Sequence[Kept]
    news: Sequence[Notice]
    touched: Sequence[Touched]
    tags: Sequence[str]
    issued_to: Address | None
    waiting: bool
    said: Sequence[Endorsement]
    renews: Sequence[tuple[Badge, Sequence[PlaceLine]]]
    """Badges that ended and that this one renews, where they still stand somewhere."""
    renewed_by: Badge | None
    carried: Sequence[Beside]


@bp.get("/badges/<public_id>")
@login_required
def badge(public_id: str) -> ResponseReturnValue:
    """One badge of mine."""
    known = _known(public_id)
    _ask_anew(known.report)
    return _page(known)


@bp.get("/badges/<public_id>/verdict")
@login_required
def verdict(public_id: str) -> ResponseReturnValue:
    """How it stands, alone: while it carries `data-refresh`, a newer verdict is on its way."""
    person, now = current_person(), utcnow()
    with reading() as session:
        found = own_badge(session, person.id, public_id)
        report = judged(session, person.id, [found], now)[found.id]
        waiting = bool(to_come(session, report.wanted, now))
    _ask_anew(report)
    return render_template(
        "badges/verdict.html", badge=found, report=report, headline=headline(report), waiting=waiting
    )


def _ask_anew(report: Report) -> None:
    """Queue a refresh of what is stale; nobody waits for it."""
    ask_behind(report.wanted, utcnow())


@bp.post("/badges/<public_id>/story")
@login_required
def tell(public_id: str) -> ResponseReturnValue:
    """Save what the learner says of it."""
    form = StoryForm()
    if not form.validate():
        return _page(_known(public_id), story_form=form), 422
    with transaction() as session:
        found = own_badge(session, current_person().id, public_id)
        found.story = (form.story.data or "").strip()
        grow_edition(session, found.person_id)
    flash(_("Your story is saved."))
    return redirect(url_for("badges.badge", public_id=public_id) + "#story", 303)


@bp.post("/badges/<public_id>/tags")
@login_required
def tag(public_id: str) -> ResponseReturnValue:
    """Save the words by which its owner finds it again."""
    form = TagsForm()
    known = _known(public_id)
    if not form.validate():
        return _page(known, tags_form=form), 422
    try:
        tags = tagging.typed_tags(form.tags.data or "")
    except TooManyTags as error:
        form.tags.errors = [sentence(error)]
        return _page(known, tags_form=form), 422
    with transaction() as session:
        tagging.tag(session, own_badge(session, current_person().id, public_id), tags)
    flash(_("Your tags are saved."))
    return redirect(url_for("badges.badge", public_id=public_id) + "#tags", 303)


@bp.post("/badges/<public_id>/check")
@login_required
def check_now(public_id: str) -> ResponseReturnValue:
    """Ask the issuer now: one job however often it is pressed, waited for a few seconds."""
    now = utcnow()
    with transaction() as session:
        found = own_badge(session, current_person().id, public_id)
        last = last_change(session, found.id)
        since = now - last.confirmed_at if last else APART
        if since < APART:
            error = CheckedJustNow(seconds=max(1, int((APART - since).total_seconds())))
            flash(sentence(error), "warning")
            return redirect(url_for("badges.badge", public_id=public_id), 303)
        jobs.ask(session, CHECK, str(found.id), now, priority=FIRST, badge=found.id)
        badge_id = found.id
    if _is_done(badge_id, PATIENCE):
        flash(_("Checked just now."))
    else:
        flash(_("The issuer is slow. The check goes on; load this page again in a minute."), "info")
    return redirect(url_for("badges.badge", public_id=public_id), 303)


@bp.get("/badges/<public_id>/remove")
@login_required
def remove(public_id: str) -> ResponseReturnValue:
    """What goes with a badge, before it goes."""
    known = _known(public_id)
    stays = {one.link.id for one in known.printed}
    leaves = [replace(one, links=tuple(link for link in one.links if link.id not in stays)) for one in known.places]
    return render_template(
        "badges/remove.html",
        badge=known.badge,
        name=shown_name(known.report.credential, known.badge),
        works=len(known.works),
        appears=describing.places(leaves),
        printed=describing.printed(known.printed),
        leaves_line=any(place.kind == "collection" and place.links for place in known.places),
    )


@bp.post("/badges/<public_id>/remove")
@login_required
def remove_it(public_id: str) -> ResponseReturnValue:
    """Remove a badge with its history and its files; it can be put back for a moment. Works stay in the library."""
    person, now = current_person(), utcnow()
    with transaction() as session:
        found = own_badge(session, person.id, public_id)
        name, back = found.name or _("Badge"), url_for("badges.badge", public_id=public_id)
        leave_lines(session, found, now)
        removal = take_out(session, found, person_id=person.id, title=name, back=back, now=now)
        undo = url_for("badges.put_it_back", public_id=removal.public_id)
    flash(_("Removed: “%(name)s”.", name=name), f"undo {undo}")
    return redirect(url_for("badges.grid"), 303)


def _known(public_id: str) -> Known:
    person, now = current_person(), utcnow()
    with reading() as session:
        found = own_badge(session, person.id, public_id)
        report = judged(session, person.id, [found], now)[found.id]
        standing = places_of(session, person.id, now)
        return Known(
            badge=found,
            report=report,
            changes=history(session, found.id),
            works=evidence_of(session, [found.id])[found.id],
            places=standing.get(found.id, ()),
            printed=printed_in(session, found, now),
            kept=kept_answers(session, found.id),
            news=unseen_of(session, found.id),
            touched=touched_by(session, found.id, now),
            tags=tagging.tags_of(session, [found.id]).get(found.id, ()),
            issued_to=issued_to(session, found.person_id, report.credential),
            waiting=bool(to_come(session, report.wanted, now)),
            said=confirmed_about(session, [found.id], ()),
            renews=[
                (old, describing.places(standing[old.id]))
                for old in ended_before(session, found, now)
                if report.outcome is Outcome.VALID and standing.get(old.id)
            ],
            renewed_by=renewed_by(session, found, now),
            carried=carried_by(session, found, now),
        )


def _page(known: Known, *, story_form: StoryForm | None = None, tags_form: TagsForm | None = None) -> str:
    story_form = story_form or StoryForm(formdata=None, data={"story": known.badge.story})
    tags_form = tags_form or TagsForm(formdata=None, data={"tags": ", ".join(known.tags)})
    found, credential = known.badge, known.report.credential
    achievement, criteria = credential.achievement, credential.achievement.criteria
    page = Page(
        badge=found,
        report=known.report,
        headline=headline(known.report),
        name=shown_name(credential, found),
        language=other_language(achievement.name),
        issuer=shown_issuer(credential, found),
        issued_on=credential.valid_from or credential.awarded_on or found.issued_on,
        picture=picture_address(found),
        level="link" if any(place.links for place in known.places) else "private",
        lines=len(report_lines(known.report)),
        version=describing.version(known.report, found.files),
        criteria=[part.strip() for part in in_language(criteria.narrative).splitlines() if part.strip()],
        criteria_language=other_language(criteria.narrative),
        criteria_address=describing.web_address(criteria.url),
        criteria_host=describing.host(criteria.url),
        kind=describing.kind(achievement.type),
        frameworks=sorted({one.framework for one in achievement.alignments if one.framework}),
        works=[describing.work(one) for one in known.works],
        add_evidence=address_if("evidence.add", public_id=found.public_id),
        share_address=address_if("publishing.share_badge", public_id=found.public_id),
        portfolio_address=address_if("evidence.portfolio", public_id=found.public_id),
        places=describing.places(known.places) + describing.printed(known.printed),
        history=describing.history(known.changes, found, known.report),
        kept=known.kept,
        confirmed_at=known.report.last.good_at if known.report.last else None,
        news=known.news,
        touched=known.touched,
        issued_to=known.issued_to,
        waiting=known.waiting,
    )
    forms = {"story_form": story_form, "tags_form": tags_form}
    return render_template("badges/badge.html", page=page, known=known, **forms)


def _is_done(badge_id: int, seconds: float) -> bool:
    """Whether the check of this badge has ended, waiting for it a little."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with reading() as session:
            tries = Job.kind.in_((CHECK, CHECK + SLOWLY))
            job = select(Job.id).where(tries, Job.key == str(badge_id), Job.finished_at.is_(None))
            if session.scalar(job) is None:
                return True
        time.sleep(0.1)
    return False
