"""Boxes: a ZIP of badges or a mail with badges attached, opened in a job and never in a request (SECURITY D4).

The box is kept with its line; the job turns it into a line for each thing in it, in one transaction. A worker that dies
before that leaves the box as it was, so the next one starts again and nothing is there twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from sqlalchemy.orm import Session

from backpack import jobs
from backpack.accounts.models import Person
from backpack.badges.handlers import A_MOMENT, let_go
from backpack.badges.holding import gone
from backpack.badges.importing import FIRST, ask_for_judging, refuse
from backpack.badges.intake import BOX_MOST, MB, Given, Line, clean_label, lines_of, refused
from backpack.badges.models import ImportItem
from backpack.badges.naming import is_web_address
from backpack.badges.queries import room_taken
from backpack.badges.reasons import BoxInABox, BoxTooLarge, NoBadgeInMail, NoRoom, TooManyGiven
from backpack.database import reading, transaction, utcnow
from backpack.openbadges.containers import archive, mail
from backpack.openbadges.errors import NoBadgeFound, OpenBadgesError, TooLarge
from backpack.storage import Storage
from backpack.wiring import Handler, Wiring

UNPACK: Final = "badge.unpack"
FOUND_EXPORT: Final = "backpack.export-found"
"""A box turned out to be what somebody took out of a Backpack: another slice knows what to do with it."""
OF_AN_EXPORT: Final = frozenset({"backpack.json", "manifest.json"})
Room = Callable[[Session, int], int]


def handlers(wiring: Wiring, elsewhere: Room) -> dict[str, Handler]:
    """`elsewhere`: the room that a person's other files take."""
    return {UNPACK: partial(unpack, wiring, elsewhere)}


@dataclass(frozen=True, slots=True)
class Unpacked:
    """A line of a box, its file in storage."""

    line: Line
    key: str | None
    size: int


def unpack(wiring: Wiring, elsewhere: Room, payload: dict[str, Any]) -> None:
    """The handler of `badge.unpack`. Done twice, it is done once: the box's own line is gone after the first time."""
    with reading() as session:
        item = session.get(ImportItem, payload["item"])
        if item is None or item.result != "waiting" or item.storage_key is None:
            return
        person = session.get_one(Person, item.person_id).public_id
    data, label = wiring.storage.read(item.storage_key), item.label
    if is_export(data):
        with transaction() as session:
            jobs.ask(session, FOUND_EXPORT, str(item.id), utcnow(), priority=FIRST, item=item.id)
        return
    found: list[Unpacked] = []
    try:
        for line in _lines(data, label, wiring.settings.max_import_mb):
            found.append(_stored(wiring, person, line))
    except OpenBadgesError as error:
        with transaction() as session:
            broken = session.get(ImportItem, item.id)
            if broken is not None and broken.result == "waiting":
                is_mail = item.container == mail.NAME and isinstance(error, NoBadgeFound)
                refuse(broken, _in_words(error, is_mail), utcnow())
        let_go(wiring, [item.storage_key, *(one.key for one in found if one.key)])
        return
    with transaction() as session:
        _take_apart(session, wiring.storage, item.id, found, wiring.settings.quota_mb, elsewhere)
    let_go(wiring, [item.storage_key, *(one.key for one in found if one.key)])


def is_export(data: bytes) -> bool:
    """Whether a ZIP is what somebody took out of a Backpack."""
    if not archive.recognises(data[:8]):
        return False
    try:
        return set(archive.names(data)) >= OF_AN_EXPORT
    except OpenBadgesError:
        return False


def _in_words(error: OpenBadgesError, is_mail: bool) -> Any:
    """What is wrong with a box, said of a box."""
    if isinstance(error, TooLarge):
        return BoxTooLarge(most=archive.MAX_ENTRIES, size=archive.MAX_TOTAL // (1024 * 1024))
    return NoBadgeInMail() if is_mail else error


def _lines(data: bytes, label: str, file_mb: int) -> Iterator[Line]:
    box = archive if archive.recognises(data[:8]) else mail
    for number, (name, content) in enumerate(box.entries(data)):
        own = f"{label} › {name if is_web_address(name) else clean_label(name)}"[:200]
        if number >= BOX_MOST:
            yield refused(own, TooManyGiven(most=BOX_MOST))
        elif not _is_text_of_a_mail(box.NAME, content, name):
            yield from lines_of([Given(label=own, data=content)], file_mb=file_mb, archive_mb=0)


def _is_text_of_a_mail(box: str, content: bytes, name: str) -> bool:
    """A signature's picture or a calendar entry is no badge that failed: of a mail, only what holds one has a line."""
    if box != mail.NAME:
        return False
    lines = lines_of([Given(label=name, data=content)], file_mb=len(content) // MB + 1, archive_mb=0)
    return all(line.code in {NoBadgeFound.code, "not-json", "not-a-badge", BoxInABox.code} for line in lines)


def _stored(wiring: Wiring, person: str, line: Line) -> Unpacked:
    """The line without its bytes, which are in storage now: a hundred megabytes need not be held at once."""
    if line.is_refused or not line.data:
        return Unpacked(line, None, 0)
    key = wiring.storage.put(person, line.data)
    bare = Line(label=line.label, payload=line.payload, container=line.container)
    return Unpacked(bare, key, len(line.data))


def _take_apart(
    session: Session, storage: Storage, box_id: int, found: list[Unpacked], quota_mb: int, elsewhere: Room
) -> None:
    box = session.get(ImportItem, box_id)
    if box is None or box.result != "waiting":
        return
    if gone(session, storage, box.person_id, [one.key for one in found if one.key]):
        raise jobs.Later(A_MOMENT)
    room = quota_mb * MB - elsewhere(session, box.person_id) - room_taken(session, box.person_id) + box.size
    if not found:
        refuse(box, NoBadgeInMail() if box.container == mail.NAME else NoBadgeFound(), utcnow())
        return
    for one in found:
        line = one.line if one.size <= room else refused(one.line.label, NoRoom(most=quota_mb))
        item = ImportItem(
            batch=box.batch,
            person_id=box.person_id,
            label=line.label,
            position=box.position,
            result="refused" if line.is_refused else "waiting",
            reason=line.code,
            facts=dict(line.facts),
            created_at=box.created_at,
            done_at=utcnow() if line.is_refused else None,
        )
        session.add(item)
        if not line.is_refused:
            room -= one.size
            item.payload, item.container, item.storage_key, item.size = line.payload, line.container, one.key, one.size
            session.flush()
            ask_for_judging(session, item, utcnow())
    session.delete(box)
