"""Each error is one status and one sentence, in the reader's language."""

from __future__ import annotations

import json

import pytest
from flask.testing import FlaskClient

FRENCH, ENGLISH = {"Accept-Language": "fr"}, {"Accept-Language": "en"}


@pytest.mark.parametrize(
    ("kind", "status", "code", "sentence"),
    [
        ("not-found", 404, "not-found", "There is nothing at this address."),
        ("gone", 410, "link-closed", "This link is no longer active."),
        ("too-large", 413, "too-large", "Choose a smaller file."),
        ("too-many", 429, "too-many", "Try again in 10 minutes."),
        ("plain", 422, "error", "Nothing was changed."),
        ("no-badge", 422, "no-badge-found", "There is no badge in this file."),
        ("database", 503, "unavailable", "Try again in a minute."),
        ("disk", 507, "no-room", "There is no room left"),
        ("defect", 500, "broken", "Something broke on our side."),
    ],
)
def test_an_error_has_its_status_and_sentence(
    client: FlaskClient, kind: str, status: int, code: str, sentence: str
) -> None:
    page = client.get(f"/probe/raises/{kind}", headers=ENGLISH)
    assert page.status_code == status
    assert sentence in page.text
    assert page.mimetype == "text/html"
    data = client.get(f"/probe/raises/{kind}", headers={**ENGLISH, "Accept": "application/json"})
    assert data.status_code == status
    assert data.get_json()["error"] == code
    assert sentence in data.get_json()["message"]


@pytest.mark.parametrize(("headers", "words"), [(FRENCH, "Rien ici"), (ENGLISH, "Nothing here")])
def test_an_error_page_speaks_the_readers_language(client: FlaskClient, headers: dict[str, str], words: str) -> None:
    assert words in client.get("/nowhere", headers=headers).text


def test_a_wrong_method_says_which_are_right(client: FlaskClient) -> None:
    answer = client.delete("/healthz")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


def test_an_error_page_sets_no_cookie(client: FlaskClient) -> None:
    assert "Set-Cookie" not in client.get("/nowhere?lang=en").headers


def test_a_defect_gives_a_number_that_is_in_the_log_and_nothing_of_what_people_wrote(
    client: FlaskClient, capsys: pytest.CaptureFixture[str]
) -> None:
    page = client.get("/probe/raises/defect?note=secret-of-camille", headers=ENGLISH)
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    failure = next(line for line in lines if line["event"] == "failure")
    assert failure["id"] in page.text
    assert failure["kind"] == "ValueError"
    assert any("raises" in frame for frame in failure["at"])
    assert "secret-of-camille" not in json.dumps(lines)


def test_the_log_names_the_rule_and_not_the_address(client: FlaskClient, capsys: pytest.CaptureFixture[str]) -> None:
    client.get("/probe/raises/gone?token=secret-of-camille")
    line = json.loads(capsys.readouterr().err.splitlines()[-1])
    assert line["rule"] == "/probe/raises/<kind>"
    assert line["status"] == 410
    assert "secret" not in json.dumps(line)
