"""Group `engine`: what a verdict costs, against what other software needs for the same or for a part of it."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import threading
import zlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pyld import jsonld

from backpack import openbadges
from backpack.openbadges import opened
from backpack.openbadges.containers import container_of
from backpack.openbadges.contexts import text_of
from backpack.openbadges.documents import Document, Missing
from backpack.openbadges.recorded import RecordedDocuments, read_recorded
from tests.benchmarks.figure import Figure, seconds
from tests.openbadges import issuing, make

GROUP = "engine"
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
NOTHING = RecordedDocuments({}, NOW)
PICTURES = 2_000
PICTURE_BYTES = 300_000
# The reference validator (openbadges 1.1.2) asks the network for its context even for a given JSON.
REFERENCE = """
import json, sys, time
from openbadges.verifier import verifier
from openbadges.verifier.openbadges_context import OPENBADGES_CONTEXT_V2_DICT
base = verifier.CachableDocumentLoader
class Loader(base):
    def __call__(self, url, *args, **kwargs):
        if url == "https://w3id.org/openbadges/v2":
            text = json.dumps(OPENBADGES_CONTEXT_V2_DICT)
            return {"document": text, "contextUrl": None, "documentUrl": url, "from_cache": True}
        return base.__call__(self, url, *args, **kwargs)
verifier.CachableDocumentLoader = Loader
best = None
for round in range(int(sys.argv[2])):
    start = time.perf_counter()
    answer = verifier.verify(sys.argv[1])
    spent = time.perf_counter() - start
    assert answer["report"]["valid"], answer["report"]
    best = spent if best is None else min(best, spent)
