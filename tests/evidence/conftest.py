"""The same tests against both kinds of storage: a folder beside SQLite, an object store beside PostgreSQL."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import replace

import pytest

from backpack.settings import Settings
from tests import servers


@pytest.fixture(scope="session")
def object_store() -> Iterator[str]:
    """An S3 server on loopback with a bucket."""
    yield from servers.object_store()


@pytest.fixture
def settings(request: pytest.FixtureRequest, settings: Settings) -> Settings:
    if settings.database_url.startswith("sqlite"):
        return settings
    url: str = request.getfixturevalue("object_store")
    return replace(settings, storage_url=url.replace("PREFIX", secrets.token_hex(4)))
