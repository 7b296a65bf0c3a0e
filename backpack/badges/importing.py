"""Importing: what is given becomes lines and jobs in one transaction; a job judges, then one transaction stores.

No Flask here. The edges own the clock and the transactions: `give` and `settle` receive them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from backpack import jobs
from backpack.badges.fate import Fate, fate_of
from backpack.badges.holding import hold
from backpack.badges.intake import ADDRESS, MB, Line, refused
from backpack.badges.models import Arrival, Badge, ImportItem
from backpack.badges.naming import address_named_by, identity_of, issuer_of, name_of
from backpack.badges.queries import badge_with_identity, room_taken
from backpack.badges.reasons import AlteredCopy, HolderUnprovable, NeverAnswered, NoRoom, TakenBack
from backpack.badges.recording import (
    VERDICT_CHANGED,
    Original,
    add_file,
    enter,
    grow_edition,
    is_better,
    record_verdict,
    replace_payload,
)
from backpack.database import insert_new, random_name
from backpack.errors import BackpackError
from backpack.openbadges.errors import OpenBadgesError
from backpack.openbadges.model import Credential
from backpack.openbadges.report import Outcome, Report

FIRST: Final = 10
STEP: Final = 10
"""So many items of one person wait at one urgency; the next ones are less urgent."""
MOST_STEPS: Final = 4
"""Imports go before refreshes: somebody is waiting."""
DAYS_OUTSIDE: Final = timedelta(days=30)
AGAIN: Final = (timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6))
"""When a silent issuer is asked again; after the last of these once a day, until thirty days are over."""


def give(
    session: Session,
    person_id: int,
    lines: Sequence[tuple[Line, str | None]],
    *,
    quota_mb: int,
    elsewhere: int,
    now: datetime,
) -> tuple[str, list[Line]]:
    """Note every line (with the key of its stored file) and ask for its judging; the batch, and the lines as noted.

    `elsewhere` is the room that this person's other files take. What finds no room is refused line by line.
    """
    hold(session, person_id)
    room = quota_mb * MB - elsewhere - room_taken(session, person_id)
    batch, noted = random_name(), []
    for position, (line, storage_key) in enumerate(lines):
        if not line.is_refused and len(line.data) > room:
            line = refused(line.label, NoRoom(most=quota_mb))
        noted.append(line)
        item = ImportItem(
            batch=batch, person_id=person_id, label=line.label, position=position, result="waiting", created_at=now
        )
        session.add(item)
        if line.is_refused:
            _refuse(item, line.code or "", dict(line.facts), now)
            continue
        room -= len(line.data)
        item.payload, item.container, item.storage_key = line.payload, line.container, storage_key
        item.size = len(line.data)
        session.flush()
        if line.is_box:
            jobs.ask(session, "badge.unpack", str(item.id), now, priority=FIRST, item=item.id)
        else:
            ask_for_judging(session, item, now)
    wish_sweep(session, now)
    return batch, noted


def ask_for_judging(session: Session, item: ImportItem, now: datetime) -> None:
    """Queue the judging of an item, before all refreshing: somebody waits for it. The more of theirs is waiting, the
    later comes what they add, so that nobody's thousand files stand before somebody else's one."""
    jobs.ask(session, "badge.import", str(item.id), now, priority=FIRST - _steps_back(session, item), item=item.id)


def _steps_back(session: Session, item: ImportItem) -> int:
    before = select(ImportItem.result).where(ImportItem.person_id == item.person_id, ImportItem.id < item.id)
    latest = session.scalars(before.order_by(ImportItem.id.desc()).limit(STEP * MOST_STEPS))
    return sum(result == "waiting" for result in latest) // STEP


def wish_sweep(session: Session, now: datetime) -> None:
    """Queue tomorrow's tidying, once whoever asks."""
    tomorrow = now + timedelta(days=1)
    jobs.ask(session, "badge.sweep", tomorrow.date().isoformat(), now, run_at=tomorrow, priority=-10)


def settle(
    session: Session,
    item: ImportItem,
    held: Credential,
    report: Report,
    original: Original | None,
    at_hand: Report | None,
    now: datetime,
) -> int | None:
    """Write down what became of an item: a badge, an arrival, a later try, or a refusal. The badge's id, if there is
    one now.

    `held` is the badge as its file says it, `at_hand` the report on the copy that this person already has.
    """
    if item.result not in {"waiting", "held"}:
        return item.badge_id
    match fate_of(held, report):
        case Fate.MINE:
            return _take_in(session, item, held, report, original, at_hand, now)
        case Fate.ELSEWHERE if original is not None:
            _keep_outside(session, item, held, report, original, now)
        case Fate.SILENT | Fate.ELSEWHERE:
            _hold(session, item, report, now)
        case Fate.GONE:
            refuse(item, TakenBack(), now)
        case _:
            refuse(item, HolderUnprovable(), now)
    return None


