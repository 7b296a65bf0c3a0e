"""Adding works: to the library alone, or to it and behind a badge at once. Several files in one go, each by itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import login_required
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from backpack.accounts.presence import current_person
from backpack.badges.handlers import let_go
from backpack.badges.models import Badge
from backpack.badges.queries import own_badge
from backpack.cv.queries import room_taken as room_of_cvs
from backpack.database import reading, transaction, utcnow
from backpack.errors import N_, BackpackError, NotFound
from backpack.evidence import adding, queries
from backpack.evidence.forms import FORMS, FileForm, LinkForm, TextForm, UseForm, WorkForm
from backpack.evidence.kinds import accepted, allowed_kinds, labels
from backpack.evidence.models import Artefact
from backpack.evidence.readying import Kept, Limits, made_ready, put, put_again
from backpack.evidence.rot import wish_sweep
from backpack.evidence.views.blueprint import bp
from backpack.web.errors import status_of
from backpack.web.incoming import takes
from backpack.web.wording import sentence
from backpack.wiring import wired

AT_ONCE = 4
"""How many files of the largest size one request may bring; with script each comes in a request of its own."""


class NothingChosen(BackpackError):
    code = "no-file-chosen"
    sentence = N_("Choose a file first.")


class NothingTicked(BackpackError):
    code = "no-work-chosen"
    sentence = N_("Tick at least one of your works.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What was sent: the work's form, and what it says at the badge, if it goes behind one."""

    form: WorkForm
    use: UseForm
    badge_id: str | None

    @property
    def is_good(self) -> bool:
        both = [self.form.validate(), self.use.validate()]
        return all(both)


@bp.route("/works/add", methods=["GET", "POST"])
@login_required
@takes(lambda settings: settings.max_artefact_mb * AT_ONCE + 1)
def add_to_library() -> ResponseReturnValue:
    """A work for the library, behind no badge yet."""
    return _add(None)


@bp.route("/badges/<public_id>/evidence/add", methods=["GET", "POST"])
@login_required
@takes(lambda settings: settings.max_artefact_mb * AT_ONCE + 1)
def add(public_id: str) -> ResponseReturnValue:
    """A work for the library and for this badge."""
    return _add(public_id)


@bp.route("/badges/<public_id>/evidence/choose", methods=["GET", "POST"])
@login_required
def choose(public_id: str) -> ResponseReturnValue:
    """Put works that are in the library behind this badge too."""
    person, chosen = current_person(), request.form.getlist("works")
    if request.method == "GET":
        return _choices(public_id)
    try:
        if not chosen:
            raise NothingTicked
        with transaction() as session:
            badge = own_badge(session, person.id, public_id)
            works = [queries.own_work(session, person.id, one) for one in dict.fromkeys(chosen[: adding.EVIDENCE_MOST])]
            for work in works:
                adding.stand_behind(session, badge, work, "", utcnow())
    except (NothingTicked, adding.TooMuchEvidence) as error:
        return _choices(public_id, error), 422
    flash(ngettext("%(num)d work added to the badge.", "%(num)d works added to the badge.", len(works)))
    return redirect(_back(public_id), 303)


def _add(badge_id: str | None) -> ResponseReturnValue:
    kind = request.args.get("kind", "file")
    if kind not in FORMS:
        raise NotFound
    given = Given(form=FORMS[kind](), use=UseForm(), badge_id=badge_id)
    if badge_id is not None:
        with reading() as session:
            own_badge(session, current_person().id, badge_id)
    if request.method == "GET":
        return _page(kind, given)
    if not given.is_good:
        return _page(kind, given), 422
    return _take_files(given) if isinstance(given.form, FileForm) else _take_words(kind, given)


def _take_words(kind: str, given: Given) -> ResponseReturnValue:
    """A link or a text."""
    person, form, now = current_person(), given.form, utcnow()
    try:
        with transaction() as session:
            if isinstance(form, LinkForm):
                work = adding.keep_link(session, person.id, form.url.data, form.wording(), now)
                wish_sweep(session, now)
            else:
                work = adding.keep_text(session, person.id, form["text"].data, form.wording(), now)
            _behind(session, _badge(session, given), [work], given)
    except BackpackError as error:
        if isinstance(error, NotFound):
            raise
        form["text" if isinstance(form, TextForm) else "url"].errors = [sentence(error)]
        return _page(kind, given), status_of(error)
    return _added(given, [work])


def _take_files(given: Given) -> ResponseReturnValue:
    """One file or several: what is wrong with one keeps none of the others out."""
    sent: list[FileStorage] = [one for one in given.form["file"].data or () if one and one.filename]
    errors: list[BackpackError] = [] if sent else [NothingChosen()]
    stored: list[Kept] = []
    works: list[Artefact] = []
    try:
        stored.extend(_stored(sent, errors))
        works.extend(_kept(given, stored, errors, has_company=len(sent) > 1))
    finally:
        used = {file.storage_key for work in works for file in work.files}
        let_go(wired(), {kept.key for kept in stored} - used)
    if not errors:
        return _added(given, works)
    given.form["file"].errors = [sentence(error) for error in errors]
    return _page("file", given, added=works), max(status_of(error) for error in errors)


