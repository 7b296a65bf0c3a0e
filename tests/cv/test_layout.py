"""Nothing a person types runs off the page, and what is extracted holds nothing they did not type."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from backpack import rendering
from backpack.cv.composing import Composed
from backpack.cv.pdf import STANDARDS, TEMPLATE, Pictures, for_template, pictures
from tests.conftest import missing

NOW = datetime(2026, 11, 23, 13, 5, tzinfo=UTC)
WIDTHS = {"a4": 595.276, "letter": 612.0}
MARGINS = {"margin": 18, "classic": 21, "compact": 16}
LOOKS = (("margin", "a4"), ("classic", "letter"), ("compact", "a4"))


def page(**changed: Any) -> dict[str, Any]:
    """The data of a small CV, as `composing` makes it."""
    entry = {"period": "09/2024 – 06/2027", "title": "Licence", "place": "Université", "text": "Troisième année"}
    made: dict[str, Any] = {
        "layout": "margin", "paper": "a4", "title": "CV",
        "name": "Camille Kervella", "keywords": [], "description": "", "language": "fr",
        "headline": "Stage", "contacts": [], "check": None, "note": "", "attachments": [],
        "parts": [{"heading": "Formation", "kind": "entries", "entries": [{**entry, **changed.pop("entry", {})}]}],
    }  # fmt: skip
    return {**made, **changed}


def drawn(data: Mapping[str, Any], tmp_path: Path) -> Path:
    path = tmp_path / "cv.pdf"
    path.write_bytes(rendering.document(TEMPLATE, for_template(data), standards=STANDARDS, now=NOW).parts[0])
    return path


def page_of_lines(count: int, layout: str) -> dict[str, Any]:
    return page(
        layout=layout, parts=[{"heading": "Profil", "kind": "words", "words": "\n".join(map(str, range(count)))}]
    )


@pytest.mark.parametrize("layout", MARGINS)
def test_it_is_told_by_how_many_lines_a_cv_is_too_long(layout: str) -> None:
    def drawn_with(count: int) -> Pictures:
        data = for_template(page_of_lines(count, layout))
        made = rendering.document(TEMPLATE, data, form="png", ppi=20, telling=True)
        return Pictures(made.parts, int(made.told["lines"]), int(made.told["room"]))

    short = drawn_with(10)
    assert (len(short.pages), short.beyond(1), short.beyond(2)) == (1, 0, 0)
    fits = next(count for count in range(short.room, 10, -1) if len(drawn_with(count).pages) == 1)
    assert drawn_with(fits + 6).beyond(1) == 6
    long = drawn_with(fits + short.room + 9)
    assert len(long.pages) == 3
    assert long.beyond(1) - long.beyond(2) == short.room
    assert 8 <= long.beyond(2) <= 10


def poppler(*command: str) -> str:
    if not shutil.which(command[0]):
        missing(command[0], "poppler-utils")
    return subprocess.run(command, capture_output=True, check=True, text=True).stdout


LONG = {
    "a name of one long word": page(name="Kervella" * 9),
    "a name in capitals": page(name="WOLFESCHLEGELSTEINHAUSENBERGERDORFF"),
    "a headline of one long word": page(headline="W" * 300),
    "a long word in the margin": page(entry={"period": "W" * 60}),
    "a long title": page(entry={"title": "W" * 500}),
    "a long address": page(contacts=[[{"text": "x" * 300, "url": f"https://{'x' * 60}.example/"}]]),
    "a long word after a dash": page(entry={"text": "co-" + "W" * 200}),
    "a long path": page(entry={"text": "/W" * 200}),
    "a long word between words": page(entry={"text": "un mot " * 30 + "W" * 31 + " puis " * 30}),
}


@pytest.mark.parametrize(("layout", "paper"), LOOKS)
@pytest.mark.parametrize("data", [pytest.param(data, id=name) for name, data in LONG.items()])
def test_nothing_runs_off_the_page_and_a_broken_word_is_extracted_whole(
    data: dict[str, Any], layout: str, paper: str, tmp_path: Path
) -> None:
    path = drawn({**data, "layout": layout, "paper": paper}, tmp_path)
    boxes = poppler("pdftotext", "-bbox", str(path), "-")
    edges = [float(edge) for edge in re.findall(r'xMax="([\d.]+)"', boxes)]
    assert edges
    assert max(edges) <= WIDTHS[paper] - MARGINS[layout] * 72 / 25.4 + 0.5
    found = "".join(poppler("pdftotext", "-raw", str(path), "-").split())
    for word in re.findall(r"\w{30,}", json.dumps([data["name"], data["headline"], data["parts"]])):
        assert word in found
    assert not set(found) & set("\u200b\u00ad\ufffd")  # no mark of ours stands in the text


@pytest.mark.parametrize("layout", MARGINS)
def test_a_heap_of_marks_covers_no_other_line(layout: str) -> None:
    parts = [{"heading": "Profil", "kind": "words", "words": "e" + "\u0301" * 100}]
    drawn_page = pictures(Composed(data=page(layout=layout, parts=parts)), NOW).pages[0]
    with Image.open(io.BytesIO(drawn_page)) as picture:
        margin = picture.convert("L").crop((0, 0, picture.width, 50))
    assert margin.getextrema() == (255, 255)


@pytest.mark.parametrize(("layout", "paper"), LOOKS)
@pytest.mark.parametrize("period", ["WWWW WWWW WWWW", "09/2024 – 06/2027", "depuis septembre 2024, à mi-temps"])
def test_no_line_stands_on_another(layout: str, paper: str, period: str, tmp_path: Path) -> None:
    """Neither a date that takes two lines beside a title of one, nor a section's title beside few words."""
    short = {"period": period, "title": "Licence", "place": "", "text": ""}
    parts = [
        {"heading": "Formation", "kind": "entries", "entries": [short, short]},
        {"heading": "Centres d’intérêt", "kind": "words", "words": "Voile"},
    ]
    path = drawn(page(layout=layout, paper=paper, parts=parts, note="Une note."), tmp_path)
    words = re.findall(
        r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">',
        poppler("pdftotext", "-bbox", str(path), "-"),
    )
    boxes = [tuple(map(float, word)) for word in words]
    assert len(boxes) > 12
    for at, (left, top, right, bottom) in enumerate(boxes):
        for left2, top2, right2, bottom2 in boxes[at + 1 :]:
            covers = min(right, right2) - max(left, left2) > 1 and min(bottom, bottom2) - max(top, top2) > 4
            assert not covers, ((left, top), (left2, top2))
