"""The schema comes only from the migrations, on both databases."""

from __future__ import annotations

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from backpack import database, migrating, tables


def test_the_migrations_lead_to_exactly_the_models(database_url: str) -> None:
    engine = sa.create_engine(database_url)
    database.prepare(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, tables.metadata()) == []
    engine.dispose()


def test_every_migration_can_be_taken_back_and_made_again(database_url: str) -> None:
    engine = sa.create_engine(database_url)
    database.prepare(engine)
    migrating.downgrade(engine, "base")
    assert set(sa.inspect(engine).get_table_names()) <= {"alembic_version"}
    migrating.upgrade(engine)
    assert set(tables.metadata().tables) <= set(sa.inspect(engine).get_table_names())
    engine.dispose()
