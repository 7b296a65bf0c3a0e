"""What no template may hold: unescaped output, anything inline, a picture without alt."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted((ROOT / "templates").rglob("*.html"))
JINJA = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
MARK = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
TAG = re.compile(r"<([a-z][\w-]*)((?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>", re.IGNORECASE)
FORBIDDEN_FILTERS = {"safe"}
FORBIDDEN_NAMES = {"Markup"}


def faults(source: str) -> list[str]:
    """What is wrong with the markup of a template; what Jinja fills in counts as a word."""
    bare = MARK.sub("x", source)
    found = []
    for tag, attributes in TAG.findall(bare):
        tag = tag.lower()
        data = 'type="application/ld+json"' in attributes  # read by search engines, run by nobody
        if tag == "style" or (tag == "script" and " src=" not in attributes and not data):
            found.append(f"<{tag}> inline")
        if re.search(r"\sstyle\s*=", attributes):
            found.append(f"style on <{tag}>")
        if re.search(r"\son\w+\s*=", attributes):
            found.append(f"handler on <{tag}>")
        if re.search(r"=\s*[^\s\"'>]", re.sub(r"\"[^\"]*\"|'[^']*'", '""', attributes)):
            found.append(f"unquoted attribute on <{tag}>")
        if tag == "img" and " alt=" not in attributes:
            found.append("<img> without alt")
        if "javascript:" in attributes.lower():
            found.append(f"javascript: on <{tag}>")
    return found


def unescaped(tree: nodes.Template) -> Iterator[str]:
    for one in tree.find_all(nodes.Filter):
        if one.name in FORBIDDEN_FILTERS:
            yield f"filter {one.name}, line {one.lineno}"
    for name in tree.find_all(nodes.Name):
        if name.name in FORBIDDEN_NAMES:
            yield f"name {name.name}, line {name.lineno}"
    for _ in tree.find_all((nodes.ScopedEvalContextModifier, nodes.EvalContextModifier)):
        yield "autoescape switched"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT / "templates").as_posix())
def test_a_template_escapes_and_holds_nothing_inline(page: Path) -> None:
    source = page.read_text()
    assert faults(source) == []
    assert list(unescaped(JINJA.parse(source))) == []


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('<p class="a">{{ b }}</p>', []),
        ('<script type="module" src="{{ a }}"></script>', []),
        ("<script>go()</script>", ["<script> inline"]),
        ('<script type="application/ld+json">{{ a|tojson }}</script>', []),
        ("<style>a{}</style>", ["<style> inline"]),
        ('<p style="color: {{ a }}">', ["style on <p>"]),
        ('<p onclick="go()">', ["handler on <p>"]),
        ("<a href={{ a }}>", ["unquoted attribute on <a>"]),
        ('<img src="{{ a }}">', ["<img> without alt"]),
        ('<img src="{{ a }}" alt="">', []),
        ('<a href="javascript:go()">', ["javascript: on <a>"]),
        ('<input{% if a %} required{% endif %} value="{{ b }}">', []),
    ],
)
def test_the_rules_see_what_they_should(source: str, expected: list[str]) -> None:
    assert faults(source) == expected


def test_djlint_finds_nothing() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "djlint", "templates", "--lint", "--quiet"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_no_python_of_ours_marks_text_as_safe_but_in_one_place() -> None:
    """Markdown becomes HTML in one file, behind an allow-list; nowhere else may text skip the escaping."""
    marking = [
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "backpack").rglob("*.py")
        if re.search(r"\bMarkup\(", path.read_text())
    ]
    assert len(marking) <= 1, marking
