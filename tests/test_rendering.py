"""Pictures made anew for display: what comes out, and what hostile ones cannot do."""

from __future__ import annotations

import io
import os
import signal
import struct
import threading
import time
import zlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from PIL import Image, PngImagePlugin

from backpack import rendering
from backpack.rendering import CannotRender, picture_png, picture_webp

SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
RED = (255, 0, 0)


def raster(form: str, size: tuple[int, int] = (60, 40), mode: str = "RGB", **options: object) -> bytes:
    out = io.BytesIO()
    colour: object = {"L": 120, "P": 1, "I;16": 900}.get(mode, RED if mode == "RGB" else (*RED, 128))
    Image.new(mode, size, colour).save(out, form, **options)  # type: ignore[arg-type]
    return out.getvalue()


def drawing(
    inside: str = '<rect width="100%" height="100%" fill="#f00"/>', size: str = "60", before: str = ""
) -> bytes:
    return f'{before}{SVG} width="{size}" height="{size}">{inside}</svg>'.encode()


LATIN = drawing("<title>é</title>", before='<?xml version="1.0" encoding="ISO-8859-1"?>').decode().encode("latin-1")


def opened(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png), formats=["PNG"])


def png_header(width: int, height: int) -> bytes:
    """A PNG that says it is large, in few bytes."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack("!I", len(body)) + kind + body + struct.pack("!I", zlib.crc32(kind + body))

    head = struct.pack("!IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 999)) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param(raster("PNG"), (60, 40), id="PNG, never enlarged"),
        pytest.param(raster("PNG", (2000, 1000)), (100, 50), id="PNG, made smaller"),
        pytest.param(raster("PNG", mode="RGBA"), (60, 40), id="PNG with transparency"),
        pytest.param(raster("PNG", mode="L"), (60, 40), id="PNG in grey"),
        pytest.param(raster("PNG", mode="P"), (60, 40), id="PNG with a palette"),
        pytest.param(raster("PNG", mode="I;16"), (60, 40), id="PNG of 16 bits"),
        pytest.param(raster("JPEG"), (60, 40), id="JPEG"),
        pytest.param(raster("WEBP"), (60, 40), id="WebP"),
        pytest.param(raster("GIF"), (60, 40), id="GIF"),
        pytest.param(drawing(), (100, 100), id="SVG, drawn at the size asked for"),
        pytest.param(drawing(size="100000"), (100, 100), id="SVG that says it is enormous"),
        pytest.param(drawing(before='<?xml version="1.0"?><!DOCTYPE svg>'), (100, 100), id="SVG with a doctype"),
        pytest.param(
            drawing("<title>é</title>", before='<?xml version="1.0" encoding="ISO-8859-1"?>')
            .decode()
            .encode("latin-1"),
            (100, 100),
            id="SVG in ISO-8859-1",
        ),
        pytest.param(drawing().decode().encode("utf-16"), (100, 100), id="SVG in UTF-16"),
    ],
)
def test_every_accepted_format_becomes_a_png(data: bytes, expected: tuple[int, int]) -> None:
    with opened(picture_png(data, 100)) as image:
        assert image.size == expected


def test_transparency_is_kept() -> None:
    with opened(picture_png(drawing('<circle cx="30" cy="30" r="30" fill="#f00"/>'), 60)) as image:
        assert image.convert("RGBA").getpixel((0, 0)) == (0, 0, 0, 0)
        assert image.convert("RGBA").getpixel((30, 30)) == (255, 0, 0, 255)


def test_a_photograph_is_turned_upright_and_loses_what_it_carried() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90 degrees
    exif[0x010E] = "CANARY"
    for make in (picture_png, picture_webp):
        made = make(raster("JPEG", exif=exif.tobytes(), comment=b"CANARY"), 100)
        assert b"CANARY" not in made
        with Image.open(io.BytesIO(made)) as image:
            assert image.size == (40, 60)
            assert not image.getexif()


def test_a_baked_badge_does_not_travel_with_its_picture() -> None:
    texts = PngImagePlugin.PngInfo()
    texts.add_itxt("openbadges", '{"recipient": "CANARY"}' + " " * 2_000_000)
    made = picture_png(raster("PNG", pnginfo=texts, icc_profile=b"CANARY" * 9), 100)
    assert b"CANARY" not in made
    assert b"openbadges" not in made


def test_of_a_moving_picture_the_first_frame_is_kept() -> None:
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue", "green")]
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    with opened(picture_png(out.getvalue(), 20)) as image:
        assert image.convert("RGB").getpixel((5, 5)) == RED


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param(b"", "empty", id="nothing"),
        pytest.param(b"not a picture", "unreadable", id="words"),
        pytest.param(raster("PNG")[:60], "unreadable", id="cut off"),
        pytest.param(raster("BMP"), "unreadable", id="BMP: not on the list"),
        pytest.param(raster("TIFF"), "unreadable", id="TIFF: not on the list"),
        pytest.param(b"SIMPLE  =                    T" + b" " * 2850, "unreadable", id="FITS: not on the list"),
        pytest.param(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "unreadable", id="EPS: not on the list"),
        pytest.param(png_header(13_000, 100), "too-many-pixels", id="a side of 13,000 pixels"),
        pytest.param(png_header(4_100, 4_000), "too-many-pixels", id="more than 16 megapixels"),
        pytest.param(png_header(0, 10), "unreadable", id="no pixel at all"),
        pytest.param(b"<svg", "unreadable", id="a drawing cut off"),
        pytest.param(drawing(size="0"), "unreadable", id="a drawing without size"),
        pytest.param(b"\xff\xfe<svg\xff", "unreadable", id="a drawing in no encoding"),
    ],
)
def test_what_cannot_be_shown_is_refused_with_a_reason(data: bytes, reason: str) -> None:
    with pytest.raises(CannotRender) as refused:
        picture_png(data, 100)
    assert refused.value.facts["reason"] == reason


def test_photographs_may_be_larger_than_badges() -> None:
    large = raster("JPEG", (5000, 4000))
    with pytest.raises(CannotRender):
        picture_png(large, 100)
    with Image.open(io.BytesIO(picture_webp(large, 100))) as image:
        assert image.size == (100, 80)


class Canary(BaseHTTPRequestHandler):
    """Counts who comes."""

    hits = 0

    def do_GET(self) -> None:
        Canary.hits += 1
        self.send_error(404)

    def log_message(self, *_: object) -> None:
        pass


HOSTILE = {
    "file:": '<image width="60" height="60" xlink:href="file://{secret}"/>',
    "absolute path": '<image width="60" height="60" href="{secret}"/>',
    "path upwards": '<image width="60" height="60" href="../../../../../../../..{secret}"/>',
    "path upwards, encoded": '<image width="60" height="60" href="%2e%2e/%2e%2e/%2e%2e/%2e%2e{secret}"/>',
    "feImage": '<filter id="f"><feImage href="{secret}"/></filter><rect width="60" height="60" filter="url(#f)"/>',
    "address": '<image width="60" height="60" href="http://127.0.0.1:{port}/a.png"/>',
    "style import": '<style>@import url("http://127.0.0.1:{port}/a.css");</style><rect width="60" height="60"/>',
    "use of a file": '<use href="{secret}#a"/>',
    "use of an address": '<use href="http://127.0.0.1:{port}/a.svg#a"/>',
    "script": '<script>fetch("http://127.0.0.1:{port}/")</script><rect width="60" height="60"/>',
    "foreign object": '<foreignObject width="60" height="60"><img src="http://127.0.0.1:{port}/"/></foreignObject>',
}


@pytest.mark.parametrize("inside", [pytest.param(svg, id=name) for name, svg in HOSTILE.items()])
def test_a_drawing_reads_no_file_and_asks_no_address(inside: str, tmp_path: Path) -> None:
    secret = tmp_path / "secret.png"
    secret.write_bytes(raster("PNG", (60, 60)))
    Canary.hits = 0
    with ThreadingHTTPServer(("127.0.0.1", 0), Canary) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            made = picture_png(drawing(inside.format(secret=secret, port=server.server_port)), 60)
        except CannotRender:
            made = None
        server.shutdown()
    assert Canary.hits == 0
    if made is not None:
        with opened(made) as image:
            colours = [colour for _, colour in image.convert("RGBA").getcolors(9999) or []]
            assert (*RED, 255) not in colours


LAUGHS = "".join(f'<!ENTITY a{n + 1} "' + f"&a{n};" * 10 + '">' for n in range(9))
BOMBS = {
    "external entity": drawing("<text>&x;</text>", before='<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>'),
    "entities of entities": drawing("<text>&a9;</text>", before=f'<!DOCTYPE svg [<!ENTITY a0 "ha">{LAUGHS}]>'),
    "100,000 nested groups": drawing("<g>" * 100_000 + "</g>" * 100_000),
    "use of use": drawing(
        "<defs><g id='a0'><rect width='1' height='1'/></g>"
        + "".join(f"<g id='a{n + 1}'>" + f"<use href='#a{n}'/>" * 10 + "</g>" for n in range(9))
        + "</defs><use href='#a9'/>"
    ),
    "filters for ever": drawing(
        "<filter id='f' x='0' y='0' width='100%' height='100%'>"
        + "<feTurbulence numOctaves='9999999' baseFrequency='.9'/>" * 40
        + "</filter><rect width='60' height='60' filter='url(#f)'/>"
    ),
}


@pytest.mark.parametrize("bomb", [pytest.param(svg, id=name) for name, svg in BOMBS.items()])
def test_a_drawing_that_costs_too_much_is_given_up_soon(bomb: bytes) -> None:
    started = time.monotonic()
    with pytest.raises(CannotRender):
        picture_png(bomb, 100)
    assert time.monotonic() - started < rendering.SECONDS * 2 + 2


def test_one_that_dies_takes_nobody_with_it() -> None:
    with pytest.raises(CannotRender):
        picture_png(BOMBS["100,000 nested groups"], 100)
    assert picture_png(drawing(), 20)


def test_many_at_once_all_get_theirs() -> None:
    made: list[tuple[int, int]] = []

    def draw(size: int) -> None:
        with opened(picture_png(drawing(), size)) as image:
            made.append(image.size)

    threads = [threading.Thread(target=draw, args=(size,)) for size in range(20, 40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(made) == [(size, size) for size in range(20, 40)]


SHEET = '#set page(width: 40pt, height: 40pt, margin: 2pt)\n#set text(font: "Hanken Grotesk", size: 6pt)\n'


def sheet(tmp_path: Path, body: str, name: str = "sheet.typ") -> Path:
    path = tmp_path / name
    path.write_text(SHEET + body)
    return path


def test_a_document_says_only_what_its_own_drawing_was_given(tmp_path: Path) -> None:
    template = sheet(tmp_path, '#let data = json("/data.json")\n#data.words\n#for one in data.files { read(one) }')
    first = rendering.document(template, {"words": "ALPHA", "files": ["mine"]}, files={"mine": b"BETA"})
    assert [word in rendering.text_of_pdf(first.parts[0]) for word in ("ALPHA", "BETA")] == [True, True]
    second = rendering.document(template, {"words": "GAMMA", "files": []})
    assert rendering.text_of_pdf(second.parts[0]).strip() == "GAMMA"
    with pytest.raises(CannotRender) as refused:
        rendering.document(template, {"words": "DELTA", "files": ["mine"]})
    assert refused.value.facts["reason"] == "unreadable"


@pytest.mark.parametrize(
    "path", ["/etc/passwd", "../../../../../../etc/passwd", "/../../../../../../etc/passwd", "file:///etc/passwd"]
)
def test_a_template_sees_no_file_outside_its_folder(path: str, tmp_path: Path) -> None:
    with pytest.raises(CannotRender):
        rendering.document(sheet(tmp_path, f'#read("{path}")'), {})


def test_a_document_that_costs_too_much_is_given_up_and_the_next_one_is_drawn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, dear = (
        sheet(tmp_path, "Fine."),
        sheet(tmp_path, "#for a in range(99999) { for b in range(99999) {} }", "b.typ"),
    )
    assert rendering.document(good, {}).parts
    with monkeypatch.context() as patched:
        patched.setitem(rendering.LIMITS, "seconds", 1)
        with pytest.raises(CannotRender) as refused:
            rendering.document(dear, {})
    assert refused.value.facts["reason"] == "too-costly"
    assert rendering.document(good, {}).parts


def test_a_document_that_takes_too_much_memory_is_given_up_and_the_next_one_is_drawn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, large = (
        sheet(tmp_path, "Fine."),
        sheet(tmp_path, '#let words = ("A" * 4000000, ) * 400\n#words.join()', "b.typ"),
    )
    with monkeypatch.context() as patched:
        patched.setitem(rendering.LIMITS, "memory", 400 * 1024 * 1024)
        with pytest.raises(CannotRender):
            rendering.document(large, {})
    assert rendering.document(good, {}).parts


def test_the_limits_begin_anew_with_each_document(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(rendering.LIMITS, "seconds", 2)
    template = sheet(
        tmp_path, '#let n = json("/data.json").n\n#for a in range(n, n + 1200) { for b in range(1000) {} }\nFine.'
    )
    for number in range(60):
        assert rendering.document(template, {"n": number}).parts
        if most_cpu() > 3:
            break
    assert most_cpu() > 3, "one copy never had more than one document may take"


def test_after_many_documents_a_fresh_copy_takes_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backpack.rendering.process.MOST_DRAWINGS", 3)
    template = sheet(tmp_path, '#json("/data.json").n')
    for number in range(8):
        made = rendering.document(template, {"n": f"N{number}"})
        assert rendering.text_of_pdf(made.parts[0]).strip() == f"N{number}"
    assert len(rendering._process._desks) <= 1


def test_copies_that_were_killed_while_they_waited_are_not_asked(tmp_path: Path) -> None:
    template = sheet(tmp_path, "Fine.")
    assert rendering.document(template, {}).parts
    for pid in drawing_processes():
        os.kill(pid, signal.SIGKILL)
    while drawing_processes():
        pass  # they are gone in a moment
    assert rendering.document(template, {}).parts


def drawing_processes() -> list[int]:
    """The copies that wait for the next document: children of the rendering process."""
    process = rendering._process._process
    assert process is not None
    return [int(pid) for pid in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()]


def most_cpu() -> float:
    """Seconds of the processor that one of the waiting copies has had."""
    ticks = []
    for pid in drawing_processes():
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks.append(int(fields[11]) + int(fields[12]))
    return max(ticks) / os.sysconf("SC_CLK_TCK")
