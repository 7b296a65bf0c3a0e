"""What the documentation shows works, and what it points to is there."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from backpack import openbadges
from tests.openbadges import issuing, make

ROOT = Path(__file__).resolve().parents[2]
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
_CODE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ +(.+)$", re.MULTILINE)


def links(page: Path) -> list[str]:
    """The page's links within this repository."""
    found = _LINK.findall(_CODE.sub("", page.read_text("utf-8")))
    return [link for link in found if not re.match(r"[a-z]+:", link)]


def anchors(page: Path) -> set[str]:
    """The names its headings can be reached by."""
    headings = _HEADING.findall(_CODE.sub("", page.read_text("utf-8")))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    for link in links(page):
        path, _, anchor = link.partition("#")
        target = page.parent / path if path else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


def test_every_page_can_be_reached_from_the_readme() -> None:
    reached, waiting = set(), [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in reached:
            continue
        reached.add(page)
        waiting += [(page.parent / link.partition("#")[0]).resolve() for link in links(page) if ".md" in link]
    assert set(PAGES) <= reached


def _shown_code() -> str:
    """The code block of the library's page."""
    (code,) = re.findall(r"^```python\n(.*?)^```$", (ROOT / "docs/openbadges.md").read_text("utf-8"), re.M | re.S)
    return str(code)


def test_the_library_alone_takes_ten_lines() -> None:
    assert len([line for line in _shown_code().splitlines() if line.strip()]) <= 10


def test_the_code_of_the_librarys_page_judges_a_badge(capsys: pytest.CaptureFixture[str]) -> None:
    shown: dict[str, Any] = {}
    exec(_shown_code(), shown)
    picture = openbadges.bake(make.png(), make.text(make.assertion()))
    shown["judge"](picture, issuing.answers(issuing.hosted()), datetime(2026, 6, 1, tzinfo=UTC))
    first, *checks = capsys.readouterr().out.splitlines()
    assert first == "Soudure valid None True"
    assert any(line.startswith("  recipient passed") for line in checks)
