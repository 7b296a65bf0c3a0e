"""That the searches tell a deceived verdict from a true one, and a search that was made from one that was not."""

from __future__ import annotations

import json
import random

import pytest

from backpack.openbadges.proofs.plain_terms import PlainTerms
from tests.fuzz import __main__ as command
from tests.fuzz import rewriting, signed, targets
from tests.fuzz.__main__ import Search
from tests.openbadges import make

BADGES = signed.badges()
EXPIRED = next(id_ for id_, (payload, outcome) in BADGES.items() if outcome == "expired" and b"rdfc" in payload)


@pytest.mark.parametrize(("payload", "outcome"), BADGES.values(), ids=list(BADGES))
def test_the_verdicts_are_known(payload: bytes, outcome: str) -> None:
    assert signed.check(payload).outcome == outcome


def hidden_end() -> bytes:
    """An expired badge whose end stands where no reader looks; its RDF is the same."""
    document = json.loads(BADGES[EXPIRED][0])
    term = {
        "@id": "https://www.w3.org/2018/credentials#validUntil",
        "@type": "http://www.w3.org/2001/XMLSchema#dateTime",
    }
    document["@context"].append({"x": term})
    document["x"] = document.pop("validUntil")
    return make.text(document)


def test_a_badge_made_good_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    assert signed.check(hidden_end()).outcome == "invalid"
    monkeypatch.setattr(PlainTerms, "check_members", lambda *_: None)
    with pytest.raises(targets.Fault, match="valid, and was expired"):
        targets.attempt("signed", hidden_end())


def test_rewriting_finds_such_a_badge_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PlainTerms, "check_members", lambda *_: None)
    chance = random.Random("an end that hides")

    def search() -> None:
        for _ in range(5_000):
            targets.attempt("signed", rewriting.rewritten(BADGES[EXPIRED][0], (), chance))

    with pytest.raises(targets.Fault, match="valid, and was expired"):
        search()


@pytest.mark.parametrize(
    ("searches", "status", "words"),
    [
        pytest.param([Search("png", 51), Search("svg", 50)], 0, "2 targets, 101 s of CPU time, 0 faults", id="made"),
        pytest.param([Search("png", 51), Search("svg", 12)], 3, "svg 12 s", id="ended by the clock on the wall"),
        pytest.param([Search("png", 9, ["png: x"])], 1, "1 faults", id="a fault"),
    ],
)
def test_time_that_was_not_spent_is_no_success(
    searches: list[Search], status: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.told(searches, 50) == status
    assert words in capsys.readouterr().out
