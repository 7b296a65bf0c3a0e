"""Importing: files, an address or a text come in; a line says what became of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext
from flask_login import login_required

from backpack.accounts.presence import current_person
from backpack.accounts.queries import confirmed_addresses
from backpack.badges.forms import ImportForm
from backpack.badges.handlers import let_go
from backpack.badges.holding import gone
from backpack.badges.importing import give
from backpack.badges.intake import MOST_LINES, Given, Line, clean_label, lines_of
from backpack.badges.models import Badge, ImportItem
from backpack.badges.naming import is_web_address
from backpack.badges.queries import badges_by_id, batch_items
from backpack.badges.reasons import BrokenOff, NothingGiven, said
from backpack.badges.views.blueprint import address_if, bp, judged, picture_address, shown_issuer, shown_name
from backpack.cv.queries import room_taken as room_of_cvs
from backpack.database import reading, transaction, utcnow
from backpack.errors import BackpackError
from backpack.evidence.queries import room_taken as room_of_works
from backpack.openbadges.errors import OpenBadgesError
from backpack.openbadges.report import Report, Sentence
from backpack.web.errors import status_of
from backpack.web.incoming import takes
from backpack.web.verdicts import Headline, State, headline
from backpack.wiring import wired

PATIENCE: Final = timedelta(hours=1)
"""A line that waits longer than this has lost its job."""
TOO_LARGE: Final = frozenset({"file-too-large", "too-large", "no-room"})
GOOD: Final = frozenset({State.VALID, State.VALID_EXPIRING})


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One line as the page says it."""

    label: str
    result: str
    code: str | None = None
    words: Sentence | None = None
    badge: Badge | None = None
    name: str = ""
    issuer: str = ""
    picture: str | None = None
    headline: Headline | None = None

    @property
    def from_archive(self) -> bool:
        return "›" in self.label

    @property
    def has_reserve(self) -> bool:
        return self.result == "added" and self.headline is not None and self.headline.state not in GOOD


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """All lines of a batch, and their sum."""

    lines: Sequence[Shown]

    @property
    def waiting(self) -> int:
        return sum(line.result == "waiting" for line in self.lines)

    @property
    def done(self) -> int:
        return len(self.lines) - self.waiting

    @property
    def any_badge(self) -> bool:
        return any(line.badge for line in self.lines)

    @property
    def summary(self) -> list[str]:
        counts = Counter("reserve" if line.has_reserve else line.result for line in self.lines)
        known = {
            "added": ngettext("%(num)d added", "%(num)d added", counts["added"]),
            "known": ngettext("%(num)d already there", "%(num)d already there", counts["known"]),
            "reserve": ngettext("%(num)d with a reservation", "%(num)d with a reservation", counts["reserve"]),
            "arrival": ngettext("%(num)d waits for an address", "%(num)d wait for an address", counts["arrival"]),
            "held": ngettext("%(num)d waits for its issuer", "%(num)d wait for their issuer", counts["held"]),
            "refused": ngettext("%(num)d refused", "%(num)d refused", counts["refused"]),
            "waiting": ngettext("%(num)d being checked", "%(num)d being checked", counts["waiting"]),
        }
        return [words for result, words in known.items() if counts[result]]


@bp.get("/badges/import")
@login_required
def import_page() -> ResponseReturnValue:
    """Three ways to give a badge."""
    return import_form_page(ImportForm())


@bp.post("/badges/import")
@login_required
@takes(lambda settings: settings.max_archive_mb + settings.max_import_mb, long_text=True)
def import_them() -> ResponseReturnValue:
    """Read what was given at once; note and queue what is a badge. When nothing is, nothing is kept."""
    form = ImportForm()
    if not form.validate():
        return import_form_page(form), 422
    settings = wired().settings
    try:
        lines = lines_of(given(form), file_mb=settings.max_import_mb, archive_mb=settings.max_archive_mb, boxes=True)
        batch = keep(lines)
    except BackpackError as error:
        return import_form_page(form, problem=error), status_of(error)
    except NothingKept as nothing:
        return _refused(form, nothing.lines)
    return redirect(url_for("badges.import_results", batch=batch), 303)


