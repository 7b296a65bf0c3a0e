"""The schema comes only from the migrations: this runs them."""

from __future__ import annotations

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
    with engine.begin() as connection:
        made = config()
        made.attributes["connection"] = connection
        command.upgrade(made, revision)


def downgrade(engine: sa.Engine, revision: str) -> None:
    """Take the database back to `revision` (`base`: nothing)."""
    with engine.begin() as connection:
        made = config()
        made.attributes["connection"] = connection
        command.downgrade(made, revision)
