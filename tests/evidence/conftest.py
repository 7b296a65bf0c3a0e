"""The same tests against both kinds of storage: a folder beside SQLite, an object store beside PostgreSQL."""

from __future__ import annotations

import secrets
from dataclasses import replace

import pytest

from backpack.settings import Settings


@pytest.fixture
def settings(request: pytest.FixtureRequest, settings: Settings) -> Settings:
    if settings.database_url.startswith("sqlite"):
        return settings
    url: str = request.getfixturevalue("object_store")
    return replace(settings, storage_url=url.replace("PREFIX", secrets.token_hex(4)))
