"""Coming back: an export becomes a backpack again, under the account of whoever brings it.

Badges go the way of every import: each is judged again, and waits outside where its address is not confirmed. What was
written and made comes back as it was; what only the old site could vouch for (links, counts, history of checks,
confirmed addresses) does not. `Homecoming.state` says how far it is; each step is one transaction, so whoever goes on
after a crash does nothing twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backpack import jobs, openbadges
from backpack.accounts.models import Person
from backpack.accounts.trail import note
from backpack.badges.handlers import let_go
from backpack.badges.holding import gone
from backpack.badges.importing import FIRST, ask_for_judging, refuse
from backpack.badges.intake import clean_label
from backpack.badges.models import ImportItem
from backpack.badges.pdfs import TooBusy, payloads_of
from backpack.badges.queries import room_taken
from backpack.badges.reasons import NoRoom
from backpack.badges.recording import grow_edition
from backpack.badges.unpacking import FOUND_EXPORT
from backpack.cv.queries import room_taken as room_of_cvs
from backpack.database import insert_new, reading, transaction, utcnow
from backpack.errors import N_, BackpackError
from backpack.evidence import queries as evidence
from backpack.evidence.readying import Limits
from backpack.leaving.attaching import Attached, Prepared, attach, identities_of, missing_badges, prepared
from backpack.leaving.boxes import MB, Box, NotAnExport, opened
from backpack.leaving.models import Homecoming
from backpack.openbadges.errors import OpenBadgesError
from backpack.openbadges.reading import Found
from backpack.wiring import Handler, Wiring

BRING_BACK: Final = "leaving.bring-back"
KEPT: Final = timedelta(days=30)
A_MOMENT: Final = 2.0
"""Seconds between two looks whether all badges of the import have been judged."""
LOOKS_AGAIN: Final = (timedelta(minutes=10), timedelta(hours=6))
"""When a homecoming with badges outside is looked at again; after these once a day."""


MOST_AT_ONCE: Final = 2


class StillComing(BackpackError):
    code = "still-coming"
    sentence = N_("Two exports are still being brought in. Send this one again when their reports are there.")


def handlers(wiring: Wiring) -> dict[str, Handler]:
    return {FOUND_EXPORT: partial(found, wiring), BRING_BACK: partial(bring_back, wiring)}


def found(wiring: Wiring, payload: dict[str, Any]) -> None:
    """The handler of `backpack.export-found`: begin a homecoming with the box of an import."""
    del wiring
    now = utcnow()
    with transaction() as session:
        item = session.get(ImportItem, payload["item"])
        if item is not None and item.result == "waiting" and item.storage_key is not None:
            begin(session, item, now)


def make_way(session: Session, person_id: int) -> list[str]:
    """Before another export comes in: those that were brought in, and only waited for badges still to come, let their
    files go; the stored files that nothing needs now. Raises StillComing while two are at work: an export weighs as
    much as all that a person may keep."""
    mine = select(Homecoming).where(Homecoming.person_id == person_id, Homecoming.storage_key.is_not(None))
    there = session.scalars(mine.with_for_update()).all()
    if sum(one.state != "attached" for one in there) >= MOST_AT_ONCE:
        raise StillComing
    waiting = [one for one in there if one.state == "attached"]
    keys = [one.storage_key for one in waiting if one.storage_key is not None]
    for one in waiting:
        one.storage_key = None
    return keys


def begin(session: Session, item: ImportItem, now: datetime) -> None:
    """Note that this file is being brought back. The same file again is the same homecoming, begun anew."""
    key = item.storage_key or ""
    digest = bytes.fromhex(key.rpartition("/")[2])
    values = {
        "person_id": item.person_id,
        "batch": item.batch,
        "storage_key": key,
        "digest": digest,
        "state": "given",
        "facts": {},
        "asked_at": now,
        "ends_at": now + KEPT,
    }
    if not insert_new(session, Homecoming, values, ["person_id", "digest"]):
        mine = (Homecoming.person_id == item.person_id, Homecoming.digest == digest)
        session.execute(update(Homecoming).where(*mine).values(**values))
    one = select(Homecoming.id).where(Homecoming.person_id == item.person_id, Homecoming.digest == digest)
    number = session.scalars(one).one()
    jobs.ask(session, BRING_BACK, str(number), now, priority=FIRST, homecoming=number)


def bring_back(wiring: Wiring, payload: dict[str, Any]) -> None:
    """The handler of `leaving.bring-back`: from the file to its badges, from the judged badges to all the rest."""
    with reading() as session:
        one = session.get(Homecoming, payload["homecoming"])
    if one is None or one.storage_key is None or one.state == "attached":
        return
    if one.state == "badges":
        _wait_for_badges(one)
    try:
        with opened(wiring.storage, one.storage_key, wiring.settings.quota_mb) as box:
            if one.state == "given":
                _give_badges(wiring, one, box)
                _wait_for_badges(one)
            _attach_the_rest(wiring, one, box)
    except FileNotFoundError:
        _refused(wiring, one, NotAnExport())
    except BackpackError as error:
        _refused(wiring, one, error)


def _wait_for_badges(one: Homecoming) -> None:
    """Come back later while badges of this import are being judged."""
    with reading() as session:
        box_item = _box_item(session, one)
        waiting = select(ImportItem.id).where(ImportItem.batch == one.batch, ImportItem.result == "waiting")
        if box_item is not None:
            waiting = waiting.where(ImportItem.id != box_item.id)
        if session.scalar(waiting.limit(1)) is not None:
            raise jobs.Later(A_MOMENT)


def _give_badges(wiring: Wiring, one: Homecoming, box: Box) -> None:
    """A line of the import for each file of a badge, all in one transaction."""
    with reading() as session:
        person = session.get_one(Person, one.person_id)
    lines = [line for entry in _badges_in(box) for line in _files_of(wiring, person.public_id, entry, box)]
    with transaction() as session:
        state = session.scalar(select(Homecoming.state).where(Homecoming.id == one.id).with_for_update())
        if gone(session, wiring.storage, person.id, [key for _label, _payload, _container, key, _size in lines]):
            raise jobs.Later(A_MOMENT)
        room = _room(session, person.id, wiring.settings.quota_mb)
        for label, payload, container, key, size in lines if state == "given" else []:
            item = ImportItem(batch=one.batch, person_id=person.id, label=label, position=1, created_at=utcnow())
            item.result, item.payload, item.container, item.storage_key = "waiting", payload, container, key
            item.size = size
            session.add(item)
            session.flush()
            if size > room:
                refuse(item, NoRoom(most=wiring.settings.quota_mb), utcnow())
                continue
            room -= size
            ask_for_judging(session, item, utcnow())
        session.execute(update(Homecoming).where(Homecoming.id == one.id).values(state="badges"))


def _badges_in(box: Box) -> list[Mapping[str, Any]]:
    waiting = [{**one, "files": [one]} for one in box.content.get("arrivals", [])]
    return [*box.content.get("badges", []), *waiting]


Line = tuple[str, bytes, str, str, int]


def _files_of(wiring: Wiring, person: str, entry: Mapping[str, Any], box: Box) -> list[Line]:
    """The files of a badge that really hold it; where none does, the badge's own text is its file."""
    payload = box.read(entry["payload"])
    if payload is None:
        return []
    lines = []
    for file in entry.get("files", []):
        data = box.read(file["file"])
        container = _container_of(data, payload) if data is not None else None
        if data is not None and container is not None:
            label = clean_label(file.get("filename") or "badge")
            lines.append((label, payload, container, wiring.storage.put(person, data), len(data)))
    if not lines and (container := _container_of(payload, payload)) is not None:
        lines.append(("badge", payload, container, wiring.storage.put(person, payload), len(payload)))
    return lines


