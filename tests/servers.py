"""Servers that the tests start for themselves on loopback, and end by their process id."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
import sqlalchemy as sa

from backpack.settings import Settings


def free_port() -> int:
    """A port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def postgresql_programs() -> Path | None:
    """The folder of Debian's PostgreSQL programs, the newest version; None without a server."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]))
    if found:
        return found[-1].parent
    initdb = shutil.which("initdb")
    return Path(initdb).parent if initdb else None


def postgresql_server(folder: Path) -> AbstractContextManager[str] | None:
    """A PostgreSQL server in `folder`, its address as a context manager; None where it is not installed."""
    programs = postgresql_programs()
    return _postgresql(programs, folder) if programs else None


@contextmanager
def _postgresql(programs: Path, folder: Path) -> Iterator[str]:
    port = free_port()
    run = _as_postgres(folder)
    data = folder / "data"
    subprocess.run(
        [*run, str(programs / "initdb"), "-D", str(data), "-A", "trust", "-U", "backpack"],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    options = (
        f"-c listen_addresses=127.0.0.1 -p {port} -k {folder} -c fsync=off -c autovacuum=off -c max_connections=200"
    )
    subprocess.run(
        [*run, str(programs / "pg_ctl"), "-D", str(data), "-w", "-l", str(folder / "log"), "-o", options, "start"],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    try:
        yield f"postgresql+psycopg://backpack@127.0.0.1:{port}"
    finally:
        subprocess.run(
            [*run, str(programs / "pg_ctl"), "-D", str(data), "-m", "immediate", "stop"],
            check=False,
            stdout=subprocess.DEVNULL,
        )


EMPTY = (
    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()",
    # What the planner was told of a table when it was full (a migration that makes it anew tells it) counts no longer.
    "UPDATE pg_class SET relpages = 0, reltuples = -1 WHERE relnamespace = 'public'::regnamespace AND reltuples <> -1",
    "SET session_replication_role = replica",  # no row is asked whether another one refers to it
    """DO $$ DECLARE one text; BEGIN
         FOR one IN SELECT format('%I', tablename) FROM pg_tables
                    WHERE schemaname = 'public' AND tablename <> 'alembic_version'
         LOOP EXECUTE 'DELETE FROM ' || one; END LOOP;
         PERFORM setval(oid, 1, false) FROM pg_class WHERE relkind = 'S';
       END $$""",
)


def empty_postgresql(address: str) -> None:
    """End every connection to this database, take all rows away, and count from one again: as the migrations left it,
    in a fraction of the time that making a database takes."""
    engine = sa.create_engine(address, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        for statement in EMPTY:
            connection.exec_driver_sql(statement.replace("%", "%%"))


def _as_postgres(folder: Path) -> list[str]:
    """PostgreSQL refuses to run as root: then it runs as the user that Debian's package made."""
    if os.geteuid() != 0:
        return []
    user = pwd.getpwnam("postgres")
    os.chown(folder, user.pw_uid, user.pw_gid)
    for parent in folder.parents:
        if parent.stat().st_uid == os.geteuid() and parent != Path(parent.anchor):
            parent.chmod(parent.stat().st_mode | 0o011)
    return ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]


def object_store() -> Iterator[str]:
    """An S3 server on loopback with a bucket; the STORAGE_URL of it, in which PREFIX stands for the tests' own."""
    if find_spec("moto") is None:
        if os.environ.get("CI"):
            pytest.fail("moto is not installed, and CI must have it")
        pytest.skip("moto is not installed (it stands in requirements/test.txt), so this test was skipped.")
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)], stderr=subprocess.DEVNULL
    )
    endpoint = f"http://127.0.0.1:{port}"
    for _try in range(100):
        with suppress(OSError):
            urlopen(Request(f"{endpoint}/files", method="PUT"), timeout=10).close()
            break
        time.sleep(0.1)
    yield f"s3://files/PREFIX?endpoint={endpoint}&region=us-east-1&access_key_id=me&secret_access_key=secret"
    server.terminate()
    server.wait()


def with_files_as_sites_have_them(request: pytest.FixtureRequest, settings: Settings) -> Settings:
    """Files in a folder beside SQLite, and in an object store beside PostgreSQL. For a folder of tests whose own
    fixture `settings` goes before the common one."""
    if settings.database_url.startswith("sqlite"):
        return settings
    url: str = request.getfixturevalue("object_store")
    return replace(settings, storage_url=url.replace("PREFIX", secrets.token_hex(4)))
