"""The page that asks for a link's passphrase. It names nobody, and says nothing of what is behind it."""

from __future__ import annotations

from flask import Response, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from backpack.accounts.passwords import is_right
from backpack.accounts.tries import count_try, forgive
from backpack.database import reading, transaction, utcnow
from backpack.errors import TooMany
from backpack.publishing.forms import PassphraseForm
from backpack.publishing.links import open_link
from backpack.publishing.models import ShareLink
from backpack.publishing.passphrases import COOKIE, LASTS, Locked, paces, stamp
from backpack.publishing.views.blueprint import bp, path_of
from backpack.web.errors import answer as error_answer
from backpack.web.errors import wants_json
from backpack.web.limits import network, per_network
from backpack.web.strangers import for_strangers
from backpack.web.wording import sentence
from backpack.wiring import wired


@bp.app_errorhandler(Locked)
def ask(error: Locked) -> ResponseReturnValue:
    """In the place of every page and part of the link."""
    token = (request.view_args or {}).get("token", "")
    if wants_json() or not token:
        return error_answer(403, error.code, sentence(error))
    return _page(token, PassphraseForm(formdata=None), 403)


@bp.route("/p/<token>/open", methods=["GET", "POST"])
@per_network("60 per hour")
@for_strangers
def unlock(token: str) -> ResponseReturnValue:
    """The right words open the link's own addresses to this browser for two hours."""
    now, settings = utcnow(), wired().settings
    with reading() as session:
        link = open_link(session, token, now, lambda _link: True)
    if link.passphrase_hash is None:
        return redirect(path_of(link), 303)
    form = PassphraseForm()
    if request.method == "GET":
        return _page(token, form, 200)
    if not form.validate():
        return _page(token, form, 422)
    tries = paces(link, settings.secret_key, network())
    try:
        with transaction() as session:
            count_try(session, tries, now)
    except TooMany as error:
        form.passphrase.errors = [sentence(error)]
        return _page(token, form, 429)
    if not is_right(link.passphrase_hash, form.passphrase.data):
        form.passphrase.errors = [_("These are not the words. Ask whoever sent you the link.")]
        return _page(token, form, 422)
    with transaction() as session:
        forgive(session, *tries)
    response = make_response(redirect(path_of(link), 303))
    for path in {path_of(link), f"/p/{token}"}:
        _let_in(response, link, path)
    return response


def _let_in(response: Response, link: ShareLink, path: str) -> None:
    settings = wired().settings
    response.set_cookie(
        COOKIE,
        stamp(link, settings.secret_key, utcnow()),
        max_age=LASTS,
        path=path,
        secure=settings.secure,
        httponly=True,
        samesite="Lax",
    )


def _page(token: str, form: PassphraseForm, status: int) -> tuple[str, int]:
    return render_template("publishing/locked.html", token=token, form=form), status
