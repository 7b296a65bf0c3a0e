"""A person's badges by skill: which skills have a badge, which have works behind it, which have neither."""

from __future__ import annotations

from collections import Counter

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_login import login_required

from backpack.accounts.presence import current_person
from backpack.badges.listing import names_of
from backpack.badges.views.appearing import evidence_counts
from backpack.database import folded, reading, utcnow
from backpack.errors import NotFound
from backpack.evidence.queries import own_works
from backpack.skills import coverage
from backpack.skills.coverage import Coverage
from backpack.skills.views.blueprint import bp


@bp.get("/skills")
@login_required
def overview() -> ResponseReturnValue:
    """One framework at a time, or the skills that stand in none."""
    person, chosen = current_person(), request.args.get("frame", "")
    with reading() as session:
        frames = coverage.frameworks(session)
        badges = names_of(session, person.id, utcnow())
        named = coverage.named_by(session, badges)
        works = evidence_counts(session, person.id)
        words = Counter(folded(str(one)) for work in own_works(session, person.id) for one in work.skills)
        frame = next((one for one in frames if one.public_id == chosen), None)
        if frame is None and chosen not in {"", "others"}:
            raise NotFound
        if frame is None and not chosen and frames:
            frame = frames[0]
        shown: Coverage = (
            coverage.coverage_of(session, frame, named, works, words)
            if frame
            else coverage.others(session, frames, named, works)
        )
    return render_template("skills/overview.html", frames=frames, frame=frame, coverage=shown, badges=badges)
