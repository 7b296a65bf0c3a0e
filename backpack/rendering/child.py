"""What runs in the rendering process: one waits with everything loaded, and copies of it do the work.

Started as a file by `process.py`, so it must import nothing of ours. What it reads may be hostile: a copy lives under
limits of memory, time and open files, answers once and ends. Only documents, which are our own templates with a
person's words as data, are drawn by a copy that stays: Typst keeps there what it has read and laid out, and the limits
begin anew with each drawing. A copy that dies has simply not answered.
"""

from __future__ import annotations

import html
import io
import json
import os
import re
import resource
import signal
import socket
import struct
import sys
import warnings
import zipfile
from collections.abc import Callable
from functools import partial
from typing import Any

import pi_heif
import pypdf
import pypdf.errors
import pypdf.generic
import pypdfium2
import typst
from PIL import Image, ImageOps, PngImagePlugin

Answer = tuple[dict[str, Any], list[bytes]]

FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "HEIF")
SVG_PAGE = b"""
#set page(width: auto, height: auto, margin: 0pt, fill: none)
#let drawing = bytes(sys.inputs.svg)
#context {
  let natural = measure(image(drawing))
  let scale = int(sys.inputs.size) * 1pt / calc.max(natural.width, natural.height)
  image(drawing, width: natural.width * scale, height: natural.height * scale)
}
"""
DECLARED_ENCODING = re.compile(rb'^\s*<\?xml[^>]*encoding=["\'](iso-8859-1|windows-1252)["\']', re.IGNORECASE)
LARGEST_TEXT_CHUNK = 4 * 1024 * 1024  # a badge is baked into one, and may hold pictures of its own


class Refused(Exception):
    """With the code of the reason."""


def picture(header: dict[str, Any], parts: list[bytes], fonts: typst.Fonts) -> Answer:
    """A picture of any accepted format, made anew without what it carried, no side longer than `size`."""
    data, size = parts[0], header["size"]
    if not data:
        raise Refused("empty")
    image = drawn(data, size, header["root"], fonts) if looks_like_svg(data) else decoded(data, size, header["pixels"])
    return written(image, header["format"])


def written(image: Image.Image, form: str) -> Answer:
    out = io.BytesIO()
    if form == "WEBP":
        image.save(out, "WEBP", quality=82, method=4)
    else:
        image.save(out, "PNG", optimize=True)
    return {"width": image.width, "height": image.height}, [out.getvalue()]


def measure(header: dict[str, Any], parts: list[bytes], _fonts: typst.Fonts) -> Answer:
    """How large a raster picture is, from its header. Nothing is decoded."""
    with opened(parts[0], header["pixels"]) as image:
        return {"width": image.width, "height": image.height}, []


def first_page(header: dict[str, Any], parts: list[bytes], fonts: typst.Fonts) -> Answer:
    """The first page of a PDF as a picture, no side longer than `size`. Scripts and forms in it are never started."""
    try:
        with pypdfium2.PdfDocument(parts[0]) as pdf:
            page = pdf[0]
            longest = max(page.get_size())
            if not 1 <= longest <= 100_000:
                raise Refused("unreadable")
            image = page.render(scale=header["size"] / longest, may_draw_forms=False).to_pil().convert("RGB")
    except pypdfium2.PdfiumError:
        raise Refused("unreadable") from None
    return written(image, header["format"])


def decoded(data: bytes, size: int, pixels: int) -> Image.Image:
    """The first frame of a raster picture."""
    with opened(data, pixels) as image:
        image.draft("RGB", (size * 2, size * 2))
        turned = ImageOps.exif_transpose(image)
    clear = turned.mode in ("RGBA", "LA", "PA") or "transparency" in turned.info
    image = turned.convert("RGBA" if clear else "RGB")
    del turned
    image.thumbnail((size, size))
    clean = Image.new(image.mode, image.size)  # profiles, positions and texts stay behind
    clean.paste(image)
    return clean


def opened(data: bytes, pixels: int) -> Image.Image:
    """A raster picture whose size was read from its header and judged, before anything is decoded."""
    image = Image.open(io.BytesIO(data), formats=FORMATS)
    if max(image.size) > 12_000 or image.width * image.height > pixels:
        raise Refused("too-many-pixels")
    return image


def looks_like_svg(data: bytes) -> bool:
    """By content, and only if it is none of the others: a baked PNG may hold the text of a drawing."""
    if data.startswith((b"\x89PNG", b"\xff\xd8", b"GIF8", b"RIFF")):
        return False
    return b"<svg" in data[:8192].replace(b"\0", b"")


