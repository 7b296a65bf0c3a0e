"""The badge to take along with its works in it, and the document that says which key signed that."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Response, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import login_required
from sqlalchemy.orm import Session

from backpack.accounts.presence import current_person
from backpack.badges.queries import own_badge
from backpack.database import reading, utcnow
from backpack.errors import N_, BackpackError, NotFound
from backpack.evidence.carrying import TYPES, NoPicture, carrier_of, with_works
from backpack.evidence.filenames import cleaned, disposition
from backpack.evidence.models import Evidence
from backpack.evidence.queries import evidence_of, file_of
from backpack.evidence.serving import FILE_POLICY, reaches_others
from backpack.evidence.views.blueprint import bp
from backpack.openbadges.errors import OpenBadgesError
from backpack.publishing.links import token_of
from backpack.publishing.models import ShareLink
from backpack.publishing.queries import links_showing_evidence
from backpack.publishing.targets import Target, targets_of
from backpack.signature import did_document, signer_of
from backpack.web.errors import status_of
from backpack.web.strangers import for_machines
from backpack.wiring import wired


class LinkNotOffered(BackpackError):
    code = "link-not-offered"
    sentence = N_("This link cannot stand in the file: it was closed or changed. Choose another one, or none.")


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
            behind = evidence_of(session, [badge.id])[badge.id]
            works = [one for one in behind if one.public_id in chosen]
            link = _chosen(session, behind, request.form.get("link", ""))
            carrier = carrier_of(badge, wired().storage)
            made = with_works(
                carrier,
                badge,
                works,
                lambda one: _published(session, one, link),
                title=_("Portfolio of %(name)s for “%(badge)s”", name=person.name, badge=badge.name),
                site=(f"Backpack ({settings.host})", settings.public_url),
                signer=signer_of(settings),
                now=now,
            )
    except (NoPicture, LinkNotOffered, OpenBadgesError) as error:
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


def _chosen(session: Session, works: Sequence[Evidence], public_id: str) -> ShareLink | None:
    """The link by which its owner lets readers of the file open its works; None for none. Raises LinkNotOffered."""
    if not public_id:
        return None
    for one in _links(session, works):
        if one.link.public_id == public_id and is_offered(one.link):
            return one.link
    raise LinkNotOffered


def _links(session: Session, works: Sequence[Evidence]) -> list[Target]:
    """The open links that show one of these works or more."""
    now = utcnow()
    found = {link.id: link for one in works if file_of(one) for link in links_showing_evidence(session, one.id, now)}
    return targets_of(session, found.values())


def is_offered(link: ShareLink) -> bool:
    """Whether its address may stand in a file that goes on being read: it asks for nothing, and has no end."""
    return link.passphrase_hash is None and link.closes_at is None


def _published(session: Session, one: Evidence, link: ShareLink | None) -> str | None:
    """Where anybody finds this file who opens this link; None where the link does not show it."""
    file, settings = file_of(one), wired().settings
    if link is None or file is None or not one.is_shown or not reaches_others(file):
        return None
    if link.id not in {shown.id for shown in links_showing_evidence(session, one.id, utcnow())}:
        return None
    endpoint = "publishing.file_picture" if file.clean_key else "publishing.file"
    token = token_of(link, settings.secret_key)
    return settings.public_url + url_for(endpoint, token=token, kind="evidence", named=one.public_id)


def _page(public_id: str, error: BackpackError | OpenBadgesError | None = None) -> str:
    with reading() as session:
        badge = own_badge(session, current_person().id, public_id)
        works = evidence_of(session, [badge.id])[badge.id]
        links = _links(session, works)
    return render_template(
        "evidence/portfolio.html", badge=badge, works=works, links=links, is_offered=is_offered, error=error
    )
