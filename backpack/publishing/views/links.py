"""The owner's pages of links: the table of shares, one link with everything to carry it elsewhere, and closing it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flask import Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import login_required
from sqlalchemy.orm import Session

from backpack.accounts.presence import current_person
from backpack.badges.models import Badge
from backpack.badges.queries import own_badge
from backpack.collections.queries import own_collection
from backpack.database import reading, transaction, utcnow
from backpack.openbadges.report import Outcome
from backpack.publishing import queries
from backpack.publishing.codes import code_for, printed
from backpack.publishing.linkedin import Certification, add_to_profile, copy_fields, share_intents
from backpack.publishing.links import withdraw
from backpack.publishing.models import ShareLink
from backpack.publishing.qr import qr_png, qr_svg
from backpack.publishing.targets import Target, targets_of
from backpack.publishing.views.blueprint import address_of, bp, judged
from backpack.publishing.views.embeds import frame_of
from backpack.publishing.views.showing import memory
from backpack.wiring import wired


@bp.get("/shares")
@login_required
def shares() -> ResponseReturnValue:
    """All links of a person, the open ones first."""
    now = utcnow()
    memory().views.flush()
    with reading() as session:
        rows = _rows(session, queries.own_links(session, current_person().id))
    return render_template(
        "publishing/shares.html",
        open_rows=[row for row in rows if row[1]],
        closed_rows=[row for row in rows if not row[1]],
        last_day=last_day,
        now=now,
    )


@bp.get("/badges/<public_id>/share")
@login_required
def share_badge(public_id: str) -> ResponseReturnValue:
    """To the one link of a badge, to all of them when there are several, or to making the first."""
    memory().views.flush()
    with reading() as session:
        badge = own_badge(session, current_person().id, public_id)
        links = queries.open_links(session, utcnow(), badge_id=badge.id)
        back = url_for("badges.badge", public_id=public_id)
        return _share(session, links, badge.name, url_for("publishing.publish_badge", public_id=public_id), back)


@bp.get("/collections/<public_id>/share")
@login_required
def share_collection(public_id: str) -> ResponseReturnValue:
    """The same for a collection."""
    memory().views.flush()
    with reading() as session:
        collection = own_collection(session, current_person().id, public_id)
        links = queries.open_links(session, utcnow(), collection_id=collection.id)
        back = url_for("collections.edit", public_id=public_id)
        another = url_for("publishing.publish_collection", public_id=public_id)
        return _share(session, links, collection.title, another, back)


def _share(session: Session, links: Sequence[ShareLink], title: str, another: str, back: str) -> ResponseReturnValue:
    if not links:
        return redirect(another, 303)
    if len(links) == 1:
        return redirect(url_for("publishing.link", link_id=links[0].public_id), 303)
    rows = _rows(session, links)
    return render_template(
        "publishing/links_of.html", rows=rows, title=title, another=another, back=back, last_day=last_day
    )


def _rows(session: Session, links: Sequence[ShareLink]) -> list[tuple[Target, str | None, int]]:
    """Each link with its target, its address while it is open, and how often it was opened."""
    counts = queries.views(session, [link.id for link in links])
    return [
        (one, address_of(one.link) if is_open(one.link) else None, counts.get(one.link.id, 0))
        for one in targets_of(session, links)
    ]


@bp.get("/shares/<link_id>")
@login_required
def link(link_id: str) -> ResponseReturnValue:
    """One link: its address, its QR code, who opened it how often, and the ways to carry it elsewhere."""
    now = utcnow()
    memory().views.flush()
    with transaction() as session:
        own = queries.own_link(session, current_person().id, link_id)
        target = targets_of(session, [own])[0]
        code = code_for(session, own, None, now) if is_open(own) else None
        days = queries.views_by_day(session, own.id)
        badge = session.get(Badge, own.badge_id) if own.badge_id else None
        profile = _profile(session, badge, own, code) if badge and code else None
    address = address_of(own)
    return render_template(
        "publishing/link.html",
        link=own,
        target=target,
        address=address if code else None,
        code=printed(code) if code else None,
        code_address=f"{wired().settings.public_url}{url_for('publishing.code_page')}",
        days=days,
        views=sum(count for _day, count in days),
        badge=badge,
        profile=profile,
        another=_another(target),
        frame=frame_of(own, target.title),
        intents=share_intents(address, target.title or current_person().name),
        last_day=last_day,
    )


@bp.get("/shares/<link_id>/qr.svg")
@login_required
def qr(link_id: str) -> ResponseReturnValue:
    """The link's address as a QR code."""
    with reading() as session:
        own = queries.own_link(session, current_person().id, link_id)
    response = Response(qr_svg(address_of(own)), mimetype="image/svg+xml")
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return response


@bp.get("/shares/<link_id>/qr.png")
@login_required
def qr_picture(link_id: str) -> ResponseReturnValue:
    """The same as a picture, for documents that take no SVG."""
    with reading() as session:
        own = queries.own_link(session, current_person().id, link_id)
    return Response(qr_png(address_of(own)), mimetype="image/png")


@bp.get("/shares/<link_id>/withdraw")
@login_required
def closing(link_id: str) -> ResponseReturnValue:
    """What dies with a link, before it is closed."""
    with reading() as session:
        own = queries.own_link(session, current_person().id, link_id)
        target = targets_of(session, [own])[0]
    return render_template("publishing/withdraw.html", link=own, target=target)


@bp.post("/shares/<link_id>/withdraw")
@login_required
def close(link_id: str) -> ResponseReturnValue:
    with transaction() as session:
        withdraw(session, queries.own_link(session, current_person().id, link_id), utcnow())
    flash(_("The link is closed. Whoever opens it reads that it is no longer active, and nothing else."))
    return redirect(url_for("publishing.shares"), 303)


def is_open(link: ShareLink) -> bool:
    """Whether this link of its owner opens at this moment."""
    now = utcnow()
    started = link.published_at is not None and link.published_at <= now
    closed = link.withdrawn_at is not None or link.suspended_at is not None
    return started and not closed and (link.closes_at is None or link.closes_at > now)


def _another(target: Target) -> str | None:
    """Where one makes another link to the same; a CV's are made beside its versions."""
    if target.kind == "profile":
        return url_for("publishing.publish_profile")
    return None if target.kind == "cv" else url_for(f"publishing.publish_{target.kind}", public_id=target.public_id)


def last_day(link: ShareLink) -> datetime | None:
    """The last day on which a link opens; it closes at the end of it."""
    return link.closes_at - timedelta(seconds=1) if link.closes_at else None


def _profile(session: Session, badge: Badge, link: ShareLink, code: str) -> dict[str, object] | None:
    """LinkedIn's form filled in for a badge. None for one that does not hold: LinkedIn is no place for it."""
    report = judged(session, [badge], utcnow())[badge.id]
    if report.was_withdrawn or report.outcome in {Outcome.INVALID, Outcome.EXPIRED}:
        return None
    zone = ZoneInfo(wired().settings.time_zone)
    certification = Certification(
        name=badge.name,
        organization=badge.issuer_name,
        url=address_of(link),
        code=printed(code),
        issued=badge.issued_on,
        expires=badge.valid_until,
    )
    return {"address": add_to_profile(certification, zone), "fields": copy_fields(certification, zone)}
