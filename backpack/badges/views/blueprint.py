"""What the pages of badges share: their blueprint, and how a badge is called and stands on a page."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Blueprint, current_app, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from backpack.archive.sparing import host_of
from backpack.badges.judging import reports, spellings
from backpack.badges.models import Badge
from backpack.badges.naming import issuer_of, name_of, one_line
from backpack.openbadges.model import Credential, Text
from backpack.openbadges.report import Report
from backpack.web.languages import language
from backpack.web.wording import in_language

bp = Blueprint("badges", __name__)


def judged(session: Session, person_id: int, badges: list[Badge], now: datetime) -> dict[int, Report]:
    """A person's badges with their reports of this moment, compared with their confirmed addresses."""
    return reports(session, badges, now, spellings(session, person_id)) if badges else {}


def shown_name(credential: Credential, badge: Badge | None = None) -> str:
    """What a page calls a badge: the issuer's words, else what lists kept, else where it comes from."""
    said = in_language(credential.achievement.name) or in_language(credential.name) or name_of(credential)
    if said.strip():
        return one_line(said)
    if badge is not None and badge.name:
        return badge.name
    host = host_of(credential.source_url or credential.id)
    return str(_("Badge from %(host)s", host=host) if host else _("Badge without a name"))


def shown_issuer(credential: Credential, badge: Badge | None = None) -> str:
    """What a page calls the issuer."""
    said = in_language(credential.issuer.name).strip() or issuer_of(credential)
    return said or (badge.issuer_name if badge else "") or _("Issuer without a name")


def other_language(text: Text | None) -> str | None:
    """The language tag to put beside an issuer's words, where it is another than the page's."""
    own = (text.language or "").partition("-")[0].lower() if text else ""
    return own if own and own != language() else None


def picture_address(badge: Badge) -> str | None:
    """Where the picture made for display is; None while there is none."""
    return url_for("badges.picture", public_id=badge.public_id) if badge.picture else None


def address_if(endpoint: str, **values: Any) -> str | None:
    """The address of a page that this application may be wired without."""
    return url_for(endpoint, **values) if endpoint in current_app.view_functions else None
