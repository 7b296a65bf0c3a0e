"""How Alembic reaches the database: the address comes from the settings, or from the caller's own connection."""

from __future__ import annotations

from typing import Any, Literal

import sqlalchemy as sa
from alembic import context

from backpack import database, tables
from backpack.settings import load


def plain_type(kind: str, thing: Any, _context: Any) -> str | Literal[False]:
    """A migration stands for itself: it names SQLAlchemy's own types, never ours, which may change later."""
    if kind == "type" and isinstance(thing, database.Instant):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(thing, database.PlainText):
        return "sa.Text()"
    if kind == "type" and isinstance(thing, sa.JSON):
        return 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
    return False


def run(connection: sa.Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=tables.metadata(),
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
        render_item=plain_type,
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    engine = sa.create_engine(load().database_url)
    database.prepare(engine)
    with engine.begin() as connection:
        run(connection)
