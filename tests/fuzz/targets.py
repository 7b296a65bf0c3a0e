"""What the bytes are given to. A target ends quietly, in one of its documented exceptions, or has found a fault."""

from __future__ import annotations

import base64
import json
import resource
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

from backpack import openbadges
from backpack.openbadges.containers import (
    Bakeable,
    Container,
    Kind,
    address,
    archive,
    compact_jws,
    pdf,
    plain_json,
    png,
    svg,
)
from backpack.openbadges.contexts import UnknownContext
from backpack.openbadges.documents import Document, Missing
from backpack.openbadges.errors import OpenBadgesError
from backpack.openbadges.identity import dids, keys
from backpack.openbadges.proofs import linked_data, rdfc
from backpack.openbadges.report import Report
from backpack.openbadges.status import bitstring
from backpack.openbadges.strict_json import JSON, loads, loads_object
from tests.fuzz import signed
from tests.fuzz.seeds import SEPARATOR
from tests.openbadges import issuing, make

MOST_SECONDS = 2.0
MOST_MEGABYTES = 512
RECIPIENTS = ("lea@example.org", "https://people.example/lea", "did:key:z6Mk")
_PAYLOAD = make.text(make.assertion())


class Fault(Exception):
    """An end that no input may have."""


def attempt(name: str, data: bytes) -> None:
    """Gives the bytes to a target. Raises Fault for a wrong, slow or heavy end."""
    start = time.process_time()
    held = _most_held()
    try:
        TARGETS[name](data)
    except OpenBadgesError as error:
        str(error)
    except Fault:
        raise
    except BaseException as error:
        raise Fault(f"{type(error).__name__}: {error}") from error
    spent = time.process_time() - start
    if spent > MOST_SECONDS:
        raise Fault(f"{spent:.1f} s")
    grown = _most_held() - held
    if grown > MOST_MEGABYTES:
        raise Fault(f"{grown:.0f} MB")


