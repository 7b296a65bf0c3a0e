"""Everything that strangers can reach from the living example's public pages, and nothing private in any of it."""

from __future__ import annotations

import base64
from pathlib import Path
from urllib.parse import urlencode

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse

from backpack.accounts.models import Person
from backpack.badges.models import Badge, BadgeFile
from backpack.collections.models import Collection
from backpack.cv.models import CV
from backpack.database import reading, transaction, utcnow
from backpack.demo import story
from backpack.demo.gathering import SAID
from backpack.evidence import adding
from backpack.evidence.models import ArtefactFile, Evidence
from backpack.publishing.models import ShareLink
from backpack.wiring import wired
from tests.cv.test_pdf import text_of
from tests.publishing.open_pages import ENDORSER, LABEL, WORDS, open_pages
from tests.publishing.world import crawl

UNSHOWN = ("Un carnet que je garde", "Mots du carnet", "Pour moi seule")
CONTACT = story.ADDRESSES[1]
"""It stands on Camille's CV, because she wrote it there, and on nothing else."""
NEVER = (
    *(story.ADDRESSES[0], story.FORMER_ADDRESS, story.IDRISS_ADDRESS, story.IDRISS, SAID.address, story.PASSWORD),
    *(*UNSHOWN, LABEL, WORDS, ENDORSER, "Musée du Fleuve", "Ancien lien", story.COLLECTIONS[1][1]),
    *("Animation d’antenne", "Recherche documentaire", "Projet tutoré", "Prévention du plagiat", "argon2"),
)
DOORS = ("/connexion", "/inscription", "/mot-de-passe-oublie")
"""Some clicks away from a public page: the forms through which one becomes more than a stranger need a cookie."""


@pytest.fixture
def pages(example: Flask) -> dict[str, str]:
    """Every sort of page open, and a work behind a published badge that is shown on none of them."""
    now = utcnow()
    with transaction() as session:
        badge = session.scalars(sa.select(Badge).where(Badge.name.startswith("Tutorat"))).one()
        title, words, said = UNSHOWN
        work = adding.keep_text(session, badge.person_id, words, adding.Wording(title=title), now)
        adding.stand_behind(session, badge, work, said, now)
    return open_pages(now)


def asked_for_by_programs(pages: dict[str, str]) -> list[str]:
    """Addresses that no page names, which other software knows to ask for."""
    base = wired().settings.public_url
    oembed = [f"/oembed?{urlencode({'url': base + path, 'format': 'json'})}" for path in pages.values()]
    ends = ("credential.json", "original", "certificate.pdf", "card.png")
    return [*oembed, *(f"{pages[what]}/{end}" for what in ("badge", "original", "locked", "gone") for end in ends)]


def words_of(answer: TestResponse, tmp_path: Path) -> str:
    """What can be read in an answer: the text of a PDF and the claims of a signed credential too."""
    read: str = answer.data.decode("utf-8", "replace")
    if answer.mimetype == "application/pdf":
        return read + text_of(answer.data, tmp_path)
    if answer.mimetype == "application/vc+jwt":
        return read + base64.urlsafe_b64decode(read.split(".")[1] + "===").decode()
    return read


def private_names() -> set[str]:
    """The public names of rows that no stranger may learn."""
    with reading() as session:
        closed = sa.select(Badge.public_id).where(Badge.name.startswith("Animation") | Badge.name.startswith("Projet"))
        kept = sa.select(Evidence.public_id).where(Evidence.words == UNSHOWN[2])
        of_camille = [*session.scalars(sa.select(Person.public_id)), *session.scalars(sa.select(ShareLink.public_id))]
        collections, cvs = session.scalars(sa.select(Collection.public_id)), session.scalars(sa.select(CV.public_id))
        return {*session.scalars(closed), *session.scalars(kept), *of_camille, *collections, *cvs}


def kept_files() -> set[bytes]:
    """The files as they arrived: badges with whose they are, works with what a camera wrote into them."""
    with reading() as session:
        keys = [
            *session.scalars(sa.select(BadgeFile.storage_key)),
            *session.scalars(sa.select(ArtefactFile.storage_key)),
        ]
    return {wired().storage.read(key) for key in keys if key}


def test_strangers_find_nothing_private_in_all_they_can_reach(
    example: Flask, pages: dict[str, str], tmp_path: Path
) -> None:
    found = crawl(example.test_client(), *pages.values(), *asked_for_by_programs(pages))
    names, files = private_names(), kept_files()
    assert names
    assert len(files) > len(story.BADGES)
    reached = {one.mimetype for one in found.values()}
    assert {"text/html", "application/json", "application/pdf", "image/png", "image/webp"} <= reached
    for path, one in found.items():
        assert one.status_code in {200, 303, 403, 404, 406, 410}, f"{path}: {one.status_code}"
        if not path.startswith(DOORS):
            assert "Set-Cookie" not in one.headers, path
        text = words_of(one, tmp_path)
        assert [word for word in (*NEVER, *names) if word in text] == [], path
        assert CONTACT not in text or path.startswith(pages["cv"]), path
        assert one.data not in files or path.startswith(pages["original"]), path
    assert CONTACT in found[pages["cv"]].text, "the words are there to be found"
    assert found[f"{pages['original']}/original"].data in files
    statuses = [found[pages[what]].status_code for what in ("badge", "locked", "gone", "report")]
    assert statuses == [200, 403, 410, 200]
