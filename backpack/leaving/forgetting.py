"""Being forgotten: rows, letters, queued work and answers go in one transaction; files, traces in the database's own
file and the name of who left go after it, step by step, so that a process that dies half-way is taken up again.

What is left is a keyed fingerprint, in the table and in a file beside it (`journal.py`).
"""

from __future__ import annotations

import hmac
from collections.abc import Collection
from contextlib import closing
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy import and_, delete, exists, select, update
from sqlalchemy.orm import Session

from backpack import jobs, openbadges
from backpack.accounts.models import Address, Person, Throttle
from backpack.accounts.queries import identities_of
from backpack.accounts.sessions import end_sign_ups
from backpack.accounts.tries import LETTERS, letters_key
from backpack.archive.documents import ArchivedDocuments
from backpack.archive.keeping import url_digest
from backpack.archive.models import Body, StoredDocument
from backpack.badges.models import Arrival, BadgeDocument, ImportItem, VerdictDocument
from backpack.badges.naming import is_web_address
from backpack.badges.recording import addresses_of
from backpack.database import db, reading, transaction, utcnow
from backpack.leaving import journal
from backpack.leaving.models import Deletion
from backpack.leaving.queue import drop_jobs
from backpack.leaving.rows import ids_of
from backpack.openbadges.addresses import rewrite_address
from backpack.openbadges.policy import Policy
from backpack.wiring import Handler, Wiring

CLEAR: Final = "leaving.clear"
AT_ONCE: Final = 500
LARGEST_TO_REWRITE: Final = 200_000_000
"""Bytes of an SQLite file that is written anew after a deletion; a larger one is cleaned in place only."""
UNNEEDED_AFTER: Final = timedelta(days=31)
LONGER_THAN_BACKUPS: Final = timedelta(days=30)


def handlers(wiring: Wiring) -> dict[str, Handler]:
    return {CLEAR: partial(clear, wiring)}


def fingerprint(public_id: str, secret: str) -> bytes:
    """What is kept of somebody who left: nothing that its reader could lead back to them."""
    return hmac.digest(secret.encode(), f"backpack: left\n{public_id}".encode(), "sha256")


def forget(session: Session, person: Person, secret: str, now: datetime) -> Deletion:
    """Delete all rows of a person, and what only they needed; ask for the rest to be done. In one transaction: it
    happens whole or not at all."""
    session.execute(select(Person.id).where(Person.id == person.id).with_for_update())
    addresses = list(session.scalars(select(Address.spelling).where(Address.person_id == person.id)))
    digests = _theirs_alone(session, person.id, now)
    drop_jobs(session, person.id, addresses, digests)
    subjects = {one.subject for one in identities_of(session, person.id)}
    end_sign_ups(session, person.id, {address.lower() for address in addresses}, subjects)
    keys = [letters_key(secret, kind, address.lower()) for address in addresses for kind in LETTERS]
    session.execute(delete(Throttle).where(Throttle.key.in_(keys)))
    session.execute(delete(Person).where(Person.id == person.id))  # all rows of theirs hang on this one
    _drop_answers(session, digests)
    digest = fingerprint(person.public_id, secret)
    deletion = session.scalar(select(Deletion).where(Deletion.digest == digest))
    if deletion is None:
        deletion = Deletion(digest=digest, asked_at=now)
        session.add(deletion)
    deletion.leaving, deletion.done_at = person.public_id, None
    session.flush()
    ask_to_clear(session, deletion, now)
    return deletion


def ask_to_clear(session: Session, deletion: Deletion, now: datetime) -> None:
    jobs.ask(session, CLEAR, str(deletion.id), now, priority=15, deletion=deletion.id)


def clear(wiring: Wiring, payload: dict[str, Any]) -> None:
    """The handler of `leaving.clear`. Each step is harmless when done twice; that all is done is written down last."""
    with reading() as session:
        deletion = session.get(Deletion, payload["deletion"])
    if deletion is None or deletion.done_at is not None:
        return
    if deletion.leaving is not None:
        wiring.storage.forget(deletion.leaving)
        journal.write(wiring.settings.data, deletion.digest, deletion.asked_at)
        with transaction() as session:
            session.execute(update(Deletion).where(Deletion.id == deletion.id).values(leaving=None))
    clean_file()
    with transaction() as session:
        session.execute(update(Deletion).where(Deletion.id == deletion.id).values(done_at=utcnow()))