def _most_held() -> float:
    """The most memory this process has held so far, in MB: what it did before counts, so only growth tells."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


class Answers:
    """Each address that is asked answers the next of these texts; one that begins with a number, that status."""

    def __init__(self, bodies: list[bytes]) -> None:
        self.bodies = bodies
        self.asked = 0

    def get(self, url: str, accept: str = "application/json") -> Document | Missing:
        if self.asked >= len(self.bodies):
            return Missing(url=url, why="timeout")
        body = self.bodies[self.asked]
        self.asked += 1
        status = int(body[:3]) if body[:3] in (b"404", b"410", b"500") else 200
        return Document(
            url=url,
            final_url=url,
            chain=(url,),
            status=status,
            fetched_at=issuing.NOON,
            fresh_until=issuing.NOON + timedelta(hours=1),
            usable_until=issuing.NOON + timedelta(days=1),
            body=body,
        )


class Same(Answers):
    """Every address answers the same."""

    def get(self, url: str, accept: str = "application/json") -> Document | Missing:
        self.asked = 0
        return super().get(url, accept)


def judge(payload: bytes, documents: Answers) -> None:
    report = openbadges.verify(openbadges.read_payload(payload), documents, issuing.NOON, recipients=RECIPIENTS)
    _complete(report)


def _complete(report: Report) -> None:
    if not report.checks:
        raise Fault("no report")
    for check in report.checks:
        str(check.message)
    for inner in (*report.members, *report.endorsements):
        _complete(inner)


def _container(container: Container) -> Callable[[bytes], None]:
    """What a container gives is bytes, and a picture that can be read can be baked and gives the badge back."""

    def target(data: bytes) -> None:
        container.recognises(data[:4096])
        for payload in container.extract(data):
            if not isinstance(payload, bytes):
                raise Fault(f"{type(payload).__name__} instead of bytes")

    return target


def _bakeable(container: Bakeable) -> Callable[[bytes], None]:
    extract = _container(container)

    def target(data: bytes) -> None:
        with suppress(OpenBadgesError):
            extract(data)
        baked = container.embed(data, _PAYLOAD, Kind.OPEN_BADGE, replace=True)
        found = tuple(container.extract(baked))
        if _PAYLOAD not in found:
            raise Fault("baked, and not found again")

    return target


def _json(data: bytes) -> None:
    with suppress(OpenBadgesError):
        plain_json.extract(data)
    if loads(data) != json.loads(data.removeprefix(b"\xef\xbb\xbf")):
        raise Fault("another value than the standard library's")


def _jws(data: bytes) -> None:
    """The bytes as a token, and as the claims of one."""
    head, dot, claims = data.partition(b".")
    inner = b".".join(base64.urlsafe_b64encode(part).rstrip(b"=") for part in (head, claims, b"signature"))
    for token in (data, inner) if dot else (data, make.token({}).split(b".")[0] + b"." + inner + b".AA"):
        with suppress(OpenBadgesError):
            compact_jws.extract(token)
        with suppress(OpenBadgesError):
            judge(token, Answers([]))


def _address(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    openbadges.rewrite_address(text)
    (url,) = address.extract(data)
    judge(url, Answers([data]))


def _read(data: bytes) -> None:
    for result in openbadges.read_each(data):
        if isinstance(result, openbadges.Found):
            judge(result.payload, Answers([]))


def _verify(data: bytes) -> None:
    payload, *bodies = data.split(SEPARATOR)
    judge(payload, Answers(bodies))


_STATUS_KINDS = ("1EdTechRevocationList", "BitstringStatusListEntry", "StatusList2021Entry")
_LISTED = tuple(
    make.text(
        issuing.signed(
            issuing.credential(credentialStatus={**issuing.status_entry(), "id": issuing.LIST_URL, "type": kind}),
            suite="eddsa-jcs-2022",
        )
    )
    for kind in _STATUS_KINDS
)


def _status(data: bytes) -> None:
    """The bytes as the list that every status entry names, and as the bits in a list that is in order."""
    for payload in _LISTED:
        judge(payload, Same([data]))
    with suppress(bitstring.Unusable):
        bits = bitstring.inflated(data.decode("latin-1"), 16 * 1024 * 1024)
        bitstring.value_at(bits, 7)


_BY_WEB = make.text(
    issuing.signed(
        make.credential(issuer={"id": "did:web:issuer.example.org", "type": ["Profile"], "name": "x"}),
        suite="eddsa-jcs-2022",
        method="did:web:issuer.example.org#key-1",
    )
)
_SIGNED_2 = issuing.signed_assertion()


def _did(data: bytes) -> None:
    """The bytes as the document that publishes a key, and as an identifier."""
    for payload in (_BY_WEB, _SIGNED_2):
        judge(payload, Same([data]))
    text = data.decode("utf-8", "replace")
    dids.web_address(text)
    with suppress(keys.KeyUnfit, keys.KeyUnsupported):
        dids.own_key(text)


def _rdfc(data: bytes) -> None:
    """The bytes as a graph of blank nodes, and as a document."""
    nodes = [(f"_:n{one}", "<urn:p>", f"_:n{other}", "") for one, other in zip(data[::2], data[1::2], strict=False)]
    with suppress(rdfc.TooComplex):
        rdfc.canonical(nodes[:4_000])
    document: dict[str, JSON] = loads_object(data)
    with suppress(linked_data.Unprocessable, rdfc.TooComplex, UnknownContext):
        graph = linked_data.read(document)
        graph.signed(document)
        rdfc.canonical(graph.quads)


def _signed(data: bytes) -> None:
    """The bytes as a badge whose issuer signed something of which the verdict is known."""
    try:
        _complete(signed.check(data))
    except signed.Deceived as deceived:
        raise Fault(str(deceived)) from deceived


TARGETS: dict[str, Callable[[bytes], None]] = {
    "png": _bakeable(png),
    "svg": _bakeable(svg),
    "pdf": _bakeable(pdf),
    "zip": _container(archive),
    "json": _json,
    "jws": _jws,
    "address": _address,
    "read": _read,
    "verify": _verify,
    "status": _status,
    "did": _did,
    "rdfc": _rdfc,
    "signed": _signed,
}
