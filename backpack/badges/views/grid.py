"""The backpack itself: every badge with its state of this moment, what needs attention, search, filter and order."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import MAXYEAR, datetime
from typing import Final

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import login_required

from backpack.accounts.presence import current_person
from backpack.archive.asking import ask_behind
from backpack.badges import listing
from backpack.badges.forms import ImportForm
from backpack.badges.judging import wanted_by
from backpack.badges.listing import FAMILIES, PAGE, SORTS, Asked, Choices
from backpack.badges.models import Arrival, Badge
from backpack.badges.queries import own_arrivals
from backpack.badges.recording import note_state
from backpack.badges.tagging import tags_of
from backpack.badges.views.appearing import Place, evidence_counts, places_of
from backpack.badges.views.blueprint import bp, judged, other_language, picture_address, shown_issuer, shown_name
from backpack.database import folded, reading, transaction, utcnow
from backpack.notices.queries import count_unseen
from backpack.openbadges.report import Report
from backpack.web.verdicts import Headline, State, headline, state_of
from backpack.wiring import wired

WAITING: Final = "waiting"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """A badge as it hangs in the grid."""

    badge: Badge
    report: Report
    headline: Headline
    name: str
    language: str | None
    issuer: str
    issued_on: datetime | None
    picture: str | None
    level: str
    evidence: int
    tags: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Heed:
    """A badge that asks for attention, and why."""

    name: str
    words: str
    mark: str
    css: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chip:
    """A filter with its count."""

    key: str
    words: str
    mark: str | None
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """Everything the page shows."""

    asked: Asked
    tiles: Sequence[Tile]
    arrivals: Sequence[Arrival]
    heeds: Sequence[Heed]
    asking: int
    """How many badges ask for attention in all."""
    chips: Sequence[Chip]
    choices: Choices
    total: int
    """Of everything in the backpack."""
    fitting: int
    """Of what was asked for."""
    page: int

    @property
    def is_empty(self) -> bool:
        return not self.total

    @property
    def pages(self) -> int:
        return max(1, -(-self.fitting // PAGE))

    @property
    def sorts(self) -> list[tuple[str, str]]:
        words = (_("Date, the newest first"), _("Date, the oldest first"), _("Name"), _("Issuer"))
        return list(zip(SORTS, words, strict=True))

    @property
    def asked_for(self) -> dict[str, str]:
        """What the address of this page says, without its number."""
        return {name: str(value) for name, value in asdict(self.asked).items() if value}

    def asked_with(self, **changes: str) -> dict[str, str]:
        return {name: value for name, value in (self.asked_for | changes).items() if value}


@bp.get("/badges")
@login_required
def grid() -> ResponseReturnValue:
    """My badges. What is stale is asked for in the background; nobody waits for an issuer."""
    person, now, asked, page = current_person(), utcnow(), _asked(), _page()
    with reading() as session:
        badges, fitting = listing.found(session, person.id, asked, now, page)
        places, works = places_of(session, person.id, now), evidence_counts(session, person.id)
        public = {number for number, some in places.items() if any(place.links for place in some)}
        heeded, asking = listing.perhaps_heeded(session, person.id, public, now)
        judged_now = {badge.id: badge for badge in (*badges, *heeded)}
        reports = judged(session, person.id, list(judged_now.values()), now)
        tags = tags_of(session, judged_now)
        arrivals = own_arrivals(session, person.id, now)
        unseen = count_unseen(session, person.id)
        counted, choices = listing.counts(session, person.id, now), listing.choices(session, person.id)
    tiles = {
        number: _tile(badge, reports[number], places.get(number, ()), works.get(number, 0), tags.get(number, ()))
        for number, badge in judged_now.items()
    }
    _note(tiles, now)
    waiting = [one for one in arrivals if page == 1 and asked.state in {"", WAITING} and not asked.filters]
    shelf = Shelf(
        asked=asked,
        tiles=[] if asked.state == WAITING else [tiles[badge.id] for badge in badges],
        arrivals=[one for one in waiting if _holds(f"{one.name} {one.issuer_name}", asked.q)],
        heeds=(heeds := _heeds([tiles[badge.id] for badge in heeded], arrivals, now)),
        asking=len(heeds) + asking - len(heeded),
        chips=_chips(counted, len(arrivals)),
        choices=choices,
        total=sum(counted.values()) + len(arrivals),
        fitting=0 if asked.state == WAITING else fitting,
        page=page,
    )
    return render_template(
        "badges/grid.html", shelf=shelf, form=ImportForm(), most=wired().settings.max_import_mb, unseen=unseen
    )


def _note(tiles: Mapping[int, Tile], now: datetime) -> None:
    """What this page found: news to ask for, and badges that stand elsewhere than lists knew."""
    reports = [tile.report for tile in tiles.values()]
    moved = [tile for tile in tiles.values() if tile.badge.state != state_of(tile.report).value]
    ask_behind(wanted_by(reports), now)
    if moved:
        with transaction() as session:
            for tile in moved:
                note_state(session, tile.badge.id, state_of(tile.report))


def _asked() -> Asked:
    given = request.args
    state, sort, year = given.get("state", ""), given.get("sort", ""), given.get("year", "")
    return Asked(
        q=given.get("q", "").strip()[:200],
        state=state if state in FAMILIES or state == WAITING else "",
        issuer=given.get("issuer", "")[:300],
        skill=given.get("skill", "")[:700],
        year=int(year) if re.fullmatch("[1-9][0-9]{3}", year) and int(year) < MAXYEAR else None,
        tag=folded(given.get("tag", ""))[:100],
        sort=sort if sort in SORTS else "",
    )


def _page() -> int:
    number = request.args.get("page", "1")
    return int(number) if re.fullmatch("[1-9][0-9]{0,5}", number) else 1


def _tile(
    badge: Badge,
    report: Report,
    places: Sequence[Place],
    works: int,
    tags: Sequence[str],
) -> Tile:
    credential = report.credential
    return Tile(
        badge=badge,
        report=report,
        headline=headline(report),
        name=shown_name(credential, badge),
        language=other_language(credential.achievement.name),
        issuer=shown_issuer(credential, badge),
        issued_on=credential.valid_from or credential.awarded_on or badge.issued_on,
        picture=picture_address(badge),
        level="link" if any(place.links for place in places) else "private",
        evidence=works,
        tags=tags,
    )


def _holds(text: str, q: str) -> bool:
    return all(word in folded(text) for word in folded(q).split())


def _heeds(tiles: Sequence[Tile], arrivals: Sequence[Arrival], now: datetime) -> list[Heed]:
    heeds = [
        Heed(
            name=tile.name,
            words=words,
            mark=tile.headline.mark,
            css=tile.headline.css,
            address=url_for("badges.badge", public_id=tile.badge.public_id),
        )
        for tile in tiles
        if (words := _why_heed(tile, now))
    ]
    return heeds + [
        Heed(
            name=one.name or _("A badge"),
            words=_("waits for your address"),
            mark="inbox",
            css="is-info",
            address=url_for("badges.arrival", public_id=one.public_id),
        )
        for one in arrivals
    ]


def _why_heed(tile: Tile, now: datetime) -> str | None:
    match tile.headline.state:
        case State.ALTERED:
            return str(_("no longer matches the original"))
        case State.NOT_VALID:
            return str(_("has a fault"))
        case State.WRONG_PERSON:
            return str(_("was issued to an address that is not yours"))
        case State.REVOKED | State.SUSPENDED | State.WITHDRAWN if tile.level != "private":
            return str(_("was taken back, and is still on one of your pages"))
        case State.VALID_EXPIRING if tile.report.credential.valid_until:
            days = max((tile.report.credential.valid_until - now).days, 0)
            return str(
                ngettext("expires in %(num)d day", "expires in %(num)d days", days) if days else _("expires today")
            )
        case _:
            return None


def _chips(counted: Mapping[str, int], arrivals: int) -> list[Chip]:
    words = {
        "valid": (_("Valid"), "valid"),
        "unconfirmed": (_("Not confirmed"), "unknown"),
        "expired": (_("Expired"), "expired"),
        "avoid": (_("Not to be shown"), "invalid"),
    }
    chips = [Chip(key="", words=_("All"), mark=None, count=sum(counted.values()) + arrivals)]
    chips += [
        Chip(key=key, words=words[key][0], mark=words[key][1], count=counted[key]) for key in FAMILIES if counted[key]
    ]
    if arrivals:
        chips.append(Chip(key=WAITING, words=_("To be taken in"), mark="inbox", count=arrivals))
    return chips
