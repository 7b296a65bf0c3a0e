"""What carries a page elsewhere: frames, oEmbed, the credential, paper, the card, what search engines read."""

from __future__ import annotations

import io
import json
import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image
from pypdf import PdfReader

from backpack import openbadges
from backpack.badges.models import Badge
from backpack.database import transaction
from backpack.publishing.links import token_of
from backpack.publishing.models import ShareLink
from backpack.publishing.redacting import HIDDEN, without_recipient
from backpack.wiring import wired
from tests.backpacks import SALT, give_badge, identity_hash, signed_badge
from tests.people import ADDRESS, post
from tests.publishing.world import HOSTILE, World, publish_badge, publish_collection

SECRET = (ADDRESS, "camille@", SALT, identity_hash()[7:])
LD_JSON = "application/ld+json"


def token(link: ShareLink) -> str:
    return token_of(link, wired().settings.secret_key)


def oembed(client: FlaskClient, address: str, **more: Any) -> Any:
    return client.get("/oembed", query_string={"url": address, **more})


def test_only_embeds_may_be_framed(world: World) -> None:
    badge, collection = publish_badge(world), publish_collection(world)
    for link in (badge, collection):
        for path in (f"/embed/{token(link)}", f"/embed/{token(link)}/{world.first.public_id}"):
            for _ in range(2):  # made, and remembered
                page = world.stranger.get(path)
                assert page.status_code == 200
                assert "frame-ancestors *" in page.headers["Content-Security-Policy"]
                assert "Cross-Origin-Opener-Policy" not in page.headers
                assert "Set-Cookie" not in page.headers
                assert "Soudure" in page.text
                assert "<script" not in page.text
        page = world.stranger.get(world.path(link))
        assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
    post(world.camille, f"/shares/{badge.public_id}/withdraw")
    closed = world.stranger.get(f"/embed/{token(badge)}")
    assert (closed.status_code, "frame-ancestors 'none'" in closed.headers["Content-Security-Policy"]) == (410, True)


def test_oembed_says_how_to_frame_a_page(world: World) -> None:
    link = publish_collection(world)
    page = world.stranger.get(world.path(link)).text
    discovered = re.search(r'type="application/json\+oembed" href="([^"]+)"', page)
    assert discovered
    path = discovered[1].replace("&amp;", "&").removeprefix("http://localhost:8000")
    said: Any = world.stranger.get(path).json
    assert (said["version"], said["type"], said["title"], said["author_name"]) == ("1.0", "rich", "Stage", "Camille K.")
    assert f'src="http://localhost:8000/embed/{token(link)}"' in said["html"]
    narrow = oembed(world.stranger, f"http://localhost:8000{world.path(link)}", maxwidth=300, maxheight=150).json
    assert (narrow["width"], narrow["height"]) == (300, 150)
    code = world.camille.get(f"/shares/{link.public_id}").text
    assert f"/embed/{token(link)}" in code


@pytest.mark.parametrize(
    ("address", "more", "status"),
    [
        ("http://localhost:8000/p/{}", {"format": "xml"}, 501),
        ("http://elsewhere.example/p/{}", {}, 404),
        ("http://localhost:8000/aide", {}, 404),
        ("http://localhost:8000/p/" + "a" * 32, {}, 410),
        ("", {}, 404),
        ("http://localhost:8000/p/{}", {"maxwidth": "wide"}, 200),
    ],
)
def test_oembed_refuses_what_it_does_not_know(world: World, address: str, more: Any, status: int) -> None:
    link = publish_badge(world)
    assert oembed(world.stranger, address.format(token(link)), **more).status_code == status


def test_a_page_with_a_passphrase_is_not_carried_anywhere(world: World) -> None:
    link = publish_badge(world, passphrase="onze chaises vertes", gives_original="1")
    start = f"/p/{token(link)}"
    assert oembed(world.stranger, f"http://localhost:8000{start}").status_code == 403
    assert world.stranger.get(f"/embed/{token(link)}").status_code in {403, 404}
    for part in ("credential.json", "original", "certificate.pdf"):
        assert world.stranger.get(f"{start}/{part}").status_code == 403
    assert world.stranger.get(start, headers={"Accept": LD_JSON}).status_code == 403


