"""The schema comes only from the migrations: this runs them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

FOLDER = Path(__file__).resolve().parent.parent / "migrations"


def config() -> Config:
    """Alembic's settings, without a file of their own."""
    made = Config()
    made.set_main_option("script_location", str(FOLDER))
    return made


def upgrade(engine: sa.Engine, revision: str = "head") -> None:
    """Bring the database to `revision`, in one transaction."""
    with _changing(engine) as connection:
        command.upgrade(_with(connection), revision)


def downgrade(engine: sa.Engine, revision: str) -> None:
    """Take the database back to `revision` (`base`: nothing)."""
    with _changing(engine) as connection:
        command.downgrade(_with(connection), revision)


def _with(connection: sa.Connection) -> Config:
    made = config()
    made.attributes["connection"] = connection
    return made


@contextmanager
def _changing(engine: sa.Engine) -> Iterator[sa.Connection]:
    """One transaction. SQLite changes a table by making it anew: while foreign keys are enforced, dropping the old one
    deletes what refers to it, so they are looked at before the end instead. Raises IntegrityError."""
    with engine.connect() as connection:
        if engine.dialect.name != "sqlite":
            with connection.begin():
                yield connection
            return
        driver = connection.connection.driver_connection
        assert driver is not None  # noqa: S101 - a connection that is open has one
        driver.execute("PRAGMA foreign_keys=OFF")
        try:
            with connection.begin():
                yield connection
                lost = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
                if lost is not None:
                    raise sa.exc.IntegrityError("PRAGMA foreign_key_check", None, ValueError(str(tuple(lost))))
        finally:
            driver.execute("PRAGMA foreign_keys=ON")
