"""Arriving by an issuer's "Add to my backpack" (/import?url=...): what is there is shown first, then one click adds it.

Who is not signed in signs up or in and comes back here. The issuer is asked by a job, into documents that are gone
after ten minutes: a link that somebody else made puts nothing into a backpack.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from backpack.accounts.presence import current_person
from backpack.archive.sparing import host_of
from backpack.badges.checking import begin_check
from backpack.badges.forms import ImportForm
from backpack.badges.intake import Line, lines_of
from backpack.badges.judging import spellings
from backpack.badges.models import PublicCheck
from backpack.badges.naming import is_web_address
from backpack.badges.queries import open_check
from backpack.badges.reasons import said
from backpack.badges.views.blueprint import bp
from backpack.badges.views.checking import answers_of
from backpack.badges.views.comparing import Answer
from backpack.badges.views.importing import NothingKept, import_form_page, keep, pasted_of
from backpack.database import reading, transaction, utcnow
from backpack.errors import BackpackError, NotFound
from backpack.openbadges.report import Sentence
from backpack.web.limits import per_network
from backpack.wiring import wired

KEPT = "preview"


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What an address seems to hold; nothing of it is in a backpack."""

    url: str
    answers: Sequence[Answer] = ()
    is_waiting: bool = False
    problem: Sentence | None = None

    @property
    def host(self) -> str:
        return host_of(self.url)

    @property
    def any_badge(self) -> bool:
        return any(one.report for one in self.answers)


@bp.get("/import")
@per_network("600 per hour")
def arrive() -> ResponseReturnValue:
    """The badge that an issuer's link is about."""
    url = request.args.get("url", "").strip()
    if not current_user.is_authenticated:
        back = request.full_path.rstrip("?")
        return redirect(url_for("accounts.sign_up", next=back), 303)
    if not url:
        return redirect(url_for("badges.import_page"), 303)
    with reading() as database:
        recipients = spellings(database, current_person().id)
    preview = preview_of(url, recipients)
    if preview.problem:
        return import_form_page(ImportForm(formdata=None, pasted=url), problem=preview.problem), 422
    return render_template("badges/preview.html", preview=preview)


def preview_of(url: str, recipients: Sequence[str]) -> Preview:
    """What this address holds, as far as is known by now: the first look asks for it, later ones wait for an answer."""
    line = line_of(url)
    if line.is_refused:
        return Preview(url=url, problem=said(line.code, line.facts))
    now, check = utcnow(), _begun(url)
    if check is None:
        with transaction() as database:
            check = begin_check(database, [line], "", now)
        session[KEPT] = {"url": url, "check": check.public_id}
    if check.done_at is None:
        return Preview(url=url, is_waiting=True)
    return Preview(url=url, answers=answers_of(check, now, recipients))


def _begun(url: str) -> PublicCheck | None:
    kept = session.get(KEPT, {})
    if kept.get("url") != url:
        return None
    try:
        with reading() as database:
            return open_check(database, kept["check"], utcnow())
    except NotFound:
        return None


def line_of(url: str) -> Line:
    """The address as a line of an import; a refused one says why it is none."""
    settings = wired().settings
    text = url if is_web_address(url) else f"https://{url}"  # some issuers leave the scheme out
    (line, *_more) = lines_of([pasted_of(text)], file_mb=settings.max_import_mb, archive_mb=settings.max_archive_mb)
    return line


def taken_in(url: str) -> str | None:
    """Import what is at this address for who is signed in: the page that says what became of it, if anything did."""
    try:
        batch = keep([line_of(url)])
    except (NothingKept, BackpackError):
        return None
    return url_for("badges.import_results", batch=batch)