def test_the_credential_is_given_only_where_it_is_shared(world: World) -> None:
    kept = publish_badge(world)
    for path, accept in ((world.path(kept), LD_JSON), (f"/p/{token(kept)}/credential.json", "*/*")):
        refused: Any = world.stranger.get(path, headers={"Accept": accept})
        assert refused.status_code == 406
        assert refused.json["error"] == "original-not-shared"
    assert world.stranger.get(f"/p/{token(kept)}/original").status_code == 406
    shared = publish_badge(world, gives_original="1")
    path = world.path(shared)
    assert world.stranger.get(path).mimetype == "text/html"
    given = world.stranger.get(path, headers={"Accept": LD_JSON})
    assert (given.mimetype, given.data) == (LD_JSON, world.first.payload)
    assert "Accept" in given.headers["Vary"]
    assert (
        world.stranger.get(path, headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}).mimetype
        == "text/html"
    )
    assert f'type="application/ld+json" href="/p/{token(shared)}/' in world.stranger.get(path).text
    original = world.stranger.get(f"/p/{token(shared)}/original")
    assert original.data == world.first.payload
    assert original.headers["Content-Disposition"].startswith("attachment")


def test_the_page_shows_the_credential_without_what_says_whose_it_is(world: World) -> None:
    page = world.stranger.get(world.path(publish_badge(world))).text
    assert "eddsa-rdfc-2022" in page
    assert HIDDEN in page
    for word in SECRET:
        assert word not in page


@pytest.mark.parametrize(
    ("payload", "kept"),
    [
        pytest.param(
            b'{"type":"Assertion","recipient":{"type":"email","identity":"a@b.example","salt":"s"},"badge":"https://i.example"}',
            "https://i.example",
            id="2.0, in clear",
        ),
        pytest.param(b'{"recipient":"sha256$abc123","salt":"s","badge":{"name":"N"}}', "N", id="0.5"),
        pytest.param(
            b'{"credentialSubject":{"name":"Camille Kervella","id":"mailto:a@b.example","achievement":{"name":"N"}}}',
            "N",
            id="a name in the subject",
        ),
        pytest.param(
            b'{"description":"write to a@b.example","issuer":{"email":"i@i.example"}}', "i@i.example", id="elsewhere"
        ),
    ],
)
def test_what_identifies_is_hidden_wherever_it_stands(payload: bytes, kept: str) -> None:
    shown = without_recipient(payload)
    assert shown is not None
    assert kept in shown
    for word in ("a@b.example", "Camille", "abc123", '"s"'):
        assert word not in shown


TOLD_BY_ITS_ISSUER = {
    "type": "Assertion",
    "id": "https://lms.example/badge?u=camille%40etu.fr&again=camille%2540etu.fr",
    "extensions:x": {"studentNumber": "E1234567", "firstName": "Camille", "phone": "0612345678"},
    "camille@etu.fr": "yes",
    "evidence": [{"narrative": "Work of Camille\nKervella, read aloud", "grade-of": "E1234567"}],
    "badge": {"name": "Soudure", "issuer": {"name": "Lycée", "url": "https://lms.example/?by=Kervella%20Camille"}},
}


def test_of_a_credential_only_what_the_standards_name_is_shown() -> None:
    shown = without_recipient(json.dumps(TOLD_BY_ITS_ISSUER).encode())
    assert shown is not None
    for word in ("E1234567", "firstName", "0612345678", "camille@", "camille%", "grade-of", "extensions:x"):
        assert word not in shown
    for word in ("Soudure", "Lycée", "lms.example", "Work of Camille"):
        assert word in shown


def test_where_a_page_shows_no_name_the_credential_shows_none() -> None:
    shown = without_recipient(json.dumps(TOLD_BY_ITS_ISSUER).encode(), "Camille Kervella")
    assert shown is not None
    assert "camille" not in shown.lower()
    assert "kervella" not in shown.lower()
    assert "Soudure" in shown


def raw_of(page: str) -> str:
    found = re.search(r"<pre.*?</pre>", page, re.DOTALL)
    assert found
    return found[0]


def test_the_preview_shows_the_credential_that_strangers_will_read(world: World) -> None:
    told = give_badge(world.person, "Récital", description="Aloud, by Camille Kervella.")
    path = f"/badges/{told.public_id}/publish"
    for name_shown in ("full", "none"):
        preview = post(world.camille, path, "/compte", name_shown=name_shown, do="look")
        assert post(world.camille, path, "/compte", name_shown=name_shown, do="publish").status_code == 303
        public = raw_of(world.stranger.get(world.path(world.links()[-1])).text)
        assert raw_of(preview.text) == public
        assert ("Kervella" in public) is (name_shown == "full")


