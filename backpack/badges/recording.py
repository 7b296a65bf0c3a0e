"""Putting a judged badge into a backpack, and its verdict into its history. Inside one transaction of the caller."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backpack import jobs
from backpack.accounts import editions
from backpack.accounts.models import Person
from backpack.archive.keeping import good_answers
from backpack.badges.aligned import achievement_key, note_skills, words_to_find
from backpack.badges.models import Badge, BadgeDocument, BadgeFile, VerdictChange, VerdictDocument
from backpack.badges.naming import identity_of, issuer_of, name_of
from backpack.badges.queries import badge_with_identity, last_change
from backpack.badges.standing import with_last_words
from backpack.database import folded, insert_new, random_name
from backpack.openbadges.model import Credential
from backpack.openbadges.report import Outcome, Report
from backpack.web.verdicts import State, state_of

VERDICT_CHANGED: Final = "verdict.changed"
"""A job for whoever tells people about it: this slice does not know who that is."""
WORTH = {Outcome.VALID: 3, Outcome.EXPIRED: 2, Outcome.REVOKED: 2, Outcome.UNKNOWN: 1, Outcome.INVALID: 0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """A file as it came, already in storage."""

    container: str
    filename: str
    digest: bytes
    size: int
    storage_key: str


def enter(
    session: Session, person_id: int, held: Credential, report: Report, original: Original | None, now: datetime
) -> tuple[Badge, bool]:
    """Put the badge `held` (as the file says it) with its report into the backpack; the badge, and whether it is new.

    Twenty at once make one: the row that is there wins, and each adds its file to it.
    """
    identity = identity_of(held)
    values = {
        "public_id": random_name(),
        "person_id": person_id,
        "identity": identity,
        "payload": held.payload,
        "added_at": now,
        "story": "",
        **words_of(held, report),
    }
    is_new = insert_new(session, Badge, values, ["person_id", "identity"])
    badge = badge_with_identity(session, person_id, identity)
    assert badge is not None  # noqa: S101 - inserted or found, in this transaction
    if original:
        add_file(session, badge.id, original, now)
    if is_new:
        note_skills(session, badge.id, _saying(held, report))
    record_verdict(session, badge.id, report, now)
    grow_edition(session, person_id)
    return badge, is_new


def replace_payload(session: Session, badge: Badge, held: Credential, report: Report) -> None:
    """Let a copy that holds take the place of one that does not."""
    badge.payload = held.payload
    _write_words(session, badge, held, report)


def judged_again(
    session: Session, badge: Badge, held: Credential, report: Report, now: datetime, *, by_itself: bool = False
) -> bool:
    """Note what a later judging found; whether the verdict is another one. Lists keep their words while the issuer is
    silent, and take the new ones once the badge is known to be genuine.

    `by_itself`: nothing but time is new, so that public pages are made anew only for another verdict.
    """
    if report.outcome in {Outcome.VALID, Outcome.EXPIRED}:
        _write_words(session, badge, held, report)
    is_another = record_verdict(session, badge.id, report, now)
    if is_another or not by_itself:
        grow_edition(session, badge.person_id)
    if is_another:
        jobs.ask(session, VERDICT_CHANGED, str(badge.id), now, priority=5, badge=badge.id)
    return is_another


def _write_words(session: Session, badge: Badge, held: Credential, report: Report) -> None:
    for column, value in words_of(held, report).items():
        setattr(badge, column, value)
    note_skills(session, badge.id, _saying(held, report))


def _saying(held: Credential, report: Report) -> Credential:
    """The credential whose words lists repeat: what the report shows, or the file's where the issuer is silent."""
    return report.credential if name_of(report.credential) else held


def words_of(held: Credential, report: Report) -> dict[str, Any]:
    """What lists, search and sorting repeat of a badge: the issuer's words where they are known, else the file's."""
    shown = report.credential
    name = name_of(shown) or name_of(held)
    issuer = issuer_of(shown) or issuer_of(held)
    return {
        "version": str(report.version or held.version or ""),
        "name": name,
        "issuer_name": issuer,
        "folded": folded(f"{name} {issuer} {words_to_find(_saying(held, report))}"),
        "achievement": achievement_key(_saying(held, report)),
        "issued_on": shown.valid_from or shown.awarded_on or held.valid_from or held.awarded_on,
        "valid_until": shown.valid_until or held.valid_until,
    }


