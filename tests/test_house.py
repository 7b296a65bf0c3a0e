"""The house rules that a machine can check: style, types, who may import whom, what may stand in a file."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(["ruff", "check", "."], id="ruff"),
        pytest.param(["ruff", "format", "--check", "."], id="format"),
        pytest.param(["mypy"], id="types"),
        pytest.param(["lint-imports"], id="layers"),
    ],
)
def test_the_tools_have_nothing_to_say(command: list[str]) -> None:
    done = subprocess.run([str(BIN / command[0]), *command[1:]], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]


def tracked_files() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout, so the tracked files cannot be listed")
    return [ROOT / name for name in listed.stdout.split("\0") if name]


def test_no_file_names_a_place_of_one_machine_or_a_package_index() -> None:
    odd = re.compile(r"/(?:home|Users)/[a-z]+/|--(?:extra-)?index-url|^registry *=", re.MULTILINE)
    allowed = {Path(__file__), ROOT / "Makefile"}
    found = [
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path in tracked_files()
        if path not in allowed and path.is_file() and b"\0" not in path.read_bytes()[:1024]
        if (match := odd.search(path.read_text("utf-8", errors="replace")))
    ]
    assert found == []


def test_no_drawer_without_a_name() -> None:
    drawers = {"service.py", "services.py", "utils.py", "helpers.py", "common.py", "misc.py"}
    assert [p for p in tracked_files() if p.name in drawers] == []


def test_views_are_leaves() -> None:
    """Nobody knows a slice's views but `create_app` and the views themselves."""
    names = re.compile(
        r"^\s*(?:from|import) (backpack\.\w+\.views|backpack\.\w+ import (?:.*\b)?views\b)", re.MULTILINE
    )
    found = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "backpack").rglob("*.py")
        if path != ROOT / "backpack" / "__init__.py" and not {"views", "web"} & set(path.relative_to(ROOT).parts)
        if names.search(path.read_text("utf-8"))
    ]
    assert found == []


def test_no_import_hides_inside_a_function() -> None:
    inside = re.compile(r"^[ \t]+(?:from \S+ import|import) ", re.MULTILINE)
    guarded = re.compile(r"^(?:if TYPE_CHECKING|try):\n(?:[ \t]+.*\n)+", re.MULTILINE)
    found = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "backpack").rglob("*.py")
        if inside.search(guarded.sub("", _without_strings(path.read_text("utf-8"))))
    ]
    assert found == []


def _without_strings(source: str) -> str:
    return re.sub(r'"""(?:.|\n)*?"""', '""', source)
