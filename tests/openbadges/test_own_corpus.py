"""The corpus of our own, through the command; and that it leaves nothing out that the engine knows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from backpack import openbadges
from backpack.cli import main
from backpack.openbadges.containers import CONTAINERS, compact_jws, container_of
from backpack.openbadges.identity.keys import ALGORITHMS
from backpack.openbadges.model import Version
from backpack.openbadges.proofs import data_integrity
from backpack.openbadges.reading import document_in
from backpack.openbadges.reasons import CHECKS, REASONS, UNREADABLE
from backpack.openbadges.status import bitstring, credential_status
from backpack.openbadges.versions.shapes import objects, strings
from tests.openbadges.corpus.case import WORST, Case
from tests.openbadges.corpus.whole import CASES
from tests.openbadges.issuing import NOON

STATUS = {"valid": 0, "unreadable": 2}
# Nothing in the JSON of a 2.1 badge tells it from a 2.0 one.
TOLD = set(Version) - {Version.OB_2_1}


def judged(case: Case, folder: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, list[dict[str, Any]]]:
    """The exit status of the command and its lines."""
    words = ["verify", str(case.lay_out(folder)), "--documents", str(folder), "--at", NOON.isoformat(), "--json"]
    status = main([*words, *(["--recipient", case.recipient[0]] if case.recipient else [])])
    return status, [json.loads(line) for line in capsys.readouterr().out.splitlines()]


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_the_command_says_what_is_known(
    case: Case, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    if case.known_key:
        known = tmp_path / "known.json"
        known.write_text(json.dumps({"keys": {case.known_key: "Université"}}), "utf-8")
        monkeypatch.setenv("KNOWN_ISSUERS", str(known))
    status, lines = judged(case, tmp_path, capsys)
    verdicts = [(line.get("outcome", "unreadable"), line.get("reason", line.get("error"))) for line in lines]
    worst = max(verdicts, key=lambda verdict: WORST.index(verdict[0]))
    assert worst == case.expected
    assert status == STATUS.get(case.expected[0], 1)
    read = [line for line in lines if "outcome" in line]
    assert len(read) == case.badges
    for line in read:
        assert case.container in (None, line["container"])
        assert case.established in (None, line["issuer"] == "established")
        assert list(dict.fromkeys(check["id"] for check in line["checks"])) == list(CHECKS)
        if case.recipient:
            assert line["recipient"] == case.recipient[1]


def test_there_are_enough_and_each_has_its_own_name() -> None:
    assert len(CASES) >= 120
    assert len({case.id for case in CASES}) == len(CASES)


@cache
def documents() -> tuple[dict[str, Any], ...]:
    """What is said in every badge, whatever it came in."""
    return tuple(document for payload in payloads() if (document := _read(payload)) is not None)


def _read(payload: bytes) -> dict[str, Any] | None:
    try:
        return document_in(payload)
    except openbadges.OpenBadgesError:
        return None


@cache
def payloads() -> tuple[bytes, ...]:
    return tuple(found.payload for case in CASES if case.badges for found in openbadges.read(case.data))


def proofs() -> Iterator[tuple[str, str]]:
    for document in documents():
        for proof in objects(document.get("proof")):
            yield data_integrity.suite_of(proof), str(proof.get("verificationMethod"))


def test_every_reason_has_a_case() -> None:
    codes = {code for _, code in (case.expected for case in CASES)}
    assert codes >= {*REASONS, *UNREADABLE}


def test_every_outcome_is_reached() -> None:
    assert {outcome for outcome, _ in (case.expected for case in CASES)} == {*openbadges.Outcome, "unreadable"}


def test_every_container_has_a_case() -> None:
    assert {container_of(case.data) for case in CASES if case.badges} == set(CONTAINERS)


def test_every_version_has_a_case() -> None:
    versions = {openbadges.read_payload(payload).version for payload in payloads()}
    assert versions | {Version.OB_0_5} >= TOLD, "0.5 is read at its address"


def test_every_suite_has_a_case() -> None:
    assert {suite for suite, _ in proofs()} >= data_integrity.SUITES


def test_every_algorithm_has_a_case() -> None:
    tokens = [payload for payload in payloads() if compact_jws.recognises(payload)]
    named = [compact_jws.header(token).get("alg") for token in tokens]
    known = {algorithm for several in ALGORITHMS.values() for algorithm in several}
    assert {one for one in named if isinstance(one, str)} >= known


def test_every_kind_of_key_address_has_a_case() -> None:
    kinds = {
        method.partition("#")[0].rpartition(":" if method.startswith("did:") else "//")[0] for _, method in proofs()
    }
    assert kinds >= {"did:key", "did:web", "did:jwk", "https:"}


def test_every_kind_of_status_has_a_case() -> None:
    entries = [entry for document in documents() for entry in objects(document.get("credentialStatus"))]
    assert {name for entry in entries for name in strings(entry.get("type"))} >= {
        *bitstring.ENTRIES,
        *credential_status.LISTS,
    }
