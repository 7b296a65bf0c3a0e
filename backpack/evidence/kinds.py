"""Which files may be evidence, and what a file is: decided from its bytes, never from its name.

A name is only held against the bytes: a text called `photo.png` is refused, because somebody is mistaken about it.
"""

from __future__ import annotations

import codecs
import re
import struct
import zipfile
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from backpack.errors import N_, BackpackError
from backpack.evidence.contents import PIECE, Content

Recogniser = Callable[[Content], bool]
MOST_ENTRIES: Final = 20_000
"""Names that an office document may hold; its entries are never unpacked."""
MOST_DIRECTORY: Final = 2_000_000
"""Bytes of its table of contents: a library reads all of it before it can be asked how many names there are."""
END_RECORD: Final = 22 + 65_535
"""The record at a ZIP's end with the longest remark there can be."""
ARCHIVE: Final = b"PK\x03\x04"
MOST_BOXES: Final = 50_000
MOST_MOVIE: Final = 16_000_000
"""Bytes of the box that describes a film: those of an hour take a tenth of it."""
TRACK: Final = re.compile(rb"hdlr.{8}(soun|vide)", re.DOTALL)


class EmptyFile(BackpackError):
    code = "file-empty"
    sentence = N_("“%(filename)s” is empty. Choose the file again.")


class UnknownKind(BackpackError):
    code = "file-kind-unknown"
    sentence = N_("“%(filename)s” is not of a kind we accept. We accept: %(kinds)s. Save it as one of these.")


class Mislabelled(BackpackError):
    code = "file-mislabelled"
    sentence = N_("“%(filename)s” is called one thing and is another (%(found)s). Save it again under its right name.")


class Truncated(BackpackError):
    code = "file-truncated"
    sentence = N_("“%(filename)s” is cut off or damaged. Open it on your device, then save and choose it again.")


class Unreadable(BackpackError):
    code = "file-letters-unknown"
    sentence = N_("“%(filename)s” is a text in letters that we cannot read. Save it as UTF-8, then choose it again.")


class HasMacros(BackpackError):
    code = "file-macros"
    sentence = N_("“%(filename)s” holds macros, which can do harm. Save it without them, then choose it again.")


class TwoAtOnce(BackpackError):
    code = "file-two-at-once"
    sentence = N_(
        "“%(filename)s” is two kinds of file at once, which can do harm. Open it on your device and save it anew."
    )


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

    @property
    def name(self) -> str:
        """What the setting ARTEFACT_KINDS calls it: its usual ending."""
        return self.endings[0].removeprefix(".")


def starts(*beginnings: bytes) -> Recogniser:
    return lambda data: data.head.startswith(beginnings)


def _pdf_ends(data: Content) -> bool:
    return b"%%EOF" in data.tail[-2048:] and b"startxref" in data.tail


def _entries(data: Content) -> list[str]:
    if not _directory_fits(data):
        return []
    try:
        with zipfile.ZipFile(data.opened()) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error):
        return []
    return names if len(names) <= MOST_ENTRIES else []


def _last_bytes(data: Content) -> bytes:
    """Where a program looks for the end of an archive."""
    return data.at(max(0, data.size - END_RECORD), END_RECORD)


def _directory_fits(data: Content) -> bool:
    """Whether a ZIP's own end record promises a table of contents that is worth reading. The large form (ZIP64) is for
    4 GB and more, and no document is."""
    end = _last_bytes(data)
    at = end.rfind(b"PK\x05\x06")
    if at < 0 or len(end) < at + 22 or end[max(0, at - 20) : at].startswith(b"PK\x06\x07"):
        return False
    entries, size = struct.unpack_from("<HI", end, at + 10)
    return bool(entries <= MOST_ENTRIES and size <= MOST_DIRECTORY)


def _office(folder: str) -> Recogniser:
    def is_this(data: Content) -> bool:
        names = _entries(data) if data.head.startswith(ARCHIVE) else []
        return "[Content_Types].xml" in names and any(name.startswith(folder) for name in names)

    return is_this


PROGRAM: Final = re.compile(r"vbaProject\.bin$|^Basic/.+/(?!script-l[bc]\.xml$)[^/]+$|^Scripts/.*[^/]$")
"""LibreOffice leaves lists of modules in a document that has none."""


def _has_macros(data: Content) -> bool:
    """Whether an office document brings programs along, in Office's place for them or in OpenDocument's."""
    names = _entries(data) if data.head.startswith(ARCHIVE) else []
    return any(PROGRAM.search(name) for name in names)


