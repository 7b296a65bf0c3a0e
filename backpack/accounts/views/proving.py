"""The page that asks who is signed in to prove it again, before a page that wants fresh proof."""

from __future__ import annotations

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from backpack.accounts.proving import is_fresh, proof_asked
from backpack.accounts.returning import page_of_ours
from backpack.accounts.views.blueprint import bp


@bp.get("/compte/preuve")
@login_required
def prove() -> ResponseReturnValue:
    onwards = _onwards()
    return redirect(onwards, 303) if is_fresh() else _asked(onwards)


@bp.post("/compte/preuve")
@login_required
def prove_now() -> ResponseReturnValue:
    onwards = _onwards()
    return _asked(onwards)


def _asked(onwards: str) -> ResponseReturnValue:
    asked = proof_asked(url_for("accounts.prove_now", next=onwards), onwards=onwards)
    return redirect(onwards, 303) if asked is None else asked


def _onwards() -> str:
    return page_of_ours(request.args.get("next")) or url_for("accounts.account")
