"""Starts everything with one command: key, schema, living example, the server and one worker beside it."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from types import FrameType

import sqlalchemy as sa

from backpack import database, migrating
from backpack.settings import Settings, SettingsError, load

ROOT = Path(__file__).resolve().parent.parent
CLOCKS_APART = timedelta(minutes=10)
PATIENCE = 20.0
"""Seconds that the server may take to answer, and that it gets to finish its requests."""


def make_key(folder: Path) -> bool:
    """Put a secret key into `folder`, once; whether it was made now. Readable by its owner only."""
    folder.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(folder / "secret.key", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return False
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_hex(32) + "\n")
    return True


def port_of(given: Mapping[str, str]) -> int:
    """The port that PORT names, or 8000. Raises SettingsError."""
    text = given.get("PORT") or "8000"
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise SettingsError(f"PORT must be a number from 1 to 65535, not {text!r}.")
    return int(text)


def environment(port: int, given: Mapping[str, str]) -> dict[str, str]:
    """The environment of the server and its worker: where data lies and where links lead, made explicit."""
    made = dict(given)
    made["DATA_DIR"] = str(Path(given.get("DATA_DIR", "instance")).resolve())
    made.setdefault("PUBLIC_URL", f"http://localhost:{port}")
    return made


def migrate(settings: Settings) -> None:
    """Bring the database of these settings to the newest schema."""
    settings.data.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(settings.database_url)
    database.prepare(engine)
    check_clocks(engine, database.utcnow())
    migrating.upgrade(engine)
    engine.dispose()


def check_clocks(engine: sa.Engine, now: datetime) -> None:
    """Stop where the database's clock and ours disagree: verdicts and leases would be wrong. Raises SettingsError."""
    apart = database.clock_apart(engine, now)
    if apart > CLOCKS_APART:
        minutes = int(apart.total_seconds() // 60)
        raise SettingsError(
            f"The clocks of this machine and of DATABASE_URL's are {minutes} minutes apart. Set both by NTP."
        )


def port_is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def server_command(port: int) -> list[str]:
    """Two processes with many threads each: a slow upload holds a thread, and must not hold the server."""
    return [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)),
        *("--workers", "2", "--blocking-threads", "32", "--no-ws", "--log-level", "error"),
        *("--working-dir", str(ROOT), "wsgi:app"),
    ]


def worker_command() -> list[str]:
    return [sys.executable, "-m", "backpack.cli", "worker"]


def serve(port: int, environ: Mapping[str, str], greeting: Sequence[str]) -> int:
    """Run the server and one worker until told to stop; the exit status. A worker that dies is started again."""
    stopping = False

    def stop(_number: int, _frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    processes = [subprocess.Popen(server_command(port), env=dict(environ), start_new_session=True)]
    server = processes[0]
    started = time.monotonic()
    try:
        while not stopping and server.poll() is None:
            if len(processes) > 1:
                time.sleep(0.5)
                if processes[1].poll() is not None:
                    time.sleep(1)
                    processes[1] = subprocess.Popen(worker_command(), env=dict(environ), start_new_session=True)
            elif answers(port):
                print("\n".join(greeting), flush=True)  # noqa: T201 - said to the person at the terminal
                # Only now: on two cores, a worker that starts beside the server would delay the first page.
                processes.append(subprocess.Popen(worker_command(), env=dict(environ), start_new_session=True))
            elif time.monotonic() - started > PATIENCE:
                break
            else:
                time.sleep(0.1)
    finally:
        end(*processes)
    return 0 if stopping else server.returncode or 1


def answers(port: int) -> bool:
    """Whether somebody listens on this port."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def end(*processes: subprocess.Popen[bytes]) -> None:
    """Ask each process to end, wait, and insist."""
    for process in processes:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
    for process in processes:
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def prepared(port: int, given: Mapping[str, str]) -> tuple[Settings, dict[str, str]]:
    """Key, settings and schema, ready to serve. Raises SettingsError."""
    environ = environment(port, given)
    if not port_is_free(port):
        raise SettingsError(f"Port {port} is in use. Choose another one: make run PORT={port + 1}")
    if not environ.get("SECRET_KEY"):
        make_key(Path(environ["DATA_DIR"]))
    settings = load(environ)
    migrate(settings)
    return settings, environ