def _open_document(kind: bytes) -> Recogniser:
    def is_this(data: Content) -> bool:
        # The standard puts the type first and uncompressed, so that programs may read it at this very place.
        kind_there = b"mimetypeapplication/vnd.oasis." + kind + b"PK"
        return data.head.startswith(ARCHIVE) and data.head[30:].startswith(kind_there)

    return is_this


def _boxes(*brands: bytes, compatible: Collection[bytes] = (), unlike: Collection[bytes] = ()) -> Recogniser:
    """ISO base media files: by their main brand, or by one they name as compatible unless the main one is `unlike`."""

    def is_this(data: Content) -> bool:
        if data.head[4:8] != b"ftyp":
            return False
        main, named = data.head[8:12], data.head[16 : min(int.from_bytes(data.head[:4]), 256)]
        others = {named[at : at + 4] for at in range(0, len(named), 4)}
        return main in brands or (main not in unlike and not others.isdisjoint(compatible))

    return is_this


def _outer_boxes(data: Content) -> Iterator[tuple[bytes, int, int]]:
    """The boxes of such a file: the kind of each, where it begins and where it says that it ends."""
    at = 0
    for _ in range(MOST_BOXES):
        if at + 8 > data.size:
            return
        head = data.at(at, 16)
        length = int.from_bytes(head[:4])
        if length == 1:
            length = int.from_bytes(head[8:16])
        elif length == 0:
            length = data.size - at
        if length < 8:
            return
        yield head[4:8], at, at + length
        at += length


def _boxes_end(needed: bytes) -> Recogniser:
    """Whether the boxes of such a file fill it exactly: one that is cut off ends within a box."""

    def is_whole(data: Content) -> bool:
        ends = {kind: end for kind, _start, end in _outer_boxes(data)}
        return needed in ends and max(ends.values()) == data.size

    return is_whole


def _heard_only(data: Content) -> bool:
    """Whether there is a track of sound and none of pictures: recorders of phones write films' brands."""
    movie = next(((start, end) for kind, start, end in _outer_boxes(data) if kind == b"moov"), None)
    if movie is None or movie[1] - movie[0] > MOST_MOVIE:
        return False
    tracks = set(TRACK.findall(data.at(movie[0], movie[1] - movie[0])))
    return b"soun" in tracks and b"vide" not in tracks


def _recording(data: Content) -> bool:
    return _boxes(b"M4A ", b"M4B ")(data) or (_film(data) and _heard_only(data))


def _riff(form: bytes) -> Recogniser:
    return lambda data: data.head.startswith(b"RIFF") and data.head[8:12] == form


def _riff_ends(data: Content) -> bool:
    return data.size >= 8 + int.from_bytes(data.head[4:8], "little")


MARK: Final = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
MOST_SEGMENTS: Final = 20_000


def _jpeg_ends(data: Content) -> bool:
    """Whether its segments lead to an end mark: one that is cut off has none. Phones put films behind the mark."""
    at = 2
    for _ in range(MOST_SEGMENTS):
        head = data.at(at, 4)
        if len(head) < 2 or head[0] != 0xFF:
            return False
        if head[1] == 0xD9:
            return True
        at += 2 + int.from_bytes(head[2:])
        if head[1] == 0xDA:  # what follows is the picture itself, up to the next mark
            at = _next_mark(data, at)
    return False


def _next_mark(data: Content, at: int) -> int:
    while piece := data.at(at, PIECE):
        if found := MARK.search(piece):
            return at + found.start()
        at += max(len(piece) - 1, 1)  # a mark may lie across two pieces
    return at


def _mp3(data: Content) -> bool:
    # Twelve bits of sync, MPEG 1 or 2, layer III, a bit rate and a sample rate that exist.
    head = data.head
    frame = len(head) > 4 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2 and head[2] >> 4 not in {0, 15}
    return head.startswith(b"ID3") or (frame and head[2] & 0x0C != 0x0C)


def _mp3_ends(data: Content) -> bool:
    """Whether there is sound behind the tag at its head."""
    if not data.head.startswith(b"ID3"):
        return True
    size = sum((byte & 0x7F) << shift for byte, shift in zip(data.head[6:10], (21, 14, 7, 0), strict=False))
    return b"\xff" in data.at(10 + size, PIECE)


def _ogg_ends(data: Content) -> bool:
    """Whether its first page, which says what is in it, is all there, and another one follows."""
    count = data.head[26] if len(data.head) > 26 else 0
    end = 27 + count + sum(data.head[27 : 27 + count])
    return count > 0 and data.at(end, 4) == b"OggS"


def _flac_ends(data: Content) -> bool:
    """Whether the block that describes the sound is all there, and something follows."""
    return data.head[4:8] in {b"\0\0\0\x22", b"\x80\0\0\x22"} and data.size > 42


