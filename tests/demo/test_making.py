"""The living example is real: its badges are read, fetched and judged like anybody's."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from backpack.archive.policy import registrable_domain
from backpack.demo.issuers import DemoIssuers, set_mood
from backpack.demo.making import MadeBadge, known, make
from backpack.demo.story import ADDRESSES, BADGES
from backpack.openbadges import Outcome, Policy, Report, read, verify
from backpack.openbadges.documents import Document, Missing
from backpack.openbadges.recorded import RecordedDocuments

TODAY = datetime(2026, 11, 23, 14, 5, tzinfo=UTC)


class Asked:
    """What the demo issuers answer, as documents."""

    def __init__(self, issuers: DemoIssuers) -> None:
        self._issuers = issuers

    def get(self, url: str, accept: str = "application/json") -> Document | Missing:
        answer = self._issuers.answer(url)
        if answer is None or answer.why:
            return Missing(url=url, why="connection")
        recorded = {"status": answer.status, "headers": answer.headers, "body": answer.body.decode("latin-1")}
        if answer.headers.get("Content-Type") != "image/png":
            recorded["body"] = answer.body.decode()
        return RecordedDocuments(answers={url: recorded}, now=TODAY).get(url)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, MadeBadge]]:
    folder = tmp_path_factory.mktemp("demo")
    return folder, {badge.story.key: badge for badge in make(folder, TODAY)}


def judged(folder: Path, badge: MadeBadge) -> Report:
    lists = known(folder)
    policy = Policy(
        known_keys=lists["keys"], known_issuers=lists["hosts"], registrable_domain=registrable_domain, platforms=()
    )
    (found,) = read(badge.data)
    documents = Asked(DemoIssuers(folder))
    return verify(found.credential, documents, TODAY, recipients=ADDRESSES, policy=policy)


EXPECTED = {
    "accueil": (Outcome.VALID, None),
    "secours": (Outcome.EXPIRED, "expired"),
    "quais": (Outcome.UNKNOWN, "document-unreachable"),
    "scene": (Outcome.VALID, None),
    "radio": (Outcome.REVOKED, "revoked"),
    "tutorat": (Outcome.VALID, None),
    "lecture": (Outcome.VALID, None),
    "pitch": (Outcome.VALID, None),
    "recherche": (Outcome.INVALID, "signature-wrong"),
    "mediation": (Outcome.VALID, None),
    "sonore": (Outcome.UNKNOWN, "status-unreachable"),
    "plagiat": (Outcome.VALID, None),
}


@pytest.mark.parametrize("story", BADGES, ids=lambda story: story.key)
def test_each_badge_stands_as_its_story_says(story: object, made: tuple[Path, dict[str, MadeBadge]]) -> None:
    folder, badges = made
    key = getattr(story, "key", "")
    report = judged(folder, badges[key])
    assert (report.outcome, report.reason) == EXPECTED[key], [
        (check.id, check.result.value, str(check.message)) for check in report.checks
    ]
    if report.outcome is Outcome.VALID:
        assert report.issuer.established
        assert report.recipient.value == ("mismatch" if key == "plagiat" else "match")


@pytest.mark.parametrize(
    ("issuer", "mood", "badge", "outcome", "reason"),
    [
        ("theatre", "revoke", "scene", Outcome.REVOKED, "revoked"),
        ("theatre", "silent", "scene", Outcome.UNKNOWN, "document-unreachable"),
        ("bu", "revoke", "tutorat", Outcome.REVOKED, "revoked"),
        ("bu", "alter", "tutorat", Outcome.INVALID, "signature-wrong"),
        ("bu", "silent", "tutorat", Outcome.UNKNOWN, "key-unreachable"),
        ("pepiniere", "revoke", "pitch", Outcome.REVOKED, "revoked"),
        ("pepiniere", "alter", "pitch", Outcome.UNKNOWN, "status-unusable"),
        ("culture", "revoke", "mediation", Outcome.REVOKED, "revoked"),
        ("culture", "alter", "mediation", Outcome.UNKNOWN, "status-unusable"),
        ("culture", "silent", "mediation", Outcome.UNKNOWN, "status-unreachable"),
        ("radio", "alter", "radio", Outcome.INVALID, "signature-wrong"),
        ("quais", "restore", "quais", Outcome.VALID, None),
    ],
)
def test_an_issuer_changes_its_mind(
    issuer: str, mood: str, badge: str, outcome: Outcome, reason: str, made: tuple[Path, dict[str, MadeBadge]]
) -> None:
    folder, badges = made
    set_mood(folder, issuer, mood)
    try:
        report = judged(folder, badges[badge])
        assert (report.outcome, report.reason) == (outcome, reason)
    finally:
        set_mood(folder, issuer, "silent" if issuer == "quais" else "restore")


def test_an_altered_hosted_badge_names_somebody_else(made: tuple[Path, dict[str, MadeBadge]]) -> None:
    folder, badges = made
    set_mood(folder, "theatre", "alter")
    report = judged(folder, badges["scene"])
    set_mood(folder, "theatre", "restore")
    assert report.recipient.value == "mismatch"


def test_keys_are_made_once(made: tuple[Path, dict[str, MadeBadge]]) -> None:
    folder, _ = made
    before = known(folder)
    make(folder, TODAY)
    assert known(folder) == before
