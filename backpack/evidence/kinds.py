"""Which files may be evidence, and what a file is: decided from its bytes, never from its name.

A name is only held against the bytes: a text called `photo.png` is refused, because somebody is mistaken about it.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from backpack.errors import N_, BackpackError

Recogniser = Callable[[bytes], bool]
MOST_ENTRIES: Final = 20_000
"""Names that an office document may hold; its entries are never unpacked."""


class EmptyFile(BackpackError):
    code = "file-empty"
    sentence = N_("“%(filename)s” is empty. Choose the file again.")


class UnknownKind(BackpackError):
    code = "file-kind-unknown"
    sentence = N_(
        "“%(filename)s” is not of a kind we accept. Pictures: PNG, JPEG, WebP, GIF. Documents: PDF, Word, Excel, "
        "PowerPoint, OpenDocument. Audio: MP3, M4A, OGG, WAV, FLAC. Video: MP4, MOV, WebM. Text: TXT, Markdown, CSV."
    )


class Mislabelled(BackpackError):
    code = "file-mislabelled"
    sentence = N_("“%(filename)s” is called one thing and is another (%(found)s). Save it again under its right name.")


class Truncated(BackpackError):
    code = "file-truncated"
    sentence = N_("“%(filename)s” is cut off or damaged. Open it on your device, then save and choose it again.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of file: what it is called, the endings its name may have, and how its bytes are known."""

    media_type: str
    family: str
    """image, document, audio, video or text."""
    label: str
    endings: tuple[str, ...]
    is_this: Recogniser
    is_whole: Recogniser = bool


def _pdf_ends(data: bytes) -> bool:
    return b"%%EOF" in data[-2048:] and b"startxref" in data[-4096:]


def _entries(data: bytes) -> list[str]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error):
        return []
    return names if len(names) <= MOST_ENTRIES else []


def _office(folder: str) -> Recogniser:
    def is_this(data: bytes) -> bool:
        names = _entries(data) if data.startswith(b"PK\x03\x04") else []
        has_macros = any(name.endswith("vbaProject.bin") for name in names)
        return "[Content_Types].xml" in names and any(n.startswith(folder) for n in names) and not has_macros

    return is_this


def _open_document(kind: bytes) -> Recogniser:
    def is_this(data: bytes) -> bool:
        # The standard puts the type first and uncompressed, so that programs may read it at this very place.
        return data.startswith(b"PK\x03\x04") and data[30:].startswith(b"mimetypeapplication/vnd.oasis." + kind + b"PK")

    return is_this


def _boxes(*brands: bytes) -> Recogniser:
    def is_this(data: bytes) -> bool:
        return data[4:8] == b"ftyp" and data[8:12] in brands

    return is_this


def _boxes_end(data: bytes) -> bool:
    """Whether the boxes of an MP4 file fill it exactly: one that is cut off ends within a box."""
    at, seen = 0, set()
    while at + 8 <= len(data):
        length = int.from_bytes(data[at : at + 4])
        if length == 1:
            length = int.from_bytes(data[at + 8 : at + 16])
        elif length == 0:
            length = len(data) - at
        if length < 8:
            return False
        seen.add(data[at + 4 : at + 8])
        at += length
    return at == len(data) and b"moov" in seen


def _riff(form: bytes) -> Recogniser:
    return lambda data: data.startswith(b"RIFF") and data[8:12] == form


def _riff_ends(data: bytes) -> bool:
    return len(data) >= 8 + int.from_bytes(data[4:8], "little")


def _mp3(data: bytes) -> bool:
    # Twelve bits of sync, MPEG 1 or 2, layer III, a bit rate and a sample rate that exist.
    frame = len(data) > 4 and data[0] == 0xFF and data[1] & 0xE6 == 0xE2 and data[2] >> 4 not in {0, 15}
    return data.startswith(b"ID3") or (frame and data[2] & 0x0C != 0x0C)


def _webm(data: bytes) -> bool:
    return data.startswith(b"\x1a\x45\xdf\xa3") and b"webm" in data[:64]


def _text(data: bytes) -> bool:
    try:
        words = data.removeprefix(b"\xef\xbb\xbf").decode("utf-8")
    except UnicodeDecodeError:
        return False
    return not re.search(r"[\x00-\x08\x0b\x0e-\x1f\x7f]", words)


OFFICE: Final = "application/vnd.openxmlformats-officedocument."
OASIS: Final = "application/vnd.oasis.opendocument."
MP4_BRANDS: Final = (b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"MSNV", b"dash", b"M4V ")

