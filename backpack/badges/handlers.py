"""Background work on badges, by name: the edge where importing, checking and drawing get their clock, their
transactions and the network. No transaction is open while an issuer is asked."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from backpack import jobs, openbadges
from backpack.accounts.models import Person
from backpack.archive.documents import ArchivedDocuments
from backpack.archive.fetching import CHANGED, fetch_and_keep
from backpack.archive.judging import Budget, judge
from backpack.archive.policy import policy_at_work
from backpack.archive.sparing import ask_sparingly
from backpack.badges.addresses import badges_at
from backpack.badges.checking import ALL_SECONDS, Asker, Input, end_checks, finish_check, inputs_of
from backpack.badges.holding import gone, hold
from backpack.badges.importing import (
    FIRST,
    MOST_STEPS,
    ask_for_judging,
    enter_arrival,
    is_only_an_address,
    refuse,
    settle,
    wish_sweep,
)
from backpack.badges.intake import ADDRESS, filename_of
from backpack.badges.judging import held_by, reports, spellings, wish_news
from backpack.badges.models import Arrival, Badge, ImportItem, PublicCheck
from backpack.badges.naming import identity_of
from backpack.badges.pictures import picture_of
from backpack.badges.queries import (
    badge_with_identity,
    badges_by_id,
    badges_resting_on,
    documents_behind,
    ended_arrivals,
    is_file_used,
    old_items,
)
from backpack.badges.recording import Original, grow_edition, judged_again
from backpack.database import reading, transaction, utcnow
from backpack.errors import BackpackError
from backpack.openbadges.asking import JSON_LD
from backpack.openbadges.documents import Document, Missing
from backpack.openbadges.errors import OpenBadgesError
from backpack.openbadges.policy import Policy
from backpack.openbadges.report import Outcome, Report, Wanted
from backpack.outbound.answers import Answer, Failure
from backpack.outbound.hurried import Hurried, OutOfTime
from backpack.wiring import Handler, Wiring

IMPORT: Final = "badge.import"
CHECK: Final = "badge.check"
PICTURE: Final = "badge.picture"
PUBLIC_CHECK: Final = "badge.public-check"
END_CHECKS: Final = "badge.end-checks"
SWEEP: Final = "badge.sweep"
CONFIRMED: Final = "address.confirmed"
SLOWLY: Final = "-slowly"
PATIENT: Final = (PICTURE, *(kind + SLOWLY for kind in (IMPORT, CHECK, PUBLIC_CHECK)))
"""The kinds that may wait long for an issuer, and leave hands to the others (`jobs.work`)."""
FIRST_TRY: Final = 3.0
"""Seconds on the network that nobody else waits behind."""
DRAWN: Final = FIRST - MOST_STEPS - 1
"""Pictures come after every badge that waits for its verdict."""
MOST_CONCERNED: Final = 500
"""Badges that one job judges because of one document."""
MOST_QUESTIONS: Final = 60
A_MOMENT: Final = 1
"""Seconds until a job tries again whose file was deleted before its row was written."""
LINES_KEPT: Final = timedelta(days=31)


def handlers(wiring: Wiring) -> dict[str, Handler]:
    """What this slice does in the background, for `create_app` to bind."""
    return {
        **_in_two_tries(IMPORT, import_item, wiring),
        **_in_two_tries(CHECK, check_badge, wiring),
        **_in_two_tries(PUBLIC_CHECK, answer_check, wiring),
        PICTURE: partial(draw_picture, wiring),
        CONFIRMED: partial(take_in_arrivals, wiring),
        CHANGED: judge_concerned,
        END_CHECKS: end_public_checks,
        SWEEP: partial(sweep, wiring),
    }


def _in_two_tries(kind: str, work: Callable[[Wiring, dict[str, Any]], None], wiring: Wiring) -> dict[str, Handler]:
    """What somebody waits for, whose issuer may hang: a first try of a few seconds, and where they are not enough a
    second one of a kind that leaves hands free, so that nobody waits behind somebody else's dead issuers."""
    slowly = kind + SLOWLY

    def first(payload: dict[str, Any]) -> None:
        try:
            work(replace(wiring, outbound=Hurried(wiring.outbound, FIRST_TRY)), payload)
        except OutOfTime:
            raise jobs.Elsewhere(slowly) from None

    return {kind: first, slowly: partial(work, wiring)}


