"""Fixtures for every room: an application on each database, and the parts it may ask for."""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from backpack import create_app, database, migrating
from backpack.accounts.beat import BEAT
from backpack.accounts.models import Person
from backpack.database import db, transaction, utcnow
from backpack.demo import loading
from backpack.settings import Settings, load
from backpack.wiring import wired
from tests import servers
from tests.people import Browser, sign_up_person, signed_in
from tests.servers import empty_postgresql, postgresql_server

DATABASES = ("sqlite", "postgresql")
KEY = "a key for tests only, long enough to be taken"


def missing(part: str, package: str) -> None:
    """Skip on a laptop, fail where everything must be there (CI=true)."""
    sentence = f"{part} is not installed (Debian: apt install {package}), so this test was skipped."
    if os.environ.get("CI"):
        pytest.fail(sentence.replace("so this test was skipped", "and CI must have it"))
    pytest.skip(sentence)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests are marked, and come last: Playwright's event loop stays in the main thread, where Flask can then
    open no context. `make test` runs them in a process of their own."""
    for item in items:
        if "playwright" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database that the migrations made, to be copied for each test."""
    path = tmp_path_factory.mktemp("template") / "backpack.db"
    engine = sa.create_engine(f"sqlite:///{path}")
    database.prepare(engine)
    migrating.upgrade(engine)
    engine.dispose()  # the last connection writes the log back into the file
    return path


@pytest.fixture(scope="session")
def postgresql_database() -> Iterator[str]:
    """The address of a database on a PostgreSQL server of ours, which the migrations made."""
    # Not in pytest's own folders: it clears old ones away, also under a server that is at work.
    with tempfile.TemporaryDirectory(prefix="backpack-postgresql-", ignore_cleanup_errors=True) as folder:
        server = postgresql_server(Path(folder))
        if server is None:
            missing("PostgreSQL", "postgresql")
            return
        with server as address:
            admin = sa.create_engine(f"{address}/postgres", isolation_level="AUTOCOMMIT")
            with admin.connect() as connection:
                connection.exec_driver_sql("CREATE DATABASE backpack")
            admin.dispose()
            engine = sa.create_engine(f"{address}/backpack")
            migrating.upgrade(engine)
            engine.dispose()
            yield f"{address}/backpack"


@pytest.fixture(scope="session")
def object_store() -> Iterator[str]:
    """An S3 server on loopback with a bucket."""
    yield from servers.object_store()


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty, migrated database of one's own, on SQLite and again on PostgreSQL."""
    if request.param == "sqlite":
        template: Path = request.getfixturevalue("sqlite_template")
        copy = tmp_path / "backpack.db"
        copy.write_bytes(template.read_bytes())
        yield f"sqlite:///{copy}"
        return
    address: str = request.getfixturevalue("postgresql_database")
    yield address
    for one in threading.enumerate():
        if isinstance(one, threading.Timer):  # views counted in this test are not to be written into the next one's
            one.cancel()
            one.join()
    empty_postgresql(address)


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """The settings of a test: everything in a folder of its own, letters kept in memory."""
    return load(
        {
            "SECRET_KEY": KEY,
            "DATA_DIR": str(tmp_path / "data"),
            "DATABASE_URL": database_url,
            "MAIL_URL": "memory:",
            "PUBLIC_URL": "http://localhost:8000",
        }
    )


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """The application, at work: an application context is open."""
    app = create_app(settings)
    app.test_client_class = Browser
    app.config[BEAT] = 0  # nobody measures: answers leave at once
    with app.app_context():
        yield app
        db.engine.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without a session."""
    return app.test_client()


@pytest.fixture
def person(app: Flask) -> Person:
    """Camille, with one confirmed address."""
    with transaction() as session:
        return sign_up_person(session)


@pytest.fixture
def signed_in_client(app: Flask, person: Person) -> FlaskClient:
    """A browser in which `person` is signed in."""
    return signed_in(app.test_client(), person)


@pytest.fixture(scope="session")
def loaded_example(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Path:
    """A data folder in which the living example was loaded, to be copied for each test."""
    folder = tmp_path_factory.mktemp("example") / "data"
    folder.mkdir()
    (folder / "backpack.db").write_bytes(sqlite_template.read_bytes())
    with create_app(example_settings(folder)).app_context():
        loading.load(wired(), utcnow())
        db.engine.dispose()
    return folder


def example_settings(folder: Path) -> Settings:
    return load({"SECRET_KEY": KEY, "DATA_DIR": str(folder), "MAIL_URL": "memory:", "DEMO": "1"})


@pytest.fixture
def example(loaded_example: Path, tmp_path: Path) -> Iterator[Flask]:
    """The application with the living example, a copy of one's own. On SQLite: loading it is tested on both."""
    folder = tmp_path / "example"
    shutil.copytree(loaded_example, folder)
    app = create_app(example_settings(folder))
    app.test_client_class = Browser
    with app.app_context():
        yield app
        db.engine.dispose()
