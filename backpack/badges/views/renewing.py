"""One click: a renewed badge takes the place of its predecessor on pages and CVs. Both stay in the backpack."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import login_required

from backpack.accounts.presence import current_person
from backpack.badges.queries import own_badge
from backpack.badges.recording import grow_edition
from backpack.badges.renewing import NoRenewal, ended_before
from backpack.badges.views.blueprint import bp, judged
from backpack.collections import arranging
from backpack.cv import editing
from backpack.database import transaction, utcnow
from backpack.evidence.adding import stand_behind
from backpack.evidence.queries import evidence_of
from backpack.openbadges.report import Outcome
from backpack.publishing import exchanging


@bp.post("/badges/<public_id>/renews/<old_id>")
@login_required
def renew(public_id: str, old_id: str) -> ResponseReturnValue:
    """Let the badge `public_id` stand wherever `old_id` does, with the works behind it. Raises NoRenewal."""
    person, now = current_person(), utcnow()
    with transaction() as session:
        new, old = own_badge(session, person.id, public_id), own_badge(session, person.id, old_id)
        report = judged(session, person.id, [new], now)[new.id]
        if report.outcome is not Outcome.VALID or old.id not in {one.id for one in ended_before(session, new, now)}:
            raise NoRenewal
        works = {}
        for one in evidence_of(session, [old.id])[old.id]:
            again = stand_behind(session, new, one.artefact, one.words, now)
            again.is_shown = one.is_shown
            works[one.id] = again.id
        pages = exchanging.exchange(session, old, new, works, now)
        collections, cvs = arranging.exchange(session, old, new, now), editing.exchange(session, old, new, now)
        grow_edition(session, person.id)
    flash(_("Done: the new badge stands in the place of the one that has ended. Both are kept here."))
    flash(
        ", ".join(
            (
                ngettext("%(num)d page", "%(num)d pages", pages),
                ngettext("%(num)d collection", "%(num)d collections", collections),
                ngettext("%(num)d CV", "%(num)d CVs", cvs),
            )
        ),
        "info",
    )
    return redirect(url_for("badges.badge", public_id=public_id) + "#places", 303)