def _stored(sent: Iterable[FileStorage], errors: list[BackpackError]) -> Iterator[Kept]:
    """The files that may be kept, each in storage; why the others may not goes to `errors`."""
    person, settings, storage = current_person(), wired().settings, wired().storage
    with reading() as session:
        taken = queries.all_room_taken(session, person.id) + room_of_cvs(session, person.id)
    for one in sent:
        try:
            ready = made_ready(one.stream, one.filename, Limits.of(settings))
            adding.has_room(taken, ready.size, ready.filename, settings.quota_mb)
        except BackpackError as error:
            errors.append(error)
            continue
        taken += ready.size
        yield put(ready, storage, person.public_id, settled=False)
    storage.settle(person.public_id)


def _kept(given: Given, stored: Sequence[Kept], errors: list[BackpackError], *, has_company: bool) -> list[Artefact]:
    """A work of each file, in one transaction; why some could not be is added to `errors`."""
    person, wording = current_person(), given.form.wording()
    if has_company:
        wording = replace(wording, title="")
    with transaction() as session:
        badge = _badge(session, given)
        works = adding.keep_files(session, person.id, _fitting(session, badge, stored, errors), wording, utcnow())
        _behind(session, badge, works, given)
    return works


def _fitting(
    session: Session, badge: Badge | None, stored: Iterable[Kept], errors: list[BackpackError]
) -> Iterator[Kept]:
    """Those for which there is room, still in storage; nobody else adds files of this person until the end of the
    transaction."""
    person, settings, storage = current_person(), wired().settings, wired().storage
    room = adding.Room(
        bytes=adding.hold_room(session, person.id) + room_of_cvs(session, person.id),
        works=queries.works_of(session, person.id),
        behind=len(queries.evidence_of(session, [badge.id])[badge.id]) if badge else 0,
    )
    for kept in stored:
        try:
            room.take(kept.size, kept.filename, settings.quota_mb)
        except BackpackError as error:
            errors.append(error)
        else:
            put_again(kept, storage, person.public_id)
            yield kept


def _badge(session: Session, given: Given) -> Badge | None:
    return own_badge(session, current_person().id, given.badge_id) if given.badge_id else None


def _behind(session: Session, badge: Badge | None, works: Iterable[Artefact], given: Given) -> None:
    if badge is not None:
        for work in works:
            adding.stand_behind(session, badge, work, given.use.words.data or "", utcnow())


def _added(given: Given, works: Sequence[Artefact]) -> ResponseReturnValue:
    if len(works) > 1:
        flash(ngettext("%(num)d work added. It is private.", "%(num)d works added. They are private.", len(works)))
    elif given.badge_id is None:
        flash(_("Added: “%(title)s”. It is private.", title=works[0].title))
    else:
        flash(_("Added: “%(title)s”. It is private until you publish it with the badge.", title=works[0].title))
    if given.badge_id is None and len(works) == 1:
        return redirect(url_for("evidence.work", public_id=works[0].public_id), 303)
    return redirect(_back(given.badge_id), 303)


def _page(kind: str, given: Given, added: Sequence[Artefact] = ()) -> str:
    person, settings = current_person(), wired().settings
    kinds = allowed_kinds(settings.file_kinds)
    with reading() as session:
        badge = _badge(session, given)
        taken = queries.all_room_taken(session, person.id) + room_of_cvs(session, person.id)
        has_works = bool(queries.works_of(session, person.id))
    return render_template(
        "evidence/add.html",
        badge=badge,
        kind=kind,
        form=given.form,
        use=given.use if badge else None,
        added=added,
        has_works=has_works,
        labels=labels(kinds),
        accept=accepted(kinds),
        most_mb=settings.max_artefact_mb,
        taken=taken,
        quota=settings.quota_mb * 1_000_000,
        back=_back(given.badge_id),
    )


def _choices(badge_id: str, error: BackpackError | None = None) -> str:
    person = current_person()
    with reading() as session:
        badge = own_badge(session, person.id, badge_id)
        there = {one.artefact_id for one in queries.evidence_of(session, [badge.id])[badge.id]}
        works = [work for work in queries.own_works(session, person.id) if work.id not in there]
    return render_template("evidence/choose.html", badge=badge, works=works, error=error, back=_back(badge_id))


def _back(badge_id: str | None) -> str:
    if badge_id is None:
        return url_for("evidence.all")
    return url_for("badges.badge", public_id=badge_id) + "#evidence"
