"""The library: all works of a person, and the page of one."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import login_required
from sqlalchemy.orm import Session

from backpack.accounts.presence import current_person
from backpack.badges.handlers import let_go
from backpack.badges.removals import A_MOMENT, CannotUndo, take_out
from backpack.cv.queries import room_taken as room_of_cvs
from backpack.database import reading, transaction, utcnow
from backpack.endorsements.queries import confirmed_about, invitations_showing
from backpack.errors import N_, BackpackError, NotFound
from backpack.evidence import adding, changing, queries
from backpack.evidence.forms import LinkForm, TextForm, VersionForm, WorkForm, edit_form
from backpack.evidence.kinds import accepted, allowed_kinds
from backpack.evidence.models import Artefact, ArtefactFile
from backpack.evidence.readying import Limits, made_ready, put, put_again
from backpack.evidence.views.adding import NothingChosen
from backpack.evidence.views.blueprint import bp
from backpack.evidence.views.removing import pages_showing
from backpack.publishing.queries import links_showing_work
from backpack.web.errors import status_of
from backpack.web.incoming import takes
from backpack.web.wording import sentence
from backpack.wiring import wired


class SameFile(BackpackError):
    code = "file-same"
    sentence = N_("This is the very file that is shown already. Choose another one.")


class VersionGone(BackpackError):
    code = "version-gone"
    sentence = N_("The versions are others than when you opened the page. Open the work again and choose anew.")


@bp.get("/works")
@login_required
def all() -> ResponseReturnValue:  # noqa: A001 - the endpoint's name, as the navigation knows it
    """All works, the newest first, and how much room their files take."""
    person = current_person()
    with reading() as session:
        works = queries.own_works(session, person.id)
        uses = queries.uses_of(session, [work.id for work in works])
        taken = queries.all_room_taken(session, person.id) + room_of_cvs(session, person.id)
    is_drawing = any(file.preview == "waiting" for work in works for file in work.files[-1:])
    return render_template(
        "evidence/all.html",
        works=works,
        uses=uses,
        taken=taken,
        quota=wired().settings.quota_mb * 1_000_000,
        is_drawing=is_drawing,
    )


@bp.get("/works/<public_id>")
@login_required
def work(public_id: str) -> ResponseReturnValue:
    """One work: what it is, what its owner says of it, its versions, and the badges it stands behind."""
    with reading() as session:
        found = queries.own_work(session, current_person().id, public_id)
        return _page(session, found, edit_form(found))


@bp.post("/works/<public_id>")
@login_required
def change_work(public_id: str) -> ResponseReturnValue:
    """Save what its owner says of it."""
    with transaction() as session:
        found = queries.own_work(session, current_person().id, public_id)
        form = edit_form(found)
        if not form.validate():
            return _page(session, found, form), 422
        try:
            described(session, found, form)
        except adding.NotALink as error:
            form["url"].errors = [sentence(error)]
            session.rollback()
            return _page(session, found, form), 422
    flash(_("Saved."))
    return redirect(url_for("evidence.work", public_id=public_id), 303)


def described(session: Session, found: Artefact, form: WorkForm) -> None:
    """Write down what the form says of a work. Raises NotALink."""
    address = form.url.data if isinstance(form, LinkForm) else None
    text = form.text.data if isinstance(form, TextForm) else None
    changing.describe(session, found, form.wording(), address=address, text=text)


@bp.post("/works/<public_id>/versions")
@login_required
@takes(lambda settings: settings.max_artefact_mb + 1)
def add_version(public_id: str) -> ResponseReturnValue:
    """Another version of a file; the earlier one stays until its owner removes it."""
    person, settings = current_person(), wired().settings
    form = VersionForm()
    with reading() as session:
        found = queries.own_work(session, person.id, public_id)
    if found.kind != "file":
        raise NotFound
    kept = None
    try:
        if not form.file.data:
            raise NothingChosen
        ready = made_ready(form.file.data.stream, form.file.data.filename, Limits.of(settings))
        kept = put(ready, wired().storage, person.public_id)
        with transaction() as session:
            taken = adding.hold_room(session, person.id) + room_of_cvs(session, person.id)
            adding.has_room(taken, kept.size, kept.filename, settings.quota_mb)
            put_again(kept, wired().storage, person.public_id)
            found = queries.own_work(session, person.id, public_id)
            if found.files[-1].digest == kept.digest:
                raise SameFile
            adding.replace_file(session, found, kept, utcnow())
            number = len(found.files)
    except BackpackError as error:
        let_go(wired(), [kept.key] if kept else [])
        form.file.errors = [sentence(error)]
        with reading() as session:
            found = queries.own_work(session, person.id, public_id)
            return _page(session, found, edit_form(found, formdata=None), form), status_of(error)
    undo = url_for("evidence.take_back_version", public_id=public_id, number=number)
    flash(_("The new version is shown from now on. The earlier one stays here until you remove it."), f"undo {undo}")
    return redirect(_versions(public_id), 303)


@bp.post("/works/<public_id>/versions/<int:number>/remove")
@login_required
def remove_version(public_id: str, number: int) -> ResponseReturnValue:
    """Let go of an earlier version, which is on no page for others. The one that is shown goes with its work only."""
    person = current_person()
    with transaction() as session:
        found = queries.own_work(session, person.id, public_id)
        if not 1 <= number < len(found.files):
            raise NotFound
        earlier = found.files[number - 1]
        # Numbers move up when one is removed: a page that was opened before may mean another one.
        if earlier.added_at.isoformat() != request.form.get("added"):
            raise VersionGone
        undo, name = _take_out(session, found, earlier)
    flash(_("Removed: the earlier version “%(name)s”.", name=name), f"undo {undo}")
    return redirect(_versions(public_id), 303)


@bp.post("/works/<public_id>/versions/<int:number>/take-back")
@login_required
def take_back_version(public_id: str, number: int) -> ResponseReturnValue:
    """Undo a replacing, for a moment: the version before it is shown again."""
    with transaction() as session:
        found = queries.own_work(session, current_person().id, public_id)
        if not 1 < number == len(found.files) or found.files[-1].added_at < utcnow() - A_MOMENT:
            raise CannotUndo
        undo, name = _take_out(session, found, found.files[-1])
    flash(_("The earlier version is shown again, and “%(name)s” no longer.", name=name), f"undo {undo}")
    return redirect(_versions(public_id), 303)


def _take_out(session: Session, found: Artefact, file: ArtefactFile) -> tuple[str, str]:
    """Take a version out; where to put it back, and its name."""
    name, back = file.filename, _versions(found.public_id)
    removal = take_out(session, file, person_id=found.person_id, title=name, back=back, now=utcnow())
    return url_for("badges.put_it_back", public_id=removal.public_id), name


def _versions(public_id: str) -> str:
    return url_for("evidence.work", public_id=public_id) + "#versions"


def _page(session: Session, found: Artefact, form: WorkForm, version: VersionForm | None = None) -> str:
    settings, uses = wired().settings, queries.uses_of(session, [found.id])[found.id]
    alone = links_showing_work(session, found.id, utcnow())
    return render_template(
        "evidence/work.html",
        work=found,
        file=queries.newest(found),
        form=form,
        version=version or VersionForm(formdata=None),
        uses=uses,
        pages=pages_showing(session, uses, alone=alone) if found.files else [],
        invited=invitations_showing(session, found.id, utcnow()) if found.files else [],
        said=confirmed_about(session, (), [found.id]),
        accept=accepted(allowed_kinds(settings.file_kinds)),
        most_mb=settings.max_artefact_mb,
    )
