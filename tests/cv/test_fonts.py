"""Chinese, Japanese and Korean print where the operator has put a font for them, and are named where not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

from backpack import rendering
from backpack.cv.composing import Composed
from backpack.cv.pdf import CannotPrint, pdf
from tests.cv.test_layout import page, poppler

NOW = datetime(2026, 11, 23, 13, 5, tzinfo=UTC)


def font_of(characters: str, path: Path) -> None:
    """A face in which every one of these characters is a square."""
    pen = TTGlyphPen(None)
    pen.moveTo((100, 0))
    for corner in ((900, 0), (900, 800), (100, 800)):
        pen.lineTo(corner)
    pen.closePath()
    square = pen.glyph()
    names = {ord(character): f"u{ord(character):04X}" for character in characters}
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder([".notdef", *names.values()])
    builder.setupCharacterMap(names)
    builder.setupGlyf(dict.fromkeys((".notdef", *names.values()), square))
    builder.setupHorizontalMetrics(dict.fromkeys((".notdef", *names.values()), (1000, 100)))
    builder.setupHorizontalHeader(ascent=880, descent=-120)
    builder.setupNameTable({"familyName": "Squares", "styleName": "Regular", "psName": "Squares-Regular"})
    builder.setupOS2()
    builder.setupPost()
    builder.save(path)


@pytest.fixture(autouse=True)
def _fonts_as_before(tmp_path: Path) -> Iterator[None]:
    rendering.use_fonts(tmp_path / "none")
    yield
    rendering.use_fonts(tmp_path / "none")


def test_with_a_font_they_print_and_extract(tmp_path: Path) -> None:
    folder = tmp_path / "fonts"
    folder.mkdir()
    font_of("王小明", folder / "Squares-Regular.ttf")
    rendering.use_fonts(folder)
    path = tmp_path / "cv.pdf"
    path.write_bytes(pdf(Composed(data=page(name="Camille 王小明")), NOW))
    assert "Camille 王小明" in poppler("pdftotext", str(path), "-")


def test_without_one_the_sentence_names_them_and_the_package(tmp_path: Path) -> None:
    with pytest.raises(CannotPrint) as refused:
        pdf(Composed(data=page(name="Camille 王小明")), NOW)
    assert "小 明 王" in str(refused.value)
    assert "fonts-noto-cjk" in str(refused.value)


def test_a_folder_that_is_not_there_is_no_error(tmp_path: Path) -> None:
    rendering.use_fonts(tmp_path / "nowhere")
    assert {path.parent for path in rendering.fonts_in_use()} == {rendering.FONTS}
