"""Commands that look whether all is as it should be: doctor; and deletions, which a restored backup needs."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backpack import create_app
from backpack.database import reading, utcnow
from backpack.jobs import Job
from backpack.leaving import forgetting, journal
from backpack.leaving.models import Deletion
from backpack.leaving.stored import compare
from backpack.leaving.traces import traces
from backpack.storage import Storage
from backpack.wiring import wired


def add(commands: Any) -> None:
    """Declare the words of this family."""
    doctor = commands.add_parser("doctor", help="look whether files and rows fit together, or for traces of a person")
    doctor.add_argument(
        "--deleted", nargs="+", metavar="ID", help="ids or addresses of somebody who left: nothing may hold them"
    )
    doctor.set_defaults(run=run_doctor)
    deletions = commands.add_parser("deletions", help="what a restored backup must be cleared of")
    what = deletions.add_subparsers(dest="what", required=True, metavar="replay")
    replay = what.add_parser("replay", help="delete again whoever had left before the backup was put back")
    replay.add_argument("journals", nargs="*", type=Path, metavar="FILE", help="default: the one in DATA_DIR")
    replay.set_defaults(run=run_replay)


def run_doctor(given: argparse.Namespace) -> int:
    """0: nothing is wrong; 1: a line says what. Orphans are said, and harm nobody."""
    with create_app().app_context():
        storage = wired().storage
        with reading() as session:
            if given.deleted:
                faults, notes = list(_traces(session, storage, given.deleted)), []
            else:
                missing, orphans = compare(session, storage, utcnow())
                faults = [f"{one.column}: {one.key} is not in the storage" for one in missing]
                faults += _unfinished(session)
                notes = [f"storage: no row names {key}" for key in orphans]
    print(*([*faults, *notes] or ["Nothing was found." if given.deleted else "All is well."]), sep="\n")
    return 1 if faults else 0


def _traces(session: Session, storage: Storage, words: list[str]) -> Iterator[str]:
    for word in words:
        yield from (f"{word}: {place}" for place in traces(session, storage, word))


def _unfinished(session: Session) -> Iterator[str]:
    unfinished = session.scalar(sa.select(sa.func.count()).where(Deletion.done_at.is_(None)))
    if unfinished:
        yield f"deletions not finished: {unfinished}; the worker takes them up"
    for kind, count in session.execute(
        sa.select(Job.kind, sa.func.count()).where(Job.died_at.is_not(None)).group_by(Job.kind).order_by(Job.kind)
    ):
        yield f"jobs that failed for good: {count} of {kind}"


def run_replay(given: argparse.Namespace) -> int:
    with create_app().app_context():
        wiring = wired()
        journals = given.journals or [wiring.settings.data / journal.NAME]
        known = {digest for path in journals for digest in journal.read(path)}
        again = forgetting.forget_again(wiring, known, utcnow())
    print(f"{len(known)} in the journal; {again} were back and are deleted again.")
    return 0
