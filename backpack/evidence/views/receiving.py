"""Works that a badge brings along: shown with who signed for them, and taken over only where its holder ticks them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext
from flask_login import login_required
from sqlalchemy.orm import Session

from backpack import openbadges
from backpack.accounts.presence import current_person
from backpack.archive.documents import ArchivedDocuments
from backpack.archive.policy import policy_at_work
from backpack.badges.carried import statements_of
from backpack.badges.models import Badge
from backpack.badges.queries import own_badge
from backpack.badges.recording import grow_edition
from backpack.database import reading, transaction, utcnow
from backpack.errors import N_, BackpackError
from backpack.evidence.adding import TooManyWorks, TooMuchEvidence
from backpack.evidence.receiving import can_be_taken, receive
from backpack.evidence.views.blueprint import bp
from backpack.openbadges.errors import OpenBadgesError
from backpack.openbadges.report import Outcome, Report
from backpack.openbadges.statements import Piece, Statement, read_statement
from backpack.signature import signer_of
from backpack.web.errors import status_of
from backpack.web.verdicts import Headline, headline
from backpack.wiring import wired

STORY = "story"


class NothingTaken(BackpackError):
    code = "nothing-ticked"
    sentence = N_("Tick at least one thing to take over.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A statement that came with a badge: its pieces by the names they have in the form, and its story."""

    statement: Statement
    headline: Headline
    is_ours: bool
    """Whether this very backpack signed it."""
    is_open: bool
    """Whether it may be taken over: it is about this badge, and its signature is not broken."""
    story: str
    pieces: Mapping[str, Piece]


@bp.get("/badges/<public_id>/works-in-it")
@login_required
def works_in_it(public_id: str) -> ResponseReturnValue:
    """What this badge's file says beside it, before anything of it becomes one's own."""
    return _page(public_id)


@bp.post("/badges/<public_id>/works-in-it")
@login_required
def take_works_in_it(public_id: str) -> ResponseReturnValue:
    """Take over what was ticked, and nothing else."""
    ticked, now = request.form.getlist("piece"), utcnow()
    try:
        with transaction() as session:
            badge = own_badge(session, current_person().id, public_id)
            offers = [one for one in offers_of(session, badge, now) if one.is_open]
            pieces = [piece for one in offers for name, piece in one.pieces.items() if name in ticked]
            story = next((one.story for one in offers if one.story), "") if STORY in ticked else ""
            if not pieces and not story:
                raise NothingTaken
            if story and not badge.story:
                badge.story = story
                grow_edition(session, badge.person_id)
            taken = receive(session, badge, pieces, now)
    except (NothingTaken, TooMuchEvidence, TooManyWorks) as error:
        return _page(public_id, error), status_of(error)
    flash(
        ngettext("%(num)d work taken over. It is private.", "%(num)d works taken over. They are private.", len(taken))
    )
    return redirect(url_for("badges.badge", public_id=public_id) + "#evidence", 303)


def offers_of(session: Session, badge: Badge, now: datetime) -> list[Offer]:
    """The statements that this badge's files carry, each judged by itself."""
    documents, policy = ArchivedDocuments(session), policy_at_work(session, wired().settings)
    found = []
    for place, payload in enumerate(statements_of(badge, wired().storage)):
        try:
            said = read_statement(payload, badge.payload)
            report = openbadges.verify(openbadges.read_payload(payload), documents, now, policy=policy)
        except OpenBadgesError:
            continue
        found.append(_offer(place, said, report))
    return found


def _offer(place: int, said: Statement, report: Report) -> Offer:
    return Offer(
        statement=said,
        headline=headline(report),
        is_ours=report.outcome is Outcome.VALID and report.credential.issuer.id == signer_of(wired().settings).did,
        is_open=said.is_about_it and report.outcome is not Outcome.INVALID,
        story=str(report.credential.narrative or ""),
        pieces={f"{place}-{at}": piece for at, piece in enumerate(said.pieces)},
    )


def _page(public_id: str, error: BackpackError | None = None) -> str:
    with reading() as session:
        badge = own_badge(session, current_person().id, public_id)
        offers = offers_of(session, badge, utcnow())
    return render_template(
        "evidence/receive.html", badge=badge, offers=offers, error=error, can_be_taken=can_be_taken, story_name=STORY
    )