def _container_of(data: bytes, payload: bytes) -> str | None:
    """What this file is, if the badge is in it to the byte; None otherwise."""
    try:
        read = openbadges.read_each(data, payloads_of)
    except (OpenBadgesError, TooBusy):
        return None
    for one in read:
        if isinstance(one, Found) and one.payload.strip() == payload.strip():
            return one.container
    return None


def _room(session: Session, person_id: int, quota_mb: int) -> int:
    questions = (room_taken, evidence.room_taken, room_of_cvs)
    return quota_mb * MB - sum(question(session, person_id) for question in questions)


def _attach_the_rest(wiring: Wiring, one: Homecoming, box: Box) -> None:
    """Once every badge was judged, put the rest in its places. Badges that wait outside are looked for again later."""
    now, identities = utcnow(), identities_of(box)
    with reading() as session:
        person = session.get_one(Person, one.person_id)
        again = "missing" in one.facts
        room, limits = _room(session, person.id, wiring.settings.quota_mb), Limits.of(wiring.settings)
        things = None if again else prepared(session, person, box, room, limits)
    ready = things.stored(wiring.storage, person.public_id) if things else Prepared()
    with transaction() as session:
        state = session.scalars(select(Homecoming).where(Homecoming.id == one.id).with_for_update()).one()
        if state.state == "attached":
            return
        if gone(session, wiring.storage, person.id, ready.keys):
            raise jobs.Later(A_MOMENT)
        done = attach(
            session,
            person,
            box.content,
            identities,
            ready,
            _entered(session, one),
            now,
            only=one.facts.get("missing"),
        )
        left = missing_badges(session, person.id, identities)
        _note_down(session, state, done, left, again, now)
        grow_edition(session, person.id)
    let_go(wiring, [*ready.keys, *([] if left else [one.storage_key or ""])])


