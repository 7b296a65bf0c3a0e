"""The blueprint, and what its pages share: letting somebody in, and where one goes on."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, current_app, session, url_for

from backpack.accounts import presence
from backpack.accounts.models import Person
from backpack.accounts.returning import badge_wanted, page_of_ours
from backpack.accounts.signing_in import network_key, signed_in
from backpack.database import transaction, utcnow
from backpack.web.limits import network
from backpack.wiring import wired

bp = Blueprint("accounts", __name__)
NEWCOMER = "newcomer"
"""In a session: what a provider said of somebody whom no account knows yet."""
RECOVERED = "recovered"
"""In a session: a recovery code opened it, so a new password may be set without the old one."""


def let_in(person: Person, wanted: str | None = None, *, proved: bool = True) -> str:
    """Sign this browser in as `person`. The address of the page to go on with: `wanted`, or what they came for.

    `proved`: they typed or showed something just now, which a browser left signed in elsewhere does not do for them.
    """
    wanted, newcomer = wanted or session.get("next"), session.get(NEWCOMER)
    here = network_key(wired().settings.secret_key, network())
    with transaction() as database:
        signed_in(database, person.id, here, utcnow())
    presence.begin(person, proved=proved)
    if newcomer:  # a provider named them here just now, and they chose to sign in to a backpack they have
        session[NEWCOMER] = newcomer
        return url_for("accounts.first_time")
    return page_of_ours(wanted) or first_page()


def first_page() -> str:
    """Where a person starts: their badges."""
    return url_for("badges.grid" if "badges.grid" in current_app.view_functions else "accounts.account")


def remember_next(wanted: str | None) -> None:
    """Keep where they wanted to go through the pages that lead there."""
    page = page_of_ours(wanted)
    if page and session.get("next") != page:
        session["next"] = page


@bp.app_template_global()
def badge_on_the_way() -> str:
    """The host of the badge that somebody at one of these doors came for; empty when they came for none."""
    try:
        return urlsplit(badge_wanted(session.get("next")) or "").hostname or ""
    except ValueError:
        return ""
