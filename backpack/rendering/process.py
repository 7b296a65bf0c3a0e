"""Keeps the rendering process: started at the first need, asked over a socket, started again if it is gone."""

from __future__ import annotations

import atexit
import json
import os
import socket
import struct
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

CHILD = Path(__file__).with_name("child.py")
LARGEST_ANSWER = 256 * 1024 * 1024


class Unanswered(Exception):
    """The copy that had the work ended without a word: out of time, out of memory, or crashed."""


class RenderingProcess:
    """One per process of ours. Work goes to copies of it, a few at a time; safe to call from any thread."""

    def __init__(self, font_folders: list[Path], at_once: int) -> None:
        self.folders = font_folders
        self._lock = threading.Lock()
        self._places = threading.BoundedSemaphore(at_once)
        self._control: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0

    def ask(self, header: dict[str, Any], parts: list[bytes], patience: float) -> tuple[dict[str, Any], list[bytes]]:
        """The answer to one piece of work. Raises Unanswered, and TimeoutError if all places stay taken."""
        if not self._places.acquire(timeout=patience):
            raise TimeoutError
        try:
            with self._connection() as connection:
                connection.settimeout(patience)
                with connection.makefile("rwb") as stream:
                    _send(stream, header, parts)
                    return _receive(stream)
        except (OSError, EOFError, struct.error, ValueError) as error:
            raise Unanswered from error
        finally:
            self._places.release()

    def _connection(self) -> socket.socket:
        ours, theirs = socket.socketpair()
        with theirs, self._lock:
            for attempt in (1, 2):
                try:
                    socket.send_fds(self._running(), [b"w"], [theirs.fileno()])
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
            environment = {"MALLOC_ARENA_MAX": "2", "RAYON_NUM_THREADS": "2", "PATH": os.defpath, "LANG": "C.UTF-8"}
            with theirs:
                self._process = subprocess.Popen(
                    [sys.executable, "-I", str(CHILD), str(theirs.fileno()), *map(str, self.folders)],
                    pass_fds=[theirs.fileno()],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    env=environment,
                    cwd="/",
                )
            self._control, self._owner = ours, os.getpid()
            atexit.register(self.close)
        return self._control

    def close(self) -> None:
        """Let it end: it goes when its socket closes."""
        if self._control is not None and self._owner == os.getpid():
            self._control.close()
            self._control = None
            if self._process is not None:
                self._process.wait(timeout=5)


def _send(stream: Any, header: dict[str, Any], parts: list[bytes]) -> None:
    text = json.dumps({**header, "sizes": [len(part) for part in parts]}).encode()
    stream.write(struct.pack("!I", len(text)) + text)
    for part in parts:
        stream.write(part)
    stream.flush()


def _receive(stream: Any) -> tuple[dict[str, Any], list[bytes]]:
    (length,) = struct.unpack("!I", stream.read(4))
    header = json.loads(stream.read(min(length, LARGEST_ANSWER)))
    if sum(header["sizes"]) > LARGEST_ANSWER:
        raise EOFError
    parts = [stream.read(size) for size in header["sizes"]]
    if [len(part) for part in parts] != header["sizes"]:
        raise EOFError
    return header, parts
