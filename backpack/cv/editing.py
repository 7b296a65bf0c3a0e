"""Acts on a CV: begin it, write it, order its lines, choose its badges. No Flask."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from backpack.accounts.models import Person
from backpack.badges.models import Badge
from backpack.collections.models import Collection
from backpack.cv.composing import ARRANGEMENT, SECTIONS, arrangement_of
from backpack.cv.incoming import MOST_ENTRIES, Brought, Line
from backpack.cv.models import CV, CVBadge, CVCollection, CVEntry
from backpack.errors import N_, BackpackError, NotFound
from backpack.publishing import links
from backpack.publishing.models import ShareLink, ShownBadge

MOST_CVS: Final = 20
MOST_BADGES: Final = 300
MOST_COLLECTIONS: Final = 20
LINE_MOST: Final = 400
LAYOUTS: Final = ("margin", "classic", "compact")
PAPERS: Final = ("a4", "letter")


class TooManyLines(BackpackError):
    code = "too-many-lines"
    sentence = N_("A CV holds at most %(most)s lines. Remove one first.")


class TooManyCVs(BackpackError):
    code = "too-many-cvs"
    sentence = N_("You have %(most)s CVs already. Remove one first.")


def begin(session: Session, person: Person, title: str, language: str, email: str, there: int, now: datetime) -> CV:
    """A new CV with its owner's name and address. `there` is how many they have. Raises TooManyCVs."""
    if there >= MOST_CVS:
        raise TooManyCVs(most=MOST_CVS)
    cv = CV(
        person_id=person.id,
        title=title,
        language=language,
        name=person.name,
        email=email,
        created_at=now,
        changed_at=now,
    )
    session.add(cv)
    session.flush()
    return cv


def write(cv: CV, fields: Mapping[str, Any], now: datetime) -> None:
    """Put down what was typed about the person."""
    for name in ("title", "language", "name", "headline", "profile", "email", "phone", "place", "website"):
        setattr(cv, name, fields[name])
    cv.changed_at = now


def bring(cv: CV, brought: Brought, badges: Sequence[Badge], now: datetime) -> int:
    """Put into a new CV what a file says. A certificate that bears the name of one of these badges becomes that badge;
    any other is a line of its own, which proves nothing. How many lines found no room."""
    for name, value in brought.words.items():
        setattr(cv, name, value)
    for section, line in brought.lines:
        add_line(cv, section, line, now)
    named = {badge.name: badge for badge in reversed(badges)}
    mine = {one.name: one for one in brought.certificates if one.name in named}
    choose(cv, [named[one] for one in mine], {named[one].id: mine[one].words[:LINE_MOST] for one in mine}, now)
    others = [one for one in brought.certificates if one.name not in named]
    room = MOST_ENTRIES - len(cv.entries)
    for one in others[:room]:
        add_line(cv, "education", one.line, now)
    return brought.left_out + len(others[room:])


def dress(cv: CV, layout: str, paper: str, *, names_works: bool, now: datetime) -> None:
    """Choose how it looks, what it is printed on, and whether it names the works behind its badges. Raises NotFound for
    what there is not."""
    if layout not in LAYOUTS or paper not in PAPERS:
        raise NotFound
    cv.layout, cv.paper, cv.names_works, cv.changed_at = layout, paper, names_works, now


def move_section(cv: CV, section: str, by: int, now: datetime) -> None:
    """A whole section one place up (-1) or down (+1). Raises NotFound."""
    if section not in ARRANGEMENT:
        raise NotFound
    order = arrangement_of(cv)
    at = order.index(section)
    to = at + by
    if 0 <= to < len(order):
        order[at], order[to] = order[to], order[at]
    cv.arrangement, cv.changed_at = " ".join(order), now


def add_line(cv: CV, section: str, line: Line, now: datetime) -> CVEntry:
    """Put a line at the end of its section. Raises TooManyLines, and NotFound for a section there is not."""
    if section not in SECTIONS:
        raise NotFound
    if len(cv.entries) >= MOST_ENTRIES:
        raise TooManyLines(most=MOST_ENTRIES)
    entry = CVEntry(section=section, position=len(cv.entries))
    write_line(entry, line)
    cv.entries.append(entry)
    cv.changed_at = now
    return entry


def write_line(entry: CVEntry, line: Line) -> None:
    entry.title, entry.place, entry.period, entry.text = line.title, line.place, line.period, line.text


def line_of(cv: CV, entry_id: int) -> CVEntry:
    """One line of this CV. Raises NotFound."""
    for entry in cv.entries:
        if entry.id == entry_id:
            return entry
    raise NotFound


def drop_line(cv: CV, entry: CVEntry, now: datetime) -> None:
    cv.entries.remove(entry)
    _number(cv.entries)
    cv.changed_at = now