def drawn(data: bytes, size: int, root: str, fonts: typst.Fonts) -> Image.Image:
    """An SVG as pixels. `root` is an empty folder: a link in the drawing has nothing to find there."""
    declared = DECLARED_ENCODING.match(data)
    if declared:
        text = data.decode(declared[1].decode().lower())
        text = text[text.index("?>") + 2 :]
    else:
        text = data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    inputs = {"svg": text, "size": str(size)}
    compiler = typst.Compiler(SVG_PAGE, root=root, font_paths=fonts, ignore_system_fonts=True, sys_inputs=inputs)
    made = compiler.compile(format="png", ppi=72)
    if not isinstance(made, bytes):
        raise Refused("unreadable")
    with Image.open(io.BytesIO(made), formats=["PNG"]) as opened:
        return opened.convert("RGBA")


def document(header: dict[str, Any], compilers: dict[str, typst.Compiler], fonts: typst.Fonts) -> Answer:
    """A Typst template and the files beside it: one PDF, or one picture per page."""
    path = header["template"]
    if path not in compilers:
        compilers[path] = typst.Compiler(path, root=header["root"], font_paths=fonts, ignore_system_fonts=True)
    pages, warned = compilers[path].compile_with_warnings(
        format=header["format"],
        ppi=header["ppi"],
        pdf_standards=header["standards"],
        timestamp=header["timestamp"],
    )
    made = pages if isinstance(pages, list) else [pages or b""]
    told = json.loads(compilers[path].query("<told>", field="value", one=True)) if header["telling"] else {}
    return {"warnings": [one.message for one in warned], "told": told}, made


def text(header: dict[str, Any], parts: list[bytes], _fonts: typst.Fonts) -> Answer:
    """The words of a PDF as they are extracted, page by page; of what is too long, the beginning."""
    reader = pypdf.PdfReader(io.BytesIO(parts[0]))
    if reader.is_encrypted and not reader.decrypt(""):
        raise Refused("encrypted")
    found: list[str] = []
    for page in reader.pages[: header["pages"]]:
        found.append(page.extract_text())
        if sum(map(len, found)) > header["characters"]:
            break
    return {}, ["\n".join(found)[: header["characters"]].encode("utf-8", "replace")]


HIDDEN = (
    *("docProps/core.xml", "docProps/app.xml"),  # Office Open XML
    "meta.xml",  # OpenDocument
)
NAMED = re.compile(
    rb"<(?:\w+:)?(?:creator|initial-creator|lastModifiedBy|Company|Manager)(?:\s[^>]*)?>([^<]+)</", re.IGNORECASE
)
LARGEST_PROPERTIES = 1024 * 1024


def names(_header: dict[str, Any], parts: list[bytes], _fonts: typst.Fonts) -> Answer:
    """Whom a document's hidden properties name: its authors, who changed it last, their firm."""
    data = parts[0]
    found = names_in_pdf(data) if data.startswith(b"%PDF-") else names_in_office(data)
    return {"names": list(dict.fromkeys(" ".join(name.split())[:200] for name in found if name.strip()))[:20]}, []


def names_in_pdf(data: bytes) -> list[str]:
    warnings.simplefilter("ignore")
    reader = pypdf.PdfReader(io.BytesIO(data))
    if reader.is_encrypted and not reader.decrypt(""):
        raise Refused("encrypted")
    author = reader.metadata.author if reader.metadata else None
    more = reader.xmp_metadata.dc_creator if reader.xmp_metadata else None
    return [str(one) for one in (author, *(more or ())) if one]


def names_in_office(data: bytes) -> list[str]:
    found: list[str] = []
    with zipfile.ZipFile(io.BytesIO(data)) as box:
        for name in set(HIDDEN) & set(box.namelist()):
            with box.open(name) as entry:
                properties = entry.read(LARGEST_PROPERTIES)
            found += [html.unescape(one.decode("utf-8", "replace")) for one in NAMED.findall(properties)]
    return found