def import_item(wiring: Wiring, payload: dict[str, Any]) -> None:
    """Judge one item of an import and write down what became of it. Done twice, it is done once."""
    with reading() as session:
        item = session.get(ImportItem, payload["item"])
        if item is None or item.result not in {"waiting", "held"}:
            return
    budget = Budget()
    if is_only_an_address(item):
        try:
            item = _with_what_is_there(wiring, item, budget)
        except (BackpackError, OpenBadgesError) as error:
            _refuse(item.id, error)
            return
    held = openbadges.read_payload(item.payload or b"")
    with reading() as session:
        recipients = spellings(session, item.person_id, held)
    report = judge(held, wiring, recipients=recipients, budget=budget)
    with reading() as session:
        present = badge_with_identity(session, item.person_id, identity_of(held))
        differs = present is not None and present.payload != held.payload
        at_hand = reports(session, [present], utcnow(), recipients)[present.id] if present and differs else None
    with transaction() as session:
        item = session.get_one(ImportItem, item.id)
        original, key = _original(item), item.storage_key
        badge_id = settle(session, item, held, report, original, at_hand, utcnow())
        if badge_id is not None:
            wish_picture(session, badge_id)
    if badge_id is None and key:
        let_go(wiring, [key])


def _with_what_is_there(wiring: Wiring, item: ImportItem, budget: Budget) -> ImportItem:
    """An address becomes the badge it leads to, with its bytes in storage; several become items of their own.

    A silent address stays what it is. Raises what `badges_at` raises.
    """
    address = (item.payload or b"").decode()
    found = badges_at(address, partial(_ask_and_keep, wiring, budget))
    if found.is_silent:
        return item
    with reading() as session:
        person = session.get_one(Person, item.person_id).public_id
    keys = [wiring.storage.put(person, line.data) for line in found.lines]
    with transaction() as session:
        item = session.get_one(ImportItem, item.id)
        if gone(session, wiring.storage, item.person_id, keys):
            raise jobs.Later(A_MOMENT)
        for number, (line, key) in enumerate(zip(found.lines, keys, strict=True)):
            one = item if number == 0 else _beside(session, item, number)
            one.payload, one.container, one.storage_key, one.size = line.payload, line.container, key, len(line.data)
            one.facts = {**one.facts, "was_page": found.was_page}
            if one is not item:
                session.flush()
                ask_for_judging(session, one, utcnow())
    return item


def _beside(session: Session, item: ImportItem, number: int) -> ImportItem:
    other = ImportItem(
        batch=item.batch,
        person_id=item.person_id,
        label=f"{item.label} › {number + 1}",
        position=item.position,
        result="waiting",
        facts={},
        created_at=item.created_at,
    )
    session.add(other)
    return other


def _ask_and_keep(wiring: Wiring, budget: Budget, url: str) -> Document | Missing:
    """What an address answers, asked now unless the archive has a fresh answer or the time is spent."""
    with reading() as session:
        known = ArchivedDocuments(session).get(url)
    if isinstance(known, Document) and known.fresh_until > utcnow():
        return known
    for wanted in budget.take([Wanted(url=url, accept=JSON_LD, kind="assertion")]):
        fetch_and_keep(wanted, wiring, seconds=budget.seconds_left)
    with reading() as session:
        return ArchivedDocuments(session).get(url)


def _refuse(item_id: int, error: BackpackError | OpenBadgesError) -> None:
    with transaction() as session:
        refuse(session.get_one(ImportItem, item_id), error, utcnow())


def _original(item: ImportItem) -> Original | None:
    """The file an item came in. Its digest is the end of its key."""
    if item.storage_key is None:
        return None
    return Original(
        container=item.container or "",
        filename=filename_of(item.label, item.container or ""),
        digest=bytes.fromhex(item.storage_key.rpartition("/")[2]),
        size=item.size,
        storage_key=item.storage_key,
    )


def wish_picture(session: Session, badge_id: int) -> None:
    """Queue the drawing of a badge's picture, if it has none yet."""
    badge = session.get_one(Badge, badge_id)
    if badge.picture is None:
        jobs.ask(session, PICTURE, str(badge_id), utcnow(), priority=DRAWN, badge=badge_id)


