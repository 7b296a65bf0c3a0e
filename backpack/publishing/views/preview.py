"""Before publishing: one page that shows what a stranger will see and names what stays hidden."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import login_required
from sqlalchemy.orm import Session
from wtforms.fields.choices import SelectChoice

from backpack.accounts.models import Person
from backpack.accounts.passwords import hash_password
from backpack.accounts.presence import current_person
from backpack.accounts.queries import person_by_id
from backpack.badges.models import Badge
from backpack.badges.queries import badges_by_id, own_badge
from backpack.collections.models import Collection
from backpack.collections.queries import own_collection
from backpack.database import reading, transaction, utcnow
from backpack.errors import Gone, NotFound
from backpack.evidence.models import Evidence
from backpack.evidence.queries import evidence_of
from backpack.publishing import queries
from backpack.publishing.endorsed import Said, endorsed, shown_endorsements
from backpack.publishing.forms import ON_PROFILE, WITH_LINK, DoorForm, PublishForm
from backpack.publishing.links import Choices, create_link, publish
from backpack.publishing.models import ShareLink
from backpack.publishing.profiles import other_on_profile
from backpack.publishing.redacting import as_written
from backpack.publishing.sheets import Placed, places_in, sheet
from backpack.publishing.views.blueprint import OwnAddresses, bp, judged
from backpack.publishing.views.links import last_day
from backpack.publishing.withdrawn import lines_on
from backpack.publishing.works import WorkSheet, shown_works, works_in
from backpack.web.verdicts import Headline, State, headline
from backpack.web.wording import local
from backpack.wiring import wired

CLOSED: Final = frozenset({State.ALTERED, State.WRONG_PERSON, State.UNREACHABLE_NEVER, State.CHECKING})
"""States in which a badge cannot be published. One that was published before stays, with its state said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What may be published: the places, each badge's state, and all the evidence that is not hidden."""

    person: Person
    collection: Collection | None
    placed: Sequence[Placed]
    badges: dict[int, Badge]
    states: dict[int, Headline]
    evidence: dict[int, list[Evidence]]
    works: Sequence[WorkSheet] = ()
    said: Sequence[Said] = ()
    """What others confirmed of these badges, works and evidence."""

    def fits(self, badge_id: int) -> bool:
        return badge_id in self.states and self.states[badge_id].state not in CLOSED

    @property
    def hidden(self) -> list[Evidence]:
        return [one for some in self.evidence.values() for one in some if not one.is_shown]


@bp.route("/badges/<public_id>/publish", methods=["GET", "POST"])
@login_required
def publish_badge(public_id: str) -> ResponseReturnValue:
    """A new link to a badge."""
    with reading() as session:
        badge = own_badge(session, current_person().id, public_id)
        return _answer(session, None, badge, None)


@bp.route("/collections/<public_id>/publish", methods=["GET", "POST"])
@login_required
def publish_collection(public_id: str) -> ResponseReturnValue:
    """A new link to a collection."""
    with reading() as session:
        collection = own_collection(session, current_person().id, public_id)
        return _answer(session, None, None, collection)


@bp.route("/shares/<link_id>/edit", methods=["GET", "POST"])
@login_required
def change(link_id: str) -> ResponseReturnValue:
    """Another choice for a link that is there: its address stays."""
    with reading() as session:
        link = queries.own_link(session, current_person().id, link_id)
        if link.withdrawn_at is not None:
            raise Gone
        if link.cv_id is not None:
            raise NotFound
        if link.profile_id is not None:
            return redirect(url_for("publishing.change_profile_link", link_id=link_id), 303)
        badge = session.get(Badge, link.badge_id) if link.badge_id else None
        return _answer(session, link, badge, session.get(Collection, link.collection_id or 0))


