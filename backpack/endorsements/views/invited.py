"""For whoever was invited: no account, no session. What is asked, and the mailed link that confirms it."""

from __future__ import annotations

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from backpack.accounts.models import Person
from backpack.badges.judging import held_by
from backpack.badges.models import Badge
from backpack.database import reading, transaction, utcnow
from backpack.endorsements import confirming
from backpack.endorsements.confirming import Statement, TooManyLetters
from backpack.endorsements.forms import StatementForm
from backpack.endorsements.inviting import open_invitation
from backpack.endorsements.letters import ask_to_confirm, tell_owner
from backpack.endorsements.models import Endorsement
from backpack.endorsements.views.blueprint import bp, thing_of
from backpack.errors import NotFound
from backpack.evidence.models import ArtefactFile
from backpack.evidence.queries import newest
from backpack.evidence.serving import for_others
from backpack.evidence.views.files import sent as sent_file
from backpack.openbadges.model import Achievement
from backpack.web.languages import language
from backpack.web.limits import per_network
from backpack.web.strangers import for_strangers
from backpack.web.wording import sentence
from backpack.wiring import wired


@bp.get("/endorse/<token>")
@for_strangers
def answer(token: str) -> ResponseReturnValue:
    """What is asked of the invited person, and of whom it is."""
    with reading() as session:
        return _page(session, open_invitation(session, token, utcnow()), token, StatementForm())


@bp.post("/endorse/<token>")
@per_network("30 per hour")
@for_strangers
def write(token: str) -> ResponseReturnValue:
    """Keep what they say until they confirm it by the link we mail them."""
    form, now = StatementForm(request.form), utcnow()
    with reading() as session:
        one = open_invitation(session, token, now)
        if not form.validate():
            return _page(session, one, token, form), 422
    said = Statement(
        name=form.name.data,
        role=form.role.data,
        words=form.words.data,
        language=language(),
        address=form.address.data,
    )
    try:
        with transaction() as session:
            one = open_invitation(session, token, now)
            key = confirming.write(one, said, now)
            link = wired().settings.public_url + url_for("endorsements.confirm", token=key)
            own = confirming.is_of_owner(session, one, said.address)
            if not ask_to_confirm(session, one, link, now, own=own):
                raise TooManyLetters
            if own:
                confirming.forget(one)
    except TooManyLetters as error:
        form.address.errors = [sentence(error)]
        with reading() as session:
            return _page(session, open_invitation(session, token, now), token, form), 429
    return redirect(url_for("endorsements.sent", token=token), 303)


@bp.get("/endorse/<token>/sent")
@for_strangers
def sent(token: str) -> ResponseReturnValue:
    """That a letter is on its way. It names no address: this page may be opened by whoever has the invitation."""
    with reading() as session:
        open_invitation(session, token, utcnow())
    return render_template("endorsements/sent.html", again=url_for("endorsements.answer", token=token))


@bp.get("/endorse/<token>/picture.png")
@for_strangers
def picture(token: str) -> ResponseReturnValue:
    """The badge's picture, made anew."""
    with reading() as session:
        badge = thing_of(session, open_invitation(session, token, utcnow())).badge
    if badge is None or badge.picture is None:
        raise NotFound
    return Response(wired().storage.read(badge.picture), mimetype="image/png")


@bp.get("/endorse/<token>/work")
@for_strangers
def work_file(token: str) -> ResponseReturnValue:
    """The file of the work, as others get it."""
    return sent_file(for_others(_file_of_work(token)))


@bp.get("/endorse/<token>/work/picture")
@for_strangers
def work_picture(token: str) -> ResponseReturnValue:
    """The work where it is a picture: the copy without hidden data."""
    file = _file_of_work(token)
    if file.clean_key is None:
        raise NotFound
    return sent_file(for_others(file, inline=True))


def _file_of_work(token: str) -> ArtefactFile:
    with reading() as session:
        one = open_invitation(session, token, utcnow())
        work = thing_of(session, one).work
        file = newest(work) if work and one.shows_work else None
    if file is None:
        raise NotFound
    return file


@bp.get("/endorse/confirm/<token>")
@for_strangers
def confirm(token: str) -> ResponseReturnValue:
    """What the mailed link would confirm. Programs that look at links in letters change nothing by that."""
    with reading() as session:
        one = confirming.to_be_confirmed(session, token, utcnow())
        return render_template(
            "endorsements/confirm.html",
            one=one,
            thing=thing_of(session, one),
            holder=session.get_one(Person, one.person_id).name,
            token=token,
        )


@bp.post("/endorse/confirm/<token>")
@per_network("30 per hour")
@for_strangers
def confirm_it(token: str) -> ResponseReturnValue:
    with transaction() as session:
        one = confirming.confirm(session, token, utcnow())
        link = wired().settings.public_url + url_for("endorsements.mine", endorsement_id=one.public_id)
        tell_owner(session, one, link, utcnow())
        holder = session.get_one(Person, one.person_id).name
    return render_template("endorsements/done.html", one=one, holder=holder)


def _page(session: Session, one: Endorsement, token: str, form: StatementForm) -> str:
    thing = thing_of(session, one)
    return render_template(
        "endorsements/answer.html",
        thing=thing,
        work=thing.work if one.shows_work else None,
        achievement=_achievement(thing.badge),
        holder=session.get_one(Person, one.person_id).name,
        form=form,
        token=token,
    )


def _achievement(badge: Badge | None) -> Achievement | None:
    """What the badge file says had to be done. It is said as the issuer's words, not as a verdict."""
    return held_by(badge).achievement if badge is not None else None