def move_line(cv: CV, entry: CVEntry, by: int, now: datetime) -> None:
    """One place up (-1) or down (+1) among the lines of its section."""
    same = [one for one in cv.entries if one.section == entry.section]
    _swap(cv.entries, same, same.index(entry), by)
    cv.changed_at = now


def choose(
    cv: CV,
    badges: Sequence[Badge],
    lines: Mapping[int, str],
    now: datetime,
    suggested: Mapping[int, str] = MappingProxyType({}),
) -> None:
    """Let the CV hold exactly these badges: those that were there keep their order, new ones come after. `lines` are
    the learner's words by the badge's number; a new badge without any takes what is suggested, or the first line of
    its story."""
    wanted = {badge.id: badge for badge in badges[:MOST_BADGES]}
    kept = [one for one in cv.badges if one.badge_id in wanted]
    there = {one.badge_id for one in kept}
    new = [
        CVBadge(badge_id=badge.id, line=suggested.get(badge.id) or first_line(badge.story))
        for badge in wanted.values()
        if badge.id not in there
    ]
    for one in kept + new:
        one.line = lines.get(one.badge_id, one.line) or ""
    cv.badges[:] = kept + new
    _number(cv.badges)
    cv.changed_at = now


def name_collections(cv: CV, collections: Sequence[Collection], now: datetime) -> None:
    """Let the CV name exactly these collections: those that were there keep their order, new ones come after."""
    wanted = {one.id for one in collections[:MOST_COLLECTIONS]}
    kept = [one for one in cv.collections if one.collection_id in wanted]
    there = {one.collection_id for one in kept}
    new = [CVCollection(collection_id=one.id) for one in collections if one.id in wanted - there]
    cv.collections[:] = kept + new
    _number(cv.collections)
    cv.changed_at = now


def exchange(session: Session, old: Badge, new: Badge, now: datetime) -> int:
    """Let `new` take the place of `old` on every CV of their owner, its line kept; on how many."""
    query = select(CVBadge).where(CVBadge.badge_id.in_([old.id, new.id]))
    places = session.scalars(query).all()
    there = {one.cv_id for one in places if one.badge_id == new.id}
    changed = [one for one in places if one.badge_id == old.id]
    for one in changed:
        if one.cv_id in there:
            session.delete(one)
        else:
            one.badge_id = new.id
    session.execute(update(CV).where(CV.id.in_([one.cv_id for one in changed])).values(changed_at=now))
    session.flush()
    return len(changed)


def move_badge(cv: CV, badge_id: int, by: int, now: datetime) -> None:
    """One place up (-1) or down (+1). Raises NotFound for a badge that is not on it."""
    at = next((at for at, one in enumerate(cv.badges) if one.badge_id == badge_id), None)
    if at is None:
        raise NotFound
    _swap(cv.badges, list(cv.badges), at, by)
    cv.changed_at = now


def open_pages(session: Session, cv: CV, link: ShareLink | None, secret: str, now: datetime) -> ShareLink:
    """Let whoever has the paper see the badges on it as they are today: the CV's own link, which shows these badges,
    none of the evidence behind them, and nothing else. With a `link` that is open, it shows what the CV holds now."""
    if link is None:
        link = links.create_link(session, cv.person_id, secret=secret, now=now, cv_id=cv.id)
    choices = links.Choices(label=cv.title, name_shown="full", badges=[one.badge_id for one in cv.badges])
    links.publish(session, link, choices, now)
    return link


def hide_what_left(session: Session, cv: CV, link: ShareLink | None) -> None:
    """The pages behind the paper's codes show no badge that the CV no longer holds."""
    if link is not None:
        on_it = [one.badge_id for one in cv.badges]
        session.execute(delete(ShownBadge).where(ShownBadge.link_id == link.id, ShownBadge.badge_id.not_in(on_it)))


def first_line(story: str) -> str:
    """The first line of a text, as far as the line of a badge is long."""
    return story.strip().partition("\n")[0][:LINE_MOST]


def told_in_one_line(*answers: str) -> str:
    """Answers to the questions about a work as sentences of one line, as far as it is long: what no longer fits is left
    away whole, except in the very first."""
    line = ""
    for answer in filter(None, (" ".join(one.split()) for one in answers)):
        ended = answer if answer[-1] in ".!?…:;" else f"{answer}."
        if line and len(line) + 1 + len(ended) > LINE_MOST:
            break
        line = f"{line} {ended}".strip()
    return line if len(line) <= LINE_MOST else f"{line[: LINE_MOST - 1].rsplit(' ', 1)[0]}…"


def _swap(everything: list[Any], same: list[Any], at: int, by: int) -> None:
    to = at + by
    if not 0 <= to < len(same):
        return
    order = list(everything)
    first, second = order.index(same[at]), order.index(same[to])
    order[first], order[second] = order[second], order[first]
    everything[:] = order  # at once: a row that leaves the list, be it for a moment, would be deleted
    _number(everything)


def _number(rows: Sequence[Any]) -> None:
    for position, row in enumerate(rows):
        row.position = position