def refuse(item: ImportItem, error: BackpackError | OpenBadgesError, now: datetime) -> None:
    """Note why an item is not taken. Its file, if any, is swept away."""
    _refuse(item, error.code, dict(error.facts), now)


def _refuse(item: ImportItem, code: str, facts: dict[str, str | int], now: datetime) -> None:
    item.result, item.reason, item.facts, item.done_at = "refused", code, facts, now
    item.payload, item.storage_key = None, None


def _take_in(
    session: Session,
    item: ImportItem,
    held: Credential,
    report: Report,
    original: Original | None,
    at_hand: Report | None,
    now: datetime,
) -> int | None:
    present = badge_with_identity(session, item.person_id, identity_of(held))
    if present is not None and present.payload != held.payload and at_hand is not None:
        if report.outcome is Outcome.INVALID and at_hand.outcome is not Outcome.INVALID:
            refuse(item, AlteredCopy(), now)
            return None
        if is_better(report, at_hand):
            return _put_in_place(session, item, present, held, report, original, now)
    badge, is_new = enter(session, item.person_id, held, report, original, now)
    _done(item, "added" if is_new else "known", badge.id, now)
    return badge.id


def _put_in_place(
    session: Session,
    item: ImportItem,
    badge: Badge,
    held: Credential,
    report: Report,
    original: Original | None,
    now: datetime,
) -> int:
    replace_payload(session, badge, held, report)
    if original:
        add_file(session, badge.id, original, now)
    if record_verdict(session, badge.id, report, now):
        jobs.ask(session, VERDICT_CHANGED, str(badge.id), now, priority=5, badge=badge.id)
    grow_edition(session, badge.person_id)
    _done(item, "known", badge.id, now)
    item.reason = "replaced"
    return badge.id


def _keep_outside(
    session: Session, item: ImportItem, held: Credential, report: Report, original: Original, now: datetime
) -> None:
    """For thirty days, and it enters by itself when the address is confirmed."""
    identity = identity_of(held)
    addressed_to = address_named_by(report.credential) or address_named_by(held)
    values = {
        "public_id": random_name(),
        "person_id": item.person_id,
        "identity": identity,
        "payload": held.payload,
        "name": name_of(report.credential) or name_of(held),
        "issuer_name": issuer_of(report.credential) or issuer_of(held),
        "addressed_to": addressed_to,
        "container": original.container,
        "digest": original.digest,
        "size": original.size,
        "filename": original.filename,
        "storage_key": original.storage_key,
        "arrived_at": now,
        "ends_at": now + DAYS_OUTSIDE,
    }
    insert_new(session, Arrival, values, ["person_id", "identity"])
    _done(item, "arrival", None, now)
    item.reason = "for-address" if addressed_to else "for-hidden-address"
    item.facts = {"address": addressed_to}


def _hold(session: Session, item: ImportItem, report: Report, now: datetime) -> None:
    """Nothing is lost: the same item is tried again later, and says so meanwhile."""
    tries = int(item.facts.get("tries", 0))
    if now - item.created_at > DAYS_OUTSIDE:
        refuse(item, NeverAnswered(), now)
        return
    item.result, item.reason, item.done_at = "held", "held", now
    item.facts = {"tries": tries + 1, "why": report.reason or ""}
    wait = AGAIN[tries] if tries < len(AGAIN) else timedelta(days=1)
    # The job at work is still unfinished under its own key, so the next one needs another.
    jobs.ask(session, "badge.import", f"{item.id}:{tries + 1}", now, run_at=now + wait, item=item.id)


def _done(item: ImportItem, result: str, badge_id: int | None, now: datetime) -> None:
    item.result, item.badge_id, item.done_at = result, badge_id, now
    item.reason, item.facts = None, {"was_page": True} if item.facts.get("was_page") else {}
    item.payload, item.storage_key = None, None


def is_only_an_address(item: ImportItem) -> bool:
    """Whether the item names an address to be asked, and no file came with it."""
    return item.container == ADDRESS


def enter_arrival(session: Session, arrival: Arrival, held: Credential, report: Report, now: datetime) -> Badge | None:
    """Take in what waited outside, if it is this person's now; None if it is not."""
    if fate_of(held, report) is not Fate.MINE:
        return None
    original = Original(
        container=arrival.container,
        filename=arrival.filename,
        digest=arrival.digest,
        size=arrival.size,
        storage_key=arrival.storage_key,
    )
    badge, _is_new = enter(session, arrival.person_id, held, report, original, now)
    waiting = select(ImportItem).where(
        ImportItem.person_id == arrival.person_id, ImportItem.result == "arrival", ImportItem.label == arrival.filename
    )
    for item in session.scalars(waiting):
        _done(item, "added", badge.id, now)
    session.delete(arrival)
    return badge


def removed_files(badge: Badge) -> list[str]:
    """The stored files that a removed badge leaves behind."""
    return [one.storage_key for one in badge.files] + ([badge.picture] if badge.picture else [])
