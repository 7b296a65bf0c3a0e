"""A process of its own whose children die without a word: at the n-th statement, commit or change of a file.

Told line by line on its input what to do and where to die ("leave 17", "work 3"); it answers with the child's status:
9 when it died there, 0 when it was done before. It forks children, so that a hundred deaths start one application.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import obstore
import sqlalchemy as sa

from backpack import create_app, jobs
from backpack.accounts.models import Person
from backpack.database import db, transaction, utcnow
from backpack.leaving.forgetting import forget
from backpack.settings import Settings
from backpack.wiring import wired

ROOT = Path(__file__).resolve().parents[2]
DIED = 9


def leave() -> None:
    with transaction() as session:
        person = session.scalars(sa.select(Person)).one()
        forget(session, person, wired().settings.secret_key, utcnow())


def work() -> None:
    jobs.run_pending(wired().handlers)


WHAT = {"leave": leave, "work": work}


def child(what: str, most: int) -> None:
    """Do it, and die where it is the turn."""
    done = 0

    def passed(*_given: object) -> None:
        nonlocal done
        done += 1
        if done == most:
            os._exit(DIED)

    def dying(real: Callable[..., Any]) -> Callable[..., Any]:
        def at_work(*given: Any, **named: Any) -> Any:
            passed()
            return real(*given, **named)

        return at_work

    for name in ("before_cursor_execute", "commit"):
        sa.event.listen(db.engine, name, passed)
    for module, name in ((os, "fsync"), (os, "replace"), (os, "rename"), (obstore, "put"), (obstore, "delete")):
        setattr(module, name, dying(getattr(module, name)))
    WHAT[what]()
    os._exit(0)


def main() -> None:
    with create_app().app_context():
        for line in sys.stdin:
            what, most = line.split()
            number = os.fork()
            if number == 0:
                try:
                    child(what, int(most))
                finally:
                    os._exit(1)
            print(os.waitstatus_to_exitcode(os.waitpid(number, 0)[1]), flush=True)


class Killer:
    """The other end of it, for a test."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.killed = 0

    def until_done(self, what: str, every: int) -> Iterator[int]:
        """Have it done again and again, each time dying a little later; a turn after each death, none at the end."""
        for most in range(1, 100_000, every):
            assert self.process.stdin is not None
            assert self.process.stdout is not None
            print(f"{what} {most}", file=self.process.stdin, flush=True)
            status = int(self.process.stdout.readline())
            if status == 0:
                return
            assert status == DIED, status
            self.killed += 1
            yield most
            with transaction() as session:  # as if its time had passed; no fifth try is the last one here
                session.execute(sa.text("UPDATE job SET leased_until = NULL, attempts = 0 WHERE finished_at IS NULL"))


@contextmanager
def killer(settings: Settings) -> Iterator[Killer]:
    """Somebody who kills workers of this very site."""
    names = ("secret_key", "data_dir", "database_url", "storage_url", "mail_url")
    environment = {**os.environ, **{name.upper(): getattr(settings, name) for name in names}, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.leaving.dying"],
        env={name: value for name, value in environment.items() if value},
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        yield Killer(process)
        assert process.stdin is not None
        process.stdin.close()


if __name__ == "__main__":
    main()