KINDS: Final[tuple[Kind, ...]] = (
    Kind(
        media_type="image/png",
        family="image",
        label="PNG",
        endings=(".png",),
        is_this=lambda data: data.startswith(b"\x89PNG\r\n\x1a\n"),
        is_whole=lambda data: b"IEND" in data[-4096:],
    ),
    Kind(
        media_type="image/jpeg",
        family="image",
        label="JPEG",
        endings=(".jpg", ".jpeg", ".jfif"),
        is_this=lambda data: data.startswith(b"\xff\xd8\xff"),
    ),
    Kind(
        media_type="image/webp",
        family="image",
        label="WebP",
        endings=(".webp",),
        is_this=_riff(b"WEBP"),
        is_whole=_riff_ends,
    ),
    Kind(
        media_type="image/gif",
        family="image",
        label="GIF",
        endings=(".gif",),
        is_this=lambda data: data.startswith((b"GIF87a", b"GIF89a")),
    ),
    Kind(
        media_type="application/pdf",
        family="document",
        label="PDF",
        endings=(".pdf",),
        is_this=lambda data: data.startswith(b"%PDF-"),
        is_whole=_pdf_ends,
    ),
    *(
        Kind(media_type=f"{OFFICE}{name}", family="document", label=label, endings=(end,), is_this=_office(folder))
        for name, label, end, folder in (
            ("wordprocessingml.document", "Word", ".docx", "word/"),
            ("spreadsheetml.sheet", "Excel", ".xlsx", "xl/"),
            ("presentationml.presentation", "PowerPoint", ".pptx", "ppt/"),
        )
    ),
    *(
        Kind(
            media_type=f"{OASIS}{name}",
            family="document",
            label="OpenDocument",
            endings=(end,),
            is_this=_open_document(f"opendocument.{name}".encode()),
            is_whole=lambda data: bool(_entries(data)),
        )
        for name, end in (("text", ".odt"), ("spreadsheet", ".ods"), ("presentation", ".odp"))
    ),
    Kind(media_type="audio/mpeg", family="audio", label="MP3", endings=(".mp3",), is_this=_mp3),
    Kind(
        media_type="audio/mp4",
        family="audio",
        label="M4A",
        endings=(".m4a",),
        is_this=_boxes(b"M4A ", b"M4B "),
        is_whole=_boxes_end,
    ),
    Kind(
        media_type="audio/ogg",
        family="audio",
        label="OGG",
        endings=(".ogg", ".oga", ".opus"),
        is_this=lambda data: data.startswith(b"OggS"),
    ),
    Kind(
        media_type="audio/wav",
        family="audio",
        label="WAV",
        endings=(".wav",),
        is_this=_riff(b"WAVE"),
        is_whole=_riff_ends,
    ),
    Kind(
        media_type="audio/flac",
        family="audio",
        label="FLAC",
        endings=(".flac",),
        is_this=lambda data: data.startswith(b"fLaC"),
    ),
    Kind(
        media_type="video/mp4",
        family="video",
        label="MP4",
        endings=(".mp4", ".m4v"),
        is_this=_boxes(*MP4_BRANDS),
        is_whole=_boxes_end,
    ),
    Kind(
        media_type="video/quicktime",
        family="video",
        label="MOV",
        endings=(".mov",),
        is_this=_boxes(b"qt  "),
        is_whole=_boxes_end,
    ),
    Kind(media_type="video/webm", family="video", label="WebM", endings=(".webm",), is_this=_webm),
    Kind(
        media_type="text/plain",
        family="text",
        label="Text",
        endings=(".txt", ".md", ".markdown", ".csv", ""),
        is_this=_text,
    ),
)
"""The one list of what is accepted. Asked in this order; text comes last, because almost anything could be one."""

ENDINGS: Final = {ending: kind for kind in KINDS for ending in kind.endings}


def kind_of(data: bytes, filename: str) -> Kind:
    """What this file is. Raises EmptyFile, UnknownKind, Mislabelled or Truncated, each a sentence about `filename`."""
    if not data.strip(b"\0 \t\r\n"):
        raise EmptyFile(filename=filename)
    ending = ending_of(filename)
    found = next((kind for kind in KINDS if kind.is_this(data)), None)
    named = ENDINGS.get(ending)
    if found is None:
        # An office document that is cut off has lost its table of contents: that is worth a sentence of its own.
        cut = named is not None and named.family == "document" and data.startswith(b"PK\x03\x04")
        raise (Truncated if cut else UnknownKind)(filename=filename)
    if named is not None and ending and named.family != found.family:
        raise Mislabelled(filename=filename, found=found.label)
    if named is None and found.family == "text":
        raise UnknownKind(filename=filename)
    if not found.is_whole(data):
        raise Truncated(filename=filename)
    return found


def ending_of(filename: str) -> str:
    """The ending of a name in lower case, with its dot; empty when it has none."""
    start, dot, end = filename.rpartition(".")
    return f".{end.lower()}" if dot and start else ""


def label_of(media_type: str) -> str:
    """What a kind is called on pages."""
    return next((kind.label for kind in KINDS if kind.media_type == media_type), media_type)


def family_of(media_type: str) -> str:
    """image, document, audio, video or text; "document" for what is no longer on the list."""
    return next((kind.family for kind in KINDS if kind.media_type == media_type), "document")


def accepted() -> str:
    """The list as a file field's `accept` takes it: an offer to the browser, never a check."""
    return ",".join(ending for ending in ENDINGS if ending)