def _answer(
    session: Session, link: ShareLink | None, badge: Badge | None, collection: Collection | None
) -> ResponseReturnValue:
    now = utcnow()
    offer = _offer(session, badge, collection, now)
    form = _form(session, offer, link)
    wants = request.form.get("do", "") if request.method == "POST" else ""
    good = request.method == "GET" or form.validate()
    if good and wants == "publish":
        fault = _fault(offer, form)
        twice = form.level.data == ON_PROFILE and _listed_already(session, offer, link, now)
        if fault is None and not twice:
            return _publish(offer, form, link, badge)
        if fault is not None:
            form.badges.errors = [fault]
        if twice:
            form.level.errors = [
                _("Another link already lists it on your profile. Change that one, or choose “with the link”.")
            ]
        good = False
    return _page(session, offer, form, link, now), 200 if good else 422


def _offer(session: Session, badge: Badge | None, collection: Collection | None, now: datetime) -> Offer:
    placed = [Placed(badge_id=badge.id)] if badge else places_in(session, collection.id) if collection else []
    ids = [one.badge_id for one in placed]
    badges = badges_by_id(session, ids)
    reports = judged(session, list(badges.values()), now)
    evidence, works = evidence_of(session, ids), works_in(session, collection.id) if collection else []
    return Offer(
        person=person_by_id(session, current_person().id),
        collection=collection,
        placed=placed,
        badges=badges,
        states={one: headline(report) for one, report in reports.items()},
        evidence=evidence,
        works=works,
        said=endorsed(session, evidence, works).all,
    )


def _form(session: Session, offer: Offer, link: ShareLink | None) -> PublishForm:
    zone = ZoneInfo(wired().settings.time_zone)
    has_passphrase = link is not None and link.passphrase_hash is not None
    form = PublishForm(offer.person.name, local(utcnow()).date(), has_passphrase)
    fitting = [one for one in offer.placed if offer.fits(one.badge_id)]
    shown = [one.public_id for some in offer.evidence.values() for one in some if one.is_shown]
    form.badges.choices = [SelectChoice(offer.badges[one.badge_id].public_id) for one in fitting]
    form.evidence.choices = [SelectChoice(one) for one in shown]
    form.works.choices = [SelectChoice(one.public_id) for one in offer.works]
    form.endorsements.choices = [SelectChoice(one.said.public_id) for one in offer.said]
    if request.method == "GET":
        said = shown_endorsements(session, link.id) if link else None
        form.endorsements.data = [one.said.public_id for one in offer.said if said is None or one.said.id in said]
        works = shown_works(session, link.id) if link else None
        form.works.data = [one.public_id for one in offer.works if works is None or one.artefact.id in works]
        known = queries.shown_badges(session, link.id) if link else None
        chosen = queries.shown_evidence(session, link.id) if link else None
        form.badges.data = [
            offer.badges[one.badge_id].public_id for one in fitting if known is None or one.badge_id in known
        ]
        form.evidence.data = [
            one.public_id
            for some in offer.evidence.values()
            for one in some
            if one.is_shown and (chosen is None or one.id in chosen)
        ]
        if link is not None:
            form.name_shown.data, form.label.data = link.name_shown, link.label
            form.level.data = ON_PROFILE if link.on_profile else WITH_LINK
            form.may_be_listed.data, form.gives_original.data = link.may_be_listed, link.gives_original
            end = last_day(link)
            form.closes_on.data = end.astimezone(zone).date() if end else None
    return form


def _listed_already(session: Session, offer: Offer, link: ShareLink | None, now: datetime) -> bool:
    """Whether the profile lists this badge or collection by another link."""
    if offer.collection is not None:
        return other_on_profile(session, link, now, collection_id=offer.collection.id)
    return other_on_profile(session, link, now, badge_id=offer.placed[0].badge_id)


def passphrase_of(form: DoorForm, link: ShareLink | None) -> str | None:
    """The hash of what a link asks for from now on: of the new words, of the old ones, or nothing. Raises Busy."""
    if form.passphrase.data:
        return hash_password(form.passphrase.data)
    return link.passphrase_hash if link is not None and not form.no_passphrase.data else None


def _fault(offer: Offer, form: PublishForm) -> str | None:
    """Why this cannot be published now; None when it can."""
    if offer.collection is None:
        closed = [one for one in offer.placed if not offer.fits(one.badge_id)]
        return _("This badge cannot be published now. Its page says why.") if closed else None
    ticked = form.badges.data or form.works.data
    return None if ticked else _("Tick at least one badge or work: an empty page would say nothing.")