def draw_picture(wiring: Wiring, payload: dict[str, Any]) -> None:
    """Make the picture a badge is shown with. An issuer's address is only asked for a badge that was proven."""
    with reading() as session:
        badge = badges_by_id(session, [payload["badge"]]).get(payload["badge"])
        if badge is None or badge.picture is not None:
            return
        report = reports(session, [badge], utcnow())[badge.id]
        person = session.get_one(Person, badge.person_id).public_id
    pictured = next((one for one in badge.files if one.container in {"png", "svg"}), None)
    original = wiring.storage.read(pictured.storage_key) if pictured else None
    is_proven = report.outcome in {Outcome.VALID, Outcome.EXPIRED, Outcome.REVOKED}
    picture = picture_of(original, report.credential, partial(ask_sparingly, wiring) if is_proven else ask_nobody)
    if picture is None:
        return
    key = wiring.storage.put(person, picture)
    with transaction() as session:
        badge = session.get(Badge, badge.id)
        if badge is not None:
            if gone(session, wiring.storage, badge.person_id, [key]):
                raise jobs.Later(A_MOMENT)
            badge.picture = key
            grow_edition(session, badge.person_id)


def ask_nobody(url: str, _accept: str, _kind: str) -> Answer | Failure:
    """Claims that nobody proved make nobody fetch anything."""
    return Failure(url=url, why="not-asked")


def check_badge(wiring: Wiring, payload: dict[str, Any]) -> None:
    """Ask anew for everything a badge's verdict rests on, and judge it: the owner pressed "check now"."""
    with reading() as session:
        badge = session.get(Badge, payload["badge"])
        if badge is None:
            return
        held = held_by(badge)
        recipients = spellings(session, badge.person_id, held)
        moment_ago = utcnow() - timedelta(minutes=1)
        known = documents_behind(session, badge.id)
    budget = Budget()
    old = [Wanted(url=url, accept=accept, kind=kind) for url, accept, kind, at in known if at < moment_ago]
    for wanted in budget.take(old):
        if budget.seconds_left > 0:
            fetch_and_keep(wanted, wiring, seconds=budget.seconds_left)
    report = judge(held, wiring, recipients=recipients, budget=budget)
    with transaction() as session:
        found = session.get(Badge, badge.id)
        if found is not None:
            judged_again(session, found, held, report, utcnow())
            wish_picture(session, found.id)


def judge_concerned(payload: dict[str, Any]) -> None:
    """A document says something else: judge every badge that rests on it, and let every page of theirs be made anew.

    So many badges at a time; the others are the next job's.
    """
    now, digest = utcnow(), payload["url_digest"]
    with reading() as session:
        badges = badges_resting_on(session, bytes.fromhex(digest), payload.get("after", 0), MOST_CONCERNED)
        found: dict[int, Report] = {}
        for person_id in {badge.person_id for badge in badges}:
            own = [badge for badge in badges if badge.person_id == person_id]
            found |= reports(session, own, now, spellings(session, person_id))
    for badge_id, report in found.items():
        with transaction() as session:
            badge = session.get(Badge, badge_id)
            if badge is not None:
                judged_again(session, badge, held_by(badge), report, now)
                wish_picture(session, badge_id)
    with transaction() as session:
        wish_news(session, found.values(), now)
        if len(badges) == MOST_CONCERNED:
            last = badges[-1].id
            jobs.ask(session, CHANGED, f"{digest}:{last}", now, priority=5, url_digest=digest, after=last)


def take_in_arrivals(wiring: Wiring, payload: dict[str, Any]) -> None:
    """An address was confirmed: what waited outside for it comes in. What twenty seconds are not enough for is the
    next job's."""
    person_id, ends = payload["person_id"], time.monotonic() + ALL_SECONDS
    with reading() as session:
        waiting = select(Arrival).where(Arrival.person_id == person_id, Arrival.id > payload.get("after", 0))
        arrivals = session.scalars(waiting.order_by(Arrival.id)).all()
        recipients = spellings(session, person_id)
    for number, one in enumerate(arrivals):
        if number and time.monotonic() >= ends:
            after = arrivals[number - 1].id
            with transaction() as session:
                jobs.ask(session, CONFIRMED, f"{person_id}:after:{after}", utcnow(), person_id=person_id, after=after)
            return
        held = openbadges.read_payload(one.payload)
        budget = Budget(seconds=max(ends - time.monotonic(), 0))
        report = judge(held, wiring, recipients=recipients, budget=budget)
        with transaction() as session:
            arrival = session.get(Arrival, one.id)
            badge = enter_arrival(session, arrival, held, report, utcnow()) if arrival else None
            if badge is not None:
                wish_picture(session, badge.id)


