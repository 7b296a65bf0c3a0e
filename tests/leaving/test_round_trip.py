"""Export, fresh instance, import, export: the same bytes where bytes are given, and the same JSON."""

from __future__ import annotations

from pathlib import Path

from flask.testing import FlaskClient

from backpack.settings import Settings
from tests.badges.issuers import Issuer
from tests.leaving.another import another_site, bring, newcomer, originals
from tests.leaving.conftest import taken_out
from tests.leaving.zips import json_in


def test_export_import_export_gives_the_same_bytes_and_the_same_json(
    full: FlaskClient, settings: Settings, tmp_path: Path, sqlite_template: Path, issuer: Issuer
) -> None:
    box = taken_out(full)
    with another_site(settings, tmp_path, sqlite_template, issuer) as app:
        again = brought_and_taken_out(newcomer(app), box)
    content = json_in(box, "backpack.json")
    assert [kind for kind, said in content.items() if not said] == ["notice_choices"], (
        "there is something of everything"
    )
    assert json_in(again, "backpack.json") == content
    assert originals(again) == originals(box)
    assert originals(box)


def brought_and_taken_out(client: FlaskClient, box: bytes) -> bytes:
    lines = bring(client, box)
    assert [line.result for line in lines if line.reason == "export-back"] == ["added"]
    return taken_out(client)
