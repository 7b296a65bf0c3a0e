"""The badge to take along with its works in it, and the document that says which key signed that."""

from __future__ import annotations

from flask import Response, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import login_required
from sqlalchemy.orm import Session

from backpack.accounts.presence import current_person
from backpack.badges.queries import own_badge
from backpack.database import reading, utcnow
from backpack.errors import BackpackError, NotFound
from backpack.evidence.carrying import TYPES, NoPicture, carrier_of, with_works
from backpack.evidence.filenames import cleaned, disposition
from backpack.evidence.kinds import family_of
from backpack.evidence.models import Evidence
from backpack.evidence.queries import evidence_of, file_of
from backpack.evidence.serving import FILE_POLICY
from backpack.evidence.views.blueprint import bp
from backpack.openbadges.errors import OpenBadgesError
from backpack.publishing.links import token_of
from backpack.publishing.queries import links_showing_evidence
from backpack.signature import did_document, signer_of
from backpack.web.errors import status_of
from backpack.web.strangers import for_machines
from backpack.wiring import wired


@bp.get("/badges/<public_id>/portfolio")
@login_required
def portfolio(public_id: str) -> ResponseReturnValue:
    """Which works go along, before the file is made."""
    return _page(public_id)


@bp.post("/badges/<public_id>/portfolio")
@login_required
def take_portfolio(public_id: str) -> ResponseReturnValue:
    """The badge's picture with these works in it."""
    person, settings, now = current_person(), wired().settings, utcnow()
    chosen = set(request.form.getlist("evidence"))
    try:
        with reading() as session:
            badge = own_badge(session, person.id, public_id)
            works = [one for one in evidence_of(session, [badge.id])[badge.id] if one.public_id in chosen]
            carrier = carrier_of(badge, wired().storage)
            made = with_works(
                carrier,
                badge,
                works,
                lambda one: _published(session, one),
                title=_("Portfolio of %(name)s for “%(badge)s”", name=person.name, badge=badge.name),
                site=(f"Backpack ({settings.host})", settings.public_url),
                signer=signer_of(settings),
                now=now,
            )
    except (NoPicture, OpenBadgesError) as error:
        return _page(public_id, error), status_of(error)
    name = cleaned(f"{badge.name or 'badge'} portfolio.{carrier.container}")
    return Response(
        made,
        headers={
            "Content-Type": TYPES[carrier.container],
            "Content-Disposition": disposition(name),
            "Content-Security-Policy": FILE_POLICY,
        },
    )


@bp.get("/.well-known/did.json")
@for_machines
def did() -> ResponseReturnValue:
    """Which key this backpack signs with (did:web)."""
    document = did_document(wired().settings)
    if document is None:
        raise NotFound
    return jsonify(document)


def _published(session: Session, one: Evidence) -> str | None:
    """Where anybody finds this file who opens a link that shows it."""
    file, settings = file_of(one), wired().settings
    links = links_showing_evidence(session, one.id, utcnow())
    if file is None or not links or not one.is_shown:
        return None
    if family_of(file.media_type) == "image" and not file.clean_key:
        return None
    endpoint = "publishing.file_picture" if file.clean_key else "publishing.file"
    token = token_of(links[0], settings.secret_key)
    return settings.public_url + url_for(endpoint, token=token, kind="evidence", named=one.public_id)


def _page(public_id: str, error: BackpackError | OpenBadgesError | None = None) -> str:
    with reading() as session:
        badge = own_badge(session, current_person().id, public_id)
        works = evidence_of(session, [badge.id])[badge.id]
    return render_template("evidence/portfolio.html", badge=badge, works=works, error=error)
