"""Taking everything out: ask for the ZIP, wait for it, fetch it."""

from __future__ import annotations

from flask import Response, jsonify, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from backpack.accounts.presence import current_person
from backpack.accounts.proving import needs_proof
from backpack.accounts.trail import note
from backpack.database import reading, transaction, utcnow
from backpack.evidence.filenames import disposition
from backpack.leaving.schema import schema
from backpack.leaving.taking_out import PATIENCE, ask, own_takeout, own_takeouts
from backpack.leaving.views.blueprint import bp
from backpack.web.headers import cacheable
from backpack.web.strangers import for_machines
from backpack.wiring import wired

A_DAY = 24 * 3600


@bp.get("/compte/emporter")
@login_required
def take_out() -> ResponseReturnValue:
    """What the ZIP holds, and the ZIPs that are there."""
    now = utcnow()
    with reading() as session:
        takeouts = own_takeouts(session, current_person().id, now)
    waiting = next(
        (one for one in takeouts if not one.storage_key and not one.problem and one.asked_at > now - PATIENCE), None
    )
    return render_template("leaving/take_out.html", takeouts=takeouts, waiting=waiting.public_id if waiting else None)


@bp.post("/compte/emporter")
@login_required
@needs_proof
def ask_for_it() -> ResponseReturnValue:
    """Have a ZIP made."""
    with transaction() as session:
        ask(session, current_person().id, utcnow())
    return redirect(url_for("leaving.take_out"), 303)


@bp.get("/compte/emporter/<public_id>.zip")
@login_required
@needs_proof
def download(public_id: str) -> ResponseReturnValue:
    """The ZIP, a piece at a time, to its owner."""
    person, storage, now = current_person(), wired().storage, utcnow()
    with transaction() as session:
        takeout = own_takeout(session, person.id, public_id, now)
        note(session, person.id, "export-fetched", now)
    key, size = takeout.storage_key or "", takeout.size
    response = Response(storage.read_range(key, 0, size), mimetype="application/zip")
    response.headers["Content-Length"] = str(size)
    response.headers["Content-Disposition"] = disposition(f"Backpack {takeout.asked_at:%Y-%m-%d} {person.name}.zip")
    return response


@bp.get("/schemas/backpack-export-1.json")
@for_machines
def published_schema() -> ResponseReturnValue:
    """What backpack.json promises."""
    return cacheable(make_response(jsonify(schema())), A_DAY)
