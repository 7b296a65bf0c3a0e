"""Every line of the corpus of badges with known verdicts, through `backpack verify`.

What we judge otherwise is argued in docs/verification.md.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from backpack.cli import main

CORPUS = os.environ.get("BADGE_CORPUS")
TODAY = datetime(2026, 11, 23, 12, tzinfo=UTC)
# The worst of several badges in one input counts, as for the exit status of the command.
WORST = ("valid", "expired", "revoked", "unknown", "invalid", "unreadable")
# Nothing in the JSON of a 2.1 badge tells it from a 2.0 one.
SAME = {"2.1": "2.0"}
ARGUED = Path(__file__).resolve().parents[2] / "docs" / "verification.md"

pytestmark = pytest.mark.corpus


@dataclass(frozen=True)
class Verdict:
    outcome: str
    reason: str | None = None
    issuer: str = "-"
    recipient: str = "-"
    version: str | None = None


def argued() -> set[str]:
    """The lines that the manual's table of disagreements names."""
    table = ARGUED.read_text("utf-8").partition("## Where we disagree with the corpus")[2]
    return set(re.findall(r"^\| `([\w-]+)` \|", table, re.MULTILINE))


def test_fewer_than_five_lines_are_argued() -> None:
    assert len(argued()) < 5


@pytest.fixture(scope="module")
def corpus() -> Path:
    if not CORPUS:
        pytest.skip("BADGE_CORPUS names no folder: the corpus is not there")
    return Path(CORPUS)


def test_every_verdict_is_the_expected_one(corpus: Path) -> None:
    with (corpus / "MANIFEST.tsv").open(encoding="utf-8") as manifest:
        cases = list(csv.DictReader(manifest, delimiter="\t", quoting=csv.QUOTE_NONE))
    wrong = {case["id"]: "; ".join(said) for case in cases if (said := list(disagreements(corpus, case)))}
    assert {id_: said for id_, said in wrong.items() if id_ not in argued()} == {}
    assert argued() <= set(wrong), "an argued disagreement is none any more"


def disagreements(corpus: Path, case: dict[str, str]) -> Iterator[str]:
    """What we say otherwise than the manifest."""
    found = judged(corpus / case["input"], case)
    if found.outcome not in case["outcome"].split("|"):
        yield f"{found.outcome} ({found.reason}) instead of {case['outcome']} ({case['reason']})"
        return
    if found.outcome == "unreadable":
        return
    if case["issuer"] not in ("-", found.issuer):
        yield f"issuer {found.issuer}"
    if case["recipient_result"] not in ("-", found.recipient):
        yield f"recipient {found.recipient}"
    # Of an address that answers nothing, nobody can tell which version stood there.
    if found.version is not None and SAME.get(case["version"], case["version"]) != found.version:
        yield f"version {found.version}"


def judged(file: Path, case: dict[str, str]) -> Verdict:
    """What the command says of the file; of several badges in it, the worst."""
    at = TODAY.isoformat() if case["at"] == "-" else case["at"]
    asked = [] if case["recipient"] == "-" else case["recipient"].split(",")
    words = ["verify", str(file), "--documents", str(file.parent), "--at", at, "--json"]
    for address in asked:
        words += ["--recipient", address]
    with redirect_stdout(io.StringIO()) as printed:
        main(words)
    verdicts = [verdict_of(json.loads(line)) for line in printed.getvalue().splitlines()]
    return max(verdicts, key=lambda verdict: WORST.index(verdict.outcome))


def verdict_of(line: dict[str, str | None]) -> Verdict:
    if "error" in line:
        return Verdict("unreadable", line["error"])
    return Verdict(
        outcome=str(line["outcome"]),
        reason=line["reason"],
        issuer=str(line["issuer"]),
        recipient=str(line["recipient"]),
        version=line["version"],
    )
