"""A CV behind a link: the latest version or one for good, private until published, its badges as they stand today."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from backpack.accounts.models import Person
from backpack.badges.models import Badge
from backpack.cv.models import CVVersion
from backpack.cv.queries import room_taken
from backpack.cv.versions import PRINTED
from backpack.database import reading, transaction
from backpack.demo import story
from backpack.evidence.models import ArtefactFile
from backpack.publishing.models import ShareLink
from backpack.wiring import wired
from tests.cv.test_pdf import text_of
from tests.cv.test_views import badge_named, camille, choose, new_cv  # noqa: F401 - a fixture
from tests.people import post, signed_in


@pytest.fixture
def app(example: Flask) -> Flask:
    """The living example, loaded."""
    return example


@pytest.fixture
def cv(camille: FlaskClient) -> str:  # noqa: F811
    made = new_cv(camille)
    choose(camille, made, "Tutorat", "Finaliste")
    assert post(camille, f"{made}/open", made).status_code == 303
    return made


def share(camille: FlaskClient, cv: str, gives: str = "latest", **fields: str) -> str:  # noqa: F811
    """The path of a new link to the whole CV."""
    made = post(camille, f"{cv}/publish", f"{cv}/publish", gives=gives, **fields)
    assert made.status_code == 303, made.text
    address = re.search(r"/cv/l/[a-z2-7]{32}", camille.get(made.headers["Location"]).text)
    assert address
    return address[0]


def say(camille: FlaskClient, cv: str, headline: str) -> None:  # noqa: F811
    fields = {"title": "Stage", "language": "fr", "name": story.CAMILLE, "headline": headline}
    assert post(camille, cv, cv, **fields).status_code == 303


def test_nothing_is_public_before_it_is_published(app: Flask, camille: FlaskClient, cv: str) -> None:  # noqa: F811
    page = camille.get(f"{cv}/publish").text
    assert "Ce que verra un inconnu" in page or "Publier" in page
    assert "h-resume" in page
    with reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(CVVersion)) == 0


def test_a_link_gives_the_latest_version_or_one_for_good(
    app: Flask,
    camille: FlaskClient,  # noqa: F811
    cv: str,
    tmp_path: Path,
) -> None:
    say(camille, cv, "Première accroche")
    latest, fixed = share(camille, cv), share(camille, cv, "fixed", label="Musée")
    say(camille, cv, "Seconde accroche")
    stranger = app.test_client()
    for path in (latest, fixed):  # what was typed since is private
        page = stranger.get(path)
        assert page.status_code == 200
        assert "Première accroche" in page.text
        assert "Seconde" not in page.text
        assert "Set-Cookie" not in page.headers
        assert page.text.count("Valide") == 2
    first = stranger.get(f"{fixed}/cv.pdf").data
    assert "Première accroche" in text_of(first, tmp_path)

    assert post(camille, f"{cv}/versions", f"{cv}/publish").status_code == 303
    assert "Seconde accroche" in stranger.get(latest).text
    assert "Seconde accroche" in text_of(stranger.get(f"{latest}/cv.pdf").data, tmp_path)
    assert "Première accroche" in stranger.get(fixed).text
    assert stranger.get(f"{fixed}/cv.pdf").data == first  # to the byte


def test_badges_are_judged_today_and_a_fixed_version_keeps_its_own(
    app: Flask,
    camille: FlaskClient,  # noqa: F811
    cv: str,
    tmp_path: Path,
) -> None:
    latest, fixed = share(camille, cv), share(camille, cv, "fixed")
    choose(camille, cv, "Finaliste")
    post(camille, f"{cv}/versions", f"{cv}/publish")
    stranger = app.test_client()
    assert "Tutorat" not in stranger.get(latest).text
    page = stranger.get(fixed).text
    badge = re.search(rf'href="(/p/[^"]+{badge_named("Tutorat").public_id})"', page)
    assert badge
    assert stranger.get(badge[1]).status_code == 200
    third = share(camille, cv, "fixed", label="Musée")
    assert "Ne tient plus" not in stranger.get(third).text
    with transaction() as session:  # a badge that no longer holds leaves the latest PDF and its page
        other = session.scalars(sa.select(Badge).where(Badge.name.startswith("Animation"))).one()
        kept = session.get_one(Badge, badge_named("Finaliste").id)
        kept.payload = other.payload
    assert "Finaliste" not in stranger.get(latest).text
    assert "Finaliste" not in text_of(stranger.get(f"{latest}/cv.pdf").data, tmp_path)
    told = stranger.get(third).text.partition("Ne tient plus")[2]  # that PDF has it for good
    assert "Finaliste" in told
    assert "Révoqué" in told
    assert "Finaliste" in text_of(stranger.get(f"{third}/cv.pdf").data, tmp_path)


def test_a_version_of_before_is_still_the_latest(app: Flask, camille: FlaskClient, cv: str) -> None:  # noqa: F811
    """Versions did not always say which badges their PDF shows."""
    fixed = share(camille, cv, "fixed")
    with transaction() as session:
        version = session.scalars(sa.select(CVVersion)).one()
        version.content = {name: said for name, said in version.content.items() if name != PRINTED}
        badge = session.get_one(Badge, badge_named("Finaliste").id)
        badge.payload = session.scalars(sa.select(Badge).where(Badge.name.startswith("Animation"))).one().payload
    assert "Ce qui est ici est la version 1, la dernière." in camille.get(f"{cv}/publish").text
    assert "Ne tient plus" not in app.test_client().get(fixed).text


def test_a_link_closes_ends_and_asks_as_any_other(app: Flask, camille: FlaskClient, cv: str) -> None:  # noqa: F811
    path = share(camille, cv, passphrase="trois mots secrets")
    stranger = app.test_client()
    locked = stranger.get(path)
    assert story.CAMILLE not in locked.text
    assert "Tutorat" not in locked.text
    assert stranger.get(f"{path}/cv.pdf").mimetype != "application/pdf"
    assert post(camille, f"{cv}/remove", "/cv").status_code == 303
    assert stranger.get(path).status_code == 410


def test_a_published_page_tells_programs_what_it_shows_and_nothing_of_how_badges_stand(
    app: Flask,
    camille: FlaskClient,  # noqa: F811
    cv: str,
) -> None:
    say(camille, cv, "</script><script>alert(1)")
    page = app.test_client().get(share(camille, cv)).text
    (block,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    told = json.loads(block)
    assert (told["@type"], told["name"], told["jobTitle"]) == ("Person", story.CAMILLE, "</script><script>alert(1)")
    assert [one["name"] for one in told["hasCredential"]] == [badge_named(one).name for one in ("Tutorat", "Finaliste")]
    assert "valid" not in block


def test_published_pdfs_take_room_and_without_room_nothing_is_published(
    app: Flask,
    camille: FlaskClient,  # noqa: F811
    cv: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    share(camille, cv)
    with reading() as session:
        version = session.scalars(sa.select(CVVersion)).one()
        owner = session.scalars(sa.select(Person.id).where(Person.name == story.CAMILLE)).one()
        assert room_taken(session, owner) == version.size == len(wired().storage.read(version.storage_key))
    monkeypatch.setitem(app.extensions, "backpack", replace(wired(), settings=replace(wired().settings, quota_mb=0)))
    refused = post(camille, f"{cv}/publish", f"{cv}/publish", gives="latest")
    assert refused.status_code == 422
    assert "plus de place" in refused.text
    with reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(CVVersion)) == 1


def test_a_fixed_pdf_that_the_store_lost_is_said_and_its_page_still_shown(
    app: Flask,
    camille: FlaskClient,  # noqa: F811
    cv: str,
) -> None:
    path = share(camille, cv, gives="fixed")
    with reading() as session:
        wired().storage.delete(session.scalars(sa.select(CVVersion.storage_key)).one())
    stranger = app.test_client()
    lost = stranger.get(f"{path}/cv.pdf")
    assert (lost.status_code, lost.mimetype) == (422, "text/html")
    assert stranger.get(path).status_code == 200


def test_a_removed_cv_takes_its_stored_pdfs_along(app: Flask, camille: FlaskClient, cv: str) -> None:  # noqa: F811
    share(camille, cv)
    with reading() as session:
        (key,) = session.scalars(sa.select(CVVersion.storage_key))
    assert wired().storage.exists(key)
    assert post(camille, f"{cv}/remove", "/cv").status_code == 303
    assert not wired().storage.exists(key)


def test_a_removed_cv_leaves_a_work_with_the_same_bytes(app: Flask, camille: FlaskClient, cv: str) -> None:  # noqa: F811
    """Somebody keeps the PDF among their works: one stored file stands for both."""
    share(camille, cv)
    with transaction() as session:
        (key,) = session.scalars(sa.select(CVVersion.storage_key))
        work = session.scalars(sa.select(ArtefactFile).limit(1)).one()
        work.storage_key = key
    assert post(camille, f"{cv}/remove", "/cv").status_code == 303
    assert wired().storage.exists(key)


@pytest.mark.parametrize(
    "fields", [{"gives": "nonsense"}, {"gives": "latest", "closes_on": "2001-01-01"}, {"label": "x" * 500}]
)
def test_bad_input_publishes_nothing(fields: dict[str, str], app: Flask, camille: FlaskClient, cv: str) -> None:  # noqa: F811
    assert post(camille, f"{cv}/publish", f"{cv}/publish", **fields).status_code == 422
    with reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(CVVersion)) == 0
        idriss = session.scalars(sa.select(Person).where(Person.name == story.IDRISS)).one()
    other = signed_in(app.test_client(), idriss)
    assert other.get(f"{cv}/publish").status_code == 404
    assert post(other, f"{cv}/publish", "/cv", gives="latest").status_code == 404
    assert post(other, f"{cv}/versions", "/cv").status_code == 404


def test_removing_a_badge_says_in_which_versions_it_stays_printed(
    app: Flask,
    camille: FlaskClient,  # noqa: F811
    cv: str,
) -> None:
    fixed = share(camille, cv, "fixed", label="Musée du Fleuve")
    share(camille, cv, label="Toujours la dernière")
    choose(camille, cv, "Finaliste")  # the draft no longer has the other
    post(camille, f"{cv}/versions", f"{cv}/publish")
    page = f"/badges/{badge_named('Tutorat').public_id}"
    with reading() as session:
        link = session.scalars(sa.select(ShareLink).where(ShareLink.label == "Musée du Fleuve")).one()
    asked = camille.get(f"{page}/remove?lang=en").text
    assert "It stays printed in: Version 1 of the CV" in asked
    assert f"/shares/{link.public_id}" in asked
    assert "Version 1 of the CV" in camille.get(f"{page}?lang=en").text
    pdf = app.test_client().get(f"{fixed}/cv.pdf").data
    assert post(camille, f"{page}/remove").status_code == 303
    assert app.test_client().get(f"{fixed}/cv.pdf").data == pdf, "as the page said"
    assert post(camille, f"/shares/{link.public_id}/withdraw").status_code == 303
    assert app.test_client().get(f"{fixed}/cv.pdf").status_code == 410
    other = camille.get(f"/badges/{badge_named('Finaliste').public_id}/remove?lang=en").text
    assert "It stays printed" not in other
