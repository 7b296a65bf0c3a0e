"""The same tests against both kinds of storage: a folder beside SQLite, an object store beside PostgreSQL."""

from __future__ import annotations

import pytest

from backpack.settings import Settings
from tests.servers import with_files_as_sites_have_them


@pytest.fixture
def settings(request: pytest.FixtureRequest, settings: Settings) -> Settings:
    return with_files_as_sites_have_them(request, settings)
