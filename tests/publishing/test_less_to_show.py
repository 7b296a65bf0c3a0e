"""Pages that have less to show than they had: a badge was removed, taken back by its issuer, or taken out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from backpack.badges.models import Badge
from backpack.collections.models import Collection, CollectionItem
from backpack.database import reading, transaction, utcnow
from backpack.openbadges.strict_json import JSON
from backpack.publishing.links import Choices, create_link, publish, token_of
from backpack.publishing.models import WithdrawnBadge
from backpack.wiring import wired
from tests.badges.conftest import Holder, app, holder, issuer, work  # noqa: F401 - fixtures
from tests.badges.issuers import HOST, Issuer
from tests.openbadges import make
from tests.people import post
from tests.publishing.world import World, publish_collection

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
LINE = {"fr": "Badge retiré par son titulaire", "en": "Badge withdrawn by its holder"}
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
NO_BADGE = {
    "fr": "Cette collection ne contient pas encore de badge public.",
    "en": "This collection does not hold a public badge yet.",
}


def said(text: str) -> str:
    """What a page says, with plain spaces."""
    return " ".join(text.replace("\u00a0", " ").replace("\u202f", " ").split())


def editor(world: World) -> str:
    with reading() as session:
        return f"/collections/{session.scalars(sa.select(Collection.public_id)).one()}"


def remove(world: World, badge: Badge) -> str:
    """Remove a badge; where it can be put back."""
    page = world.camille.get(f"/badges/{badge.public_id}/remove?lang=en").text
    assert ("a line says “Badge withdrawn by its holder”" in said(page)) is (badge.id == world.first.id)
    assert post(world.camille, f"/badges/{badge.public_id}/remove").status_code == 303
    grid = world.camille.get("/badges").text
    start = grid.index("/undo/")
    return grid[start : grid.index('"', start)]


def test_a_removed_badge_leaves_a_line_that_names_nothing(world: World) -> None:
    link = publish_collection(world, badges=[world.first.public_id, world.second.public_id])
    path = world.path(link)
    assert "Soudure" in world.stranger.get(path).text
    back = remove(world, world.first)
    for language, words in LINE.items():
        page = world.stranger.get(f"{path}?lang={language}").text
        assert page.count(words) == 1
        assert "Soudure" not in page
        assert page.index(words) < page.rindex("Lecture"), "the line stands where the badge stood"
        owners = world.camille.get(f"{editor(world)}/edit?lang={language}").text
        assert words in owners
        assert "Soudure" not in owners
        assert words in world.camille.get(f"/shares/{link.public_id}/edit?lang={language}").text
    assert world.stranger.get(f"/p/{path[3:]}/{world.first.public_id}").status_code == 410
    assert post(world.camille, back).status_code == 303
    page = world.stranger.get(path).text
    assert "Soudure" in page
    assert LINE["fr"] not in page


@on_sqlite
def test_its_owner_takes_the_line_away(world: World) -> None:
    path = world.path(publish_collection(world, badges=[world.first.public_id, world.second.public_id]))
    remove(world, world.first)
    assert LINE["fr"] in world.stranger.get(path).text
    assert post(world.camille, f"{editor(world)}/lines").status_code == 303
    assert LINE["fr"] not in world.stranger.get(path).text
    assert LINE["fr"] not in world.camille.get(f"{editor(world)}/edit").text


@on_sqlite
def test_where_it_was_not_shown_no_line_is_left(world: World) -> None:
    publish_collection(world)  # shows the first badge alone
    remove(world, world.second)
    with reading() as session:
        assert session.scalars(sa.select(WithdrawnBadge)).all() == []
    assert world.camille.post(f"{editor(world)}/lines").status_code in {400, 403}, "not from our pages"


@on_sqlite
def test_a_page_whose_only_badge_was_removed_still_makes_sense(world: World) -> None:
    path = world.path(publish_collection(world))
    remove(world, world.first)
    for language, words in LINE.items():
        page = world.stranger.get(f"{path}?lang={language}")
        assert page.status_code == 200
        assert NO_BADGE[language] in page.text
        assert words in page.text
        assert "Stage" in page.text


@on_sqlite
def test_an_emptied_collection_says_so_to_everybody(world: World) -> None:
    link = publish_collection(world)
    path, page = world.path(link), editor(world)
    for badge in (world.first, world.second):
        with reading() as session:
            revision = session.scalars(sa.select(Collection.revision)).one()
        sent = {"title": "Stage", "language": "fr", "revision": revision, "do": f"remove:{badge.public_id}"}
        assert post(world.camille, f"{page}/edit", "/compte", **sent).status_code == 303
    for language, nothing in (("fr", "Rien pour l’instant."), ("en", "Nothing yet.")):
        read = world.stranger.get(f"{path}?lang={language}").text
        assert NO_BADGE[language] in read
        assert LINE[language] not in read, "taking it out of the collection is no withdrawal"
        assert NO_BADGE[language] in world.stranger.get(f"/embed/{path[3:]}?lang={language}").text
        assert nothing in said(world.camille.get(f"{page}/edit?lang={language}").text)
        assert world.camille.get(f"/shares/{link.public_id}?lang={language}").status_code == 200
    assert world.stranger.get(f"/p/{path[3:]}/card.png").status_code == 200


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=True) as traveller:
        yield traveller


def published_both_ways(holder: Holder, badge: Badge) -> tuple[str, str]:  # noqa: F811
    """The tokens of a badge's own page, and of a collection that shows it."""
    now, secret = utcnow(), wired().settings.secret_key
    with transaction() as session:
        collection = Collection(person_id=holder.person.id, title="Stage", created_at=now, changed_at=now)
        session.add(collection)
        session.flush()
        session.add(CollectionItem(collection_id=collection.id, badge_id=badge.id, position=0))
        own = create_link(session, holder.person.id, secret=secret, now=now, badge_id=badge.id)
        whole = create_link(session, holder.person.id, secret=secret, now=now, collection_id=collection.id)
        publish(session, own, Choices(), now)
        publish(session, whole, Choices(badges=[badge.id]), now)
        return token_of(own, secret), token_of(whole, secret)


