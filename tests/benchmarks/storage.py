"""Group `storage`: what an upload costs against a plain copy, what a film costs in memory, and what a killed server
leaves behind. A real server each time, and requests as the page's script sends them: eight megabytes at a time."""

from __future__ import annotations

import http.client
import os
import secrets
import signal
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import sqlalchemy as sa

from backpack import create_app
from backpack.database import db, reading, transaction
from backpack.evidence.models import ArtefactFile
from backpack.settings import Settings
from backpack.storage import Storage, storage_of
from tests.benchmarks.figure import Figure, timed
from tests.benchmarks.pages import made, served
from tests.people import Browser, sign_up_person, signed_in, token_of

GROUP = "storage"
MB = 1_000_000
FILES, GROUP_FILES, SERIES = 100, 8, 6
"""Files of a series, how many go in a request (`static/js/uploads.js`: 8 MB), and how many series."""
FILM, KILLED, KILLS = 500 * MB, 200, 4
"""The bytes of a film, uploads during which the server is killed, and how often that is."""
ROOMY = {"MAX_ARTEFACT_MB": "600", "QUOTA_MB": "20000"}
BOUNDARY = "a-line-that-stands-in-no-file"


def figures() -> Iterator[Figure]:
    with TemporaryDirectory(prefix="storage-") as folder:
        settings = made(Path(folder) / "data")
        sender = a_sender(settings)
        yield against_a_copy(settings, sender, Path(folder))
        yield memory_of_a_film(settings, sender)
        yield killed_at_work(settings, sender)


@dataclass(frozen=True, slots=True)
class Content:
    """A file to send: its bytes in pieces, and how many they are."""

    pieces: Iterable[bytes]
    size: int


@dataclass(frozen=True, slots=True)
class Sender:
    """Somebody who is signed in: their cookie, and the token that their forms hold."""

    cookie: str
    token: str

    def send(self, connection: http.client.HTTPConnection, name: str, files: Sequence[Content]) -> None:
        """Files for the library, as the form sends them. Raises OSError where they are not taken."""
        opening = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="'
        before = f'{opening}csrf_token"\r\n\r\n{self.token}\r\n'.encode()
        head = f'{opening}file"; filename="{name}"\r\n\r\n'.encode()
        end = f"--{BOUNDARY}--\r\n".encode()
        size = len(before) + sum(len(head) + file.size + 2 for file in files) + len(end)
        headers = {
            "Host": "localhost:8000",
            "Cookie": self.cookie,
            "Sec-Fetch-Site": "same-origin",
            "Content-Type": f"multipart/form-data; boundary={BOUNDARY}",
            "Content-Length": str(size),
        }
        body = chain([before], *(chain([head], file.pieces, [b"\r\n"]) for file in files), [end])
        connection.request("POST", "/works/add", body, headers)
        answer = connection.getresponse()
        said = answer.read()
        if answer.status != 303:
            raise OSError(f"{answer.status}: {said[-2000:].decode()}")


def a_sender(settings: Settings) -> Sender:
    app = create_app(settings)
    app.test_client_class = Browser
    interface: Any = app.session_interface
    with app.app_context():
        with transaction() as session:
            person = sign_up_person(session)
        browser = signed_in(app.test_client(), person)
        token = token_of(browser)
        db.engine.dispose()
    cookie = browser.get_cookie(interface.cookie)
    assert cookie is not None
    return Sender(cookie=f"{cookie.key}={cookie.value}", token=token)


def document(size: int = MB) -> bytes:
    """So many bytes that are a PDF to whoever looks at both ends; never the same twice."""
    return b"%PDF-1.7\n" + secrets.token_bytes(size - 31) + b"\nstartxref\n12345\n%%EOF\n"


def contents(*files: bytes) -> list[Content]:
    return [Content([data], len(data)) for data in files]


