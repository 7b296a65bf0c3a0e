"""The pages that belong to no slice: the first page, help, accessibility, privacy; and static files."""

from __future__ import annotations

from collections.abc import Mapping
from email.utils import parseaddr
from typing import Final

import sqlalchemy as sa
from flask import Blueprint, Response, jsonify, make_response, render_template
from flask.typing import ResponseReturnValue

from backpack.database import reading
from backpack.errors import N_
from backpack.leaving.purposes import PURPOSES
from backpack.web.headers import cacheable, indexable
from backpack.web.static import static_file as static_file_view
from backpack.web.strangers import for_machines, for_strangers
from backpack.web.verdicts import LOOKS, Look, State
from backpack.web.whereabouts import PLACES
from backpack.wiring import wired

bp = Blueprint("web", __name__)
FIVE_MINUTES = 300

MEANINGS: Final[Mapping[State, str]] = {
    State.VALID: N_("Genuine, in force, and issued by an organisation that we could establish."),
    State.VALID_EXPIRING: N_("The same, for less than thirty days more."),
    State.EXPIRED: N_("It was genuine; the time for which its issuer gave it is over."),
    State.REVOKED: N_("Its issuer took it back, and may say why."),
    State.WITHDRAWN: N_("Its issuer took it back or suspended it, and has not answered since."),
    State.UNREACHABLE: N_(
        "The issuer did not answer. We say when it last did. This is no fault of the holder, and no proof either."
    ),
    State.STATUS_UNKNOWN: N_("The signature is good, but the list of revoked badges did not answer."),
    State.UNKNOWN_ISSUER: N_("The badge is intact, but nothing establishes who stands behind the issuer’s name."),
    State.WRONG_PERSON: N_("It names an address that is none of this person’s confirmed ones."),
    State.ALTERED: N_("Something was changed after it was signed. Do not rely on it."),
    State.NOT_VALID: N_("Something that a badge needs is missing or contradicts itself; the page says what."),
}


@bp.get("/static/<path:address>")
@for_strangers
def static_file(address: str) -> ResponseReturnValue:
    return static_file_view(address)


@bp.get("/")
@for_strangers
def landing() -> ResponseReturnValue:
    """What this is, the living example, and a form that checks any badge."""
    page = render_template("web/landing.html", demo=wired().settings.demo)
    return indexable(cacheable(make_response(page), FIVE_MINUTES))


def meanings() -> list[tuple[Look, str]]:
    """Each state a reader can meet, and what it means."""
    return [(LOOKS[state], meaning) for state, meaning in MEANINGS.items()]


def contact() -> str:
    """The address that letters of this site come from; empty for the one made up for trying out."""
    address = parseaddr(wired().settings.mail_from)[1]
    return "" if address.endswith("@localhost") else address


@bp.get("/aide")
@for_strangers
def help_page() -> ResponseReturnValue:
    """What a badge is, what the states mean, where to find one's files."""
    return indexable(
        cacheable(
            make_response(render_template("web/help.html", states=meanings(), places_of_badges=PLACES)), FIVE_MINUTES
        )
    )


@bp.get("/accessibilite")
@for_strangers
def accessibility() -> ResponseReturnValue:
    """The state of accessibility, said as it is."""
    return indexable(
        cacheable(make_response(render_template("web/accessibility.html", contact=contact())), FIVE_MINUTES)
    )


@bp.get("/vie-privee")
@for_strangers
def privacy() -> ResponseReturnValue:
    """What is kept about whom, why, and for how long: the data map in words."""
    page = render_template(
        "web/privacy.html", contact=contact(), purposes=PURPOSES, backup_days=wired().settings.backup_days
    )
    return indexable(cacheable(make_response(page), FIVE_MINUTES))


@bp.get("/healthz")
@for_machines
def health() -> ResponseReturnValue:
    """For whatever watches this process: it runs, and its database answers."""
    with reading() as session:
        session.execute(sa.text("SELECT 1"))
    return jsonify(status="ok")


@bp.get("/robots.txt")
@for_machines
def robots() -> ResponseReturnValue:
    """Robots may read everything; what they may list, each page says itself (a page they can't read could not)."""
    return cacheable(Response("User-agent: *\nDisallow:\n", mimetype="text/plain"), FIVE_MINUTES)