print(best)
"""


def figures() -> Iterator[Figure]:
    yield hosted_against_the_reference()
    small = make.text(issuing.signed())
    yield first_time("eddsa-rdfc-2022, small, against canonicalising alone", small, NOTHING, 1.5)
    yield complete_example()
    yield again(small)
    yield extraction()
    yield memory(small)


def hosted_against_the_reference() -> Figure:
    """One hosted 2.0 verdict from given documents: how many of ours in the time of one of theirs."""
    name, goal = "hosted 2.0 verdicts in the time of the reference validator's one", 50.0
    python = os.environ.get("REFERENCE_PYTHON")
    if not python:
        return Figure(group=GROUP, name=name, value=None, goal=goal, at_least=True, note="REFERENCE_PYTHON is not set")
    with served() as (address, pages):
        command = [python, "-c", REFERENCE, f"{address}/assertions/1", "20"]
        theirs = float(subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()[-1])
        recorded = issuing.documents(pages, NOW)
        documents = Given({url: recorded.get(url) for url in pages})
        credential = openbadges.read_payload(json.dumps(pages[f"{address}/assertions/1"]).encode())
        assert openbadges.verify(credential, documents, NOW).outcome is openbadges.Outcome.VALID
        ours = seconds(lambda: openbadges.verify(credential, documents, NOW), 200)
    return Figure(group=GROUP, name=name, value=theirs / ours, goal=goal, at_least=True)


def first_time(name: str, payload: bytes, documents: RecordedDocuments, goal: float) -> Figure:
    """A whole verdict on bytes not seen before, against PyLD canonicalising the document and nothing else."""
    document = {member: value for member, value in json.loads(payload).items() if member != "proof"}
    credential = openbadges.read_payload(payload)

    def unseen() -> None:
        opened.forget()
        openbadges.verify(credential, documents, NOW)

    return Figure(group=GROUP, name=name, value=seconds(unseen, 30) / seconds(lambda: by_pyld(document), 30), goal=goal)


def complete_example() -> Figure:
    name, goal = "eddsa-rdfc-2022, the standard's complete example", 1.3
    corpus = os.environ.get("BADGE_CORPUS")
    if not corpus:
        return Figure(group=GROUP, name=name, value=None, goal=goal, note="BADGE_CORPUS is not set")
    case = Path(corpus) / "cases" / "ob30-complete"
    return first_time(name, (case / "input.json").read_bytes(), read_recorded(case, NOW), goal)


def again(payload: bytes) -> Figure:
    """The same bytes judged again, what they prove being remembered, against one bare Ed25519 check."""
    credential, memo = openbadges.read_payload(payload), Memo()
    signature = issuing.KEY.sign(b"x" * 64)
    public = issuing.KEY.public
    openbadges.verify(credential, NOTHING, NOW, proven=memo)
    ours = seconds(lambda: openbadges.verify(credential, NOTHING, NOW, proven=memo), 300)
    bare = seconds(lambda: public.verify(signature, b"x" * 64, "EdDSA"), 300)
    return Figure(group=GROUP, name="the same bytes again, against a bare Ed25519 check", value=ours / bare, goal=3.0)


def extraction() -> Figure:
    """Badges out of pictures, against reading the files and computing their checksums."""
    badge = make.text(make.assertion())
    picture = make.png()
    noise = make.chunk(b"noIs", os.urandom(PICTURE_BYTES - len(picture)))
    baked = openbadges.bake(picture[:33] + noise + picture[33:], badge)
    with TemporaryDirectory() as folder:
        files = [Path(folder) / f"{number}.png" for number in range(PICTURES // 20)]
        for file in files:
            file.write_bytes(baked)
        ours = seconds(lambda: [container_of(data := file.read_bytes()).extract(data) for file in files], 4)
        least = seconds(lambda: [zlib.crc32(file.read_bytes()) for file in files], 4)
    note = f"{len(files)} files, each series"
    return Figure(
        group=GROUP, name="pictures of 300 KB, against their checksums", value=ours / least, goal=1.3, note=note
    )


def memory(payload: bytes) -> Figure:
    """How much the process grows from verdict 10,000 to 100,000 (BENCH_LONG=1), else from 500 to 5,000."""
    first, last = (10_000, 100_000) if os.environ.get("BENCH_LONG") else (500, 5_000)
    credential = openbadges.read_payload(payload)
    before = 0
    for number in range(last):
        opened.forget()
        openbadges.verify(credential, NOTHING, NOW)
        if number == first:
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    return Figure(group=GROUP, name=f"growth from verdict {first} to {last}", value=grown, goal=5.0, unit=" MB")


class Given(dict[str, Document | Missing]):
    """Documents that are already at hand."""

    def get(self, url: str, accept: str = "") -> Document | Missing:  # type: ignore[override]
        return self[url]


class Memo(dict[str, Mapping[str, object]]):
    """What was proven before."""

    def put(self, key: str, facts: Mapping[str, object]) -> None:
        self[key] = facts


def by_pyld(document: dict[str, Any]) -> None:
    def loader(url: str, _options: object) -> dict[str, Any]:
        context = json.loads(text_of(url))
        return {"contentType": None, "contextUrl": None, "documentUrl": url, "document": context, "tag": "static"}

    options = {"algorithm": "URDNA2015", "format": "application/n-quads", "documentLoader": loader, "base": None}
    jsonld.normalize(document, options)


class served:  # noqa: N801 - used like a function
    """A hosted badge on a loopback server, as the reference validator wants it: (address, its pages)."""

    def __enter__(self) -> tuple[str, dict[str, Any]]:
        pages: dict[str, bytes] = {}

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = pages.get(self.path)
                self.send_response(200 if body else 404)
                kind = "image/png" if self.path.endswith(".png") else "application/ld+json"
                self.send_header("Content-Type", kind)
                self.end_headers()
                self.wfile.write(body or b"")

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{self._server.server_address[1]}"
        documents: dict[str, Any] = {}
        for url, page in issuing.hosted().items():
            path = url.removeprefix("https://issuer.example.org")
            if isinstance(page, dict):
                text = json.dumps(page).replace("https://issuer.example.org", address)
                documents[f"{address}{path}"], pages[path] = json.loads(text), text.encode()
            else:
                documents[f"{address}{path}"], pages[path] = b"a picture", make.png()
        return address, documents

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
