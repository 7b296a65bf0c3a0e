"""Commands of the operator: init, migrate, start, worker."""

from __future__ import annotations

import argparse
import os
import signal
import threading
from datetime import datetime
from pathlib import Path
from types import FrameType
from typing import Any, Final

from backpack import create_app, jobs, serving
from backpack.accounts import sweeping
from backpack.archive import refreshing
from backpack.badges import importing
from backpack.badges import looking as badge_looks
from backpack.badges.handlers import PATIENT
from backpack.cli.showing import sign_in
from backpack.database import db, transaction, utcnow
from backpack.demo import loading
from backpack.endorsements import sweeping as endorsements
from backpack.evidence import rot
from backpack.evidence import sweeping as files
from backpack.leaving import forgetting, journal
from backpack.leaving import sweeping as leaving
from backpack.notices import looking
from backpack.settings import load
from backpack.wiring import wired

ROUNDS: Final = (
    refreshing.wish_sweep,
    sweeping.wish_sweep,
    looking.wish_look,
    leaving.wish_sweep,
    endorsements.wish_sweep,
    badge_looks.wish_look,
    importing.wish_sweep,
    rot.wish_sweep,
    files.wish_sweep,
)


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
        wish_rounds(utcnow())
        jobs.work(wired().handlers, stopping, patient=[*PATIENT, refreshing.REFRESH, rot.CHECK], hourly=wish_rounds)
    return 0


def wish_rounds(now: datetime) -> None:
    """Queue the next turn of all that comes round by itself. Each turn asks for the one after it; one that died asks
    for nothing, so this is said again every hour."""
    with transaction() as session:
        for wish in ROUNDS:
            wish(session, now)
