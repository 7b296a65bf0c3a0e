"""Pictures and documents are made in a process of their own, under limits: what they are made from may be hostile.

`picture_png`, `picture_webp` and `first_page_webp` make a picture anew for display, without what it carried (positions,
texts, profiles, a baked badge, scripts); `document` fills one of our Typst templates; `text_of_pdf` reads what a PDF
says, and `inside_pdf` what it carries. Nothing here fetches anything.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from backpack.errors import N_, BackpackError
from backpack.rendering.process import Answer, RenderingProcess, Unanswered

FONTS = Path(__file__).with_name("fonts")
BADGE_PIXELS = 16_000_000
PHOTO_PIXELS = 60_000_000
MEMORY = 1536 * 1024 * 1024
SECONDS = 6
LIMITS = {"seconds": SECONDS, "memory": MEMORY}
PATIENCE = SECONDS * 2 + 3

AT_ONCE = 4

_process = RenderingProcess([FONTS], AT_ONCE)


def use_fonts(more: Path) -> None:
    """Draw also with the operator's fonts, if there is such a folder: the way to Chinese, Japanese and Korean."""
    global _process
    wanted = [FONTS, more] if more.is_dir() else [FONTS]
    if wanted != _process.folders:
        _process.close()
        _process = RenderingProcess(wanted, AT_ONCE)


def fonts_in_use() -> tuple[Path, ...]:
    """The font files that texts are drawn with, as they were when these folders came into use."""
    return _fonts_in(tuple(_process.folders))


@lru_cache(maxsize=8)
def _fonts_in(folders: tuple[Path, ...]) -> tuple[Path, ...]:
    found = (path for folder in folders for path in folder.rglob("*"))
    return tuple(sorted(path for path in found if path.suffix.lower() in {".ttf", ".otf", ".ttc"}))


class CannotRender(BackpackError):
    """The bytes are no picture we can draw, or drawing them costs too much. `facts["reason"]` is a stable code:
    `unreadable`, `too-many-pixels`, `too-costly`, `empty`, `busy`; of a PDF also `encrypted`, `too-large`."""

    code = "cannot-render"
    sentence = N_("This picture cannot be shown. Choose a PNG, JPEG, WebP, GIF or SVG picture of a usual size.")


@dataclass(frozen=True, slots=True)
class Rendered:
    """What came of a template: one PDF, or one picture per page; and what Typst had to say about it."""

    parts: tuple[bytes, ...]
    warnings: tuple[str, ...]
    told: Mapping[str, Any]
    """What the template says of itself in its `<told>`, if it was asked."""


def picture_png(data: bytes, size: int, *, pixels: int = BADGE_PIXELS) -> bytes:
    """A badge's picture (PNG, SVG, JPEG, WebP or GIF, by content) as a clean PNG, no side longer than `size` pixels.

    Raster pictures are never enlarged; of a moving one the first frame is kept. Raises CannotRender.
    """
    return _picture(data, size, "PNG", pixels)


def picture_webp(data: bytes, size: int, *, pixels: int = PHOTO_PIXELS) -> bytes:
    """The same as WebP, for photographs: much smaller. Raises CannotRender."""
    return _picture(data, size, "WEBP", pixels)


def check_picture(data: bytes, *, pixels: int = PHOTO_PIXELS) -> None:
    """Whether this is a raster picture of a bearable size, by its header: quick, for nothing is decoded. Raises
    CannotRender."""
    _ask({"work": "measure", "pixels": pixels}, [data])


def first_page_webp(data: bytes, size: int) -> bytes:
    """The first page of a PDF as a WebP picture, no side longer than `size` pixels. Raises CannotRender."""
    return _ask({"work": "first page", "size": size, "format": "WEBP"}, [data])[1][0]


def _picture(data: bytes, size: int, form: str, pixels: int) -> bytes:
    with tempfile.TemporaryDirectory(prefix="drawing-") as empty:
        header = {"work": "picture", "size": size, "format": form, "pixels": pixels, "root": empty}
        return _ask(header, [data])[1][0]


def document(
    template: Path,
    data: Mapping[str, Any],
    *,
    form: Literal["pdf", "svg", "png"] = "pdf",
    files: Mapping[str, bytes] | None = None,
    standards: tuple[str, ...] = (),
    ppi: float = 144,
    now: datetime | None = None,
    telling: bool = False,
) -> Rendered:
    """`template` filled with `data`, which it finds as `/data.json` and never as markup.

    The template sees a folder with nothing in it but that and `files`, by names of ours. `now` is written into the PDF
    as the time it was made. With `telling`, what it says in its `<told>` comes back too. Raises CannotRender.
    """
    header = {
        "format": form,
        "ppi": ppi,
        "standards": list(standards) if form == "pdf" else [],
        "telling": telling,
        "timestamp": int(now.timestamp()) if now else None,
    }
    found = {**(files or {}), "data.json": json.dumps(data).encode()}
    answer, parts = _answered(lambda: _process.draw({**header, **LIMITS}, template, found, PATIENCE))
    return Rendered(tuple(parts), tuple(answer["warnings"]), answer["told"])


def text_of_pdf(data: bytes, *, pages: int = 80, characters: int = 400_000) -> str:
    """The words that a PDF shows, in the order in which they are extracted. Raises CannotRender."""
    return _ask({"work": "text", "pages": pages, "characters": characters}, [data])[1][0].decode()


def names_in(data: bytes) -> list[str]:
    """Whom the hidden properties of a PDF or an office document name: authors, who changed it last, their firm. Raises
    CannotRender where nobody can look."""
    return [str(name) for name in _ask({"work": "names"}, [data])[0]["names"]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Inside:
    """What is in a PDF beside its pages, as it is."""

    information: bytes | None
    packet: bytes | None
    attached: tuple[bytes, ...]


def inside_pdf(data: bytes, key: str, *, most: int, size: int) -> Inside:
    """What a PDF's information holds under a key, its XMP packet, and what is attached: at most so many, of so many
    bytes together. Raises CannotRender, also for `encrypted` and `too-large`."""
    answer, parts = _ask({"work": "inside", "key": key, "most": most, "bytes": size}, [data])
    information, rest = parts[: answer["information"]], parts[answer["information"] :]
    packet, attached = rest[: answer["packet"]], rest[answer["packet"] :]
    return Inside(information=next(iter(information), None), packet=next(iter(packet), None), attached=tuple(attached))


def _ask(header: dict[str, Any], parts: list[bytes]) -> Answer:
    return _answered(lambda: _process.ask({**header, **LIMITS}, parts, PATIENCE))


def _answered(asking: Callable[[], Answer]) -> Answer:
    try:
        answer, made = asking()
    except TimeoutError as error:
        raise CannotRender(reason="busy") from error
    except Unanswered as error:
        raise CannotRender(reason="too-costly") from error
    if "refused" in answer:
        raise CannotRender(reason=answer["refused"], detail=answer.get("detail", ""))
    return answer, made
