"""The ZIP of an export as an import reads it: bounded, checked against the schema, and never believed about a file."""

from __future__ import annotations

import hashlib
import lzma
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import IO, Any, Final

import jsonschema_rs

from backpack.errors import N_, BackpackError
from backpack.leaving.schema import schema
from backpack.leaving.writing import FORMAT, VERSION
from backpack.openbadges.errors import OpenBadgesError
from backpack.openbadges.strict_json import loads_object
from backpack.storage import Storage

MOST_ENTRIES: Final = 20_000
MOST_RATIO: Final = 100
FREE: Final = 1_000_000
LARGEST_JSON: Final = 16_000_000
MOST_NODES: Final = 1_000_000
MB: Final = 1_000_000
SPARE_MB: Final = 200
"""What an export holds beside the files that count: pictures, reports, CVs."""


class NotAnExport(BackpackError):
    code = "not-an-export"
    sentence = N_("This ZIP is no export of a Backpack, or it is damaged. Choose the ZIP as it was downloaded.")


class NewerExport(BackpackError):
    code = "newer-export"
    sentence = N_("This export was made by a newer Backpack than this one. Whoever runs this site can update it.")


class ExportUnlikeItsSchema(BackpackError):
    code = "export-unlike-schema"
    sentence = N_("This export is not as it should be, at %(place)s. Choose the ZIP as it was downloaded.")


class ExportTooLarge(BackpackError):
    code = "export-too-large"
    sentence = N_("This export is larger than there is room for here (%(most)s MB). Ask whoever runs this site.")


@dataclass(frozen=True, slots=True)
class Box:
    """An opened export. `content` is backpack.json, as its schema wants it; `paths` says where each file is."""

    zip: zipfile.ZipFile
    content: Mapping[str, Any]
    paths: Mapping[str, str]

    def read(self, digest: str) -> bytes | None:
        """The bytes of this SHA-256; None where the ZIP has none that are."""
        path = self.paths.get(digest)
        data = _content(self.zip, path) if path is not None else None
        return data if data is not None and hashlib.sha256(data).hexdigest() == digest else None


@contextmanager
def opened(storage: Storage, key: str, quota_mb: int) -> Iterator[Box]:
    """The export behind a storage key. Raises what is wrong with it; nothing is unpacked before that is known."""
    with tempfile.TemporaryFile() as file:
        size = storage.size(key)
        for piece in storage.read_range(key, 0, size):
            file.write(piece)
        try:
            with zipfile.ZipFile(file) as box:
                _bound(box, size, quota_mb)
                yield _read(box)
        except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, NotImplementedError) as error:
            raise NotAnExport from error


def _bound(box: zipfile.ZipFile, size: int, quota_mb: int) -> None:
    entries = box.infolist()
    total = sum(entry.file_size for entry in entries)
    if (
        len(entries) > MOST_ENTRIES
        or total > (quota_mb + SPARE_MB) * MB
        or (total > FREE and total > MOST_RATIO * size)
    ):
        raise ExportTooLarge(most=quota_mb + SPARE_MB)
    if any(entry.file_size > FREE and entry.file_size > MOST_RATIO * entry.compress_size for entry in entries):
        raise NotAnExport
    if any(entry.flag_bits & 1 for entry in entries):
        raise NotAnExport


def _read(box: zipfile.ZipFile) -> Box:
    manifest, content = _json(box, "manifest.json"), _json(box, "backpack.json")
    if manifest.get("format") != FORMAT or content.get("format") != FORMAT:
        raise NotAnExport
    versions = {manifest.get("version"), content.get("version")}
    if versions != {VERSION}:
        raise NewerExport if all(isinstance(one, int) and one >= VERSION for one in versions) else NotAnExport
    try:
        _validator().validate(content)
    except jsonschema_rs.ValidationError as error:
        place = "/".join(str(one) for one in error.instance_path) or "/"
        raise ExportUnlikeItsSchema(place=place[:100]) from error
    listed = manifest.get("files")
    paths = {
        str(one.get("sha256")): str(one.get("path"))
        for one in (listed if isinstance(listed, list) else [])
        if isinstance(one, dict)
    }
    return Box(box, content, paths)


@cache
def _validator() -> Any:
    return jsonschema_rs.validator_for(schema(), validate_formats=True)


def _json(box: zipfile.ZipFile, name: str) -> dict[str, Any]:
    data = _content(box, name)
    if data is None:
        raise NotAnExport
    try:
        return dict(loads_object(data, max_bytes=LARGEST_JSON, max_nodes=MOST_NODES))
    except OpenBadgesError as error:
        raise NotAnExport from error


def _content(box: zipfile.ZipFile, path: str) -> bytes | None:
    """What an entry holds, and never more than it claims: the claim was bounded before."""
    try:
        entry = box.getinfo(path)
    except KeyError:
        return None
    stream: IO[bytes]
    with box.open(entry) as stream:
        data = stream.read(entry.file_size + 1)
    return data if len(data) == entry.file_size else None
