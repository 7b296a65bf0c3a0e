"""Group `engine`: what a verdict costs, against what other software needs for the same or for a part of it."""

from __future__ import annotations

import gc
import json
import os
import re
import subprocess
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time
from typing import Any

from pyld import jsonld

from backpack import openbadges
from backpack.openbadges import opened
from backpack.openbadges.containers import container_of
from backpack.openbadges.contexts import text_of
from backpack.openbadges.documents import Document, Missing
from backpack.openbadges.model import Credential
from backpack.openbadges.recorded import RecordedDocuments
from tests.benchmarks.figure import Figure, against, ratio
from tests.openbadges import complete, issuing, make

GROUP = "engine"
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
NOTHING = RecordedDocuments({}, NOW)
PICTURES = 2_000
PICTURE_BYTES = 300_000
UNSEEN = 150
"""More than the engine keeps of anything: documents, addresses and dates, each of which is different here."""
VERDICTS = (10_000, 100_000)
_SUITES = ("eddsa-rdfc-2022", "eddsa-jcs-2022")
# The reference validator (openbadges 1.1.2), given its documents too: what it would ask the network is answered from
# them, without a socket. It verifies once for each line it reads and says how many seconds that took.
REFERENCE = """
import io, json, sys, time
import requests, requests.adapters
from urllib3.response import HTTPResponse
from openbadges.verifier import verifier
from openbadges.verifier.openbadges_context import OPENBADGES_CONTEXT_V2_DICT

given = json.loads(sys.stdin.readline())

def send(self, request, **options):
    kind, body = given[request.url]
    answer = requests.Response()
    answer.status_code, answer.reason, answer.url, answer.request = 200, "OK", request.url, request
    answer.headers["Content-Type"] = kind
    raw = io.BytesIO(body.encode("latin-1"))
    answer.raw = HTTPResponse(raw, headers=answer.headers, status=200, preload_content=False, request_method="GET")
    return answer

requests.adapters.HTTPAdapter.send = send

class Loader(verifier.CachableDocumentLoader):
    def __call__(self, url, *args, **kwargs):
        if url != "https://w3id.org/openbadges/v2":
            return super().__call__(url, *args, **kwargs)
        text = json.dumps(OPENBADGES_CONTEXT_V2_DICT)
        return {"document": text, "contextUrl": None, "documentUrl": url, "from_cache": True}

verifier.CachableDocumentLoader = Loader
for line in sys.stdin:
    start = time.process_time()
    answer = verifier.verify(line.strip())
    spent = time.process_time() - start
    assert answer["report"]["valid"], answer["report"]
    print(spent, flush=True)
"""


def figures() -> Iterator[Figure]:
    yield from hosted_against_the_reference()
    small = make.text(issuing.signed())
    yield first_time("eddsa-rdfc-2022, small, against canonicalising alone", small, 1.5)
    rich = make.text(issuing.signed(complete.credential()))
    yield first_time("eddsa-rdfc-2022, complete, against canonicalising alone", rich, 1.3)
    yield again("eddsa-rdfc-2022, small, again, against a bare Ed25519 check", small)
    yield extraction()
    yield memory()


def hosted_against_the_reference() -> Iterator[Figure]:
    """One hosted 2.0 verdict from given documents: how many of ours in the time of one of theirs.

    The first figure is the one to hold against the goal: badge and issuer were never seen before, as theirs always is.
    The second is what a page costs that shows a badge again.
    """
    unseen, again = (
        Figure(group=GROUP, name=f"hosted 2.0 verdicts for one of the reference's{which}", value=None, goal=50.0,
               at_least=True, note="not run: REFERENCE_PYTHON is not set")
        for which in (", badge and issuer never seen before", ", the same badge again")
    )  # fmt: skip
    python = os.environ.get("REFERENCE_PYTHON")
    if not python:
        yield unseen
        yield again
        return
    hosts = [_at_host(number) for number in range(UNSEEN)]
    fresh = cycle(hosts)
    with reference(python, hosts[0][1]) as theirs:
        for figure, work in ((unseen, lambda: _verdict(*next(fresh))), (again, lambda: _verdict(*hosts[0]))):
            value = 1 / against(work, theirs, rounds=40, calls=50, clock=process_time)
            yield replace(figure, value=value, note="")


def _at_host(number: int) -> tuple[Credential, Given]:
    host, issued_on = f"issuer-{number}.example.org", (NOW - timedelta(seconds=number)).isoformat()
    pages = {
        url.replace("issuer.example.org", host): json.loads(json.dumps(page).replace("issuer.example.org", host))
        if isinstance(page, dict)
        else page
        for url, page in issuing.hosted(assertion=make.assertion(issuedOn=issued_on)).items()
    }
    recorded = issuing.documents(pages, NOW)
    assertion = next(url for url in pages if "/assertions/" in url)
    body = json.dumps(pages[assertion]).encode()
    return openbadges.read_payload(body), Given({url: recorded.get(url) for url in pages})