@on_sqlite
def test_a_badge_taken_back_by_its_issuer_says_so_on_every_page(
    app: Flask,  # noqa: F811
    holder: Holder,  # noqa: F811
    issuer: Issuer,  # noqa: F811
    clock: time_machine.Traveller,
) -> None:
    holder.import_(("badge.json", issuer.hosted()))
    [badge] = holder.badges()
    own, whole = published_both_ways(holder, badge)
    stranger = app.test_client()
    assert "Révoqué" not in stranger.get(f"/p/{own}").text
    url = f"{HOST}/assertions/1"
    issuer.say(url, {"id": url, "revoked": True, "revocationReason": "doublon"})
    clock.shift(timedelta(hours=1))
    stranger.get(f"/p/{own}")  # what is stale is asked for behind the first reader
    work()
    for path in (f"/p/{own}", f"/c/{whole}", f"/p/{whole}/{badge.public_id}"):
        french, english = (said(stranger.get(f"{path}?lang={one}").text) for one in ("fr", "en"))
        assert "Révoqué par l’émetteur" in french, path
        assert "Motif indiqué : « doublon »" in french, path
        assert "Revoked by the issuer" in english, path
        assert "Reason given: “doublon”" in english, path
        assert french.count("is-revoked") >= 1, path
        assert "Soudure" in french
    assert stranger.get(f"/p/{own}/certificate.pdf").status_code == 422
    assert "Révoqué" in stranger.get(f"/embed/{whole}?lang=fr").text
    assert "Révoqué" in holder.client.get("/badges?lang=fr").text
    preview = said(holder.client.get(f"/badges/{badge.public_id}/publish?lang=fr").text)
    assert "Révoqué par l’émetteur" in preview, "its owner sees what strangers would see"


ENDORSEMENT = f"{HOST}/endorsements/1"


def endorsement(about: JSON) -> dict[str, JSON]:
    """A hosted Endorsement of 2.0 about this address."""
    return {
        "@context": "https://w3id.org/openbadges/v2",
        "type": "Endorsement",
        "id": ENDORSEMENT,
        "claim": {"id": about, "endorsementComment": "Reconnu par la branche."},
        "issuer": {"type": "Profile", "id": f"{HOST}/branch", "name": "Branche métallurgie", "url": HOST},
        "issuedOn": "2024-05-07T07:08:09Z",
        "verification": {"type": "hosted"},
    }


@on_sqlite
@pytest.mark.parametrize(
    ("about", "is_shown"),
    [pytest.param(make.badge_class()["id"], True, id="about it"), pytest.param(f"{HOST}/other", False, id="not")],
)
def test_an_endorsement_inside_a_2_0_badge_is_verified_and_shown(
    app: Flask,  # noqa: F811
    holder: Holder,  # noqa: F811
    issuer: Issuer,  # noqa: F811
    about: JSON,
    is_shown: bool,
) -> None:
    said_of_it = endorsement(about)
    issuer.say(ENDORSEMENT, said_of_it)
    issuer.say(f"{HOST}/branch", said_of_it["issuer"])
    issuer.say(make.badge_class()["id"], make.badge_class(endorsement=[said_of_it]))
    holder.import_(("badge.json", issuer.hosted()))
    [badge] = holder.badges()
    own, whole = published_both_ways(holder, badge)
    for path in (f"/p/{own}", f"/c/{whole}"):
        page = app.test_client().get(path).text
        assert ("Reconnu par la branche." in page) is is_shown, path
        assert ("<b>Branche métallurgie</b>" in page) is is_shown, path
