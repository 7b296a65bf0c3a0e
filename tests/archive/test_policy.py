"""The operator's list of issuers: read when it changed, not at every judging."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from backpack.archive.policy import policy_of
from backpack.settings import Settings, SettingsError, load


@pytest.fixture
def listed(tmp_path: Path) -> Settings:
    path = tmp_path / "known.json"
    path.write_text(json.dumps({"hosts": {"bu.example": "Bibliothèque"}}))
    return replace(load({"SECRET_KEY": "k" * 40, "DATA_DIR": str(tmp_path)}), known_issuers=str(path))


def test_the_list_is_read_again_only_once_it_is_another_one(listed: Settings) -> None:
    first, second = policy_of(listed), policy_of(listed)
    assert first.known_issuers == {"bu.example": "Bibliothèque"}
    assert second.known_issuers is first.known_issuers
    Path(listed.known_issuers or "").write_text(json.dumps({"hosts": {"bu.example": "Bibliothèques", "b": "B"}}))
    assert policy_of(listed).known_issuers == {"bu.example": "Bibliothèques", "b": "B"}


@pytest.mark.parametrize("text", ["", '{"hosts": []}', '{"hosts": {"a": 1}}', None])
def test_a_list_that_cannot_be_used_says_so(listed: Settings, text: str | None) -> None:
    path = Path(listed.known_issuers or "")
    path.unlink()
    if text is not None:
        path.write_text(text)
    with pytest.raises(SettingsError, match="KNOWN_ISSUERS"):
        policy_of(listed)
