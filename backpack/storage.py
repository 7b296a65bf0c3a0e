"""Files of people: in a local folder, or in any S3-compatible object store by one URL. Same code, through obstore.

A key is `person/sha256`: nobody's file is ever taken for another's, and a file put twice is there once. Bytes are
complete and on disk before `put` returns, so a row may be committed that names them.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

import obstore
from obstore.store import LocalStore, S3Store

if TYPE_CHECKING:
    from obstore.store import ClientConfig

CHUNK = 1024 * 1024
KEY = re.compile(r"[A-Za-z0-9_-]{1,64}/[0-9a-f]{64}")


class Storage:
    """The files. `put`, `read`, `read_range`, `size`, `exists`, `delete`; a missing file raises FileNotFoundError."""

    def __init__(self, store: LocalStore | S3Store, folder: Path | None = None) -> None:
        self._store, self._folder = store, folder

    def put(self, person: str, data: bytes) -> str:
        """Keep these bytes for this person; their key. On return they are on disk, file and folder."""
        key = _checked(f"{person}/{hashlib.sha256(data).hexdigest()}")
        if not self.exists(key):
            obstore.put(self._store, key, data)
            self._settle(key)
        return key

    def read(self, key: str) -> bytes:
        return bytes(obstore.get(self._store, _checked(key)).bytes())

    def read_range(self, key: str, start: int, end: int) -> Iterator[bytes]:
        """The bytes from `start` up to but without `end`, in pieces of at most 1 MiB."""
        for first in range(start, end, CHUNK):
            yield bytes(obstore.get_range(self._store, _checked(key), start=first, end=min(first + CHUNK, end)))

    def size(self, key: str) -> int:
        return int(obstore.head(self._store, _checked(key))["size"])

    def exists(self, key: str) -> bool:
        try:
            obstore.head(self._store, _checked(key))
        except FileNotFoundError:
            return False
        return True

    def delete(self, key: str) -> None:
        """Forget these bytes; that they are not there is no error."""
        if self.exists(key):
            obstore.delete(self._store, _checked(key))

    def keys(self) -> Iterator[str]:
        """Every key there is, for `doctor`."""
        for page in obstore.list(self._store):
            yield from (str(one["path"]) for one in page)

    def _settle(self, key: str) -> None:
        """The folder store renames a finished file into place but syncs nothing: a power cut could empty it."""
        if self._folder is None:
            return
        path = self._folder / key
        for place in (path, path.parent, self._folder):
            handle = os.open(place, os.O_RDONLY)
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


def _checked(key: str) -> str:
    if not KEY.fullmatch(key):
        raise ValueError("a storage key is a person's public id and a SHA-256")
    return key
