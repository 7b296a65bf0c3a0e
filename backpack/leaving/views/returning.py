"""Bringing back an export: one file, however large, then the report of an import."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from backpack.accounts.presence import current_person
from backpack.badges.handlers import let_go
from backpack.badges.holding import gone
from backpack.badges.importing import wish_sweep
from backpack.badges.intake import clean_label
from backpack.badges.models import ImportItem
from backpack.database import random_name, transaction, utcnow
from backpack.leaving.boxes import SPARE_MB, NotAnExport
from backpack.leaving.forms import BringBackForm
from backpack.leaving.returning import StillComing, begin, make_way
from backpack.leaving.views.blueprint import bp
from backpack.web.errors import status_of
from backpack.web.incoming import takes
from backpack.wiring import wired


@bp.get("/compte/rapporter")
@login_required
def bring_back() -> ResponseReturnValue:
    """What comes back, and what does not."""
    return render_template("leaving/bring_back.html", form=BringBackForm(formdata=None), problem=None)


@bp.post("/compte/rapporter")
@login_required
@takes(lambda settings: settings.quota_mb + SPARE_MB)
def bring_it_back() -> ResponseReturnValue:
    """Keep the file, and leave the rest to a job."""
    form, file, now = BringBackForm(), request.files.get("file"), utcnow()
    head = file.stream.read(4) if file else b""
    if not form.validate() or not file or head != b"PK\x03\x04":
        problem = NotAnExport()
        return render_template("leaving/bring_back.html", form=form, problem=problem), status_of(problem)
    file.stream.seek(0)
    person, storage = current_person(), wired().storage
    try:
        with transaction() as session:
            unneeded = make_way(session, person.id)
    except StillComing as problem:
        return render_template("leaving/bring_back.html", form=form, problem=problem), status_of(problem)
    let_go(wired(), unneeded)
    key = storage.put(person.public_id, file.stream)
    with transaction() as session:
        if gone(session, storage, person.id, [key]):
            file.stream.seek(0)
            storage.put(person.public_id, file.stream)
        item = ImportItem(
            batch=random_name(),
            person_id=person.id,
            label=clean_label(file.filename or "export.zip"),
            position=0,
            container="zip",
            storage_key=key,
            size=0,  # it is here for a while only, and room is asked for by what it holds
            result="waiting",
            created_at=now,
        )
        session.add(item)
        session.flush()
        begin(session, item, now)
        wish_sweep(session, now)
    return redirect(url_for("badges.import_results", batch=item.batch), 303)