def inside(header: dict[str, Any], parts: list[bytes], _fonts: typst.Fonts) -> Answer:
    """What is in a PDF beside its pages: its XMP packet, one key of its information, attachments."""
    reader = pypdf.PdfReader(io.BytesIO(parts[0]))
    if reader.is_encrypted and not reader.decrypt(""):
        raise Refused("encrypted")
    value = reader.metadata.get(header["key"]) if reader.metadata is not None else None
    information = [value.encode()] if isinstance(value, str) else []
    stream = reader.root_object.get("/Metadata")
    stream = stream.get_object() if stream is not None else None
    packet = [stream.get_data()] if isinstance(stream, pypdf.generic.StreamObject) else []
    attached: list[bytes] = []
    for one in reader.attachment_list:
        attached.append(one.content)
        if len(attached) > header["most"] or sum(map(len, attached)) > header["bytes"]:
            raise Refused("too-large")
    return {"information": len(information), "packet": len(packet)}, [*information, *packet, *attached]


WORK: dict[str, Callable[[dict[str, Any], list[bytes], typst.Fonts], Answer]] = {
    "picture": picture,
    "measure": measure,
    "first page": first_page,
    "text": text,
    "names": names,
    "inside": inside,
}
PICTURES = {"picture", "measure", "first page"}
"""Here a warning is a refusal. A damaged corner of a document is no reason to leave the rest unread."""


def limit(header: dict[str, Any]) -> None:
    """Nothing that is drawn may cost more than this from now on; the kernel sees to it."""
    seconds = header["seconds"]
    spent = resource.getrusage(resource.RUSAGE_SELF)
    used = int(spent.ru_utime + spent.ru_stime)
    resource.setrlimit(resource.RLIMIT_AS, (header["memory"],) * 2)
    resource.setrlimit(resource.RLIMIT_CPU, (used + seconds, resource.getrlimit(resource.RLIMIT_CPU)[1]))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.alarm(seconds * 2)


def answered(work: Callable[[], Answer]) -> Answer:
    """What came of a piece of work, or why nothing did."""
    try:
        return work()
    except Refused as reason:
        return {"refused": str(reason)}, []
    except pypdf.errors.LimitReachedError:
        return {"refused": "too-large"}, []
    except typst.TypstError as error:
        return {"refused": "unreadable", "detail": error.message[:500]}, []
    except MemoryError:
        return {"refused": "too-costly"}, []
    except Exception as error:  # whatever a decoder raises on hostile bytes: it could not be drawn
        return {"refused": "unreadable", "detail": f"{type(error).__name__}: {error}"[:500]}, []


def work_once(stream: Any, fonts: typst.Fonts) -> None:
    """Read one piece of work, do it, answer."""
    header, parts = receive(stream)
    limit(header)
    warnings.simplefilter("error" if header["work"] in PICTURES else "ignore")
    send(stream, *answered(partial(WORK[header["work"]], header, parts, fonts)))


def draw_documents(stream: Any, fonts: typst.Fonts) -> None:
    """Draw one document after another, all in one folder, until whoever asks has enough of us."""
    compilers: dict[str, typst.Compiler] = {}
    while True:
        try:
            header, _ = receive(stream)
        except struct.error:  # nobody asks any more
            return
        limit(header)
        send(stream, *answered(partial(document, header, compilers, fonts)))
        signal.alarm(0)


def receive(stream: Any) -> tuple[dict[str, Any], list[bytes]]:
    (length,) = struct.unpack("!I", stream.read(4))
    header = json.loads(stream.read(length))
    return header, [stream.read(size) for size in header["sizes"]]


def send(stream: Any, header: dict[str, Any], parts: list[bytes]) -> None:
    text = json.dumps({**header, "sizes": [len(part) for part in parts]}).encode()
    stream.write(struct.pack("!I", len(text)) + text)
    for part in parts:
        stream.write(part)
    stream.flush()


def main(control: socket.socket, font_folders: list[str]) -> None:
    """Wait for work until whoever started us is gone; each piece comes with a connection of its own."""
    Image.MAX_IMAGE_PIXELS = None  # ours are judged first, and give a reason
    PngImagePlugin.MAX_TEXT_CHUNK = LARGEST_TEXT_CHUNK
    Image.init()
    pi_heif.register_heif_opener(thumbnails=False)
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=font_folders)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        errand, descriptors, _, _ = socket.recv_fds(control, 1, 1)
        if not descriptors:
            return
        with socket.socket(fileno=descriptors[0]) as connection:
            if os.fork() == 0:
                control.close()
                status = 1
                try:
                    with connection.makefile("rwb") as stream:
                        (draw_documents if errand == b"d" else work_once)(stream, fonts)
                    status = 0
                finally:
                    os._exit(status)


if __name__ == "__main__":
    main(socket.socket(fileno=int(sys.argv[1])), sys.argv[2:])
