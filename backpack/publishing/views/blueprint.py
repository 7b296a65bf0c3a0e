"""What the pages of links share: their blueprint, the addresses they are at, and the judging of badges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from flask import Blueprint, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session

from backpack.badges.judging import reports, spellings
from backpack.badges.models import Badge
from backpack.badges.naming import web_host
from backpack.errors import N_
from backpack.evidence.models import Evidence
from backpack.openbadges.report import Report
from backpack.publishing.glimpses import Glimpse
from backpack.publishing.links import token_of
from backpack.publishing.models import Profile, ShareLink
from backpack.publishing.sheets import BadgeSheet, Sheet
from backpack.publishing.works import WorkSheet
from backpack.web.verdicts import Headline, headline
from backpack.wiring import wired

bp = Blueprint("publishing", __name__)
bp.app_template_global()(web_host)


KINDS: Final[Mapping[str, str]] = {
    "Competency": N_("Assessed skill"),
    "Assessment": N_("Assessed skill"),
    "Membership": N_("Membership"),
    "Award": N_("Award"),
    "CommunityService": N_("Volunteering"),
    "Course": N_("Course"),
    "Certification": N_("Certification"),
    "Certificate": N_("Certificate"),
    "ParticipationBadge": N_("Participation"),
    "Participation": N_("Participation"),
}


@bp.app_template_global()
def kind_of_achievement(kind: str | None) -> str:
    """What sort of badge it is, in plain words; nothing for a sort we have no words for."""
    return gettext(KINDS[kind]) if kind and kind in KINDS else ""


@bp.app_template_global()
def as_it_is_now(one: BadgeSheet, holder: str) -> Headline:
    """How a badge on a page stands, with its holder by the name this page shows."""
    return headline(one.report, holder=holder or None)


def judged(session: Session, badges: Sequence[Badge], now: datetime) -> Mapping[int, Report]:
    """The badges of one person with their reports of this moment, from the archive: nobody waits for an issuer."""
    if not badges:
        return {}
    known = spellings(session, badges[0].person_id)
    return reports(session, badges, now, known)


def token(link: ShareLink | Glimpse) -> str:
    return token_of(link, wired().settings.secret_key)


def path_of(link: ShareLink | Glimpse) -> str:
    """Where the page of a link is, without the host."""
    if link.profile_id is not None:
        return url_for("publishing.profile_by_link", token=token(link))
    if link.collection_id is not None:
        return url_for("publishing.collection_page", token=token(link))
    if link.cv_id is not None:
        return url_for("cv.shown", token=token(link))
    return url_for("publishing.badge_page", token=token(link))


def address_of(link: ShareLink) -> str:
    """The whole address of a link's page, as it is copied and printed."""
    return wired().settings.public_url + path_of(link)


def address_of_profile(profile: Profile) -> str:
    """The whole address that a profile has of its own."""
    return wired().settings.public_url + url_for("publishing.profile", name=profile.name)


def picture_at(link: ShareLink, badge: Badge) -> str | None:
    """Where strangers find the picture of a badge that this link shows."""
    return PublicAddresses(token(link)).picture(badge)


class PublicAddresses:
    """Where the parts of a page are for its readers: below its link, and closed with it."""

    def __init__(self, token: str) -> None:
        self._token = token

    def page(self, badge: Badge) -> str:
        return url_for("publishing.badge_page", token=self._token, badge_id=badge.public_id)

    def picture(self, badge: Badge) -> str | None:
        if badge.picture is None:
            return None
        return url_for("publishing.picture", token=self._token, badge_id=badge.public_id)

    def credential(self, badge: Badge) -> str:
        return url_for("publishing.credential", token=self._token, badge_id=badge.public_id)

    def original(self, badge: Badge) -> str:
        return url_for("publishing.original_file", token=self._token, badge_id=badge.public_id)

    def certificate(self, badge: Badge) -> str:
        return url_for("publishing.certificate", token=self._token, badge_id=badge.public_id)

    def file(self, one: Evidence | WorkSheet) -> str:
        return self._of("publishing.file", one)

    def picture_of(self, one: Evidence | WorkSheet) -> str:
        return self._of("publishing.file_picture", one)

    def thumbnail(self, one: Evidence | WorkSheet) -> str:
        return self._of("publishing.file_preview", one)

    def _of(self, endpoint: str, one: Evidence | WorkSheet) -> str:
        kind = "work" if isinstance(one, WorkSheet) else "evidence"
        return url_for(endpoint, token=self._token, kind=kind, named=one.public_id)

    def cover(self, sheet: Sheet) -> str | None:
        return url_for("publishing.cover", token=self._token) if sheet.cover else None

    def verdict(self, badge: Badge) -> str:
        return url_for("publishing.verdict", token=self._token, badge_id=badge.public_id)


class OwnAddresses:
    """The same for the preview, where no link is open yet: the owner's own addresses. `collection`: its random name."""

    def __init__(self, collection: str = "") -> None:
        self._collection = collection

    def page(self, badge: Badge) -> str:
        return url_for("badges.badge", public_id=badge.public_id)

    def picture(self, badge: Badge) -> str | None:
        return url_for("badges.picture", public_id=badge.public_id) if badge.picture else None

    def file(self, one: Evidence | WorkSheet) -> str:
        if isinstance(one, WorkSheet):
            return url_for("evidence.work_file", public_id=one.public_id)
        return url_for("evidence.file", public_id=one.public_id)

    def picture_of(self, one: Evidence | WorkSheet) -> str:
        if isinstance(one, WorkSheet):
            return url_for("evidence.work_picture", public_id=one.public_id)
        return url_for("evidence.picture", public_id=one.public_id)

    def thumbnail(self, one: Evidence | WorkSheet) -> str:
        if isinstance(one, WorkSheet):
            return url_for("evidence.work_preview", public_id=one.public_id)
        return url_for("evidence.preview", public_id=one.public_id)

    def cover(self, sheet: Sheet) -> str | None:
        return url_for("collections.cover", public_id=self._collection) if sheet.cover else None

    def verdict(self, badge: Badge) -> None:
        """A preview does not follow a check; its owner does that on the badge's own page."""