def add_file(session: Session, badge_id: int, original: Original, now: datetime) -> bool:
    """Keep a file the badge came in; whether it is another one than those it has."""
    values = {
        "badge_id": badge_id,
        "container": original.container,
        "filename": original.filename,
        "digest": original.digest,
        "size": original.size,
        "storage_key": original.storage_key,
        "added_at": now,
    }
    return insert_new(session, BadgeFile, values, ["badge_id", "digest"])


def record_verdict(session: Session, badge_id: int, report: Report, now: datetime) -> bool:
    """Note what was found and which addresses it rests on; whether the verdict is another one than before."""
    rest_on(session, badge_id, addresses_of(report))
    note_state(session, badge_id, state_of(with_last_words(session, {badge_id: report})[badge_id]))
    last = last_change(session, badge_id)
    if last is not None and (last.outcome, last.reason) == (report.outcome.value, report.reason):
        last.confirmed_at, last.answered_at = now, report.answered_at or last.answered_at
        cite(session, last, used_by(report))
        return False
    change = VerdictChange(
        badge_id=badge_id,
        at=now,
        outcome=report.outcome.value,
        reason=report.reason,
        confirmed_at=now,
        answered_at=report.answered_at,
    )
    session.add(change)
    session.flush()
    cite(session, change, used_by(report))
    return True


def cite(session: Session, change: VerdictChange, addresses: Iterable[str]) -> None:
    """Keep the answers that these addresses gave last for as long as this line of history is there."""
    cited = select(VerdictDocument.document_id).where(VerdictDocument.change_id == change.id)
    known = set(session.scalars(cited))
    for document_id in set(good_answers(session, addresses).values()) - known:
        insert_new(
            session,
            VerdictDocument,
            {"change_id": change.id, "document_id": document_id},
            ["change_id", "document_id"],
        )


def note_state(session: Session, badge_id: int, state: State) -> None:
    """Let lists count the badge where it was found to stand."""
    session.execute(update(Badge).where(Badge.id == badge_id, Badge.state != state.value).values(state=state.value))


def rest_on(session: Session, badge_id: int, addresses: Iterable[str]) -> None:
    """Note that the badge's verdict rests on these addresses."""
    for address in sorted(set(addresses)):
        values = {"badge_id": badge_id, "url_digest": hashlib.sha256(address.encode()).digest()}
        insert_new(session, BadgeDocument, values, ["badge_id", "url_digest"])


def addresses_of(report: Report) -> set[str]:
    """Every address that the report used, or would have liked to use."""
    return used_by(report) | {one.url for part in _parts(report) for one in part.wanted}


def used_by(report: Report) -> set[str]:
    """Every address whose answer the report rests on."""
    return {one.url for part in _parts(report) for one in part.used}


def _parts(report: Report) -> list[Report]:
    return [report, *report.members, *report.endorsements]


def grow_edition(session: Session, person_id: int) -> None:
    """Let every remembered public page of this person be made anew."""
    editions.grow_edition(session, person_id)


def documents_changed(session: Session, urls: Collection[str]) -> bool:
    """The same for everybody who holds a badge that rests on one of these addresses; whether anybody does."""
    digests = [hashlib.sha256(url.encode()).digest() for url in urls]
    holders = (
        select(Badge.person_id)
        .join(BadgeDocument, BadgeDocument.badge_id == Badge.id)
        .where(BadgeDocument.url_digest.in_(digests))
    )
    # In one order, so that two documents that change at once do not wait for each other.
    locked = select(Person.id).where(Person.id.in_(holders)).order_by(Person.id).with_for_update()
    concerned = session.scalars(locked).all()
    if not concerned:
        return False
    session.execute(
        update(Person)
        .where(Person.id.in_(concerned))
        .values(edition=Person.edition + 1)
        .execution_options(synchronize_session=False)
    )
    return True


def is_better(new: Report, old: Report) -> bool:
    """Whether a copy of a badge holds where the one at hand does not."""
    return WORTH[new.outcome] > WORTH[old.outcome] and old.outcome is Outcome.INVALID
