"""Opening a link for a stranger: what it shows at this moment, and what of it is still to come."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from urllib.parse import urlencode

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from backpack.badges.models import Badge
from backpack.cv.models import CVBadge, CVShare
from backpack.errors import Gone, NotFound
from backpack.evidence.models import Evidence
from backpack.publishing.cards import HEIGHT, WIDTH, Card
from backpack.publishing.links import open_link
from backpack.publishing.models import ShareLink
from backpack.publishing.queries import shown_badges, shown_evidence
from backpack.publishing.sheets import BadgeSheet, Placed, Sheet, placed_on, sheet_of_link
from backpack.publishing.views.blueprint import PublicAddresses, address_of, judged
from backpack.publishing.views.blueprint import token as token_of_link
from backpack.publishing.views.showing import lets_in
from backpack.web.languages import language
from backpack.web.wording import month
from backpack.wiring import wired


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """An open link, its token, and what it shows."""

    link: ShareLink
    token: str
    sheet: Sheet

    @property
    def one(self) -> BadgeSheet:
        """The only badge of a badge's page."""
        return self.sheet.badges[0]


def opened(session: Session, token: str, now: datetime, *, only: str | None = None) -> Opened:
    """What this token opens at this moment; with `only`, no more of it than the badge of that name.

    Raises NotFound for what can be no link, Gone for one that is closed or no longer shows that badge, Locked for one
    that asks for its passphrase first.
    """
    return shown_by(session, door(session, token, now), now, only=only)


def shown_by(session: Session, link: ShareLink, now: datetime, *, only: str | None = None) -> Opened:
    """What this link shows at this moment. Raises Gone."""
    placed = placed_by(session, link)
    if only is not None:
        badge = badge_on(session, link, only)
        placed = [one for one in placed if one.badge_id == badge.id]
    sheet = sheet_of_link(session, link, lambda session, badges: judged(session, badges, now), now, placed)
    if not sheet.badges and link.collection_id is None:
        raise Gone
    return Opened(link=link, token=token_of_link(link), sheet=sheet)


def door(session: Session, token: str, now: datetime) -> ShareLink:
    """The link that this reader may use at this moment. Raises NotFound, Gone and Locked."""
    return open_link(session, token, now, lets_in)


def address_of_badge(page: Opened) -> str:
    """The whole address of the only badge of a badge's page."""
    if page.link.badge_id is not None:
        return address_of(page.link)
    return wired().settings.public_url + PublicAddresses(page.token).page(page.one.badge)


def placed_by(session: Session, link: ShareLink) -> Sequence[Placed]:
    """The badges that a link shows, in their order."""
    if link.cv_id is None:
        return placed_on(session, link)
    shown = shown_badges(session, link.id)
    on_cv = select(CVBadge).where(CVBadge.cv_id == link.cv_id).order_by(CVBadge.position, CVBadge.id)
    placed = [Placed(badge_id=one.badge_id, words=one.line) for one in session.scalars(on_cv) if one.badge_id in shown]
    if session.scalar(select(CVShare.id).where(CVShare.link_id == link.id)) is not None:
        # A published version keeps the badges it was published with, also those that left the CV since.
        placed += [Placed(badge_id=one) for one in sorted(shown - {known.badge_id for known in placed})]
    return placed


def badge_on(session: Session, link: ShareLink, public_id: str) -> Badge:
    """A badge that stands on the page of this link at this moment. Raises Gone for every other one."""
    ids = [one.badge_id for one in placed_by(session, link)]
    badge = session.scalar(select(Badge).where(Badge.public_id == public_id, Badge.id.in_(ids)))
    if badge is None:
        raise Gone
    return badge


def evidence_on(session: Session, link: ShareLink, public_id: str) -> Evidence:
    """Evidence that stands on the page of this link at this moment. Raises NotFound for every other one."""
    ids = [one.badge_id for one in placed_by(session, link)]
    query = select(Evidence).where(
        Evidence.public_id == public_id,
        Evidence.badge_id.in_(ids),
        Evidence.is_shown.is_(True),
        Evidence.id.in_(shown_evidence(session, link.id)),
    )
    one = session.scalars(query).unique().one_or_none()
    if one is None:
        raise NotFound
    return one


def is_waiting(one: BadgeSheet, coming: set[str]) -> bool:
    """Whether this badge's verdict may soon be another one."""
    return any(wanted.url in coming for wanted in one.report.wanted)


def card_of(sheet: Sheet) -> Card:
    """The words of the picture that networks show."""
    if sheet.kind == "collection":
        above = _("%(name)s presents", name=sheet.holder) if sheet.holder else ""
        below = ngettext("%(num)d badge", "%(num)d badges", len(sheet.badges)) if sheet.badges else _works(sheet)
    else:
        badge = sheet.badges[0].badge
        above = badge.issuer_name
        below = ", ".join(part for part in (sheet.holder, month(badge.issued_on)) if part)
    return Card(
        above=above[:90],
        title=sheet.title[:140],
        below=below,
        note=_("Status checked when the page opens") if sheet.badges else "",
        site=wired().settings.host,
        language=language(),
    )


def _works(sheet: Sheet) -> str:
    """How many works a page holds that shows no badge."""
    return str(ngettext("%(num)d work", "%(num)d works", len(sheet.works)))


def card_tags(page: Opened) -> dict[str, object]:
    """What networks read of a page."""
    return tags_of(
        card_of(page.sheet),
        title=page.sheet.title,
        url=address_of(page.link),
        picture=url_for("publishing.card", token=page.token),
        description=description_of(page.sheet),
    )


def tags_of(
    card: Card, *, url: str, picture: str, description: str, title: str = "", kind: str = "website"
) -> dict[str, object]:
    """The same from a card and the path of its picture, whose address changes with its words: networks keep
    pictures. `title` where the card's own is cut."""
    version = hashlib.sha256(json.dumps(asdict(card)).encode()).hexdigest()[:10]
    return {
        "kind": kind,
        "title": title or card.title,
        "url": url,
        "picture": f"{wired().settings.public_url}{picture}?{urlencode({'lang': card.language, 'v': version})}",
        "width": WIDTH,
        "height": HEIGHT,
        "alt": " – ".join(part for part in (card.above, card.title, card.below) if part),
        "description": description,
    }


def description_of(sheet: Sheet) -> str:
    """One sentence about a page, without how its badges stand."""
    if sheet.kind == "collection" and not sheet.badges:
        return _("%(badges)s of %(name)s.", badges=_works(sheet), name=sheet.holder) if sheet.holder else _works(sheet)
    if sheet.kind == "collection":
        badges = ngettext("%(num)d verifiable badge", "%(num)d verifiable badges", len(sheet.badges))
        said = _("%(badges)s of %(name)s.", badges=badges, name=sheet.holder) if sheet.holder else f"{badges}."
    else:
        issuer = sheet.badges[0].badge.issuer_name
        said = (
            _("Badge issued to %(name)s by %(issuer)s.", name=sheet.holder, issuer=issuer)
            if sheet.holder
            else _("Badge issued by %(issuer)s.", issuer=issuer)
        )
    return f"{said} {_('Its status is checked when the page opens.')}"
