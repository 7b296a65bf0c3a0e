"""The bytes of works, for their owner: the original, every earlier version, what others get, the small picture."""

from __future__ import annotations

from flask import Response, request
from flask.typing import ResponseReturnValue
from flask_login import login_required

from backpack.accounts.presence import current_person
from backpack.database import reading
from backpack.errors import NotFound
from backpack.evidence import queries
from backpack.evidence.models import ArtefactFile
from backpack.evidence.serving import Sending, for_others, for_owner, preview_of
from backpack.evidence.views.blueprint import bp
from backpack.wiring import wired


def sent(sending: Sending) -> Response:
    """These bytes, or the part of them that was asked for."""
    answer = sending.answer(wired().storage, request.range, request.if_range)
    return Response(answer.pieces, answer.status, answer.headers)


@bp.get("/works/<public_id>/file")
@bp.get("/works/<public_id>/file/<int:number>")
@login_required
def work_file(public_id: str, number: int | None = None) -> ResponseReturnValue:
    """The original, as it was given; an earlier version by its number, counted from 1."""
    return sent(for_owner(_of_work(public_id, number)))


@bp.get("/works/<public_id>/picture")
@login_required
def work_picture(public_id: str) -> ResponseReturnValue:
    """The clean picture: what others would get."""
    return sent(_picture(_of_work(public_id)))


@bp.get("/works/<public_id>/copy")
@login_required
def work_copy(public_id: str) -> ResponseReturnValue:
    """What others would get, to be kept."""
    return sent(for_others(_of_work(public_id)))


@bp.get("/works/<public_id>/preview")
@login_required
def work_preview(public_id: str) -> ResponseReturnValue:
    """The small picture."""
    return _kept_a_while(sent(preview_of(_of_work(public_id))))


@bp.get("/evidence/<public_id>/file")
@login_required
def file(public_id: str) -> ResponseReturnValue:
    """The owner's original of what stands behind a badge."""
    return sent(for_owner(_of_evidence(public_id)))


@bp.get("/evidence/<public_id>/picture")
@login_required
def picture(public_id: str) -> ResponseReturnValue:
    """The clean picture of what stands behind a badge."""
    return sent(_picture(_of_evidence(public_id)))


@bp.get("/evidence/<public_id>/preview")
@login_required
def preview(public_id: str) -> ResponseReturnValue:
    """The small picture of what stands behind a badge."""
    return _kept_a_while(sent(preview_of(_of_evidence(public_id))))


def _picture(file: ArtefactFile) -> Sending:
    if file.clean_key is None:
        raise NotFound
    return for_others(file, inline=True)


def _of_work(public_id: str, number: int | None = None) -> ArtefactFile:
    with reading() as session:
        files = queries.own_work(session, current_person().id, public_id).files
    at = len(files) if number is None else number
    if not 1 <= at <= len(files):
        raise NotFound
    return files[at - 1]


def _of_evidence(public_id: str) -> ArtefactFile:
    with reading() as session:
        kept = queries.file_of(queries.own_evidence(session, current_person().id, public_id))
    if kept is None:
        raise NotFound
    return kept


def _kept_a_while(response: Response) -> Response:
    response.headers["Cache-Control"] = "private, max-age=300"
    return response
