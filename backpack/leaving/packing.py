"""The ZIP itself: originals to the byte, everything as JSON, and a portfolio that opens without a network.

Written into a file piece by piece, so that a big backpack takes no more memory than a small one.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Final
from zoneinfo import ZoneInfo

from backpack.badges.models import Badge
from backpack.cv.desk import page_of
from backpack.cv.pdf import file_name, pdf
from backpack.cv.resume import json_resume
from backpack.database import folded
from backpack.errors import BackpackError
from backpack.evidence.filenames import cleaned
from backpack.leaving.contents import Contents
from backpack.leaving.portfolio import portfolio, readme
from backpack.leaving.schema import schema
from backpack.leaving.writing import FORMAT, VERSION, backpack_json, record_json, sha256_of, text_of
from backpack.openbadges.report import Report
from backpack.storage import Storage
from backpack.wiring import Wiring

PACKED_ALREADY: Final = frozenset({".png", ".webp", ".jpg", ".jpeg", ".gif", ".pdf", ".zip", ".docx", ".mp3", ".m4a"})
LOOK: Final = Path(__file__).with_name("portfolio.css")
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet would run a cell that begins with one of these."""


@dataclass(slots=True)
class Packer:
    """Puts files into a ZIP and remembers where each is. The same bytes are in it once."""

    box: zipfile.ZipFile
    storage: Storage
    when: tuple[int, int, int, int, int, int]
    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    """By SHA-256: path and size."""
    taken: set[str] = field(default_factory=set)

    def stored(self, key: str, path: str) -> str | None:
        """Put a file of the storage in; where it is now. None where the storage has lost it."""
        digest = sha256_of(key)
        if digest in self.files:
            return str(self.files[digest]["path"])
        try:
            size = self.storage.size(key)
        except FileNotFoundError:
            return None
        path = self._free(path)
        entry_of_a_file = self._entry(path)
        # Not packed: an import refuses what grows more than a hundredfold, and a silent recording would.
        entry_of_a_file.compress_type = zipfile.ZIP_STORED
        with self.box.open(entry_of_a_file, "w", force_zip64=True) as entry:
            for piece in self.storage.read_range(key, 0, size):
                entry.write(piece)
        self.files[digest] = {"path": path, "size": size}
        return path

    def written(self, data: bytes, path: str) -> str:
        """Put these bytes in; where they are now."""
        digest = hashlib.sha256(data).hexdigest()
        if digest not in self.files:
            path = self._free(path)
            self.box.writestr(self._entry(path), data)
            self.files[digest] = {"path": path, "size": len(data)}
        return str(self.files[digest]["path"])

    def beside(self, data: bytes, path: str) -> None:
        """Put in what is no content of its own: it is not listed."""
        self.box.writestr(self._entry(path), data)

    def _free(self, path: str) -> str:
        stem, dot, ending = path.rpartition(".")
        number = 2
        while path.lower() in self.taken:
            path = f"{stem}-{number}{dot}{ending}"
            number += 1
        self.taken.add(path.lower())
        return path

    def _entry(self, path: str) -> zipfile.ZipInfo:
        entry = zipfile.ZipInfo(path, self.when)
        packed = Path(path).suffix.lower() in PACKED_ALREADY
        entry.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
        entry.external_attr = 0o644 << 16
        return entry


def pack(contents: Contents, wiring: Wiring, into: IO[bytes]) -> None:
    """Write the whole ZIP of a backpack into a file."""
    now, person = contents.now, contents.person
    at = now.astimezone(ZoneInfo(wiring.settings.time_zone))
    when = (at.year, at.month, at.day, at.hour, at.minute, at.second)
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as box:
        packer = Packer(box, wiring.storage, when)
        folders = {badge.id: _folder(badge) for badge in contents.badges}
        paths = dict(_badge_files(contents, packer, folders))
        paths |= dict(_work_files(contents, packer))
        paths |= dict(_outside(contents, packer))
        _cvs(contents, packer, wiring)
        pictures = {
            badge.id: path
            for badge in contents.badges
            if badge.picture and (path := packer.stored(badge.picture, f"pictures/{badge.public_id}.png"))
        }
        page = portfolio(contents, wiring.settings, paths, pictures)
        packer.beside(page.encode(), "index.html")
        packer.beside(LOOK.read_bytes(), "portfolio.css")
        packer.beside(readme(contents, wiring.settings).encode(), "LISEZMOI-README.txt")
        packer.beside(_table(contents, folders), "badges.csv")
        packer.beside(text_of(backpack_json(contents.rows)), "backpack.json")
        packer.beside(text_of(record_json(contents.rows)), "record.json")
        packer.beside(text_of(schema()), "backpack-export-1.schema.json")
        listed = [{"sha256": digest, **facts} for digest, facts in sorted(packer.files.items())]
        manifest = {
            "format": FORMAT,
            "version": VERSION,
            "made_at": now.isoformat(),
            "made_by": wiring.settings.public_url,
            "name": person.name,
            "files": listed,
        }
        packer.beside(text_of(manifest), "manifest.json")


