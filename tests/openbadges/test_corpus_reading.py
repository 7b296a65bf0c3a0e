"""The corpus of badges with known verdicts: container and version are what the manifest says, the unreadable raises."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import pytest

from backpack.openbadges.errors import OpenBadgesError
from backpack.openbadges.reading import read

CORPUS = os.environ.get("BADGE_CORPUS")
# Nothing in the JSON of a 2.1 badge tells it from a 2.0 one: the additions are an API and a profile.
SAME = {"2.1": "2.0"}

pytestmark = pytest.mark.corpus


def cases() -> list[dict[str, str]]:
    if not CORPUS:
        return []
    with (Path(CORPUS) / "MANIFEST.tsv").open(encoding="utf-8") as manifest:
        return list(csv.DictReader(manifest, delimiter="\t", quoting=csv.QUOTE_NONE))


CASES = cases()


@pytest.fixture(scope="module")
def corpus() -> Path:
    if not CORPUS:
        pytest.skip("BADGE_CORPUS names no folder: the corpus is not there")
    return Path(CORPUS)


def test_every_badge_is_read_as_what_it_is(corpus: Path) -> None:
    wrong = []
    for case in CASES:
        data = (corpus / case["input"]).read_bytes()
        try:
            found = read(data)
        except OpenBadgesError as error:
            if "unreadable" not in case["outcome"]:
                wrong.append(f"{case['id']}: {error.code} {error.facts}, expected {case['outcome']}")
            continue
        version = found[0].credential.version
        if found[0].container != case["container"]:
            wrong.append(f"{case['id']}: {found[0].container}, expected {case['container']}")
        if version is not None and version.value != SAME.get(case["version"], case["version"]):
            wrong.append(f"{case['id']}: version {version.value}, expected {case['version']}")
    assert not wrong, "\n".join(wrong)


def test_what_is_unreadable_raises(corpus: Path) -> None:
    # What only the network's answer makes unreadable is not for `read` to tell.
    silent = [
        case["id"]
        for case in CASES
        if case["outcome"] == "unreadable" and case["container"] != "url" and readable(corpus / case["input"])
    ]
    assert not silent


def readable(path: Path) -> bool:
    try:
        return bool(read(path.read_bytes()))
    except OpenBadgesError:
        return False
