"""Files: whole, where they belong, and nobody else's."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from backpack.storage import Storage, storage_of

DATA = bytes(range(256)) * 9000


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    return storage_of(str(tmp_path / "files"))


def test_bytes_come_back_as_they_were(storage: Storage) -> None:
    key = storage.put("camille", DATA)
    assert key == f"camille/{hashlib.sha256(DATA).hexdigest()}"
    assert storage.read(key) == DATA
    assert storage.size(key) == len(DATA)
    assert b"".join(storage.read_range(key, 10, 2_000_000)) == DATA[10:2_000_000]


def test_the_same_bytes_of_two_people_are_two_files(storage: Storage) -> None:
    first, second = storage.put("camille", DATA), storage.put("idriss", DATA)
    storage.delete(first)
    assert not storage.exists(first)
    assert storage.read(second) == DATA


def test_what_is_put_twice_is_there_once(storage: Storage) -> None:
    assert storage.put("camille", DATA) == storage.put("camille", DATA)
    assert len(list(storage.keys())) == 1


def test_deleting_what_is_not_there_is_no_error(storage: Storage) -> None:
    storage.delete(f"camille/{'0' * 64}")


def test_what_is_not_there_is_said(storage: Storage) -> None:
    with pytest.raises(FileNotFoundError):
        storage.read(f"camille/{'0' * 64}")


@pytest.mark.parametrize("key", ["../secret", "camille/../../x", "/etc/passwd", "camille/x", "", f"a b/{'0' * 64}"])
def test_a_key_is_never_a_path_of_somebody_s_making(storage: Storage, key: str) -> None:
    with pytest.raises(ValueError, match="storage key"):
        storage.read(key)
