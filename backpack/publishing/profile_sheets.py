"""What a profile shows: the badges and collections that its owner made public there, judged at this moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from backpack.accounts.models import Person
from backpack.collections.models import Collection, CollectionItem
from backpack.publishing.models import Profile, ShareLink, ShownBadge
from backpack.publishing.names import name_for_others, shows_more
from backpack.publishing.profiles import listed_links
from backpack.publishing.sheets import BadgeSheet, Judge, Known, Placed, Sheet, composed, counts
from backpack.skills.coverage import Coverage, named_alone, named_by


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One entry of a profile: an open link, and the page behind it."""

    link: ShareLink
    sheet: Sheet


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileSheet:
    """A profile as others see it. `holder` is empty where it shows no name."""

    profile: Profile
    holder: str
    badges: tuple[Listed, ...]
    collections: tuple[Listed, ...]
    skills: Coverage
    """The skills that the issuers of these badges name; a badge that was forged or taken back stands for none."""
    judged_at: datetime
    tells_more: tuple[Listed, ...] = ()
    """What it lists by a link whose own page shows more of its owner's name; told to the owner only."""

    @property
    def all_badges(self) -> tuple[BadgeSheet, ...]:
        """Every badge on it once, in the order of its first place."""
        found = [one for listed in (*self.badges, *self.collections) for one in listed.sheet.badges]
        return tuple({one.badge.id: one for one in found}.values())


def profile_sheet(session: Session, profile: Profile, name_shown: str, judge: Judge, now: datetime) -> ProfileSheet:
    """This profile at this moment: the same number of statements however much it lists."""
    links = listed_links(session, profile.person_id, now)
    places, collections = _places(session, links), _collections(session, links)
    known = Known.of(session, [one.badge_id for some in places.values() for one in some], judge)
    holder = name_for_others(session.get_one(Person, profile.person_id).name, name_shown)
    listed = [
        Listed(
            link=link,
            sheet=composed(known, places[link.id], collections.get(link.collection_id or 0), holder, now, {}),
        )
        for link in links
    ]
    stands = [number for number, report in known.reports.items() if counts(report)]
    return ProfileSheet(
        profile=profile,
        holder=holder,
        badges=tuple(one for one in listed if one.link.badge_id is not None and one.sheet.badges),
        collections=tuple(one for one in listed if one.link.collection_id is not None),
        skills=named_alone(named_by(session, stands), {}),
        judged_at=now,
        tells_more=tuple(one for one in listed if shows_more(one.link.name_shown, name_shown)),
    )


def _places(session: Session, links: Sequence[ShareLink]) -> Mapping[int, list[Placed]]:
    """The badges behind each link, in their order."""
    places = {link.id: [Placed(badge_id=link.badge_id)] if link.badge_id else [] for link in links}
    query = (
        select(ShareLink.id, ShownBadge.badge_id)
        .join(CollectionItem, CollectionItem.collection_id == ShareLink.collection_id)
        .join(ShownBadge, (ShownBadge.link_id == ShareLink.id) & (ShownBadge.badge_id == CollectionItem.badge_id))
        .where(ShareLink.id.in_(list(places)))
        .order_by(ShareLink.id, CollectionItem.position, CollectionItem.id)
    )
    for link_id, badge_id in session.execute(query):
        places[link_id].append(Placed(badge_id=badge_id))
    return places


def _collections(session: Session, links: Sequence[ShareLink]) -> Mapping[int, Collection]:
    ids = [link.collection_id for link in links if link.collection_id]
    return {one.id: one for one in session.scalars(select(Collection).where(Collection.id.in_(ids)))}