def _entered(session: Session, one: Homecoming) -> set[int]:
    """The badges that are here because of this homecoming."""
    query = select(ImportItem.badge_id).where(ImportItem.batch == one.batch, ImportItem.result == "added")
    return {number for number in session.scalars(query) if number is not None}


def _note_down(
    session: Session,
    state: Homecoming,
    done: Attached,
    left: list[str],
    again: bool,
    now: datetime,
) -> None:
    state.facts = {"missing": left, "looks": int(state.facts.get("looks", 0)) + 1}
    if not left:
        state.state, state.storage_key = "attached", None
    else:
        looks = int(state.facts["looks"])
        wait = LOOKS_AGAIN[looks - 1] if looks <= len(LOOKS_AGAIN) else timedelta(days=1)
        # The job at work is unfinished under its own key, so the next one needs another.
        key = f"{state.id}:{looks}"
        jobs.ask(session, BRING_BACK, key, now, run_at=now + wait, homecoming=state.id)
    if not again:
        note(session, state.person_id, "export-brought-back", now)
    item = _box_item(session, state)
    if item is not None and item.result == "waiting":
        item.result, item.reason, item.facts, item.done_at = "added", "export-back", done.counts(), now
        item.payload, item.storage_key = None, None


def _box_item(session: Session, one: Homecoming) -> ImportItem | None:
    """The line of the import that is the export itself."""
    query = select(ImportItem).where(ImportItem.batch == one.batch, ImportItem.container == "zip")
    return session.scalars(query.order_by(ImportItem.id)).first()


def _refused(wiring: Wiring, one: Homecoming, error: BackpackError) -> None:
    with transaction() as session:
        item = _box_item(session, one)
        if item is not None and item.result == "waiting":
            refuse(item, error, utcnow())
        gone = session.get(Homecoming, one.id)
        if gone is not None:
            session.delete(gone)
    let_go(wiring, [one.storage_key or ""])


def look_again(session: Session, person_id: int, now: datetime) -> None:
    """An address was confirmed: what waited for it has come in, so the rest may have its places now."""
    open_ = select(Homecoming.id).where(Homecoming.person_id == person_id, Homecoming.state == "badges")
    for number in session.scalars(open_):
        jobs.ask(session, BRING_BACK, f"{number}:{now.isoformat()}", now, homecoming=number)


def end_homecomings(session: Session, now: datetime) -> list[str]:
    """Delete what was brought back thirty days ago; the keys of its files."""
    ended = session.scalars(select(Homecoming).where(Homecoming.ends_at <= now)).all()
    for one in ended:
        session.delete(one)
    return [one.storage_key for one in ended if one.storage_key]
