"""Files of people: in a local folder, or in any S3-compatible object store by one URL. Same code, through obstore.

A key is `person/sha256`: nobody's file is ever taken for another's, and a file put twice is there once. Bytes are
complete and on disk before `put` returns, so a row may be committed that names them.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import parse_qsl, urlsplit

import obstore
from obstore.store import LocalStore, S3Store

if TYPE_CHECKING:
    from obstore.store import ClientConfig

CHUNK = 1024 * 1024
PART = 8 * CHUNK
"""What a long file is sent in; two of them are in memory at a time."""
INCOMING = ".incoming"
"""Where files grow until they are whole. What a crash leaves here is nobody's; a start on a later day takes it away."""
A_DAY = 24 * 3600.0
KEY = re.compile(r"[A-Za-z0-9_-]{1,64}/[0-9a-f]{64}")


class Readable(Protocol):
    """A stream: an upload, a file."""

    def read(self, size: int, /) -> bytes: ...


class Storage:
    """The files. `put`, `read`, `read_range`, `size`, `exists`, `delete`; a missing file raises FileNotFoundError.

    The folder's files are written here, not by obstore: it renames them before they are synced, so that a power cut
    could leave an empty file under a good name.
    """

    def __init__(self, store: LocalStore | S3Store, folder: Path | None = None) -> None:
        self._store, self._folder = store, folder
        self._listed: set[str] = set()
        """People whose folder we know to be on disk in the list of folders."""

    def put(self, person: str, data: bytes | Readable, *, settled: bool = True) -> str:
        """Keep these bytes, or what this stream holds, for this person; their key. On return they are complete and on
        disk, file and folder; with `settled=False` the folder's list of names is left to `settle`, once for many files.
        A stream is read once, in pieces, however long it is."""
        stream = io.BytesIO(data) if isinstance(data, bytes) else data
        with self._spool() as spool:
            digest, size = hashlib.sha256(), 0
            while piece := stream.read(CHUNK):
                size += spool.write(piece)
                _begin_writing(spool)
                digest.update(piece)
            spool.flush()
            key = _checked(f"{person}/{digest.hexdigest()}")
            if self._size_or_none(key) != size:
                self._place(spool, key, size)
        if settled:
            self.settle(person)
        return key

    def settle(self, person: str) -> None:
        """Put the names of this person's files on disk: before a row names one that was put with `settled=False`."""
        if self._folder is None or not (self._folder / person).exists():
            return
        _sync(self._folder / person)
        if person not in self._listed:
            _sync(self._folder)
            self._listed.add(person)

    def read(self, key: str) -> bytes:
        return bytes(obstore.get(self._store, _checked(key)).bytes())

    def read_range(self, key: str, start: int, end: int) -> Iterator[bytes]:
        """The bytes from `start` up to but without `end`, in pieces of at most 1 MiB."""
        for first in range(start, end, CHUNK):
            yield bytes(obstore.get_range(self._store, _checked(key), start=first, end=min(first + CHUNK, end)))

    def size(self, key: str) -> int:
        return int(obstore.head(self._store, _checked(key))["size"])

    def exists(self, key: str) -> bool:
        return self._size_or_none(key) is not None

    def delete(self, key: str) -> None:
        """Forget these bytes; that they are not there is no error."""
        if self.exists(key):
            obstore.delete(self._store, _checked(key))

    def forget(self, person: str) -> None:
        """Delete every file of this person, and whatever bears their name. Twice is once."""
        prefix = _checked(f"{person}/{'0' * 64}").partition("/")[0]
        for page in obstore.list(self._store, prefix=prefix):
            for one in page:
                obstore.delete(self._store, str(one["path"]))
        if self._folder is not None and (self._folder / prefix).is_dir():
            self._listed.discard(prefix)
            shutil.rmtree(self._folder / prefix, ignore_errors=True)
            _sync(self._folder)

    def owners(self) -> set[str]:
        """Whose files there are."""
        return {key.partition("/")[0] for key in self.keys()}

    def keys(self) -> Iterator[str]:
        """Every key there is."""
        yield from (key for key, _since in self.dated_keys())

    def dated_keys(self) -> Iterator[tuple[str, datetime]]:
        """Every key there is, and since when: for `doctor`."""
        for page in obstore.list(self._store):
            yield from ((path, one["last_modified"]) for one in page if KEY.fullmatch(path := str(one["path"])))

    def _size_or_none(self, key: str) -> int | None:
        try:
            # At each upload: asking the folder directly takes a hundredth of the time.
            return (self._folder / _checked(key)).stat().st_size if self._folder else self.size(key)
        except FileNotFoundError:
            return None

    @contextmanager
    def _spool(self) -> Iterator[Any]:
        """A file without a name anyone asks for; in the folder itself, so that it need only be renamed."""
        place = None if self._folder is None else _made(self._folder / INCOMING)
        spool = tempfile.NamedTemporaryFile(dir=place, delete=False)  # noqa: SIM115 - `_place` may have moved it away
        try:
            yield spool
        finally:
            spool.close()
            Path(spool.name).unlink(missing_ok=True)

    def _place(self, spool: Any, key: str, size: int) -> None:
        if self._folder is None:
            obstore.put(self._store, key, Path(spool.name), chunk_size=PART, max_concurrency=2)
            if self.size(key) != size:
                raise OSError(f"{key}: the store has not all of it")
            return
        os.fsync(spool.fileno())
        place = self._folder / key
        _made(place.parent)
        Path(spool.name).replace(place)


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def _begin_writing(file: Any) -> None:
    """Let the disk begin with what a file holds so far, while we do something else: the sync at the end waits less."""
    if hasattr(os, "posix_fadvise"):  # systems without it only wait longer
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def _sync(folder: Path) -> None:
    """Puts the folder's list of names on disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def storage_of(url: str) -> Storage:
    """The storage that STORAGE_URL names: a folder, or
    `s3://bucket/prefix?endpoint=https://...&region=...&access_key_id=...&secret_access_key=...`
    (what is not given there comes from the environment, as usual for S3)."""
    parts = urlsplit(url)
    if parts.scheme != "s3":
        folder = Path(url.removeprefix("file://")).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        _tidy(folder / INCOMING)
        return Storage(LocalStore(prefix=folder, mkdir=True), folder)
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    endpoint = options.get("endpoint", "")
    client: ClientConfig = {"allow_http": True} if endpoint.startswith("http://") else {}
    store = S3Store(
        parts.netloc,
        prefix=parts.path.strip("/") or None,
        virtual_hosted_style_request=False,
        client_options=client,
        **options,
    )
    return Storage(store)


def _tidy(incoming: Path) -> None:
    for left in incoming.glob("*"):
        with suppress(FileNotFoundError):  # another process may tidy, or still be writing
            if left.stat().st_mtime < time.time() - A_DAY:
                left.unlink()


def _checked(key: str) -> str:
    if not KEY.fullmatch(key):
        raise ValueError("a storage key is a person's public id and a SHA-256")
    return key
