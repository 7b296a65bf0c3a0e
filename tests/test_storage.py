"""Files: whole, where they belong, and nobody else's."""

from __future__ import annotations

import hashlib
import os
import resource
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from backpack.storage import INCOMING, Storage, storage_of
from tests import servers

DATA = bytes(range(256)) * 9000
ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(params=["folder", "s3"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    if request.param == "folder":
        return storage_of(str(tmp_path / "files"))
    url: str = request.getfixturevalue("object_store")
    return storage_of(url.replace("PREFIX", tmp_path.name))


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


class Counted:
    """A stream of so many bytes that nobody has in memory; it remembers the largest piece asked for."""

    def __init__(self, size: int) -> None:
        self._left, self.largest = size, 0

    def read(self, size: int, /) -> bytes:
        self.largest = max(self.largest, size)
        piece = bytes(min(size, self._left))
        self._left -= len(piece)
        return piece


def test_a_long_stream_goes_through_in_pieces(storage: Storage) -> None:
    stream = Counted(80_000_000)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    key = storage.put("camille", stream)
    assert storage.size(key) == 80_000_000
    assert 0 < stream.largest <= 1024 * 1024
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 40_000
    assert sum(len(piece) for piece in storage.read_range(key, 100, 80_000_000)) == 80_000_000 - 100


def test_what_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    class Broken:
        def read(self, size: int, /) -> bytes:
            raise ConnectionResetError

    storage = storage_of(str(tmp_path))
    with pytest.raises(ConnectionResetError):
        storage.put("camille", Broken())
    assert list(storage.keys()) == []
    assert list((tmp_path / INCOMING).iterdir()) == []


def test_what_a_crash_left_is_taken_away_the_day_after(tmp_path: Path) -> None:
    (tmp_path / INCOMING).mkdir()
    old, new = tmp_path / INCOMING / "old", tmp_path / INCOMING / "new"
    old.write_bytes(b"half")
    new.write_bytes(b"half")
    os.utime(old, (time.time() - 90_000,) * 2)
    storage = storage_of(str(tmp_path))
    assert [old.exists(), new.exists()] == [False, True]
    assert list(storage.keys()) == []


def test_a_file_that_is_not_whole_is_written_again(tmp_path: Path) -> None:
    storage = storage_of(str(tmp_path))
    key = storage.put("camille", DATA)
    (tmp_path / key).write_bytes(DATA[:10])
    assert storage.put("camille", DATA) == key
    assert storage.read(key) == DATA


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What a power cut could fall between."""
    done: list[str] = []
    real_sync, real_replace = os.fsync, Path.replace

    def sync(handle: int) -> None:
        done.append("sync folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "sync file")
        real_sync(handle)

    def replace(path: Path, target: Path) -> Path:
        done.append("name")
        return real_replace(path, target)

    monkeypatch.setattr(os, "fsync", sync)
    monkeypatch.setattr(Path, "replace", replace)
    return done


def test_a_name_appears_only_after_its_bytes_are_on_disk(tmp_path: Path, done: list[str]) -> None:
    """The order that survives a power cut: sync the file, give it its name, sync the folders that list it."""
    storage_of(str(tmp_path)).put("camille", DATA)
    assert done == ["sync file", "name", "sync folder", "sync folder"]


def test_the_names_of_several_files_are_put_on_disk_together(tmp_path: Path, done: list[str]) -> None:
    storage = storage_of(str(tmp_path))
    storage.settle("camille")
    assert done == []
    for data in (DATA, DATA[:10]):
        storage.put("camille", data, settled=False)
    assert done == ["sync file", "name"] * 2
    storage.settle("camille")
    assert done[4:] == ["sync folder", "sync folder"]
    storage.put("camille", DATA)
    assert done[6:] == ["sync folder"], "another may have put it there a moment ago, and not yet settled"


WRITER = """
import os, sys
from backpack.storage import storage_of
storage = storage_of(sys.argv[1])
print("ready", flush=True)
for number in range(10_000):
    print(storage.put("camille", number.to_bytes(4, "big") * 5_000), flush=True)
"""


def test_a_writer_killed_at_work_leaves_only_whole_files(tmp_path: Path) -> None:
    for _round in range(3):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        assert writer.stdout is not None
        told = [writer.stdout.readline().strip() for _line in range(20)][1:]
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        told += [line.strip() for line in writer.stdout if len(line) > 70]
        writer.stdout.close()
        storage = storage_of(str(tmp_path))
        kept = list(storage.keys())
        assert set(told) <= set(kept)
        assert all(hashlib.sha256(storage.read(key)).hexdigest() == key.partition("/")[2] for key in kept)


def test_a_bucket_that_does_not_answer_is_an_error() -> None:
    url = f"s3://files?endpoint=http://127.0.0.1:{servers.free_port()}&region=r&access_key_id=a&secret_access_key=b"
    with pytest.raises(Exception, match=r"(?i)error|connect"):
        storage_of(url).put("camille", b"data")
