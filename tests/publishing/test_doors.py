"""Who may open a page: whoever has the link, whoever knows the words, everybody; and how strangers report one."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from backpack.badges.models import Badge
from backpack.badges.recording import grow_edition
from backpack.database import reading, transaction, utcnow
from backpack.errors import TooMany
from backpack.publishing.links import token_of
from backpack.publishing.models import PageReport, ShareLink, SpentName
from backpack.publishing.passphrases import LASTS, opens, stamp
from backpack.publishing.profiles import About, NameTaken, write_profile
from backpack.publishing.reporting import MOST_OPEN, report_page
from backpack.wiring import wired
from tests.backpacks import give_badge
from tests.conftest import KEY
from tests.people import post, sign_up_person, signed_in
from tests.publishing.world import World, crawl, keep_profile, publish_badge, publish_collection

WORDS = "onze chaises vertes"
OURS = {"Sec-Fetch-Site": "same-origin"}


def token(link: ShareLink) -> str:
    return token_of(link, wired().settings.secret_key)


def say(client: FlaskClient, link: ShareLink, words: str) -> int:
    return client.post(f"/p/{token(link)}/open", data={"passphrase": words}, headers=OURS).status_code


def parts_of(world: World, link: ShareLink) -> list[str]:
    start, badge, work = f"/p/{token(link)}", world.first.public_id, world.shown.public_id
    return [
        *(world.path(link), f"{start}/{badge}", f"{start}/{badge}/picture.png", f"{start}/{badge}/verdict"),
        *(f"{start}/card.png", f"{start}/evidence/{work}", f"{start}/evidence/{work}/picture", f"{start}/report"),
    ]


@pytest.mark.parametrize("what", ["badge", "collection"])
def test_a_passphrase_stands_before_every_part(world: World, what: str) -> None:
    publish = publish_badge if what == "badge" else publish_collection
    link = publish(world, passphrase=WORDS)
    assert link.passphrase_hash is not None
    assert link.passphrase_hash.startswith("$argon2id$")
    for path in parts_of(world, link):
        asked = world.stranger.get(path)
        assert asked.status_code == 403, path
        assert "Soudure" not in asked.text
        assert "Camille" not in asked.text
        assert "Set-Cookie" not in asked.headers
    assert world.stranger.get(f"/p/{token(link)}/open").status_code == 200
    assert say(world.stranger, link, "") == say(world.stranger, link, "douze chaises vertes") == 422
    assert say(world.stranger, link, WORDS) == 303
    for path in parts_of(world, link):
        opened = world.stranger.get(path)
        assert opened.status_code in {200, 302}, path
    page = world.stranger.get(world.path(link))
    assert "Soudure" in page.text
    assert page.headers["Cache-Control"] == "private, no-store"


def test_the_cookie_is_for_this_link_alone_and_says_nothing(world: World) -> None:
    link, other = publish_badge(world, passphrase=WORDS), publish_badge(world, passphrase=WORDS)
    sent = world.stranger.post(f"/p/{token(link)}/open", data={"passphrase": WORDS}, headers=OURS)
    cookie = sent.headers["Set-Cookie"]
    assert f"Path=/p/{token(link)}" in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert world.stranger.get(world.path(other)).status_code == 403
    forged = world.stranger.get_cookie("opened", path=f"/p/{token(link)}")
    assert forged is not None
    world.stranger.set_cookie("opened", forged.value, path=f"/p/{token(other)}")
    assert world.stranger.get(world.path(other)).status_code == 403


def test_a_stamp_ends_and_dies_with_the_words() -> None:
    now = utcnow()
    link = ShareLink(public_id="a", version=1, passphrase_hash="one")
    given = stamp(link, KEY, now)
    assert opens(link, given, KEY, now)
    assert not opens(link, given, KEY, now + LASTS + timedelta(seconds=1))
    assert not opens(link, given.replace("1", "2"), KEY, now)
    assert not opens(link, "9999999999.", KEY, now)
    assert not opens(link, "٣.x", KEY, now)
    link.passphrase_hash = "two"
    assert not opens(link, given, KEY, now)
    link.passphrase_hash = None
    assert opens(link, "", KEY, now)


def test_words_cannot_be_tried_many_times(world: World) -> None:
    link = publish_badge(world, passphrase=WORDS)
    codes = [say(world.stranger, link, "faux faux") for _ in range(7)]
    assert codes[:5] == [422] * 5
    assert codes[-1] == 429
    assert say(world.stranger, link, WORDS) == 429


def test_its_owner_changes_the_words_or_takes_them_away(world: World) -> None:
    link = publish_badge(world, passphrase=WORDS)
    edit = f"/shares/{link.public_id}/edit"
    asked = post(world.camille, edit, "/compte", name_shown="full", level="link", do="publish", label="x")
    assert asked.status_code == 303
    assert world.stranger.get(world.path(link)).status_code == 403
    post(world.camille, edit, "/compte", name_shown="full", level="link", do="publish", no_passphrase="1")
    assert world.stranger.get(world.path(link)).status_code == 200


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"passphrase": "court"}, id="words that are too short"),
        pytest.param({"passphrase": "é" * 150}, id="words that are too long"),
        pytest.param({"passphrase": WORDS, "level": "profile"}, id="public, and with a passphrase"),
        pytest.param({"may_be_listed": "1", "level": "link"}, id="a secret link in search engines"),
        pytest.param({"level": "everybody"}, id="a level that is none"),
    ],
)
def test_doors_that_cannot_be_open_nothing(world: World, fields: dict[str, Any]) -> None:
    given = {"name_shown": "full", "level": "link", "do": "publish", **fields}
    sent = post(world.camille, f"/badges/{world.first.public_id}/publish", "/compte", **given)
    assert sent.status_code == 422
    assert world.links() == []


def profile(world: World, do: str = "open", **fields: Any) -> int:
    return keep_profile(world.camille, do=do, **fields)


def test_a_profile_is_private_until_it_is_opened(world: World) -> None:
    assert world.camille.get("/profile").status_code == 200
    assert world.stranger.get("/u/camille-k").status_code == 410
    assert profile(world, do="save") == 303
    closed, never = world.stranger.get("/u/camille-k"), world.stranger.get("/u/nobody-here")
    assert (closed.status_code, closed.text.replace("camille-k", "nobody-here")) == (410, never.text)
    assert world.stranger.get("/u/No_Address").status_code == 404, "as no address of a profile is written"
    assert profile(world) == 303
    page = world.stranger.get("/u/camille-k")
    assert page.status_code == 200
    assert "Camille K." in page.text
    assert "Kervella" not in page.text
    assert page.headers["X-Robots-Tag"] == "noindex"
    assert post(world.camille, "/profile/close", "/profile").status_code == 303
    assert world.stranger.get("/u/camille-k").status_code == 410


def test_a_profile_is_opened_only_once_its_owner_has_seen_these_words(world: World) -> None:
    given = {"name": "camille-k", "name_shown": "initial", "headline": "Chats et chiens", "do": "open"}
    looked = post(world.camille, "/profile", "/compte", **given)
    assert looked.status_code == 200
    assert "Chats et chiens" in looked.text[looked.text.index("preview-of") :]
    assert world.stranger.get("/u/camille-k").status_code == 410
    seen = re.search(r'name="seen" value="(\w+)"', looked.text)
    assert seen
    again = post(world.camille, "/profile", "/compte", **{**given, "headline": "Autre chose", "seen": seen[1]})
    assert (again.status_code, world.stranger.get("/u/camille-k").status_code) == (200, 410)
    assert post(world.camille, "/profile", "/compte", **given, seen=seen[1]).status_code == 303
    assert "Chats et chiens" in world.stranger.get("/u/camille-k").text


def test_who_publishes_a_profile_without_a_name_is_told_which_pages_show_it(world: World) -> None:
    profile(world, do="save", name_shown="full")
    listed = publish_badge(world, level="profile", name_shown="initial")
    page = f"/shares/{listed.public_id}"
    assert page not in post(world.camille, "/profile/publish", "/compte", name_shown="full", do="look").text
    told = post(world.camille, "/profile/publish", "/compte", name_shown="none", do="look")
    assert told.status_code == 200
    assert page in told.text
    preview = told.text[told.text.index('"after preview-of"') :]
    assert "Soudure" in preview
    assert "Camille" not in preview
    assert len(world.links()) == 1, "looking publishes nothing"
    assert page in post(world.camille, "/profile", "/compte", name="camille-k", name_shown="none", do="look").text


def test_a_profile_lists_what_is_public_on_it_and_nothing_else(world: World) -> None:
    profile(world)
    hidden = publish_badge(world)
    assert "Soudure" not in world.stranger.get("/u/camille-k").text
    shown = publish_collection(world, level="profile")
    page = world.stranger.get("/u/camille-k").text
    assert "Stage" in page
    assert world.path(shown) in page
    assert world.path(hidden) not in page
    assert 'class="stack h-card"' in page
    for path, one in crawl(world.stranger, "/u/camille-k").items():
        assert b"Lecture" not in one.data, path
        assert b"Kervella" not in one.data, path
        assert world.person.public_id.encode() not in one.data, path
    post(world.camille, f"/shares/{shown.public_id}/withdraw")
    assert "Stage" not in world.stranger.get("/u/camille-k").text
    assert world.stranger.get(world.path(hidden)).status_code == 200


def test_networks_read_a_card_of_an_open_profile_alone(world: World) -> None:
    profile(world, headline='Médiation "&lt;3"')
    publish_badge(world, level="profile")
    page = world.stranger.get("/u/camille-k").text
    assert 'property="og:type" content="profile"' in page
    assert 'property="og:title" content="Camille K."' in page
    assert "Médiation &#34;&amp;lt;3&#34;" in page
    assert "Kervella" not in page
    assert page.count('name="robots" content="noindex"') == 1
    found = re.search(r'property="og:image" content="http://localhost:8000(/u/camille-k/card\.png[^"]+)"', page)
    assert found
    card = world.stranger.get(unescape(found[1]))
    assert (card.mimetype, card.data[16:24].hex()) == ("image/png", "000004b000000276")
    assert "Set-Cookie" not in card.headers
    profile(world, headline="Autre chose")
    assert found[1] not in world.stranger.get("/u/camille-k").text, "networks keep pictures by their address"
    post(world.camille, "/profile/close", "/profile")
    assert world.stranger.get("/u/camille-k/card.png").status_code == 410


def properties(card: bytes) -> list[tuple[str, str]]:
    """The lines of a vCard, unfolded (RFC 6350, 3.2), as names and values."""
    assert all(len(line) <= 75 for line in card.split(b"\r\n"))
    lines = card.decode().replace("\r\n ", "").split("\r\n")
    assert lines.pop() == ""
    return [(name, value) for name, _colon, value in (line.partition(":") for line in lines)]


def test_an_open_profile_has_a_card_for_address_books(world: World) -> None:
    words = "Médiation; lecture, à voix haute\r\nEND:VCARD\r\nEMAIL:x@evil.example \\ fin " + "é" * 90
    profile(world, name_shown="full", headline="Étudiante, L3", words=words, website="https://camille.example/a?b=1,2")
    publish_badge(world, level="profile")
    assert "/u/camille-k/card.vcf" in world.stranger.get("/u/camille-k").text
    card = world.stranger.get("/u/camille-k/card.vcf")
    assert card.mimetype == "text/vcard"
    assert "Camille%20Kervella.vcf" in card.headers["Content-Disposition"]
    assert "Set-Cookie" not in card.headers
    address = "http://localhost:8000/u/camille-k"
    note = r"Médiation\; lecture\, à voix haute\nEND:VCARD\nEMAIL:x@evil.example \\ fin " + "é" * 90
    assert properties(card.data) == [
        ("BEGIN", "VCARD"),
        ("VERSION", "4.0"),
        ("KIND", "individual"),
        ("FN", "Camille Kervella"),
        ("UID", address),
        ("URL", address),
        ("TITLE", r"Étudiante\, L3"),
        ("NOTE", note),
        ("URL", "https://camille.example/a?b=1,2"),
        ("END", "VCARD"),
    ]
    profile(world, name_shown="none")
    assert world.stranger.get("/u/camille-k/card.vcf").status_code == 404
    assert "card.vcf" not in world.stranger.get("/u/camille-k").text
    profile(world, name_shown="full")
    post(world.camille, "/profile/close", "/profile")
    assert world.stranger.get("/u/camille-k/card.vcf").status_code == 410


def test_the_skills_of_a_profile_are_those_of_badges_that_stand(world: World) -> None:
    align = [{"type": ["Alignment"], "targetName": "Braser", "targetUrl": "https://frames.example/braser"}]
    badge = give_badge(world.person, "Brasure", alignment=align)
    profile(world)
    given = {"name_shown": "full", "level": "profile", "do": "publish"}
    assert post(world.camille, f"/badges/{badge.public_id}/publish", "/compte", **given).status_code == 303
    assert "<dt>Braser</dt>" in world.stranger.get("/u/camille-k").text
    assert ("EXPERTISE", "Braser") in properties(world.stranger.get("/u/camille-k/card.vcf").data)
    with transaction() as session:
        forged = session.get_one(Badge, badge.id)
        forged.payload = forged.payload.replace(b"Souder deux plaques.", b"Souder deux plaques!")
        grow_edition(session, world.person.id)
    page = world.stranger.get("/u/camille-k").text
    assert "Brasure" in page
    assert "Braser" not in page


def test_the_privacy_page_names_the_one_cookie_of_a_stranger(world: World) -> None:
    assert "phrase secrète" in world.stranger.get("/vie-privee?lang=fr").text
    assert "passphrase" in world.stranger.get("/vie-privee?lang=en").text


def test_a_badge_is_listed_by_one_link_only(world: World) -> None:
    publish_badge(world, level="profile")
    given = {"name_shown": "full", "level": "profile", "do": "publish"}
    assert post(world.camille, f"/badges/{world.first.public_id}/publish", "/compte", **given).status_code == 422
    assert len(world.links()) == 1


def test_search_engines_need_an_opt_in_of_their_own(world: World) -> None:
    quiet, listed = publish_badge(world), publish_badge(world, level="profile", may_be_listed="1")
    assert world.stranger.get(world.path(quiet)).headers["X-Robots-Tag"] == "noindex"
    page = world.stranger.get(world.path(listed))
    assert "X-Robots-Tag" not in page.headers
    assert "noindex" not in page.text


def test_a_private_profile_opens_by_link(world: World) -> None:
    profile(world, do="save")
    sent = post(world.camille, "/profile/publish", "/compte", name_shown="none", passphrase=WORDS, label="Jury")
    assert sent.status_code == 303
    link = world.links()[-1]
    path = f"/u/link/{token(link)}"
    assert world.stranger.get(path).status_code == 403
    assert say(world.stranger, link, WORDS) == 303
    assert "Camille" not in world.stranger.get(path).text
    assert world.camille.get(f"/shares/{link.public_id}").status_code == 200
    assert world.camille.get(f"/shares/{link.public_id}/profile").status_code == 200
    post(world.camille, f"/shares/{link.public_id}/withdraw")
    assert world.stranger.get(path).status_code == 410


def test_nobody_gets_the_name_of_somebody_else_s_profile(world: World) -> None:
    profile(world)
    with transaction() as session:
        other = sign_up_person(session, "Idriss Lefort", "idriss@etu.example")
    idriss = signed_in(world.stranger, other)
    assert keep_profile(idriss, name_shown="full") == 422
    assert profile(world, name="camille-kervella") == 303
    with transaction() as session, pytest.raises(NameTaken):
        write_profile(session, other.id, About(name="camille-k"), wired().settings.secret_key, utcnow())
    with reading() as session:
        assert all(b"camille" not in row for row in session.scalars(sa.select(SpentName.digest)))


@pytest.mark.parametrize(
    "fields",
    [
        *({"name": name} for name in ("ab", "link", "a_b", "-abc", "x" * 41)),
        *({"website": "javascript:alert(1)"}, {"headline": "x" * 121}, {"words": "x" * 2001}, {"name_shown": "x"}),
    ],
)
def test_a_profile_that_cannot_be_is_not_saved(world: World, fields: dict[str, Any]) -> None:
    assert profile(world, **fields) == 422
    assert world.stranger.get("/u/camille-k").status_code == 410


def test_strangers_report_a_page_and_nothing_is_kept_about_them(world: World) -> None:
    link = publish_badge(world)
    profile(world)
    for path in (f"/p/{token(link)}/report", f"/p/{token(link)}/{world.first.public_id}/report", "/u/camille-k/report"):
        assert world.stranger.get(path).status_code == 200
        assert world.stranger.post(path, data={"words": "x"}, headers=OURS).status_code == 422
        data = {"reason": "impersonation", "words": "Ce n’est pas elle."}
        sent = world.stranger.post(path, data=data, headers=OURS)
        assert sent.status_code == 200
        assert "Set-Cookie" not in sent.headers
    with reading() as session:
        found = session.scalars(sa.select(PageReport).order_by(PageReport.id)).all()
    assert [(one.link_id, bool(one.profile_id), bool(one.badge_id), one.reason) for one in found] == [
        (link.id, False, False, "impersonation"),
        (link.id, False, True, "impersonation"),
        (None, True, False, "impersonation"),
    ]
    columns = {column.name for column in PageReport.__table__.columns}
    assert columns == {"id", "public_id", "link_id", "profile_id", "badge_id", "reason", "words"} | {
        "reported_at",
        "settled_at",
    }
    with transaction() as session:
        of = session.get_one(ShareLink, link.id)
        for _ in range(MOST_OPEN - 2):
            report_page(session, of, reason="other", words="", now=utcnow())
        with pytest.raises(TooMany):
            report_page(session, of, reason="other", words="", now=utcnow())