@pytest.mark.parametrize("payload", [b"", b"\xff", b"a.b", b"[" * 5000, b"{", b"eyJ.!!!.x"])
def test_what_cannot_be_read_is_not_shown(payload: bytes) -> None:
    assert without_recipient(payload) is None


def test_a_certificate_is_a_page_with_the_way_to_today(world: World) -> None:
    link = publish_badge(world)
    paper = world.stranger.get(f"/p/{token(link)}/certificate.pdf")
    assert (paper.mimetype, paper.status_code) == ("application/pdf", 200)
    reader = PdfReader(io.BytesIO(paper.data))
    text = " ".join(word for page in reader.pages for word in page.extract_text().split())
    assert "Soudure" in reader.pages[0].extract_text()
    assert "Camille Kervella" in text
    assert f"http://localhost:8000/p/{token(link)}" in text
    assert "valid" not in text.lower().replace("validity", "")
    assert b"/MarkInfo" in paper.data
    with pytest.raises(openbadges.OpenBadgesError):
        openbadges.read(paper.data)
    for word in SECRET:
        assert word not in text


def test_its_owner_s_certificate_has_the_badge_in_it(world: World) -> None:
    link = publish_badge(world)
    paper = world.camille.get(f"/shares/{link.public_id}/certificate.pdf")
    assert paper.status_code == 200
    found = openbadges.read(paper.data)
    assert [one.payload for one in found] == [world.first.payload]
    assert PdfReader(io.BytesIO(paper.data)).metadata["/openbadges"]  # type: ignore[index]
    collection = publish_collection(world)
    assert world.camille.get(f"/shares/{collection.public_id}/certificate.pdf").status_code == 404


def test_search_engines_read_a_description_where_they_may(world: World) -> None:
    quiet = publish_badge(world)
    assert "application/ld+json" not in world.stranger.get(world.path(quiet)).text
    listed = publish_badge(world, level="profile", may_be_listed="1")
    page = world.stranger.get(world.path(listed)).text
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert found
    said = json.loads(found[1])
    assert said["@type"] == "Person"
    assert said["name"] == "Camille Kervella"
    assert said["hasCredential"][0]["@type"] == "EducationalOccupationalCredential"
    assert said["hasCredential"][0]["name"] == "Soudure"
    assert "valid" not in found[1]


def test_hostile_words_stay_words_wherever_they_are_carried(world: World) -> None:
    bad = give_badge(
        world.person,
        HOSTILE,
        issuer=f"Issuer {HOSTILE}",
        description=HOSTILE + '#read("/etc/passwd")',
        criteria={"narrative": HOSTILE},
    )
    given = {"name_shown": "full", "level": "profile", "may_be_listed": "1", "gives_original": "1", "do": "publish"}
    sent = post(world.camille, f"/badges/{bad.public_id}/publish", "/compte", **given)
    assert sent.status_code == 303
    link = world.links()[-1]
    page, frame = world.stranger.get(world.path(link)), world.stranger.get(f"/embed/{token(link)}")
    for one in (page, frame):
        assert "<script>alert" not in one.text
        assert "</title>'" not in one.text.replace("&lt;/title&gt;", "")
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page.text, re.DOTALL)
    assert found
    assert json.loads(found[1])["hasCredential"][0]["name"] == HOSTILE
    said = oembed(world.stranger, f"http://localhost:8000{world.path(link)}").json
    assert "<script" not in said["html"]
    paper = world.stranger.get(f"/p/{token(link)}/certificate.pdf")
    assert "<script>" in PdfReader(io.BytesIO(paper.data)).pages[0].extract_text()
    card = world.stranger.get(f"/p/{token(link)}/card.png")
    with Image.open(io.BytesIO(card.data)) as image:
        assert image.size == (1200, 630)


def test_the_code_is_there_as_a_picture_too(world: World) -> None:
    link = publish_badge(world)
    picture = world.camille.get(f"/shares/{link.public_id}/qr.png")
    with Image.open(io.BytesIO(picture.data)) as image:
        assert image.format == "PNG"
        assert image.width == image.height
    assert world.stranger.get(f"/shares/{link.public_id}/qr.png").status_code in {302, 303, 401, 404}


def test_a_badge_that_does_not_hold_gets_no_certificate(world: World) -> None:
    link = publish_badge(world)
    with transaction() as session:
        badge = session.get_one(Badge, world.first.id)
        badge.payload = signed_badge("Soudure").replace(b"Savoir souder.", b"Savoir voler..")
    assert world.stranger.get(f"/p/{token(link)}/certificate.pdf").status_code == 422
