"""Frames of skills: which there are, a new one from a file, and one taken away."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from backpack.accounts.proving import needs_proof
from backpack.database import reading, transaction, utcnow
from backpack.errors import BackpackError
from backpack.skills.reading import read_frame
from backpack.staff.forms import FrameForm
from backpack.staff.framing import frames as all_frames
from backpack.staff.framing import take_frame_away, take_in_frame
from backpack.staff.views.blueprint import bp, for_staff, member
from backpack.web.errors import status_of
from backpack.web.incoming import takes
from backpack.web.wording import sentence

LARGEST_MB = 20
"""Larger ones go in by the command line."""


@bp.get("/referentiels")
@for_staff("lists")
@needs_proof
def frames() -> ResponseReturnValue:
    """Asked for the proof before the file is chosen: a file could not be carried along."""
    return frames_page(FrameForm(formdata=None))


@bp.post("/referentiels")
@takes(lambda _settings: LARGEST_MB)
@for_staff("lists")
def take_frame_in() -> ResponseReturnValue:
    form, file = FrameForm(), request.files.get("file")
    if not form.validate():
        return frames_page(form), 422
    if file is None or not file.filename:
        form.file.errors = [_("Choose the file of the framework.")]
        return frames_page(form), 422
    try:
        frame = read_frame(file.read(), form.language.data)
        with transaction() as session:
            taken = take_in_frame(session, frame, form.name.data or "", member().id, utcnow())
    except BackpackError as error:
        form.file.errors = [sentence(error)]
        return frames_page(form), status_of(error)
    facts = {"name": taken.framework.name, "skills": taken.skills, "added": taken.added, "removed": taken.removed}
    flash(_("%(name)s has %(skills)s skills: %(added)s are new, %(removed)s went.", **facts))
    return redirect(url_for("staff.frames"), 303)


@bp.post("/referentiels/<public_id>/retirer")
@for_staff("lists")
def take_away(public_id: str) -> ResponseReturnValue:
    with transaction() as session:
        take_frame_away(session, public_id, member().id, utcnow())
    flash(_("The framework is gone. Badges keep the skills that they name."))
    return redirect(url_for("staff.frames"), 303)


def frames_page(form: FrameForm) -> str:
    with reading() as session:
        known = all_frames(session)
    return render_template("staff/frames.html", form=form, frames=known, most=LARGEST_MB)
