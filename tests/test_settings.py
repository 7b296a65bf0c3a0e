"""Settings: read once, checked at start, and written down."""

from __future__ import annotations

import dataclasses
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from backpack.settings import Settings, SettingsError, load

ROOT = Path(__file__).resolve().parent.parent
GOOD = {"SECRET_KEY": "k" * 32}


def test_what_is_not_given_has_its_default(tmp_path: Path) -> None:
    settings = load({**GOOD, "DATA_DIR": str(tmp_path)})
    assert settings.public_url == "http://localhost:8000"
    assert settings.database_url == f"sqlite:///{tmp_path / 'backpack.db'}"
    assert settings.default_language == "fr"
    assert settings.demo is False


def test_the_key_may_stand_in_its_file(tmp_path: Path) -> None:
    (tmp_path / "secret.key").write_text("f" * 64 + "\n")
    assert load({"DATA_DIR": str(tmp_path)}).secret_key == "f" * 64


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        pytest.param("SECRET_KEY", "dev", "SECRET_KEY must be at least 32 bytes", id="a key anybody would guess"),
        pytest.param("PUBLIC_URL", "badges.example.org", "PUBLIC_URL must be an address", id="no scheme"),
        pytest.param("PUBLIC_URL", "https://example.org/app", "PUBLIC_URL must be an address", id="a path"),
        pytest.param("DATABASE_URL", "mysql://x", "DATABASE_URL must begin with", id="another database"),
        pytest.param("MAIL_URL", "sendmail", "MAIL_URL must begin with", id="another kind of mail"),
        pytest.param("DEFAULT_LANGUAGE", "de", "DEFAULT_LANGUAGE must be fr or en", id="a language we lack"),
        pytest.param("QUOTA_MB", "much", "QUOTA_MB must be a whole number", id="words for a number"),
        pytest.param("QUOTA_MB", "0", "QUOTA_MB must be greater than zero", id="no room at all"),
        pytest.param("DEMO", "perhaps", "DEMO must be 1 or 0", id="neither yes nor no"),
    ],
)
def test_a_wrong_value_is_one_clear_line(name: str, value: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        load({**GOOD, "DATA_DIR": str(tmp_path), name: value})
    assert str(caught.value).startswith(said)
    assert "\n" not in str(caught.value)


def test_a_secret_is_never_repeated_in_the_message(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        load({"DATA_DIR": str(tmp_path), "SECRET_KEY": "shortsecret"})
    assert "shortsecret" not in str(caught.value)


def test_without_a_key_nothing_starts(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="SECRET_KEY is not set"):
        load({"DATA_DIR": str(tmp_path)})


def test_the_command_says_one_line_and_ends(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "backpack.cli", "start"],
        env={**os.environ, "DATA_DIR": str(tmp_path), "QUOTA_MB": "much"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.strip() == "QUOTA_MB must be a whole number, not 'much'."


def test_the_manual_lists_every_setting_with_its_default() -> None:
    manual = (ROOT / "docs" / "settings.md").read_text("utf-8")
    rows = dict(re.findall(r"^\| `([A-Z0-9_]+)` \| (.*) \|$", manual, re.MULTILINE))
    for field in dataclasses.fields(Settings):
        default = "none" if field.default is dataclasses.MISSING else f"`{field.default}`"
        if field.default in {"", None}:
            default = "empty"
        assert rows.pop(field.name.upper(), None) == f"{default} | {field.metadata['meaning']}", field.name
    assert rows == {}