def _choices(offer: Offer, form: PublishForm) -> Choices:
    badges = {badge.public_id: badge.id for badge in offer.badges.values() if offer.fits(badge.id)}
    shown = set(_placed_now(offer, form))
    evidence = {
        one.public_id: one.id
        for number, some in offer.evidence.items()
        for one in some
        if one.is_shown and number in shown
    }
    return Choices(
        label=form.label.data or "",
        name_shown=form.name_shown.data,
        closes_at=form.closes_at(ZoneInfo(wired().settings.time_zone)),
        badges={badges[one] for one in form.badges.data or () if one in badges} if offer.collection else (),
        evidence={evidence[one] for one in form.evidence.data or () if one in evidence},
        works={one.artefact.id for one in offer.works if one.public_id in (form.works.data or ())},
        endorsements={one.said.id for one in offer.said if one.said.public_id in (form.endorsements.data or ())},
        on_profile=form.level.data == ON_PROFILE,
        may_be_listed=form.may_be_listed.data,
        gives_original=form.gives_original.data,
    )


def _placed_now(offer: Offer, form: PublishForm) -> list[int]:
    """The badges that the page would show, as it is ticked now."""
    if offer.collection is None:
        return [one.badge_id for one in offer.placed]
    ticked = set(form.badges.data or ())
    return [
        one.badge_id
        for one in offer.placed
        if offer.fits(one.badge_id) and offer.badges[one.badge_id].public_id in ticked
    ]


def _publish(offer: Offer, form: PublishForm, link: ShareLink | None, badge: Badge | None) -> ResponseReturnValue:
    settings, now = wired().settings, utcnow()
    choices = replace(_choices(offer, form), passphrase_hash=passphrase_of(form, link))
    with transaction() as session:
        if link is not None:
            own = queries.own_link(session, offer.person.id, link.public_id)
        else:
            own = create_link(
                session,
                offer.person.id,
                secret=settings.secret_key,
                now=now,
                badge_id=badge.id if badge else None,
                collection_id=offer.collection.id if offer.collection else None,
            )
        publish(session, own, choices, now)
    flash(_("Saved: the page now shows what you chose.") if link else _("Published. Here is the link."))
    return redirect(url_for("publishing.link", link_id=own.public_id), 303)


def _page(session: Session, offer: Offer, form: PublishForm, link: ShareLink | None, now: datetime) -> str:
    chosen, ids = _choices(offer, form), _placed_now(offer, form)
    shown = sheet(
        session,
        offer.person,
        [one for one in offer.placed if one.badge_id in ids],
        collection=offer.collection,
        name_shown=chosen.name_shown or "none",
        evidence=frozenset(chosen.evidence),
        works=[one for one in offer.works if one.artefact.id in chosen.works],
        endorsements=frozenset(chosen.endorsements),
        withdrawn=lines_on(session, link) if link else (),
        judge=lambda session, badges: judged(session, badges, now),
        now=now,
    )
    ticked = set(form.badges.data or ()) if offer.collection else {b.public_id for b in offer.badges.values()}
    return render_template(
        "publishing/preview.html",
        offer=offer,
        form=form,
        link=link,
        sheet=shown,
        raw=[(one, as_written(one, offer.person.name, chosen.name_shown)) for one in shown.badges],
        addresses=OwnAddresses(offer.collection.public_id if offer.collection else ""),
        works_hidden=[one for one in offer.works if one.artefact.id not in chosen.works],
        badges_hidden=[b for b in offer.badges.values() if b.public_id not in ticked or not offer.fits(b.id)],
        evidence_hidden=[*shown.evidence_left_out],
        said_hidden=[one.said for one in offer.said if one.said.id not in chosen.endorsements],
        back=_back(offer, link),
    )


def _back(offer: Offer, link: ShareLink | None) -> str:
    if link is not None:
        return url_for("publishing.link", link_id=link.public_id)
    if offer.collection is not None:
        return url_for("collections.edit", public_id=offer.collection.public_id)
    return url_for("badges.badge", public_id=next(iter(offer.badges.values())).public_id)
