"""Profiles as strangers read them: at their own address, or by a link to one that is private."""

from __future__ import annotations

from datetime import datetime

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from backpack.archive.refreshing import to_come
from backpack.badges.judging import wanted_by
from backpack.database import db, utcnow
from backpack.publishing.glimpses import profile_at
from backpack.publishing.linkedin import share_intents
from backpack.publishing.models import Profile, ShareLink
from backpack.publishing.profile_sheets import ProfileSheet, profile_sheet
from backpack.publishing.views.blueprint import address_of, address_of_profile, bp, judged, path_of, picture_at
from backpack.publishing.views.opening import door
from backpack.publishing.views.profile_cards import profile_tags
from backpack.publishing.views.showing import Made, glimpse, link_page, profile_page
from backpack.web.strangers import for_strangers


@bp.get("/u/<name>")
@for_strangers
def profile(name: str) -> ResponseReturnValue:
    """A profile that is open to everybody. One that is not, and one that never was, are not found alike."""
    now = utcnow()
    with db.engine.execution_options(reading=True).connect() as connection:
        seen = profile_at(connection, name)

    def make(session: Session, now: datetime) -> Made:
        found = session.get_one(Profile, seen.id)
        report = url_for("publishing.report_profile", name=name)
        return _made(session, found, found.name_shown, report, now)

    return profile_page(name, seen, make, now)


@bp.get("/u/link/<token>")
@for_strangers
def profile_by_link(token: str) -> ResponseReturnValue:
    """The same by a link: for those its owner gave it to."""
    now = utcnow()
    seen = glimpse(token, now)
    if seen.profile_id is None:
        return redirect(path_of(seen))

    def make(session: Session, now: datetime) -> Made:
        link = door(session, token, now)
        found = session.get_one(Profile, link.profile_id)
        report = url_for("publishing.report_link", token=token)
        return _made(session, found, link.name_shown, report, now, link)

    return link_page(seen, make, now)


def _made(
    session: Session, found: Profile, name_shown: str, report: str, now: datetime, link: ShareLink | None = None
) -> Made:
    sheet = profile_sheet(session, found, name_shown, lambda session, badges: judged(session, badges, now), now)
    reports = [one.report for one in sheet.all_badges]
    coming = to_come(session, wanted_by(reports), now)
    ends = tuple(one.link.closes_at for one in (*sheet.badges, *sheet.collections))
    body = profile_html(sheet, report=report, link=link)
    return Made(body=body, reports=reports, waiting=bool(coming), ends=ends)


def profile_html(sheet: ProfileSheet, *, report: str, link: ShareLink | None) -> str:
    """The page of a profile: at its own address, or behind this link."""
    own = address_of_profile(sheet.profile)
    address, printed = (own, own) if link is None else (None, address_of(link))
    return render_template(
        "publishing/profile.html",
        sheet=sheet,
        report=report,
        address=address,
        printed=printed,
        card=profile_tags(sheet) if address else None,
        pictures=picture_at,
        path_of=path_of,
        intents=share_intents(address, sheet.holder or sheet.profile.headline) if address else (),
    )
