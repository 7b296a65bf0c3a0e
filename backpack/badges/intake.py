"""From what a person gives (files, an address, a text) to lines: each a badge to be judged, or a refusal with its code.

No database and no network: reading happens at once, so that what is no badge is said in the same answer.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any, Final

from backpack.badges.listings import listed
from backpack.badges.naming import is_web_address
from backpack.badges.pdfs import TooBusy, payloads_of
from backpack.badges.reasons import (
    BadAddress,
    BoxInABox,
    BoxTooLarge,
    EmptyFile,
    FileTooLarge,
    NothingGiven,
    TooManyGiven,
)
from backpack.errors import BackpackError
from backpack.openbadges.containers import BOXES, HEAD, archive, container_of, pdf
from backpack.openbadges.errors import OpenBadgesError
from backpack.openbadges.reading import Found, Unread, read_each

MOST_LINES: Final = 50
MOST_IN_A_PDF: Final = 300
"""Badges of one PDF given alone: those of the longest CV, which nobody can take apart to give them in a second go."""
BOX_MOST: Final = 500
"""Badges of one ZIP or mail: those of a whole backpack."""
MB: Final = 1_000_000
ADDRESS: Final = "url"
BOX_NAMES: Final = frozenset(box.NAME for box in BOXES)
ZIP_HEAD: Final = b"PK\x03\x04"


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """One thing given: bytes and the name it came under. A pasted address or text is bytes too."""

    label: str
    data: bytes
    is_pasted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One badge found in what was given, or why there is none. `data` is the file it came in, to the byte."""

    label: str
    data: bytes = b""
    payload: bytes | None = None
    container: str | None = None
    statement: bytes | None = None
    """What its holder says beside it in the same picture."""
    code: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_refused(self) -> bool:
        return self.code is not None

    @property
    def is_address(self) -> bool:
        """Whether it is only an address to ask: no file, so nothing to keep yet."""
        return self.container == ADDRESS

    @property
    def is_box(self) -> bool:
        """Whether it is a ZIP or a mail that a job will open."""
        return self.container in BOX_NAMES

    @property
    def digest(self) -> bytes:
        return hashlib.sha256(self.data).digest()


def lines_of(given: Iterable[Given], *, file_mb: int, archive_mb: int, boxes: bool = False) -> list[Line]:
    """A line for each badge found and each thing refused, in order. Raises NothingGiven for an empty form.

    With `boxes`, a ZIP or a mail is one line, to be opened later; with `archive_mb` 0 it is refused. A ZIP that is
    opened at once may hold no more than one file may be large: it costs what such a file does (SECURITY D4).
    """
    things = list(given)
    found = [line for one in things for line in _lines_of_one(one, file_mb, archive_mb, boxes)]
    if not found:
        raise NothingGiven
    most = MOST_IN_A_PDF if len(things) == 1 and pdf.recognises(things[0].data[:HEAD]) else MOST_LINES
    return found[:most] + [refused(line.label, TooManyGiven(most=most)) for line in found[most:]]


def refused(label: str, error: BackpackError | OpenBadgesError) -> Line:
    """The line of something that is not taken."""
    return Line(label=label, code=error.code, facts=dict(error.facts))


def clean_label(name: str) -> str:
    """A file's name as it may be shown: its last part, without control and direction marks, not too long."""
    bare = PurePosixPath(name.replace("\\", "/")).name or name
    shown = "".join(c for c in bare if c.isprintable())
    return shown.strip()[:120] or "–"


ENDINGS: Final = {"png": ".png", "svg": ".svg", "pdf": ".pdf", "json": ".json", "jwt": ".jwt"}


def filename_of(label: str, container: str) -> str:
    """A name to give the file back under: its own if it has one, else the container's usual ending."""
    ending = ENDINGS.get(container, ".json")
    name = clean_label(label.rpartition("› ")[2])
    return name if name.lower().endswith((ending, ".jsonld", ".jws", ".txt")) else f"badge{ending}"


def _lines_of_one(given: Given, file_mb: int, archive_mb: int, boxes: bool) -> list[Line]:
    is_zip = given.data[:4] == ZIP_HEAD
    box = next((one for one in BOXES if one.recognises(given.data[:HEAD])), None)
    most = archive_mb if is_zip and archive_mb else file_mb
    if not given.data.strip():
        return [refused(given.label, EmptyFile())]
    if box is not None and not archive_mb:
        return [refused(given.label, BoxInABox())]
    if len(given.data) > most * MB:
        return [refused(given.label, FileTooLarge(most=most))]
    if box is not None and boxes:
        return [Line(label=given.label, data=given.data, container=box.NAME)]
    if is_zip and not _is_small(given.data, file_mb):
        return [refused(given.label, BoxTooLarge(most=MOST_LINES, size=file_mb))]
    if (entries := listed(given.data)) is not None:
        return _of_a_list(given.label, entries)
    try:
        found = read_each(given.data, payloads_of)
    except (OpenBadgesError, TooBusy) as error:
        if given.is_pasted and error.code in {"no-badge-found", "not-json"}:
            return [refused(given.label, BadAddress())]
        return [refused(given.label, error)]
    several = len({_kept(one)[0] for one in found}) > 1
    return [_line(given, one, number if several else None) for number, one in enumerate(found, 1)]


def _is_small(box: bytes, mb: int) -> bool:
    try:
        entries, size = archive.claimed(box)
    except OpenBadgesError:
        return True  # it cannot be opened, which is said by whoever tries
    return entries <= MOST_LINES and size <= mb * MB


def _of_a_list(label: str, entries: list[bytes]) -> list[Line]:
    """The lines of another backpack's list; each badge is its own file, the list is not kept."""
    lines = []
    for number, entry in enumerate(entries, 1):
        try:
            (one, *_more) = read_each(entry, payloads_of)
        except (OpenBadgesError, TooBusy) as error:
            lines.append(refused(f"{label} › {number}", error))
            continue
        name = (
            entry.decode()[:120] if one.file == entry and is_web_address(entry.decode("utf-8", "replace")) else number
        )
        lines.append(_line(Given(label=f"{label} › {name}", data=entry), one, None))
    return lines


def _line(given: Given, one: Found | Unread, number: int | None) -> Line:
    label = f"{given.label} › {number}" if number else given.label
    if isinstance(one, Unread):
        return refused(label, one.error)
    data, container = _kept(one)
    return Line(label=label, data=data, payload=one.payload, container=container, statement=one.statement)


def _kept(one: Found | Unread) -> tuple[bytes, str]:
    """The file to be kept, and what it is. An entry of a ZIP is a file of its own, and so is a picture that a PDF
    carries (a CV holds the baked originals of many badges); of anything else the whole is kept, also when it holds
    several."""
    if isinstance(one, Unread):
        return one.file, ""
    if one.container == ADDRESS:
        return b"", ADDRESS
    if one.container == pdf.NAME and one.picture is not None:
        return one.picture, container_of(one.picture).NAME
    return one.file, one.container
