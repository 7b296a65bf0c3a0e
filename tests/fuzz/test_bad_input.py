"""What is made to exhaust a reader, and what fuzzing once found: each ends at once, and small."""

from __future__ import annotations

import io
import struct
import time
import zipfile
import zlib
from collections.abc import Callable

import pytest

from backpack import openbadges
from backpack.openbadges.errors import OpenBadgesError
from backpack.openbadges.identity.multibase import to_base64url
from backpack.openbadges.policy import Policy
from backpack.openbadges.report import Outcome
from backpack.openbadges.status import bitstring
from tests.fuzz import seeds, targets
from tests.openbadges import issuing, make

MOST_SECONDS = 2.0


def _chunk_of_four_gigabytes() -> bytes:
    return make.png()[:33] + struct.pack(">I", 0xFFFFFFF0) + b"tEXtopenbadges\0" + make.ASSERTION_URL.encode()


def _text_of_a_quarter_gigabyte() -> bytes:
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(bytes(1 << 20)) for _ in range(256)) + packer.flush()
    return make.with_chunk(make.png(), b"zTXt", b"openbadges\0\0" + packed)


def _billion_laughs() -> bytes:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return (
        f'<!DOCTYPE svg [<!ENTITY l0 "ha">{entities}]><svg xmlns="http://www.w3.org/2000/svg">'
        '<o:assertion xmlns:o="http://openbadges.org">&l9;</o:assertion></svg>'
    ).encode()


def _entry_without_a_name() -> bytes:
    box = make.box({"a": b"not a badge"})
    return box.replace(struct.pack("<HH", 1, 0) + b"a", struct.pack("<HH", 0, 0)).replace(
        struct.pack("<HHHHHII", 1, 0, 0, 0, 0, 0o600 << 16, 0) + b"a",
        struct.pack("<HHHHHII", 0, 0, 0, 0, 0, 0o600 << 16, 0),
    )


def _packed_otherwise(method: int) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as box:
        box.writestr("badge.json", make.text(make.assertion()))
    return file.getvalue()


BAD: dict[str, Callable[[], bytes]] = {
    "fifty megabytes of brackets": lambda: b"[" * 50_000_000,
    "three megabytes of brackets": lambda: b"[" * 3_000_000,
    "three megabytes of quotes": lambda: b'["' * 1_500_000,
    "a member twice": lambda: b'{"@context":"https://w3id.org/openbadges/v2","type":"Assertion","id":"a","id":"b"}',
    "not a number": lambda: b'{"badge":"https://a.example","recipient":NaN}',
    "half a character": lambda: b'{"badge":"https://a.example","recipient":"\\ud800"}',
    "a chunk that claims four gigabytes": _chunk_of_four_gigabytes,
    "a chunk that inflates to a quarter of a gigabyte": _text_of_a_quarter_gigabyte,
    "millions of chunks": lambda: make.png()[:33] + make.chunk(b"tEXt", b"") * 500_000,
    "a drawing of a billion laughs": _billion_laughs,
    "a drawing of a hundred thousand boxes": lambda: b"<svg>" + b"<g>" * 100_000 + b"</g>" * 100_000 + b"</svg>",
    "a box within a box": lambda: make.box({"box.zip": make.box({"badge.json": make.text(make.assertion())})}),
    "an entry of zeros": lambda: make.box({"zeros.png": bytes(64 << 20)}),
    "an entry without a name": _entry_without_a_name,
    "an entry packed by LZMA": lambda: _packed_otherwise(zipfile.ZIP_LZMA),
    "an entry packed by bzip2": lambda: _packed_otherwise(zipfile.ZIP_BZIP2),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_refused_at_once(name: str) -> None:
    data = BAD[name]()
    start = time.process_time()
    with pytest.raises(OpenBadgesError):
        openbadges.read(data)
    assert time.process_time() - start < MOST_SECONDS


def _packed(blocks: int) -> bytes:
    """So many times 64 MB of zeros. The same compressed block again and again: nobody ever makes them all."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    first, middle = (packer.compress(bytes(64 << 20)) + packer.flush(zlib.Z_FULL_FLUSH) for _ in range(2))
    return first + middle * (blocks - 1) + packer.flush(zlib.Z_FINISH)


def test_bits_that_inflate_to_ten_gigabytes_are_not_made() -> None:
    packed = "u" + to_base64url(_packed(160))
    start = time.process_time()
    with pytest.raises(bitstring.Unusable):
        bitstring.inflated(packed, Policy().max_status_bytes)
    assert time.process_time() - start < MOST_SECONDS


def test_a_status_list_that_inflates_to_gigabytes_answers_nothing() -> None:
    listed = issuing.status_list(encodedList="u" + to_base64url(_packed(32)))
    badge = issuing.signed(issuing.credential(credentialStatus=issuing.status_entry()))
    start = time.process_time()
    report = issuing.judged(badge, {issuing.STATUS_URL: listed})
    assert time.process_time() - start < MOST_SECONDS
    assert (report.outcome, report.reason) == (Outcome.UNKNOWN, "status-unusable")
    assert report.facts["name"] == "encodedList"


def test_endorsements_that_circle_come_to_an_end() -> None:
    first, second = "https://issuer.example.org/e/1", "https://issuer.example.org/e/2"
    badge = make.assertion(endorsement=[first])

    def endorsement(id_: str, other: str) -> dict[str, object]:
        return {
            "@context": "https://w3id.org/openbadges/v2",
            "type": "Endorsement",
            "id": id_,
            "claim": {"id": other, "endorsementComment": "good"},
            "issuer": issuing.PROFILE_URL,
            "issuedOn": "2024-05-06T07:08:09Z",
            "verification": {"type": "HostedBadge"},
            "endorsement": [other],
        }

    pages = {
        **issuing.hosted(assertion=badge),
        first: endorsement(first, second),
        second: endorsement(second, first),
    }
    report = issuing.judged(badge, pages)  # type: ignore[arg-type] # JSON, made above
    assert report.outcome is Outcome.VALID
    assert len(report.used) <= 12


def test_a_credential_in_itself_comes_to_an_end() -> None:
    badge = issuing.credential()
    for _ in range(12):
        badge = issuing.credential(endorsement=[issuing.signed(badge, suite="eddsa-jcs-2022")])
    start = time.process_time()
    issuing.judged(badge)
    assert time.process_time() - start < MOST_SECONDS


@pytest.mark.parametrize(
    ("name", "data"),
    # Some seeds hold fresh keys: numbered, each process of the tests calls them the same.
    [
        pytest.param(name, data, id=f"{name}-{number}")
        for name in targets.TARGETS
        for number, data in enumerate(seeds.SEEDS[name]())
    ],
)
def test_every_seed_ends_well(name: str, data: bytes) -> None:
    targets.attempt(name, data)
