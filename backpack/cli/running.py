"""Commands of the operator: init, migrate, start."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any

from backpack import serving
from backpack.settings import load


def add(commands: Any) -> None:
    """Declare the words of this family."""
    init = commands.add_parser("init", help="make a secret key, once")
    init.set_defaults(run=run_init)
    migrate = commands.add_parser("migrate", help="bring the database to the newest schema")
    migrate.set_defaults(run=run_migrate)
    start = commands.add_parser("start", help="prepare everything, then run the server and one worker")
    start.add_argument("--port", type=int, default=None, help="default: PORT, or 8000")
    start.set_defaults(run=run_start)


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
    return serving.serve(port, environ, greeting)