def _webm(data: Content) -> bool:
    return data.head.startswith(b"\x1a\x45\xdf\xa3") and b"webm" in data.head[:64]


PAGE: Final = re.compile(rb"<(?:!doctype\s+html|html|script|svg)[\s>]", re.IGNORECASE)
RUNNING: Final = re.compile(rb"<(?:!doctype\s+html|html|script)[\s>]", re.IGNORECASE)
"""Long enough that no picture says it by chance."""


def _is_also_something_else(kind: Kind, data: Content) -> bool:
    """Whether a program that looks for a page or an archive would find one in it (SECURITY D1). A page is looked for
    all through a picture; at both ends of the rest: a report may well quote one."""
    if kind.family == "text" or data.head.startswith(b"PK"):
        return False
    if _is_archive_too(data) or any(PAGE.search(part) for part in (data.head, data.tail)):
        return True
    return kind.family == "image" and _is_anywhere(RUNNING, data)


def _is_archive_too(data: Content) -> bool:
    """Whether there is an end record, and a table of contents right before it where it says so."""
    end = _last_bytes(data)
    for found in re.finditer(rb"PK\x05\x06", end):
        (size,) = struct.unpack_from("<I", end.ljust(END_RECORD + 22), found.start() + 12)
        start = data.size - len(end) + found.start() - size
        is_large = end[max(0, found.start() - 20) : found.start()].startswith(b"PK\x06\x07")
        if is_large or (size and start >= 0 and data.at(start, 4) == b"PK\x01\x02"):
            return True
    return False


def _is_anywhere(wanted: re.Pattern[bytes], data: Content) -> bool:
    before = b""
    for piece in data.pieces():
        if wanted.search(before + piece):
            return True
        before = piece[-32:]  # it may lie across two pieces
    return False


UNWRITTEN: Final = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")


def _text(data: Content) -> bool:
    reader = codecs.getincrementaldecoder("utf-8-sig")()
    try:
        words = (reader.decode(piece) for piece in data.pieces())
        return not any(UNWRITTEN.search(one) for one in words) and not reader.decode(b"", final=True)
    except UnicodeDecodeError:
        return False


def _is_in_other_letters(data: Content) -> bool:
    """Whether it is a text all the same: in UTF-16, as its mark says, or in letters of one byte each."""
    marked = data.head.startswith((b"\xff\xfe", b"\xfe\xff"))
    return marked or not any(UNWRITTEN.search(piece.decode("latin-1")) for piece in data.pieces())


OFFICE: Final = "application/vnd.openxmlformats-officedocument."
OASIS: Final = "application/vnd.oasis.opendocument."
HEIC_BRANDS: Final = (b"heic", b"heix", b"heim", b"heis")
MP4_BRANDS: Final = (b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"MSNV", b"dash", b"M4V ")
NO_FILMS: Final = (b"qt  ", b"crx ", b"avif", b"avis", b"mif1", b"msf1", b"M4A ", b"M4B ", b"M4P ")
"""They name a film's brand as compatible, and are something else. All others that do are films: cameras have brands
of their own."""
_film = _boxes(*MP4_BRANDS, compatible={b"isom", b"iso2", b"mp41", b"mp42"}, unlike=NO_FILMS)