def clean_file() -> None:
    """Let nothing of what was deleted stay in the database's own file. (PostgreSQL's vacuum does so by itself.)"""
    if db.engine.dialect.name != "sqlite":
        return
    with closing(db.engine.raw_connection()) as connection:  # outside of any transaction, which VACUUM asks for
        raw: Any = connection.dbapi_connection
        pages, size = (raw.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size"))
        if pages * size <= LARGEST_TO_REWRITE:
            raw.execute("VACUUM")
        # The log still holds pages as they were; once all of it is in the file, it is cut to nothing.
        busy, _log, _done = raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if busy:
        raise jobs.Later(5)


def _theirs_alone(session: Session, person_id: int, now: datetime) -> list[bytes]:
    """The addresses of the archive that nobody else's badge rests on, and those they typed that became no badge."""
    badges = ids_of(session, "badge", person_id)
    mine = select(BadgeDocument.url_digest).where(BadgeDocument.badge_id.in_(badges))
    typed = session.scalars(select(ImportItem.label).where(ImportItem.person_id == person_id))
    given = {form for label in typed if is_web_address(label) for form in (label, rewrite_address(label))}
    for payload in session.scalars(select(Arrival.payload).where(Arrival.person_id == person_id)):
        given |= _asked_about(session, payload, now)
    digests = set(session.scalars(mine)) | {url_digest(address) for address in given}
    others: set[bytes] = set()
    for some in _pieces(sorted(digests)):
        shared = select(BadgeDocument.url_digest).where(
            BadgeDocument.url_digest.in_(some), BadgeDocument.badge_id.not_in(badges)
        )
        others |= set(session.scalars(shared))
    return sorted(digests - others)


def _asked_about(session: Session, payload: bytes, now: datetime) -> set[str]:
    """The addresses that judging this badge rests on. What waits outside has no rows that say so."""
    try:
        held = openbadges.read_payload(payload)
    except openbadges.OpenBadgesError:
        return set()
    return addresses_of(openbadges.verify(held, ArchivedDocuments(session), now, policy=Policy()))


def _drop_answers(session: Session, digests: Collection[bytes]) -> None:
    held = exists().where(StoredDocument.body_digest == Body.digest)
    cited = exists().where(VerdictDocument.document_id == StoredDocument.id)
    for some in _pieces(sorted(digests)):
        concerned = and_(StoredDocument.url_digest.in_(some), ~cited)
        bodies = set(session.scalars(select(StoredDocument.body_digest).where(concerned).distinct())) - {None}
        session.execute(delete(StoredDocument).where(concerned).execution_options(synchronize_session=False))
        gone = delete(Body).where(Body.digest.in_(bodies), ~held)
        session.execute(gone.execution_options(synchronize_session=False))


def _pieces(values: list[bytes]) -> list[list[bytes]]:
    return [values[first : first + AT_ONCE] for first in range(0, len(values), AT_ONCE)]


def forget_again(wiring: Wiring, known: Collection[bytes], now: datetime) -> int:
    """After a backup was put back: delete again whoever had left, by the fingerprints of the journal and the table;
    how many that were. Their files go too, also where no row of theirs is left."""
    secret = wiring.settings.secret_key
    with reading() as session:
        left = set(known) | set(session.scalars(select(Deletion.digest)))
        if not left:
            return 0
        back = [one for one in session.scalars(select(Person)) if fingerprint(one.public_id, secret) in left]
    for person in back:
        with transaction() as session:
            forget(session, session.get_one(Person, person.id), secret, now)
    for owner in wiring.storage.owners():
        if fingerprint(owner, secret) in left:
            wiring.storage.forget(owner)
    return len(back)


def take_up_again(session: Session, now: datetime) -> None:
    """Ask once more for what was not finished, should its job be lost."""
    for deletion in session.scalars(select(Deletion).where(Deletion.done_at.is_(None))):
        ask_to_clear(session, deletion, now)


def drop_orphans(session: Session, now: datetime) -> int:
    """Delete up to 500 answers on which no badge rests and that nobody asked for in a month: of badges that were
    refused, or that waited outside in vain; how many."""
    rests = exists().where(BadgeDocument.url_digest == StoredDocument.url_digest)
    cited = exists().where(VerdictDocument.document_id == StoredDocument.id)
    old = select(StoredDocument.url_digest).where(~rests, ~cited).group_by(StoredDocument.url_digest)
    old = old.having(sa.func.max(StoredDocument.fetched_at) < now - UNNEEDED_AFTER).limit(AT_ONCE)
    digests = list(session.scalars(old))
    _drop_answers(session, digests)
    return len(digests)


def end_fingerprints(session: Session, backup_days: int, now: datetime) -> datetime:
    """Delete the fingerprints that no backup can make necessary any more; from when on they are kept."""
    since = now - timedelta(days=backup_days) - LONGER_THAN_BACKUPS
    session.execute(sa.delete(Deletion).where(Deletion.done_at < since))
    return since