def answer_check(wiring: Wiring, payload: dict[str, Any]) -> None:
    """Ask the network for a public check: the budget of one judging for each badge; sixty questions and
    twenty seconds in all."""
    now = utcnow()
    with reading() as session:
        check = session.scalar(select(PublicCheck).where(PublicCheck.public_id == payload["check"]))
        policy = policy_at_work(session, wiring.settings)
    if check is None or check.done_at is not None or check.ends_at <= now:
        return
    asker = Asker(wiring.outbound.fetch, MOST_QUESTIONS)
    inputs = [answer for one in inputs_of(check) for answer in _asked(one, asker, policy, now)]
    with transaction() as session:
        check = session.get(PublicCheck, check.id)
        if check is not None:
            finish_check(check, inputs, asker.record(), utcnow())


def _asked(one: Input, asker: Asker, policy: Policy, now: datetime) -> list[Input]:
    """What became of one thing given: itself; or, for an address with no badge of its own, what its page leads to."""
    if one.payload is None:
        return [one]
    budget = Budget()
    report = _judged(one.payload, asker, policy, now, budget)
    if one.statement is not None:
        with suppress(OpenBadgesError):  # what a holder says badly takes nothing from the badge
            _judged(one.statement, asker, policy, now, Budget())
    if one.container != ADDRESS or report.reason != "document-not-json":
        return [one]
    try:
        found = badges_at(one.payload.decode(), lambda url: asker.document(url, now))
    except (BackpackError, OpenBadgesError) as error:
        return [replace(one, payload=None, code=error.code, facts=dict(error.facts))]
    lines = [replace(one, payload=line.payload, container=line.container) for line in found.lines]
    for line in lines:
        _judged(line.payload or b"", asker, policy, now, budget)
    return lines or [one]


def _judged(payload: bytes, asker: Asker, policy: Policy, now: datetime, budget: Budget) -> Report:
    while True:
        report = openbadges.verify(openbadges.read_payload(payload), asker.documents(now), now, policy=policy)
        new = [wanted for wanted in budget.take(report.wanted) if not asker.has_asked(wanted.url)]
        if not new:
            return report
        for wanted in new:
            asker.fetch(wanted.url, wanted.accept, wanted.kind)


def end_public_checks(_payload: dict[str, Any]) -> None:
    """Delete the checks whose minutes are over."""
    with transaction() as session:
        end_checks(session, utcnow())


def sweep(wiring: Wiring, _payload: dict[str, Any]) -> None:
    """Once a day: arrivals whose thirty days are over go, with their files; so do old lines of imports."""
    now = utcnow()
    with transaction() as session:
        keys: list[str] = []
        for arrival in ended_arrivals(session, now):
            keys.append(arrival.storage_key)
            session.delete(arrival)
        for item in old_items(session, now - LINES_KEPT):
            keys += [item.storage_key] if item.storage_key else []
            session.delete(item)
        end_checks(session, now)
        if session.scalar(select(ImportItem.id).limit(1)) or session.scalar(select(Arrival.id).limit(1)):
            wish_sweep(session, now)
    let_go(wiring, keys)


def let_go(wiring: Wiring, keys: Iterable[str]) -> None:
    """Delete stored files that nothing refers to any more. Their owner is held meanwhile (`holding`): a row that is
    just being written is waited for, and one that comes next finds that the file is gone."""
    with reading() as session:
        unused = {key for key in keys if not is_file_used(session, key)}
    for owner in {key.partition("/")[0] for key in unused}:
        with transaction() as session:
            hold(session, session.scalar(select(Person.id).where(Person.public_id == owner)) or 0)
            for key in unused:
                if key.startswith(f"{owner}/") and not is_file_used(session, key):
                    wiring.storage.delete(key)
