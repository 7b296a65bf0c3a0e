"""Deleting one's account: what will go and which links will die, then at once."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import login_required

from backpack.accounts import presence
from backpack.accounts.presence import current_person
from backpack.accounts.proving import needs_proof
from backpack.accounts.queries import person_by_id
from backpack.database import reading, transaction, utcnow
from backpack.leaving.forgetting import forget
from backpack.leaving.forms import DeleteForm
from backpack.leaving.rows import ids_of
from backpack.leaving.views.blueprint import bp
from backpack.publishing.queries import own_links
from backpack.publishing.targets import targets_of
from backpack.wiring import wired

COUNTED = ("badge", "arrival", "artefact", "collection", "cv")


@bp.get("/compte/supprimer")
@login_required
def leave() -> ResponseReturnValue:
    """What deleting would take along."""
    return _page(DeleteForm(formdata=None))


@bp.post("/compte/supprimer")
@login_required
@needs_proof
def leave_now() -> ResponseReturnValue:
    """Delete the account and all that is in it."""
    form, now = DeleteForm(), utcnow()
    if not form.validate():
        return _page(form), 422
    with transaction() as session:
        person = person_by_id(session, current_person().id)
        forget(session, person, wired().settings.secret_key, now)
    presence.end()
    return render_template("leaving/gone.html", backup_days=wired().settings.backup_days)


def _page(form: DeleteForm) -> str:
    person, now = current_person(), utcnow()
    with reading() as session:
        counts = {table: len(ids_of(session, table, person.id)) for table in COUNTED}
        links = [
            one
            for one in own_links(session, person.id)
            if one.withdrawn_at is None and (one.closes_at is None or one.closes_at > now)
        ]
        dying = targets_of(session, links)
    return render_template(
        "leaving/leave.html",
        form=form,
        counts=counts,
        dying=dying,
        word=_("delete"),
        backup_days=wired().settings.backup_days,
    )
