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


def test_a_table_made_anew_keeps_what_refers_to_it(database_url: str) -> None:
    """SQLite changes a table by dropping it: its views, codes and choices must not go with it."""
    engine = sa.create_engine(database_url)
    database.prepare(engine)
    migrating.downgrade(engine, "0001")
    with engine.begin() as connection:
        for statement in (
            "INSERT INTO person (id, public_id, name, language, edition, is_demo, created_at)"
            " VALUES (1, 'p', 'Camille', 'fr', 0, false, '2026-01-01 00:00:00+00')",
            "INSERT INTO badge (id, public_id, person_id, identity, payload, version, name, folded, issuer_name, story,"
            " added_at) VALUES (1, 'b', 1, 'i', 'x', '3.0', 'n', 'n', 'i', '', '2026-01-01 00:00:00+00')",
            "INSERT INTO share_link (id, public_id, person_id, badge_id, label, version, token_hash, name_shown,"
            " created_at) VALUES (1, 'l', 1, 1, '', 1, 't', 'full', '2026-01-01 00:00:00+00')",
            "INSERT INTO view_count (id, link_id, day, views) VALUES (1, 1, '2026-01-01', 7)",
        ):
            connection.exec_driver_sql(statement)
    migrating.upgrade(engine)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT views FROM view_count").scalar() == 7
        if engine.dialect.name == "sqlite":
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    engine.dispose()