Paths = Iterator[tuple[str, str]]


def _badge_files(contents: Contents, packer: Packer, folders: Mapping[int, str]) -> Paths:
    """Where each storage key of a badge's files is now."""
    for badge in contents.badges:
        folder = folders[badge.id]
        for file in badge.files:
            if path := packer.stored(file.storage_key, f"{folder}/{cleaned(file.filename)}"):
                yield file.storage_key, path
        is_json = badge.payload.lstrip()[:1] == b"{"
        packer.written(badge.payload, f"{folder}/{'badge.json' if is_json else 'badge.txt'}")
        packer.beside(text_of(report_json(contents.reports[badge.id])), f"{folder}/report.json")
        if contents.answers.get(badge.id):
            packer.beside(text_of(contents.answers[badge.id]), f"{folder}/documents.json")


def _work_files(contents: Contents, packer: Packer) -> Paths:
    names = {row["id"]: row["public_id"] for row in contents.rows["artefact"]}
    for row in contents.rows["artefact_file"]:
        folder = f"works/{names[row['artefact_id']]}"
        if path := packer.stored(row["storage_key"], f"{folder}/{cleaned(row['filename'])}"):
            yield row["storage_key"], path
    for row in contents.rows["collection"]:
        if row["picture"] and (path := packer.stored(row["picture"], f"collections/{row['public_id']}.webp")):
            yield row["picture"], path


def _outside(contents: Contents, packer: Packer) -> Paths:
    """What waits for an address to be confirmed."""
    for row in contents.rows["arrival"]:
        packer.written(row["payload"], f"waiting/{row['public_id']}/badge.txt")
        if path := packer.stored(row["storage_key"], f"waiting/{row['public_id']}/{cleaned(row['filename'])}"):
            yield row["storage_key"], path


def _cvs(contents: Contents, packer: Packer, wiring: Wiring) -> None:
    """Each CV as PDF and as JSON Resume, and each version that was published. One whose letters cannot be printed here
    is left to the JSON."""
    names = {row["id"]: row["public_id"] for row in contents.rows["cv"]}
    for row in contents.rows["cv_version"]:
        packer.stored(row["storage_key"], f"cvs/{names[row['cv_id']]}/version-{row['number']}.pdf")
    settings, zone = wiring.settings, ZoneInfo(wiring.settings.time_zone)
    for desk in contents.desks:
        folder = f"cvs/{desk.cv.public_id}"
        name = file_name(desk.cv.name, contents.now)
        try:
            packer.beside(pdf(page_of(desk, settings, contents.now), contents.now), f"{folder}/{name}")
        except BackpackError as problem:
            packer.beside(f"{problem}\n".encode(), f"{folder}/no-pdf.txt")
        resume = json_resume(desk.cv, desk.chosen, settings.public_url, contents.now, zone)
        packer.beside(text_of(resume), f"{folder}/resume.json")


def report_json(report: Report) -> dict[str, Any]:
    """A verdict of this moment, with the checks it rests on."""
    return {
        "outcome": report.outcome.value,
        "reason": report.reason,
        "judged_at": report.judged_at.isoformat(),
        "version": report.version.value if report.version else None,
        "recipient": report.recipient.value,
        "issuer": {"established": report.issuer.established, "how": report.issuer.how, "name": report.issuer.name},
        "checks": [
            {
                "id": check.id,
                "result": check.result.value,
                "code": check.code,
                "message": str(check.message),
                "document": check.document,
            }
            for check in report.checks
        ],
    }


def _folder(badge: Badge) -> str:
    slug = re.sub(r"[^a-z0-9]+", "-", folded(badge.name)).strip("-")[:40].strip("-")
    return f"badges/{slug or 'badge'}-{badge.public_id[:6]}"


def _table(contents: Contents, folders: Mapping[int, str]) -> bytes:
    """The badges as a table for spreadsheets (UTF-8 with its mark: Excel asks for it)."""
    out = io.StringIO(newline="")
    table = csv.writer(out)
    table.writerow(["name", "issuer", "issued_on", "valid_until", "outcome", "reason", "folder"])
    for badge in contents.badges:
        report = contents.reports[badge.id]
        row = [badge.name, badge.issuer_name, _day(badge.issued_on), _day(badge.valid_until)]
        table.writerow([_cell(one) for one in [*row, report.outcome.value, report.reason or "", folders[badge.id]]])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _day(moment: datetime | None) -> str:
    return moment.date().isoformat() if moment else ""


def _cell(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA) else text
