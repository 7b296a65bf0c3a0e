"""The check that anybody may make: no account, nothing kept but for some minutes, the same verdict as everywhere."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from backpack import openbadges
from backpack.archive.policy import policy_at_work
from backpack.badges.checking import Input, ScratchDocuments, begin_check, inputs_of
from backpack.badges.forms import CheckForm
from backpack.badges.intake import Given, clean_label, lines_of
from backpack.badges.models import PublicCheck
from backpack.badges.queries import open_check
from backpack.badges.reasons import NothingGiven, said
from backpack.badges.views.beside import beside
from backpack.badges.views.blueprint import bp, shown_name
from backpack.badges.views.comparing import Answer, proven_page, text_of
from backpack.badges.views.importing import pasted_of
from backpack.cv.proving import read_page
from backpack.database import reading, transaction, utcnow
from backpack.errors import BackpackError
from backpack.openbadges.errors import NoBadgeFound
from backpack.openbadges.policy import Policy
from backpack.openbadges.report import Sentence
from backpack.web.errors import status_of
from backpack.web.incoming import takes
from backpack.web.limits import per_network
from backpack.web.strangers import for_strangers
from backpack.web.verdicts import headline
from backpack.wiring import wired


@bp.get("/verify")
@for_strangers
def check_page() -> ResponseReturnValue:
    """The form."""
    return _page(CheckForm())


@bp.post("/verify")
@per_network("10 per hour")
@for_strangers
@takes(lambda settings: settings.max_import_mb, long_text=True)
def check() -> ResponseReturnValue:
    """Read what was given at once; the issuer is asked by a job, and the answer has a page of its own."""
    form = CheckForm(request.form)
    if not form.validate():
        return _page(form), 422
    settings = wired().settings
    try:
        given = _given(form)
        lines = lines_of(given, file_mb=settings.max_import_mb, archive_mb=settings.max_import_mb)
    except BackpackError as error:
        return _page(form, problem=error), status_of(error)
    text = text_of(given[0].data)
    if text and read_page(text, settings.host).codes:
        # A CV without badges inside: what its page prints is enough.
        lines = [line for line in lines if line.code != NoBadgeFound.code]
    if lines and all(line.is_refused for line in lines):
        first = lines[0]
        status = 413 if first.code in {"file-too-large", "too-large"} else 422
        return _page(form, problem=said(first.code, first.facts)), status
    with transaction() as session:
        begun = begin_check(session, lines, (form.recipient.data or "").strip(), utcnow(), text)
        public_id = begun.public_id
    return redirect(url_for("badges.checked", public_id=public_id), 303)


@bp.get("/verify/<public_id>")
@per_network("600 per hour")
@for_strangers
def checked(public_id: str) -> ResponseReturnValue:
    """The answer, judged at this moment from what the issuer said some minutes ago."""
    now = utcnow()
    with reading() as session:
        one = open_check(session, public_id, now)
        is_waiting = one.done_at is None
        recipients = (one.recipient,) if one.recipient else ()
        answers = [] if is_waiting else answers_of(one, now, recipients)
        page = None if is_waiting or one.page_text is None else proven_page(session, one.page_text, answers, now)
    return render_template("badges/checked.html", check=one, answers=answers, page=page, is_waiting=is_waiting, now=now)


def answers_of(check: PublicCheck, now: datetime, recipients: Sequence[str]) -> list[Answer]:
    """What is said about each thing that a check was given, once it is done."""
    documents = ScratchDocuments(check.recorded, check.created_at)
    with reading() as session:
        policy = policy_at_work(session, wired().settings)
    return [_answer(one, documents, now, recipients, policy) for one in inputs_of(check)]


def _answer(
    one: Input, documents: ScratchDocuments, now: datetime, recipients: Sequence[str], policy: Policy
) -> Answer:
    if one.payload is None:
        return Answer(label=one.label, words=said(one.code, one.facts or {}))
    credential = openbadges.read_payload(one.payload)
    report = openbadges.verify(credential, documents, now, recipients=recipients, policy=policy)
    named = report.credential.recipient
    if recipients and not named.identities and not named.id:  # nobody yet: its issuer did not answer
        report = openbadges.verify(credential, documents, now, policy=policy)
    return Answer(
        label=one.label,
        report=report,
        headline=headline(report),
        name=shown_name(report.credential),
        beside=beside(one.statement, one.payload, lambda said: openbadges.verify(said, documents, now, policy=policy)),
    )


def _given(form: CheckForm) -> list[Given]:
    file = request.files.get("file")
    if file is not None and file.filename:
        return [Given(label=clean_label(file.filename), data=file.read())]
    if pasted := (form.pasted.data or "").strip():
        return [pasted_of(pasted)]
    raise NothingGiven


def _page(form: CheckForm, *, problem: BackpackError | Sentence | None = None) -> str:
    most = wired().settings.max_import_mb
    return render_template("badges/check.html", form=form, most=most, problem=problem)
