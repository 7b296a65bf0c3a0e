"""Engine, reading(), transaction(), and column types that mean the same on SQLite and PostgreSQL.

What differs between the two (time zones, 64-bit ids, NUL in text, who may write when, insert-or-ignore) is settled
here once. Edges (views, commands, jobs) open sessions; rules only receive them.
"""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from inspect import iscoroutinefunction
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask_sqlalchemy_lite import SQLAlchemy
from sqlalchemy import event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

db = SQLAlchemy(session_options={"expire_on_commit": False})

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Instant(sa.TypeDecorator[datetime]):
    """A moment in UTC with its zone. SQLite keeps no zone, so a naive value would come back as another moment."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs its time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class PlainText(sa.TypeDecorator[str]):
    """Text without NUL: PostgreSQL refuses it, SQLite keeps it, so neither is left to find out."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: sa.Dialect) -> str | None:
        if value is not None and "\0" in value:
            raise ValueError("text must not hold NUL")
        return value


BigId = sa.BigInteger().with_variant(sa.Integer, "sqlite")
Json = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


class Base(DeclarativeBase):
    """All tables. Facts only; questions are functions in `queries.py`."""

    metadata = sa.MetaData(naming_convention=NAMING)
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it from the class
        datetime: Instant(),
        str: PlainText(),
        int: BigId,
        bytes: sa.LargeBinary(),
        dict[str, Any]: Json,
        list[Any]: Json,
    }


class Row(Base):
    """A table with a key of its own. The number stays inside; addresses use random names."""

    __abstract__ = True
    id: Mapped[int] = mapped_column(primary_key=True)


def random_name() -> str:
    """A row's name in addresses (80 bits): says nothing about its order or age, and opens nothing by itself."""
    return secrets.token_hex(10)


def engine_options(url: str) -> dict[str, Any]:
    """How the engine is made. A connection to a server may have died while it waited; one to a file cannot."""
    return {"url": url, "pool_pre_ping": not url.startswith("sqlite"), "hide_parameters": True}


def init_app(app: Flask) -> None:
    """Give the application its database."""
    db.init_app(app)
    # The extension also ends sessions of asyncio, with an event loop of its own for every request. We have none.
    app.teardown_appcontext_funcs = [one for one in app.teardown_appcontext_funcs if not iscoroutinefunction(one)]
    with app.app_context():
        prepare(db.engine)


@contextmanager
def reading() -> Iterator[Session]:
    """A session that only reads. On SQLite it never waits for a writer."""
    engine = db.engine.execution_options(reading=True, postgresql_readonly=True)
    with db.sessionmaker(bind=engine, autoflush=False) as session:
        yield session


@contextmanager
def transaction(*, lasting: bool = True) -> Iterator[Session]:
    """A session that writes: all of it is kept when the block ends well, and none when it raises.

    What need not be `lasting` is seen by everybody at once, and nobody waits for the disk: a power cut may take the
    last moments of it, a killed process never does.
    """
    engine = db.engine.execution_options(hasty=not lasting)
    with db.sessionmaker(bind=engine) as session, session.begin():
        yield session


def prepare(engine: sa.Engine) -> None:
    """Give SQLite the manners of a server: write-ahead log, waiting, foreign keys, write locks taken at once. And tell
    either database what need not wait for the disk."""
    if engine.dialect.name != "sqlite":

        @event.listens_for(engine, "begin")
        def hastened(connection: sa.Connection) -> None:
            if connection.get_execution_options().get("hasty"):
                connection.exec_driver_sql("SET LOCAL synchronous_commit TO off")

        return

    @event.listens_for(engine, "connect")
    def connected(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in (
            "journal_mode=WAL",
            "busy_timeout=5000",
            "foreign_keys=ON",
            "synchronous=FULL",
            "secure_delete=ON",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begun(connection: sa.Connection) -> None:
        # A transaction that starts by reading and then writes can be refused half-way; taking the lock first can't.
        options = connection.get_execution_options()
        if options.get("reading"):
            connection.exec_driver_sql("BEGIN")
            return
        connection.exec_driver_sql(f"PRAGMA synchronous={'NORMAL' if options.get('hasty') else 'FULL'}")
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def clock_apart(engine: sa.Engine, now: datetime) -> timedelta:
    """How far the database's clock is from ours. SQLite has none of its own."""
    if engine.dialect.name == "sqlite":
        return timedelta(0)
    with engine.connect() as connection:
        theirs: datetime = connection.exec_driver_sql("SELECT clock_timestamp()").scalar_one()
    return abs(theirs - now)


def insert_new(
    session: Session, table: type[Base], values: Mapping[str, Any], unique: Sequence[str], where: Any = None
) -> bool:
    """Insert a row unless one with the same unique columns stands there already; whether it was new.

    `where` is the condition of a partial unique index, if the columns have only such a one.
    """
    return bool(insert_all_new(session, table, [values], unique, where))


def insert_all_new(
    session: Session, table: type[Base], rows: Sequence[Mapping[str, Any]], unique: Sequence[str], where: Any = None
) -> list[Any]:
    """The same for several rows, in one statement; what the last of the unique columns holds in those that were new."""
    dialect: Any = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    statement = (
        dialect.insert(table.__table__)  # the mapper has nothing to add, and takes as long as the statement
        .values(list(rows))
        .on_conflict_do_nothing(index_elements=list(unique), index_where=where)
        .returning(table.__table__.c[unique[-1]])
    )
    return list(session.execute(statement).scalars())


def folded(text: str) -> str:
    """Text as search and sorting see it: no accents, no case. Stored beside what is searched."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return bare.casefold()


def utcnow() -> datetime:
    """The clock of the edges. Rules are given the time, they never ask for it."""
    return datetime.now(UTC)
