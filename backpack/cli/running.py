"""Commands of the operator: init, migrate, start, worker."""

from __future__ import annotations

import argparse
import os
import signal
import threading
from pathlib import Path
from types import FrameType
from typing import Any

from backpack import create_app, jobs, serving
from backpack.accounts import sweeping
from backpack.archive import refreshing
from backpack.badges import looking as badge_looks
from backpack.cli.showing import sign_in
from backpack.database import db, transaction, utcnow
from backpack.demo import loading
from backpack.endorsements import sweeping as endorsements
from backpack.evidence import rot
from backpack.leaving import forgetting, journal
from backpack.leaving import sweeping as leaving
from backpack.notices import looking
from backpack.settings import load
from backpack.wiring import wired


def add(commands: Any) -> None:
    """Declare the words of this family."""
    init = commands.add_parser("init", help="make a secret key, once")
    init.set_defaults(run=run_init)
    migrate = commands.add_parser("migrate", help="bring the database to the newest schema")
    migrate.set_defaults(run=run_migrate)
    start = commands.add_parser("start", help="prepare everything, then run the server and one worker")
    start.add_argument("--port", type=int, default=None, help="default: PORT, or 8000")
    start.set_defaults(run=run_start)
    worker = commands.add_parser("worker", help="do background work until told to stop; as many as wanted")
    worker.set_defaults(run=run_worker)


def run_init(_given: argparse.Namespace) -> int:
    folder = Path(os.environ.get("DATA_DIR", "instance")).resolve()
    made = serving.make_key(folder)
    print(f"A secret key is in {folder / 'secret.key'}." if made else "There is a secret key already; nothing changed.")
    return 0


def run_migrate(_given: argparse.Namespace) -> int:
    serving.migrate(load())
    print("The database is up to date.")
    return 0


def run_start(given: argparse.Namespace) -> int:
    port = given.port or serving.port_of(os.environ)
    settings, environ = serving.prepared(port, os.environ)
    greeting = [f"Backpack is at {settings.public_url}"]
    if settings.demo:
        with create_app(settings).app_context():
            loading.once(wired(), utcnow())
        greeting += sign_in()
    return serving.serve(port, environ, greeting)


def run_worker(_given: argparse.Namespace) -> int:
    stopping = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopping.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    with create_app().app_context():
        serving.check_clocks(db.engine, utcnow())
        forgetting.forget_again(wired(), journal.read(wired().settings.data / journal.NAME), utcnow())
        with transaction() as session:
            refreshing.wish_sweep(session, utcnow())
            sweeping.wish_sweep(session, utcnow())
            looking.wish_look(session, utcnow())
            leaving.wish_sweep(session, utcnow())
            endorsements.wish_sweep(session, utcnow())
            badge_looks.wish_look(session, utcnow())
            rot.wish_sweep(session, utcnow())
        jobs.work(wired().handlers, stopping, patient=[refreshing.REFRESH, rot.CHECK])
    return 0
