"""Keeps the rendering process: started at the first need, asked over a socket, started again if it is gone."""

from __future__ import annotations

import atexit
import hashlib
import json
import os
import select
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

CHILD = Path(__file__).with_name("child.py")
LARGEST_ANSWER = 256 * 1024 * 1024
MOST_DRAWINGS = 200
"""After so many documents a copy that stayed makes room for a fresh one."""
MOST_HELD = 4_000_000
"""Bytes of files for one document; after more, too: Typst would keep them in memory."""
MOST_KEPT = 2
"""Copies that wait for the next document."""
ENVIRONMENT = {
    "LANG": "C.UTF-8",
    "PATH": os.defpath,
    "RAYON_NUM_THREADS": "2",
    "MALLOC_ARENA_MAX": "2",
    # What a drawing gave back is kept for the next one: asking the kernel for it anew costs a tenth of the time.
    "MALLOC_TOP_PAD_": "16000000",
    "MALLOC_TRIM_THRESHOLD_": "64000000",
    "MALLOC_MMAP_THRESHOLD_": "32000000",
}

Answer = tuple[dict[str, Any], list[bytes]]


class Unanswered(Exception):
    """The copy that had the work ended without a word: out of time, out of memory, or crashed."""


@dataclass(eq=False)
class Desk:
    """A copy that draws documents, one after another, from the files of a folder of its own."""

    connection: socket.socket
    folder: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="documents-")))
    owner: int = field(default_factory=os.getpid)
    drawn: int = 0

    def is_there(self) -> bool:
        """Nothing to be read: it neither ended nor said anything unasked."""
        looking = select.poll()
        looking.register(self.connection, select.POLLIN)
        return self.owner == os.getpid() and not looking.poll(0)

    @contextmanager
    def holding(self, template: Path, files: Mapping[str, bytes]) -> Iterator[Path]:
        """Put these files on it for one drawing; the template stays."""
        text = template.read_bytes()
        page = self.folder / f"{hashlib.sha256(text).hexdigest()}.typ"
        if not page.exists():
            page.write_bytes(text)
        try:
            for name, content in files.items():
                (self.folder / name).write_bytes(content)
            yield page
        finally:
            for name in files:
                (self.folder / name).unlink(missing_ok=True)

    def close(self) -> None:
        self.connection.close()
        if self.owner == os.getpid():
            shutil.rmtree(self.folder, ignore_errors=True)


class RenderingProcess:
    """One per process of ours. Work goes to copies of it, a few at a time; safe to call from any thread."""

    def __init__(self, font_folders: list[Path], at_once: int) -> None:
        self.folders = font_folders
        self._lock = threading.Lock()
        self._places = threading.BoundedSemaphore(at_once)
        self._control: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0
        self._desks: list[Desk] = []

    def ask(self, header: dict[str, Any], parts: list[bytes], patience: float) -> Answer:
        """The answer to one piece of work, by a copy that does nothing else. Raises Unanswered, and TimeoutError if all
        places stay taken."""
        with self._place(patience), self._connection(b"w") as connection:
            return _exchange(connection, header, parts, patience)

    def draw(self, header: dict[str, Any], template: Path, files: Mapping[str, bytes], patience: float) -> Answer:
        """A document of `template`, which finds `files` beside it, by a copy that stays. Raises as `ask`."""
        with self._place(patience), self._desk() as desk, desk.holding(template, files) as page:
            asked = {**header, "root": str(desk.folder), "template": str(page)}
            answer, made = _exchange(desk.connection, asked, [], patience)
            is_spent = "refused" in answer or sum(map(len, files.values())) > MOST_HELD
            desk.drawn += MOST_DRAWINGS if is_spent else 1
            return answer, made

    @contextmanager
    def _place(self, patience: float) -> Iterator[None]:
        if not self._places.acquire(timeout=patience):
            raise TimeoutError
        try:
            yield
        except (OSError, EOFError, struct.error, ValueError) as error:
            raise Unanswered from error
        finally:
            self._places.release()

    @contextmanager
    def _desk(self) -> Iterator[Desk]:
        """A desk of one's own for one drawing. One on which a drawing failed is never used again."""
        with self._lock:
            gone = [desk for desk in self._desks if not desk.is_there()]
            self._desks = [desk for desk in self._desks if desk not in gone]
            desk = self._desks.pop() if self._desks else None
        for one in gone:
            one.close()
        desk = desk or Desk(self._connection(b"d"))
        try:
            yield desk
        except BaseException:
            desk.close()
            raise
        with self._lock:
            kept = desk.drawn < MOST_DRAWINGS and len(self._desks) < MOST_KEPT
            if kept:
                self._desks.append(desk)
        if not kept:
            desk.close()

    def _connection(self, errand: bytes) -> socket.socket:
        ours, theirs = socket.socketpair()
        with theirs, self._lock:
            for attempt in (1, 2):
                try:
                    socket.send_fds(self._running(), [errand], [theirs.fileno()])
                    return ours
                except OSError:
                    self._control = None  # it is gone; another one is started
                    if attempt == 2:
                        ours.close()
                        raise
        raise OSError

    def _running(self) -> socket.socket:
        if self._control is None or self._owner != os.getpid():
            ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            with theirs:
                self._process = subprocess.Popen(
                    [sys.executable, "-I", str(CHILD), str(theirs.fileno()), *map(str, self.folders)],
                    pass_fds=[theirs.fileno()],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    env=ENVIRONMENT,
                    cwd="/",
                )
            self._control, self._owner = ours, os.getpid()
            atexit.register(self.close)
        return self._control

    def close(self) -> None:
        """Let it end: it goes when its sockets close."""
        with self._lock:
            desks, self._desks = self._desks, []
        for desk in desks:
            desk.close()
        if self._control is not None and self._owner == os.getpid():
            self._control.close()
            self._control = None
            if self._process is not None:
                self._process.wait(timeout=5)


def _exchange(connection: socket.socket, header: dict[str, Any], parts: list[bytes], patience: float) -> Answer:
    connection.settimeout(patience)
    with connection.makefile("rwb") as stream:
        _send(stream, header, parts)
        return _receive(stream)


def _send(stream: Any, header: dict[str, Any], parts: list[bytes]) -> None:
    text = json.dumps({**header, "sizes": [len(part) for part in parts]}).encode()
    stream.write(struct.pack("!I", len(text)) + text)
    for part in parts:
        stream.write(part)
    stream.flush()


def _receive(stream: Any) -> Answer:
    (length,) = struct.unpack("!I", stream.read(4))
    header = json.loads(stream.read(min(length, LARGEST_ANSWER)))
    if sum(header["sizes"]) > LARGEST_ANSWER:
        raise EOFError
    parts = [stream.read(size) for size in header["sizes"]]
    if [len(part) for part in parts] != header["sizes"]:
        raise EOFError
    return header, parts
