"""The evidence of a badge on its certificate: whose it is, which of it, and what lets a reader check the files."""

from __future__ import annotations

import hashlib
import io
import re
import shutil
import subprocess
from pathlib import Path

import pikepdf
import pytest

from backpack.badges.models import Badge
from backpack.database import reading
from backpack.evidence.queries import evidence_of, file_of
from backpack.publishing.models import ShareLink
from backpack.publishing.views.proofs import MOST
from tests.backpacks import give_badge
from tests.conftest import missing
from tests.people import post
from tests.publishing.test_carrying import token
from tests.publishing.world import HOSTILE, World, publish_badge

ISSUERS = "Given by the issuer"


def paper_of(world: World, link: ShareLink) -> bytes:
    answer = world.stranger.get(f"/p/{token(link)}/certificate.pdf?lang=en")
    assert answer.status_code == 200
    return bytes(answer.data)


def text_of(data: bytes, tmp_path: Path) -> str:
    """What a reader's software finds in it, lines joined."""
    if not shutil.which("pdftotext"):
        missing("pdftotext", "poppler-utils")
    path = tmp_path / "certificate.pdf"
    path.write_bytes(data)
    done = subprocess.run(["pdftotext", str(path), "-"], capture_output=True, check=True)
    return " ".join(done.stdout.decode().split())


def publish(world: World, badge: Badge, pieces: list[str]) -> ShareLink:
    given = {"evidence": pieces, "name_shown": "full", "do": "publish"}
    assert post(world.camille, f"/badges/{badge.public_id}/publish", "/compte", **given).status_code == 303
    return world.links()[-1]


def add_text(world: World, badge: Badge, title: str) -> None:
    add = f"/badges/{badge.public_id}/evidence/add?kind=text"
    assert post(world.camille, add, "/compte", title=title, text="…").status_code == 303


def pieces_of(badge: Badge) -> list[str]:
    with reading() as session:
        return [one.public_id for one in evidence_of(session, [badge.id])[badge.id]]


def test_what_the_link_shows_is_on_paper_with_its_fingerprints_and_nothing_else(world: World, tmp_path: Path) -> None:
    link = publish_badge(world)
    text = text_of(paper_of(world, link), tmp_path)
    assert "vitrine-jonquille" in text
    assert "lilas" not in text
    assert "œillet" not in text
    with reading() as session:
        file = file_of(evidence_of(session, [world.first.id])[world.first.id][0])
    assert file
    assert f"SHA-256 of the original, which stays with its holder: {file.digest.hex()}" in text
    copy = world.stranger.get(f"/p/{token(link)}/evidence/{world.shown.public_id}/picture").data
    digest = hashlib.sha256(copy).hexdigest()
    assert f"SHA-256 of the copy that the page gives: {digest}" in text
    assert re.search(r"added on \d+ \w+ \d{4}", text)
    page = world.stranger.get(f"{world.path(link)}?lang=en").text
    assert digest in page
    assert file.digest.hex() in page
    post(world.camille, f"/evidence/{world.shown.public_id}/show", shown="0")
    assert "jonquille" not in text_of(paper_of(world, link), tmp_path)


def test_each_voice_stands_under_its_own_label(world: World, tmp_path: Path) -> None:
    given = [
        {"id": "https://issuer.example.org/jury.html", "type": ["Evidence"], "name": "Grille du jury"},
        {"id": "javascript:alert(1)", "type": ["Evidence"], "narrative": "Vu en atelier."},
    ]
    badge = give_badge(world.person, "Récital", evidence=given)
    add_text(world, badge, "Carnet de bord")
    text = text_of(paper_of(world, publish(world, badge, pieces_of(badge))), tmp_path)
    issuer, learner = text.split("Added by Camille Kervella")
    assert "Grille du jury https://issuer.example.org/jury.html Vu en atelier." in issuer.split(ISSUERS)[1]
    assert "javascript" not in text
    assert "Carnet" not in issuer
    assert learner.strip().startswith("The issuer has not read these works. Carnet de bord Text, added on")
    assert "jury" not in learner


def test_a_badge_without_evidence_has_one_page(world: World) -> None:
    with pikepdf.open(io.BytesIO(paper_of(world, publish(world, world.second, [])))) as file:
        assert len(file.pages) == 1


@pytest.mark.parametrize(
    "name", [HOSTILE, '#read("/etc/passwd") $x$ *a* @b <c>', "W" * 140, "تقرير ورشة 🎭", "第一 報告\x01"]
)
def test_whatever_it_is_called_stays_words_on_an_accessible_page(world: World, tmp_path: Path, name: str) -> None:
    badge = give_badge(world.person, name, evidence=[{"type": ["Evidence"], "name": name}])
    add_text(world, badge, name)
    link = publish(world, badge, pieces_of(badge))
    for data in (paper_of(world, link), world.camille.get(f"/shares/{link.public_id}/certificate.pdf?lang=en").data):
        with pikepdf.open(io.BytesIO(data)) as file, file.open_metadata() as about:
            assert about["pdfuaid:part"] == "1"
            assert "/StructTreeRoot" in file.Root
            assert len(file.pages) == 2
        assert b"/JavaScript" not in data
        if name.isascii():
            assert "".join(text_of(data, tmp_path).split()).count("".join(name.split())) == 4
        assert "added on" in text_of(data, tmp_path)


def test_of_many_the_first_are_named_and_the_others_counted(world: World, tmp_path: Path) -> None:
    given = [{"type": ["Evidence"], "name": f"Épreuve {number}."} for number in range(MOST + 3)]
    badge = give_badge(world.person, "Récital", evidence=given)
    for number in range(MOST + 1):
        add_text(world, badge, f"Carnet {number}.")
    text = text_of(paper_of(world, publish(world, badge, pieces_of(badge))), tmp_path)
    issuer, learner = text.split("Added by Camille Kervella")
    assert f"Épreuve {MOST - 1}." in issuer
    assert f"Épreuve {MOST}." not in text
    assert "and 3 more on the page" in issuer
    assert f"Carnet {MOST}." not in learner
    assert "and 1 more on the page" in learner