KINDS: Final[tuple[Kind, ...]] = (
    Kind(
        media_type="image/png",
        family="image",
        label="PNG",
        endings=(".png",),
        is_this=starts(b"\x89PNG\r\n\x1a\n"),
        is_whole=lambda data: data.tail.endswith(b"IEND\xaeB`\x82"),
    ),
    Kind(
        media_type="image/jpeg",
        family="image",
        label="JPEG",
        endings=(".jpg", ".jpeg", ".jfif"),
        is_this=starts(b"\xff\xd8\xff"),
        is_whole=_jpeg_ends,
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
        is_this=starts(b"GIF87a", b"GIF89a"),
        is_whole=lambda data: data.tail.rstrip(b"\0").endswith(b";"),
    ),
    Kind(
        media_type="image/heic",
        family="image",
        label="HEIC",
        endings=(".heic", ".heif"),
        is_this=_boxes(*HEIC_BRANDS, compatible={b"heic"}),
        is_whole=_boxes_end(b"meta"),
    ),
    Kind(
        media_type="application/pdf",
        family="document",
        label="PDF",
        endings=(".pdf",),
        is_this=starts(b"%PDF-"),
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
    Kind(media_type="audio/mpeg", family="audio", label="MP3", endings=(".mp3",), is_this=_mp3, is_whole=_mp3_ends),
    Kind(
        media_type="audio/mp4",
        family="audio",
        label="M4A",
        endings=(".m4a",),
        is_this=_recording,
        is_whole=_boxes_end(b"moov"),
    ),
    Kind(
        media_type="audio/ogg",
        family="audio",
        label="OGG",
        endings=(".ogg", ".oga", ".opus"),
        is_this=starts(b"OggS"),
        is_whole=_ogg_ends,
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
        is_this=starts(b"fLaC"),
        is_whole=_flac_ends,
    ),
    Kind(
        media_type="video/mp4",
        family="video",
        label="MP4",
        endings=(".mp4", ".m4v"),
        is_this=_film,
        is_whole=_boxes_end(b"moov"),
    ),
    Kind(
        media_type="video/quicktime",
        family="video",
        label="MOV",
        endings=(".mov",),
        is_this=_boxes(b"qt  "),
        is_whole=_boxes_end(b"moov"),
    ),
    Kind(
        media_type="video/webm",
        family="video",
        label="WebM",
        endings=(".webm",),
        is_this=_webm,
        is_whole=lambda data: b"\x18\x53\x80\x67" in data.head,  # the segment, in which everything is
    ),
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


def kind_of(data: Content, filename: str, allowed: Collection[str] = ()) -> Kind:
    """What this file is. Raises EmptyFile, UnknownKind, Mislabelled, Truncated, Unreadable, HasMacros, TwoAtOnce, each
    a sentence about `filename`.

    `allowed` are the names of kinds that the operator accepts; none given: all that we know.
    """
    if data.is_blank:
        raise EmptyFile(filename=filename)
    ending = ending_of(filename)
    kinds = [kind for kind in KINDS if not allowed or kind.name in allowed]
    unknown = UnknownKind(filename=filename, kinds=", ".join(labels(kinds)))
    found = next((kind for kind in KINDS if kind.is_this(data)), None)
    named = ENDINGS.get(ending)
    if found is None:
        fault = _fault_of(data, named) if ending else None
        raise fault(filename=filename) if fault else unknown
    if named is not None and ending and _sort(named) != _sort(found):
        raise Mislabelled(filename=filename, found=found.label)
    if found not in kinds or (named is None and found.family == "text"):
        raise unknown
    if _has_macros(data):
        raise HasMacros(filename=filename)
    if _is_also_something_else(found, data):
        raise TwoAtOnce(filename=filename)
    if not found.is_whole(data):
        raise Truncated(filename=filename)
    return found


def _fault_of(data: Content, named: Kind | None) -> type[BackpackError] | None:
    """What is wrong with a file that is nothing we know, where its name says what it was meant to be."""
    if named is None:
        return None
    # An office document that is cut off has lost its table of contents: that is worth a sentence of its own.
    if named.family == "document" and data.head.startswith(ARCHIVE) and not _entries(data):
        return Truncated
    return Unreadable if named.family == "text" and _is_in_other_letters(data) else None


def _sort(kind: Kind) -> str:
    """Sound and film are one: a recording may be in a film's container."""
    return "audio" if kind.family == "video" else kind.family


def labels(kinds: Iterable[Kind]) -> list[str]:
    """What kinds are called on pages, each once, in their order."""
    return list(dict.fromkeys(kind.label for kind in kinds))


def allowed_kinds(names: Collection[str]) -> list[Kind]:
    """The kinds of these names, in the order of the list."""
    return [kind for kind in KINDS if kind.name in names]


def ending_of(filename: str) -> str:
    """The ending of a name in lower case, with its dot; empty when it has none."""
    start, dot, end = filename.rpartition(".")
    return f".{end.lower()}" if dot and start else ""


def stem_of(filename: str) -> str:
    """The name without its ending."""
    return filename[: len(filename) - len(ending_of(filename))] or filename


def label_of(media_type: str) -> str:
    """What a kind is called on pages."""
    return next((kind.label for kind in KINDS if kind.media_type == media_type), media_type)


def may_tell_place(media_type: str) -> bool:
    """Whether a phone may write into such a file where it was filmed or recorded."""
    return family_of(media_type) == "video" or is_in_boxes(media_type)


def is_in_boxes(media_type: str) -> bool:
    """Whether it is a film or a recording whose place and device can be blanked for others (`films`)."""
    return media_type in {"audio/mp4", "video/mp4", "video/quicktime"}


def family_of(media_type: str) -> str:
    """image, document, audio, video or text; "document" for what is no longer on the list."""
    return next((kind.family for kind in KINDS if kind.media_type == media_type), "document")


def accepted(kinds: Iterable[Kind] = KINDS) -> str:
    """These kinds as a file field's `accept` takes them: an offer to the browser, never a check."""
    return ",".join(ending for kind in kinds for ending in kind.endings if ending)
