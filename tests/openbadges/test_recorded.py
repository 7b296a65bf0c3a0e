"""Recorded answers: what is not there does not answer, and redirects follow the guard's rules."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from backpack.openbadges.documents import Document, Missing
from backpack.openbadges.recorded import RecordedDocuments, UnusableRecord, read_recorded

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
A = "https://example.org/a"
B = "https://example.org/b"


def to(url: str, status: int = 302) -> dict[str, object]:
    return {"status": status, "headers": {"Location": url}}


@pytest.mark.parametrize(
    ("answers", "why"),
    [
        pytest.param({}, "connection", id="an address that is not in the set"),
        pytest.param({A: {"error": "timeout"}}, "timeout", id="an address that fails"),
        pytest.param({A: to("http://example.org/b"), "http://example.org/b": {"status": 200}}, "redirect", id="down"),
        pytest.param({A: to("ftp://example.org/b")}, "redirect", id="another scheme"),
        pytest.param({A: to(A)}, "redirect", id="round and round"),
        pytest.param({A: to(B)}, "connection", id="to nowhere"),
    ],
)
def test_no_answer(answers: dict[str, dict[str, object]], why: str) -> None:
    answer = RecordedDocuments(answers=answers, now=NOON).get(A)
    assert isinstance(answer, Missing)
    assert answer.why == why


def test_a_redirect_is_followed_and_told() -> None:
    answers = {A: to("/b", 301), B: {"status": 200, "headers": {"Content-Type": "application/json"}, "body": "{}"}}
    answer = RecordedDocuments(answers=answers, now=NOON).get(A + "#there")
    assert isinstance(answer, Document)
    assert (answer.final_url, answer.chain, answer.body) == (B, (A, B), b"{}")
    assert answer.content_type == "application/json"
    assert answer.fresh_until > NOON


@pytest.mark.parametrize("status", [404, 410, 500])
def test_a_refusal_is_an_answer(status: int) -> None:
    answer = RecordedDocuments(answers={A: {"status": status}}, now=NOON).get(A)
    assert isinstance(answer, Document)
    assert answer.status == status


def test_bodies_may_lie_beside_the_set(tmp_path: Path) -> None:
    (tmp_path / "picture.png").write_bytes(b"\x89PNG")
    (tmp_path / "responses.json").write_text(json.dumps({A: {"status": 200, "body_file": "picture.png"}}))
    for path in (tmp_path, tmp_path / "responses.json"):
        answer = read_recorded(path, NOON).get(A)
        assert isinstance(answer, Document)
        assert answer.body == b"\x89PNG"


@pytest.mark.parametrize("text", ["", "[]", '{"https://example.org/a": {}}', "not json"])
def test_a_set_that_cannot_be_read_is_said(text: str, tmp_path: Path) -> None:
    (tmp_path / "responses.json").write_text(text)
    with pytest.raises(UnusableRecord):
        read_recorded(tmp_path, NOON)
