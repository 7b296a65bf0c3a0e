"""What strangers open: the CV of today behind a paper's codes, and a whole CV behind its own link."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flask import Response, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from backpack.accounts.models import Person
from backpack.accounts.queries import confirmed_addresses
from backpack.badges.judging import reports
from backpack.badges.queries import badges_by_id
from backpack.cv.composing import held_back
from backpack.cv.desk import Desk, desk_of, page_of
from backpack.cv.linked_data import json_ld
from backpack.cv.models import CV, CVVersion
from backpack.cv.named_works import works_named_then
from backpack.cv.pdf import file_name, pdf
from backpack.cv.queries import codes_of_links, cv_badges
from backpack.cv.versions import PRINTED, VersionLost, cv_from, version_behind
from backpack.cv.views.blueprint import bp
from backpack.database import reading, utcnow
from backpack.errors import Gone
from backpack.evidence.filenames import disposition
from backpack.openbadges.report import Report
from backpack.publishing.codes import printed
from backpack.publishing.models import ShareLink
from backpack.publishing.names import name_for_others
from backpack.publishing.queries import shown_badges
from backpack.publishing.views.blueprint import PublicAddresses
from backpack.publishing.views.opening import door
from backpack.publishing.views.showing import ask_anew, count
from backpack.web.limits import per_network
from backpack.web.strangers import for_strangers
from backpack.web.verdicts import headline
from backpack.web.wording import local
from backpack.wiring import wired


@bp.get("/cv/l/<token>")
@for_strangers
def shown(token: str) -> ResponseReturnValue:
    """Behind a paper's code: every badge that was printed, as it stands now. Behind a CV's own link: the whole CV."""
    now = utcnow()
    with reading() as session:
        link = door(session, token, now)
        if link.cv_id is None:
            raise Gone
        behind = version_behind(session, link)
        if behind is None:
            body, found = _today(session, link, token, now)
        else:
            body, found = _whole(session, link, token, behind, now)
    count(link.id, now)
    ask_anew(found, now)
    return body


@bp.get("/cv/l/<token>/cv.pdf")
@per_network("60 per hour")
@for_strangers
def published_pdf(token: str) -> ResponseReturnValue:
    """The PDF of a CV's own link: of one version as it was made, or the latest with its badges checked now."""
    now = utcnow()
    with reading() as session:
        link = door(session, token, now)
        behind = version_behind(session, link)
        if behind is None:
            raise Gone
        version, is_fixed = behind
        desk = None if is_fixed else _desk_then(session, version, now)
    if desk is None:
        data, day = _stored(version), version.made_at
    else:
        data, day = pdf(page_of(desk, wired().settings, now), now), now
    response = Response(data, mimetype="application/pdf")
    response.headers["Content-Disposition"] = disposition(file_name(version.content["name"], day))
    return response


def _stored(version: CVVersion) -> bytes:
    """The PDF of a version as it was made. Raises VersionLost: drawn anew it would not be that PDF."""
    try:
        return wired().storage.read(version.storage_key)
    except FileNotFoundError as error:
        raise VersionLost(day=local(version.made_at).date().isoformat()) from error


def _today(session: Session, link: ShareLink, token: str, now: datetime) -> tuple[str, Sequence[Report]]:
    owner, shown_now = session.get_one(Person, link.person_id), shown_badges(session, link.id)
    badges = badges_by_id(session, shown_now)
    present = [badges[one.badge_id] for one in cv_badges(session, link.cv_id or 0) if one.badge_id in badges]
    known = [one.spelling for one in confirmed_addresses(session, owner.id)]
    judged = reports(session, present, now, known)
    codes = codes_of_links(session, [link.id])
    body = render_template(
        "cv/shown.html",
        holder=name_for_others(owner.name, link.name_shown),
        badges=present,
        reports=judged,
        token=token,
        codes={number: printed(code) for (_link, number), code in codes.items() if number},
        judged_at=now,
    )
    return body, list(judged.values())


def _whole(
    session: Session, link: ShareLink, token: str, behind: tuple[CVVersion, bool], now: datetime
) -> tuple[str, Sequence[Report]]:
    version, is_fixed = behind
    desk = _desk_then(session, version, now)
    printed = set(version.content.get(PRINTED, ())) if is_fixed else set()
    addresses, shown_now = PublicAddresses(token), shown_badges(session, link.id)
    page = page_of(desk, wired().settings, now).data
    body = render_template(
        "cv/published.html",
        cv=page,
        heads={one.badge.public_id: headline(one.report, holder=desk.cv.name) for one in desk.chosen},
        addresses={one.badge.public_id: addresses.page(one.badge) for one in desk.chosen if one.badge.id in shown_now},
        fallen=[one for one in desk.chosen if one.badge.public_id in printed and held_back(one.report) is not None],
        pdf=url_for("cv.published_pdf", token=token),
        described=json_ld(page),
        made_at=version.made_at,
        judged_at=now,
    )
    return body, [one.report for one in desk.chosen]


def _desk_then(session: Session, version: CVVersion, now: datetime) -> Desk:
    """A published version's words, and the works that it named, with its badges of now."""
    cv = session.get_one(CV, version.cv_id)
    works = works_named_then(session, cv, version.content)
    return desk_of(session, cv_from(session, cv, version.content), now, everything=False, works=works)