def _verdict(credential: Credential, documents: openbadges.Documents) -> None:
    """Nothing but a whole verdict counts: a badge that is not valid was not looked at to the end."""
    assert openbadges.verify(credential, documents, NOW).outcome is openbadges.Outcome.VALID


@contextmanager
def reference(python: str, documents: Given) -> Iterator[Callable[[], float]]:
    """Asks the reference validator, in a process of its own, for the seconds of one verdict."""
    given = {
        url: ("application/ld+json", answer.body.decode())
        if answer.body.startswith(b"{")
        else ("image/png", make.png().decode("latin-1"))
        for url, answer in documents.items()
        if isinstance(answer, openbadges.Document)
    }
    badge = next(url for url in given if "/assertions/" in url)
    command = [python, "-W", "ignore", "-c", REFERENCE]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        asking, answering = process.stdin, process.stdout

        def say(line: str) -> None:
            asking.write(f"{line}\n")
            asking.flush()

        def once() -> float:
            say(badge)
            return float(answering.readline())

        say(json.dumps(given))
        once()
        yield once
        asking.close()


def first_time(name: str, payload: bytes, goal: float) -> Figure:
    """A whole verdict on bytes not seen before, against PyLD canonicalising the document and nothing else."""
    document = {member: value for member, value in json.loads(payload).items() if member != "proof"}
    credential = openbadges.read_payload(payload)

    def unseen() -> None:
        opened.forget()
        _verdict(credential, NOTHING)

    # PyLD keeps what it makes of contexts too: both have met them before.
    return Figure(group=GROUP, name=name, value=ratio(unseen, lambda: by_pyld(document), clock=process_time), goal=goal)


def again(name: str, payload: bytes) -> Figure:
    """The same bytes judged again, what they prove being remembered, against one bare Ed25519 check."""
    credential, memo = openbadges.read_payload(payload), Memo()
    key, signature = issuing.KEY.public, issuing.KEY.sign(b"x" * 64)
    openbadges.verify(credential, NOTHING, NOW, proven=memo)
    value = ratio(
        lambda: openbadges.verify(credential, NOTHING, NOW, proven=memo),
        lambda: key.verify(signature, b"x" * 64, "EdDSA"),
        calls=200,
        clock=process_time,
    )
    return Figure(group=GROUP, name=name, value=value, goal=3.0)


def extraction() -> Figure:
    """Badges out of pictures, against reading the files and computing the checksums of their bytes."""
    badge = make.text(make.assertion())
    picture = make.png()
    with TemporaryDirectory() as folder:
        files = [Path(folder) / f"{number}.png" for number in range(PICTURES)]
        for file in files:
            # As encoders write it: the picture in pieces of 8 KB.
            pieces = b"".join(make.chunk(b"IDAT", os.urandom(8192)) for _ in range(PICTURE_BYTES // 8204))
            place = picture.index(b"IDAT") - 4
            file.write_bytes(openbadges.bake(picture[:place] + pieces + picture[place:], badge))
        value = ratio(
            lambda: [container_of(data := file.read_bytes()).extract(data) for file in files],
            lambda: [zlib.crc32(file.read_bytes()) for file in files],
            rounds=5,
            clock=process_time,
        )
    name = f"{PICTURES} pictures of 300 KB, against reading and their checksums"
    return Figure(group=GROUP, name=name, value=value, goal=1.3)


def memory() -> Figure:
    """How much the process grows from verdict 10,000 to 100,000: good badges never seen before, of hosts never asked
    before, every fiftieth a signed one.

    Between them lies what a process keeps: parsed badges, contexts, and whatever should not be kept.
    """
    first, last = VERDICTS
    before = 0
    for number in range(last + 1):
        if number == first:
            before = _resident()
        if number % 50 == 0:
            badge = issuing.signed(issuing.credential(id=f"urn:uuid:{number:032x}"), suite=_SUITES[number // 50 % 2])
            _verdict(openbadges.read_payload(make.text(badge)), NOTHING)
        else:
            _verdict(*_at_host(number))
    grown = (_resident() - before) / 1024
    return Figure(group=GROUP, name=f"growth from verdict {first:,} to {last:,}", value=grown, goal=5.0, unit=" MB")


def _resident() -> int:
    """What the process holds now, in KB (Linux)."""
    gc.collect()
    return int(re.findall(r"VmRSS:\s+(\d+)", Path("/proc/self/status").read_text())[0])


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
