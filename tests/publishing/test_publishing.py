"""From private to public and back: what is chosen is shown, and nothing else ever is."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from backpack.accounts.editions import grow_edition
from backpack.badges.naming import web_host
from backpack.collections.models import Collection
from backpack.collections.queries import own_collections
from backpack.database import reading, transaction, utcnow
from backpack.evidence.queries import evidence_of
from backpack.publishing.codes import known_code
from backpack.publishing.links import token_of
from backpack.publishing.models import ShareLink, ViewCount
from backpack.wiring import wired
from tests.backpacks import SALT, give_badge, identity_hash
from tests.people import ADDRESS, post, sign_up_person, signed_in
from tests.publishing.world import HOSTILE, OURS, World, crawl, publish_badge, publish_collection


def test_nothing_is_public_before_it_is_published(world: World) -> None:
    page = world.camille.get(f"/badges/{world.first.public_id}/publish")
    assert page.status_code == 200
    looked = post(world.camille, f"/badges/{world.first.public_id}/publish", do="look", name_shown="none")
    assert looked.status_code == 200
    assert world.links() == []


def test_the_preview_shows_what_was_chosen_and_names_what_stays_hidden(world: World) -> None:
    page = post(
        world.camille,
        f"/badges/{world.first.public_id}/publish",
        do="look",
        evidence=[world.shown.public_id],
        name_shown="none",
    ).text
    preview = page[page.index('class="after preview-of"') :]
    hidden = page[: page.index('class="after preview-of"')]
    assert "vitrine-jonquille" in preview
    assert "réserve-lilas" not in preview
    assert "secret-œillet" not in preview
    assert world.person.name not in preview
    assert "réserve-lilas" in hidden
    assert "secret-œillet" in hidden


@pytest.mark.parametrize("what", ["badge", "collection"])
def test_a_stranger_finds_what_was_chosen_and_nothing_else(world: World, what: str) -> None:
    link = publish_badge(world) if what == "badge" else publish_collection(world)
    pages = crawl(world.stranger, world.path(link))
    start = pages[world.path(link)]
    assert start.status_code == 200
    assert "Soudure" in start.text
    assert any(one.mimetype == "image/webp" for one in pages.values())
    never = (
        ADDRESS,
        "camille@",
        SALT,
        identity_hash()[7:],
        "Canary Camera",
        "réserve-lilas",
        "secret-œillet",
        "Lecture",
    )
    for path, answer in pages.items():
        assert answer.status_code in {200, 303}, path
        if path.startswith(("/p/", "/c/", "/v", "/static/")):  # signing in, one click away, needs a cookie
            assert "Set-Cookie" not in answer.headers, path
        for word in never:
            assert word.encode() not in answer.data, (path, word)
        for secret in (
            world.hidden.public_id,
            world.unchosen.public_id,
            world.second.public_id,
            world.person.public_id,
        ):
            assert secret.encode() not in answer.data, path
    if what == "collection":
        assert b"Kervella" not in b"".join(one.data for one in pages.values())


@pytest.mark.parametrize("what", ["badge", "collection"])
def test_pages_ask_nobody_else_and_need_no_script(world: World, what: str) -> None:
    link = publish_badge(world) if what == "badge" else publish_collection(world)
    page = world.stranger.get(world.path(link)).text
    for source in re.findall(r'(?:src|<link[^>]+href)="([^"]+)"', page):
        assert urlsplit(source).hostname in OURS
    assert not re.search(r"<script(?![^>]*\bsrc=)|\son[a-z]+=|\sstyle=", page)
    assert 'content="noindex"' in page


def test_hidden_and_unchosen_files_are_not_there_for_strangers(world: World) -> None:
    path = world.path(publish_badge(world))
    for part in ("", "/picture"):
        assert world.stranger.get(f"{path}/evidence/{world.shown.public_id}{part}").status_code == 200
        for other in (world.hidden, world.unchosen):
            assert world.stranger.get(f"{path}/evidence/{other.public_id}{part}").status_code == 404
    post(world.camille, f"/evidence/{world.shown.public_id}/show", shown="0")
    assert world.stranger.get(f"{path}/evidence/{world.shown.public_id}").status_code == 404
    assert "vitrine-jonquille" not in world.stranger.get(path).text


def test_others_get_the_clean_copy_to_keep(world: World) -> None:
    path = world.path(publish_badge(world))
    answer = world.stranger.get(f"{path}/evidence/{world.shown.public_id}")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert (answer.mimetype, b"Canary" in answer.data) == ("image/webp", False)


def variants(world: World, link: ShareLink) -> list[str]:
    token = token_of(link, wired().settings.secret_key)
    badge, shown = world.first.public_id, world.shown.public_id
    return [
        *(f"/p/{token}", f"/c/{token}", f"/p/{token}/{badge}", f"/p/{token}/{badge}/picture.png"),
        *(f"/p/{token}/{badge}/verdict", f"/p/{token}/card.png", f"/p/{token}/evidence/{shown}"),
        f"/p/{token}/evidence/{shown}/picture",
    ]


@pytest.mark.parametrize("what", ["badge", "collection"])
def test_withdrawing_closes_every_variant_with_one_page_that_names_nobody(world: World, what: str) -> None:
    link = publish_badge(world) if what == "badge" else publish_collection(world)
    world.camille.get(f"/shares/{link.public_id}")  # makes the code
    with reading() as session:
        code = known_code(session, link.id, None)
    assert all(world.stranger.get(path).status_code in {200, 302} for path in variants(world, link))
    assert world.stranger.get(f"/v/{code}").status_code == 303
    assert world.camille.get(f"/shares/{link.public_id}/withdraw").status_code == 200
    assert post(world.camille, f"/shares/{link.public_id}/withdraw").status_code == 303
    for path in variants(world, link):
        answer = world.stranger.get(path)
        assert answer.status_code == 410, path
        assert b"Kervella" not in answer.data
        assert b"Soudure" not in answer.data
    assert world.stranger.head(world.path(link)).status_code == 410
    for act in ("check", "compare"):
        token = token_of(link, wired().settings.secret_key)
        sent = {"address": ADDRESS}
        assert (
            world.stranger.post(
                f"/p/{token}/{world.first.public_id}/{act}", data=sent, headers={"Sec-Fetch-Site": "same-origin"}
            ).status_code
            == 410
        )
    closed, unknown = world.stranger.get(f"/v/{code}"), world.stranger.get("/v/0000-0000")
    assert (closed.status_code, unknown.status_code) == (404, 404)


def test_a_link_ends_with_its_last_day(world: World) -> None:
    link = publish_badge(world, closes_on=(utcnow() + timedelta(days=2)).date().isoformat())
    path = world.path(link)
    assert world.stranger.get(path).status_code == 200
    with transaction() as session:
        session.get_one(ShareLink, link.id).closes_at = utcnow()
        grow_edition(session, link.person_id)
    assert world.stranger.get(path).status_code == 410


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        pytest.param({"closes_on": "2020-01-01"}, 422, id="an end that is over"),
        pytest.param({"closes_on": "tomorrow"}, 422, id="no date"),
        pytest.param({"name_shown": "address"}, 422, id="a name that is none"),
        pytest.param({"label": "x" * 101}, 422, id="a label that is too long"),
        pytest.param({"evidence": ["0" * 20]}, 422, id="evidence that is not there"),
    ],
)
def test_a_choice_that_cannot_be_publishes_nothing(world: World, fields: dict[str, Any], status: int) -> None:
    given = {"name_shown": "full", "do": "publish", **fields}
    sent = post(world.camille, f"/badges/{world.first.public_id}/publish", "/compte", **given)
    assert sent.status_code == status
    assert world.links() == []


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://A.example:8443/b", "a.example"),
        ("https://\u00e9t\u00e9.example/", "\u00e9t\u00e9.example"),
        ("https://\u0430\u0440\u0440\u04cf\u0435.example/", "xn--80ak6aa92e.example"),
        ("https://museum.example@evil.example/", "evil.example"),
        ("https://evil.example\\@museum.example/", ""),
        ("javascript:alert(1)", ""),
    ],
)
def test_a_link_is_named_by_the_host_that_a_browser_opens(address: str, host: str) -> None:
    assert web_host(address) == host


def test_hidden_evidence_cannot_be_published_by_naming_it(world: World) -> None:
    sent = post(
        world.camille,
        f"/badges/{world.first.public_id}/publish",
        "/compte",
        evidence=[world.hidden.public_id],
        name_shown="full",
        do="publish",
    )
    assert sent.status_code == 422
    assert world.links() == []


def test_a_badge_added_later_stays_private_until_it_is_chosen(world: World) -> None:
    link = publish_collection(world)
    path, second = world.path(link), world.second.public_id
    assert "Lecture" not in world.stranger.get(path).text
    token = token_of(link, wired().settings.secret_key)
    assert world.stranger.get(f"/p/{token}/{second}").status_code == 410
    assert world.stranger.get(f"/p/{token}/{second}/picture.png").status_code == 410
    both = [world.first.public_id, second]
    post(world.camille, f"/shares/{link.public_id}/edit", "/compte", badges=both, name_shown="none", do="publish")
    page = world.stranger.get(path).text
    assert "Lecture" in page
    assert "Camille" not in page
    assert world.path(world.links()[-1]) == path


def test_taking_a_badge_out_of_the_collection_takes_it_off_the_page(world: World) -> None:
    link = publish_collection(world, badges=[world.first.public_id, world.second.public_id])
    with reading() as session:
        collection = own_collections(session, world.person.id)[0]
    post(
        world.camille,
        f"/collections/{collection.public_id}/edit",
        "/compte",
        title="Stage",
        language="fr",
        revision=collection.revision,
        do=f"remove:{world.first.public_id}",
    )
    page = world.stranger.get(world.path(link)).text
    assert ("Soudure" in page, "Lecture" in page) == (False, True)
    token = token_of(link, wired().settings.secret_key)
    assert world.stranger.get(f"/p/{token}/evidence/{world.shown.public_id}").status_code == 404


def test_publishing_one_thing_changes_no_other(world: World) -> None:
    first = publish_badge(world)
    before = world.stranger.get(world.path(first)).status_code
    second = publish_collection(world)
    post(world.camille, f"/shares/{second.public_id}/withdraw")
    assert world.stranger.get(world.path(first)).status_code == before == 200


@pytest.mark.parametrize(
    ("typed", "answer"),
    [(ADDRESS, "Yes."), (f" {ADDRESS.upper()} ", "Yes."), ("someone@else.example", "No.")],
)
def test_a_reader_may_ask_whether_the_badge_is_this_person_s(world: World, typed: str, answer: str) -> None:
    token = token_of(publish_badge(world), wired().settings.secret_key)
    sent = world.stranger.post(
        f"/p/{token}/{world.first.public_id}/compare?lang=en",
        data={"address": typed},
        headers={"Sec-Fetch-Site": "same-origin"},
    )
    assert sent.status_code == 200
    assert f"<strong>{answer}</strong>" in sent.text
    assert "Set-Cookie" not in sent.headers


def test_a_reader_cannot_try_many_addresses(world: World) -> None:
    token = token_of(publish_badge(world), wired().settings.secret_key)
    path, own = f"/p/{token}/{world.first.public_id}/compare", {"Sec-Fetch-Site": "same-origin"}
    codes = [world.stranger.post(path, data={"address": "a@b.example"}, headers=own).status_code for _ in range(11)]
    assert codes[-1] == 429


def test_views_are_counted_per_day_and_say_nothing_about_readers(world: World) -> None:
    link = publish_badge(world)
    for _ in range(3):
        world.stranger.get(world.path(link))
    world.stranger.head(world.path(link))
    world.camille.get("/shares")  # what was counted is written down for its owner to see
    with reading() as session:
        counted = session.scalars(sa.select(ViewCount)).all()
    assert [(one.link_id, one.views) for one in counted] == [(link.id, 3)]
    assert {column.name for column in ViewCount.__table__.columns} == {"id", "link_id", "day", "views"}
    shares = world.camille.get("/shares")
    assert shares.status_code == 200
    assert "Soudure" in shares.text


def test_a_collection_read_badge_by_badge_or_in_a_frame_is_one_view(world: World) -> None:
    link = publish_collection(world)
    token = token_of(link, wired().settings.secret_key)
    badge = f"/p/{token}/{world.first.public_id}"
    for path in (world.path(link), badge, badge, f"/embed/{token}", f"/embed/{token}"):
        assert world.stranger.get(path).status_code == 200
    world.camille.get("/shares")
    with reading() as session:
        assert session.scalars(sa.select(ViewCount.views)).all() == [1]


def test_the_owner_is_shown_the_link_again_with_all_that_carries_it(world: World) -> None:
    link = publish_badge(world, label="Musée")
    page = world.camille.get(f"/shares/{link.public_id}").text
    address = f"http://localhost:8000{world.path(link)}"
    assert address in page
    assert "https://www.linkedin.com/profile/add?startTask=CERTIFICATION_NAME&amp;name=Soudure" in page
    qr = world.camille.get(f"/shares/{link.public_id}/qr.svg")
    assert (qr.mimetype, qr.data[:4]) == ("image/svg+xml", b"<svg")
    with reading() as session:
        code = known_code(session, link.id, None)
    assert code
    assert f"{code[:4]}-{code[4:]}" in page
    assert world.stranger.get(f"/v?code={code.lower()}", follow_redirects=True).request.path == world.path(link)


def test_nobody_else_s_links_are_there(app: Flask, world: World) -> None:
    link = publish_badge(world)
    with transaction() as session:
        other = sign_up_person(session, "Idriss Lefort", "idriss@etu.example")
    idriss = signed_in(app.test_client(), other)
    for path in ("", "/edit", "/withdraw", "/qr.svg"):
        assert idriss.get(f"/shares/{link.public_id}{path}").status_code == 404
    for path in ("/edit", "/withdraw"):
        assert post(idriss, f"/shares/{link.public_id}{path}", do="publish").status_code == 404
    assert idriss.get(f"/badges/{world.first.public_id}/share").status_code == 404
    assert post(idriss, f"/badges/{world.first.public_id}/publish", do="publish").status_code == 404


def test_hostile_words_come_out_as_text(world: World) -> None:
    bad = give_badge(
        world.person, HOSTILE, issuer=f"Issuer {HOSTILE}", description=HOSTILE, criteria={"narrative": HOSTILE}
    )
    post(world.camille, f"/badges/{bad.public_id}/evidence/add?kind=text", title=HOSTILE[:140], text=HOSTILE)
    with reading() as session:
        work = evidence_of(session, [bad.id])[bad.id][0]
    sent = post(
        world.camille,
        f"/badges/{bad.public_id}/publish",
        "/compte",
        evidence=[work.public_id],
        name_shown="full",
        label=HOSTILE,
        do="publish",
    )
    assert sent.status_code == 303
    link = world.links()[-1]
    pages = [
        *(world.stranger.get(world.path(link)), world.camille.get("/shares")),
        *(world.camille.get(f"/shares/{link.public_id}{part}") for part in ("", "/edit", "/withdraw")),
        world.camille.get(f"/evidence/{work.public_id}/edit"),
    ]
    for page in pages:
        assert page.status_code == 200
        assert "<script>alert" not in page.text
        assert "{{7*7}}" in page.text or "&lt;script" in page.text


def test_looking_again_is_answered_without_asking_twice(world: World) -> None:
    token = token_of(publish_badge(world), wired().settings.secret_key)
    answer = world.stranger.post(f"/p/{token}/{world.first.public_id}/check", headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code in {200, 303}
    fragment = world.stranger.get(f"/p/{token}/{world.first.public_id}/verdict").text
    assert f'id="verdict-{world.first.public_id}"' in fragment
    assert "data-refresh" not in fragment


@pytest.mark.parametrize("code", ["7K3F9QX2", "nonsense", "7K3F-9QX2-00", "%00"])
def test_a_code_that_opens_nothing_says_so(app: Flask, client: FlaskClient, code: str) -> None:
    assert client.get("/v").status_code == 200
    assert client.get(f"/v/{code}").status_code in {404, 422}
    assert client.get(f"/v?code={code}", follow_redirects=True).status_code in {404, 422}


@pytest.mark.parametrize("what", ["badge", "collection"])
def test_several_links_are_reached_by_the_pages_own_links(world: World, what: str) -> None:
    first = publish_badge(world) if what == "badge" else publish_collection(world)
    share = f"/{what}s/{(world.first if what == 'badge' else collection_of(world)).public_id}/share"
    one_link = world.camille.get(share, follow_redirects=True)
    assert one_link.request.path == f"/shares/{first.public_id}"
    form = world.camille.get(led_to(one_link.text, "Un autre lien vers ceci…"))
    assert form.status_code == 200
    for label in ("Deuxième", "Troisième"):
        given = {"badges": [world.first.public_id], "name_shown": "none", "label": label, "do": "publish"}
        assert post(world.camille, form.request.path, "/compte", **given).status_code == 303
    several = world.camille.get(share)
    assert several.status_code == 200
    assert all(f"/shares/{link.public_id}" in several.text for link in world.links())
    assert led_to(several.text, "Un autre lien vers ceci…") == form.request.path
    assert publish_elsewhere(world).public_id not in world.camille.get(share).text


def led_to(page: str, words: str) -> str:
    """Where the link with these words leads."""
    found = re.search(rf'<a [^>]*href="([^"]+)"[^>]*>(?:(?!</a>).)*{re.escape(words)}', page, re.DOTALL)
    assert found, words
    return found[1]


def collection_of(world: World) -> Collection:
    with reading() as session:
        return own_collections(session, world.person.id)[0]


def publish_elsewhere(world: World) -> ShareLink:
    post(world.camille, f"/badges/{world.second.public_id}/publish", "/compte", name_shown="full", do="publish")
    return world.links()[-1]


@pytest.mark.parametrize(
    ("publishing", "words", "chosen"),
    [
        pytest.param(publish_badge, "The issuer has not read these works.", True, id="a badge with works"),
        pytest.param(publish_badge, "The issuer has not read these works.", False, id="a badge without"),
        pytest.param(
            publish_collection, "The issuers have not read what Camille K. added.", True, id="a collection with works"
        ),
        pytest.param(publish_collection, "The issuers have not read what", False, id="a collection without"),
    ],
)
def test_whose_word_the_works_are_is_said_once(
    world: World, publishing: Callable[..., ShareLink], words: str, chosen: bool
) -> None:
    link = publishing(world, evidence=[world.shown.public_id] if chosen else [])
    assert world.stranger.get(f"{world.path(link)}?lang=en").text.count(words) == int(chosen)