def keep(lines: Sequence[Line]) -> str:
    """Note and queue, for who is signed in, what of these is a badge; the batch. Raises NothingKept."""
    if all(line.is_refused for line in lines):
        raise NothingKept(lines)
    settings, person, storage = wired().settings, current_person(), wired().storage
    keys = [storage.put(person.public_id, line.data) if line.data else None for line in lines]
    try:
        with transaction() as session:
            elsewhere = room_of_works(session, person.id) + room_of_cvs(session, person.id)
            batch, noted = give(
                session,
                person.id,
                list(zip(lines, keys, strict=True)),
                quota_mb=settings.quota_mb,
                elsewhere=elsewhere,
                now=utcnow(),
            )
            if all(line.is_refused for line in noted):
                raise NothingKept(noted)
            for line, key in zip(noted, keys, strict=True):
                if key and not line.is_refused and gone(session, storage, person.id, [key]):
                    storage.put(person.public_id, line.data)
    except NothingKept:
        let_go(wired(), [key for key in keys if key])
        raise
    let_go(wired(), [key for key, line in zip(keys, noted, strict=True) if key and line.is_refused])
    return batch


class NothingKept(Exception):
    """Every line was refused at last: the transaction is undone."""

    def __init__(self, lines: Sequence[Line]) -> None:
        super().__init__()
        self.lines = lines


def given(form: ImportForm) -> list[Given]:
    """What came in: each chosen file, and the pasted address or text. Raises NothingGiven."""
    found = [
        Given(label=clean_label(file.filename or ""), data=file.read())
        for file in request.files.getlist("files")[: MOST_LINES + 1]
        if file.filename
    ]
    if pasted := (form.pasted.data or "").strip():
        found.append(pasted_of(pasted))
    if not found:
        raise NothingGiven
    return found


def pasted_of(text: str) -> Given:
    """A pasted address is called by itself, a pasted text by its beginning."""
    label = text if is_web_address(text) else " ".join(text.split())[:40] + "…"
    return Given(label=label[:200], data=text.encode(), is_pasted=True)


@bp.get("/badges/import/<batch>")
@login_required
def import_results(batch: str) -> ResponseReturnValue:
    """What became of each item; asked for again while something is still being checked."""
    person, now = current_person(), utcnow()
    with reading() as session:
        items = batch_items(session, person.id, batch)
        badges = badges_by_id(session, {item.badge_id for item in items if item.badge_id})
        found = judged(session, person.id, list(badges.values()), now)
        addresses = confirmed_addresses(session, person.id)
    lines = [_shown(item, badges.get(item.badge_id or 0), found, now) for item in items]
    return render_template(
        "badges/results.html",
        results=Results(lines=lines),
        batch=batch,
        only_address=addresses[0].spelling if len(addresses) == 1 else "",
        add_address=address_if("accounts.account") or url_for("badges.grid"),
    )


def _shown(item: ImportItem, badge: Badge | None, found: dict[int, Report], now: datetime) -> Shown:
    if badge is not None:
        report = found[badge.id]
        code = item.reason or ("page-known" if item.facts.get("was_page") else None)
        return Shown(
            label=item.label,
            result=item.result,
            words=said(code, item.facts) if code else None,
            badge=badge,
            name=shown_name(report.credential, badge),
            issuer=shown_issuer(report.credential, badge),
            picture=picture_address(badge),
            headline=headline(report),
        )
    if item.result == "waiting" and now - item.created_at > PATIENCE:
        return Shown(label=item.label, result="refused", code=BrokenOff.code, words=said(BrokenOff.code, {}))
    if item.result in {"added", "known"}:
        what = item.reason if item.reason == "export-back" else "removed-since"
        return Shown(label=item.label, result=item.result, words=said(what, item.facts))
    words = said(item.reason, item.facts) if item.reason else None
    return Shown(label=item.label, result=item.result, code=item.reason, words=words)


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedLine:
    """A line of an import of which nothing was kept."""

    label: str
    code: str
    words: Sentence


def _refused(form: ImportForm, lines: Sequence[Line]) -> ResponseReturnValue:
    shown = [RefusedLine(label=one.label, code=one.code or "", words=said(one.code, one.facts)) for one in lines]
    status = 413 if any(one.code in TOO_LARGE for one in lines) else 422
    return import_form_page(form, refused=shown), status


def import_form_page(
    form: ImportForm,
    *,
    problem: BackpackError | OpenBadgesError | Sentence | None = None,
    refused: Sequence[RefusedLine] = (),
) -> str:
    """The three ways to give a badge, with what was wrong with those tried."""
    most = wired().settings.max_import_mb
    return render_template("badges/import.html", form=form, most=most, problem=problem, refused=refused)
