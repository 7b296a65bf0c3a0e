"""The backpack itself: every badge with its state of this moment, what needs attention, search, filter and order."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import login_required

from backpack.accounts.presence import current_person
from backpack.badges.forms import ImportForm
from backpack.badges.judging import wish_news
from backpack.badges.models import Arrival, Badge
from backpack.badges.queries import own_arrivals, own_badges
from backpack.badges.views.appearing import Place, evidence_counts, places_of
from backpack.badges.views.blueprint import bp, judged, other_language, picture_address, shown_issuer, shown_name
from backpack.database import folded, reading, transaction, utcnow
from backpack.notices.queries import count_unseen
from backpack.openbadges.report import Report
from backpack.publishing.queries import last_good
from backpack.web.verdicts import Headline, State, headline
from backpack.wiring import wired

FAMILIES: Final[Mapping[str, frozenset[State]]] = {
    "valid": frozenset({State.VALID, State.VALID_EXPIRING}),
    "unconfirmed": frozenset(
        {
            State.UNREACHABLE,
            State.UNREACHABLE_NEVER,
            State.STATUS_UNKNOWN,
            State.UNKNOWN_ISSUER,
            State.UNSUPPORTED,
            State.CHECKING,
        }
    ),
    "expired": frozenset({State.EXPIRED}),
    "avoid": frozenset({State.REVOKED, State.SUSPENDED, State.ALTERED, State.NOT_VALID, State.WRONG_PERSON}),
}
WAITING: Final = "waiting"
LONG_AGO: Final = datetime(1990, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the reader wants to see; anything unknown counts as nothing."""

    q: str = ""
    state: str = ""
    issuer: str = ""
    sort: str = ""


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
    chips: Sequence[Chip]
    issuers: Sequence[str]
    total: int

    @property
    def is_empty(self) -> bool:
        return not self.total

    @property
    def sorts(self) -> list[tuple[str, str]]:
        return [("", _("Date, the newest first")), ("name", _("Name")), ("issuer", _("Issuer"))]

    def asked_with(self, **changes: str) -> dict[str, str]:
        asked = {"q": self.asked.q, "state": self.asked.state, "issuer": self.asked.issuer, "sort": self.asked.sort}
        return {name: value for name, value in (asked | changes).items() if value}


@bp.get("/badges")
@login_required
def grid() -> ResponseReturnValue:
    """My badges. What is stale is asked for in the background; nobody waits for an issuer."""
    person, now = current_person(), utcnow()
    with reading() as session:
        badges = list(own_badges(session, person.id))
        found = judged(session, person.id, badges, now)
        good = last_good(session, found)
        places, works = places_of(session, person.id, now), evidence_counts(session, person.id)
        arrivals = own_arrivals(session, person.id, now)
        unseen = count_unseen(session, person.id)
    tiles = [
        _tile(one, found[one.id], good.get(one.id), places.get(one.id, ()), works.get(one.id, 0)) for one in badges
    ]
    if any(report.wanted for report in found.values()):
        with transaction() as session:
            wish_news(session, found.values(), now)
    page = shelf_of(tiles, arrivals, now, _asked())
    return render_template(
        "badges/grid.html", shelf=page, form=ImportForm(), most=wired().settings.max_import_mb, unseen=unseen
    )


def shelf_of(tiles: Sequence[Tile], arrivals: Sequence[Arrival], now: datetime, asked: Asked) -> Shelf:
    """What of all this the reader asked for, in the order they asked for."""
    issuers = sorted({tile.issuer for tile in tiles}, key=folded)
    shown = [tile for tile in tiles if _is_asked_for(tile, asked)]
    waiting = [one for one in arrivals if asked.state in {"", WAITING} and _holds(one.name, one.issuer_name, asked.q)]
    return Shelf(
        asked=asked,
        tiles=sorted(shown, key=_order(asked.sort)) if asked.sort else sorted(shown, key=_newest, reverse=True),
        arrivals=[] if asked.issuer else waiting,
        heeds=_heeds(tiles, arrivals, now),
        chips=_chips(tiles, arrivals),
        issuers=issuers,
        total=len(tiles) + len(arrivals),
    )


def _asked() -> Asked:
    state, sort = request.args.get("state", ""), request.args.get("sort", "")
    return Asked(
        q=request.args.get("q", "").strip()[:200],
        state=state if state in FAMILIES or state == WAITING else "",
        issuer=request.args.get("issuer", "")[:300],
        sort=sort if sort in {"name", "issuer"} else "",
    )


def _tile(badge: Badge, report: Report, good: datetime | None, places: Sequence[Place], works: int) -> Tile:
    credential = report.credential
    return Tile(
        badge=badge,
        report=report,
        headline=headline(report, last_good=good),
        name=shown_name(credential, badge),
        language=other_language(credential.achievement.name),
        issuer=shown_issuer(credential, badge),
        issued_on=credential.valid_from or credential.awarded_on or badge.issued_on,
        picture=picture_address(badge),
        level="link" if any(place.links for place in places) else "private",
        evidence=works,
    )


def _is_asked_for(tile: Tile, asked: Asked) -> bool:
    if asked.state and tile.headline.state not in FAMILIES.get(asked.state, frozenset()):
        return False
    return asked.issuer in {"", tile.issuer} and _holds(tile.name, f"{tile.issuer} {tile.badge.folded}", asked.q)


def _holds(name: str, rest: str, q: str) -> bool:
    text = folded(f"{name} {rest}")
    return all(word in text for word in folded(q).split())


def _newest(tile: Tile) -> tuple[datetime, int]:
    return (tile.issued_on or LONG_AGO, tile.badge.id)


def _order(sort: str) -> Callable[[Tile], tuple[str, int]]:
    return lambda tile: (folded(tile.issuer if sort == "issuer" else tile.name), tile.badge.id)


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
        case State.REVOKED | State.SUSPENDED if tile.level != "private":
            return str(_("was taken back, and is still on one of your pages"))
        case State.VALID_EXPIRING if tile.report.credential.valid_until:
            days = max((tile.report.credential.valid_until - now).days, 0)
            return str(
                ngettext("expires in %(num)d day", "expires in %(num)d days", days) if days else _("expires today")
            )
        case _:
            return None


def _chips(tiles: Sequence[Tile], arrivals: Sequence[Arrival]) -> list[Chip]:
    words = {
        "valid": (_("Valid"), "valid"),
        "unconfirmed": (_("Not confirmed"), "unknown"),
        "expired": (_("Expired"), "expired"),
        "avoid": (_("Not to be shown"), "invalid"),
    }
    chips = [Chip(key="", words=_("All"), mark=None, count=len(tiles) + len(arrivals))]
    for key, states in FAMILIES.items():
        count = sum(tile.headline.state in states for tile in tiles)
        if count:
            chips.append(Chip(key=key, words=words[key][0], mark=words[key][1], count=count))
    if arrivals:
        chips.append(Chip(key=WAITING, words=_("To be taken in"), mark="inbox", count=len(arrivals)))
    return chips
