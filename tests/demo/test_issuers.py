"""The demo issuers answer for their own hosts only, in the mood they are in."""

from __future__ import annotations

from pathlib import Path

import pytest

from backpack.demo.issuers import DemoIssuers, NoSuchIssuer, answers_file, moods, set_mood, write

URL = "https://theatre.trois-mats.example/assertions/scene"
PICTURE = "https://theatre.trois-mats.example/images/scene.png"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "scene.png").write_bytes(b"a picture")
    write(
        answers_file(tmp_path, "restore"),
        {
            URL: {"status": 200, "headers": {"Content-Type": "application/ld+json"}, "body": '{"nom": "été"}'},
            PICTURE: {"status": 200, "headers": {"Content-Type": "image/png"}, "body_file": "scene.png"},
        },
    )
    write(answers_file(tmp_path, "revoke"), {URL: {"status": 410, "body": ""}})
    return tmp_path


def test_each_mood_changes_only_what_it_changes(folder: Path) -> None:
    issuers = DemoIssuers(folder)
    set_mood(folder, "theatre", "revoke")
    first, picture = issuers.answer(URL), issuers.answer(PICTURE)
    assert first is not None
    assert first.status == 410
    assert picture is not None
    assert picture.body == b"a picture"
    set_mood(folder, "theatre", "restore")
    again = issuers.answer(URL)
    assert again is not None
    assert (again.status, again.body.decode()) == (200, '{"nom": "été"}')
    assert moods(folder) == {}


def test_a_silent_issuer_fails_like_a_real_one(folder: Path) -> None:
    set_mood(folder, "theatre", "silent")
    answer = DemoIssuers(folder).answer(URL)
    assert answer is not None
    assert answer.why == "connection"


@pytest.mark.parametrize(
    "url", ["https://example.org/x", "https://evil.example/", "https://a.theatre.trois-mats.example/", "not an address"]
)
def test_other_hosts_are_not_theirs(folder: Path, url: str) -> None:
    assert DemoIssuers(folder).answer(url) is None


def test_an_address_they_do_not_have_is_not_found(folder: Path) -> None:
    answer = DemoIssuers(folder).answer("https://theatre.trois-mats.example/none")
    assert answer is not None
    assert answer.status == 404


def test_without_the_example_nobody_answers(tmp_path: Path) -> None:
    assert DemoIssuers(tmp_path).answer(URL) is None


def test_an_unknown_issuer_is_said(folder: Path) -> None:
    with pytest.raises(NoSuchIssuer, match="opera"):
        set_mood(folder, "opera", "revoke")
