"""Export, fresh instance, import, export: the same bytes where bytes are given, and the same JSON."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from backpack.settings import Settings
from tests.badges.issuers import Issuer
from tests.leaving.another import another_site, bring, newcomer, originals
from tests.leaving.conftest import json_in, taken_out


@pytest.fixture
def there(
    full: FlaskClient, settings: Settings, tmp_path: Path, sqlite_template: Path, issuer: Issuer
) -> Iterator[tuple[bytes, Flask]]:
    """An export, and a fresh instance at work."""
    box = taken_out(full)
    with another_site(settings, tmp_path, sqlite_template, issuer) as app:
        yield box, app


def test_export_import_export_gives_the_same_bytes_and_the_same_json(there: tuple[bytes, Flask]) -> None:
    box, app = there
    client = newcomer(app)
    lines = bring(client, box)
    assert [line.result for line in lines if line.reason == "export-back"] == ["added"]
    again = taken_out(client)
    assert json_in(again, "backpack.json") == json_in(box, "backpack.json")
    assert originals(again) == originals(box)
    assert originals(box)