def against_a_copy(settings: Settings, sender: Sender, folder: Path) -> Figure:
    """In turns, request by request: through the app, and the same bytes written to a folder and synced. The best series
    of either, so that both meet the same weather; the first one only warms the server."""
    plain = folder / "plain"
    plain.mkdir()
    series = []
    with served("wsgi:app", settings, **ROOMY) as (port, _process):
        connection = http.client.HTTPConnection("127.0.0.1", port)
        for _ in range(SERIES):
            ours = theirs = 0.0
            for first in range(0, FILES, GROUP_FILES):
                files = [document() for _ in range(min(GROUP_FILES, FILES - first))]
                ours += timed(partial(sender.send, connection, "plan.pdf", contents(*files)), 1)
                theirs += timed(partial(copy, files, plain), 1)
            series.append((ours, theirs))
        connection.close()
    ours, theirs = (min(one) for one in zip(*series[1:], strict=True))
    note = f"{ours / FILES * 1000:.1f} ms a file"
    name = f"upload of {FILES} files of 1 MB, against copying them into a folder with a sync each"
    return Figure(group=GROUP, name=name, value=ours / theirs, goal=5, note=note)


def copy(files: Sequence[bytes], folder: Path) -> None:
    for data in files:
        with (folder / secrets.token_hex(8)).open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())


def film() -> Iterator[bytes]:
    """A film by its content: its boxes fill it exactly, and most of it is pictures that nobody has in memory."""
    beginning = b"\0\0\0\x10ftypisom\0\0\2\0" + b"\0\0\0\x1cmoov" + bytes(20)
    yield beginning + (FILM - len(beginning)).to_bytes(4, "big") + b"mdat"
    left, piece = FILM - len(beginning) - 8, secrets.token_bytes(MB)
    while left:
        yield piece[:left]
        left -= min(left, MB)


def memory_of_a_film(settings: Settings, sender: Sender) -> Figure:
    with served("wsgi:app", settings, **ROOMY) as (port, process):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
        sender.send(connection, "warm.pdf", contents(document()))
        [worker] = children_of(process.pid)
        idle = resident(worker, "VmRSS")
        Path(f"/proc/{worker}/clear_refs").write_text("5")  # the peak counts anew from here
        sender.send(connection, "film.mp4", [Content(film(), FILM)])
        peak = resident(worker, "VmHWM")
        connection.close()
    name = f"peak memory of the web worker above idle while a video of {FILM // MB} MB comes in"
    return Figure(group=GROUP, name=name, value=(peak - idle) / MB, goal=150, unit=" MB", note=f"idle {idle // MB} MB")


def children_of(pid: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def resident(pid: int, field: str) -> int:
    """Bytes of memory that this process holds (VmRSS), or has held at most (VmHWM)."""
    lines = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    return int(lines[field].split()[0]) * 1024


def killed_at_work(settings: Settings, sender: Sender) -> Figure:
    """Uploads by several at a time, with the server killed among them; then every row is held against its bytes."""
    before = set(kept(settings))
    taken = 0
    for _ in range(KILLS):
        with served("wsgi:app", settings, **ROOMY) as (port, process), ThreadPoolExecutor(4) as people:
            sent = [people.submit(send_alone, sender, port, number) for number in range(KILLED // KILLS)]
            while sum(one.done() for one in sent) < len(sent) // 2:
                time.sleep(0.001)
            os.killpg(process.pid, signal.SIGKILL)
            taken += sum(one.result() for one in sent)
    rows = {key: size for key, size in kept(settings).items() if key not in before}
    storage = storage_of(settings.storage_url)
    broken = sum(not is_whole(storage, key, size) for key, size in rows.items())
    note = f"{len(rows)} rows, {taken} answered, {KILLS} kills"
    assert KILLED // 2 <= taken <= len(rows), note
    name = f"kill -9 during {KILLED} uploads: rows without their bytes"
    return Figure(group=GROUP, name=name, value=broken, goal=0, unit="", note=note)


def send_alone(sender: Sender, port: int, number: int) -> bool:
    """Whether the server said that it has it."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    with suppress(OSError, http.client.HTTPException):
        sender.send(connection, f"{number}.pdf", contents(document(200_000)))
        return True
    return False


def kept(settings: Settings) -> dict[str, int]:
    """What rows say is in storage, and of what size."""
    with create_app(settings).app_context():
        with reading() as session:
            rows = session.execute(sa.select(ArtefactFile.storage_key, ArtefactFile.size)).tuples().all()
        db.engine.dispose()
    return dict(rows)


def is_whole(storage: Storage, key: str, size: int) -> bool:
    try:
        return storage.size(key) == size
    except FileNotFoundError:
        return False
