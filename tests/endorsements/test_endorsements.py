"""An invited person confirms a badge in their own words: by a mailed link, once, and shown only where it was chosen."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from backpack import jobs
from backpack.accounts.addresses import add_address, read_address
from backpack.accounts.models import Person
from backpack.badges.models import Badge
from backpack.badges.recording import grow_edition
from backpack.database import reading, transaction, utcnow
from backpack.endorsements import confirming
from backpack.endorsements.inviting import token_of
from backpack.endorsements.models import Endorsement
from backpack.evidence.models import Artefact
from backpack.evidence.queries import evidence_of
from backpack.publishing.links import token_of as link_token
from backpack.publishing.models import ShareLink
from backpack.wiring import wired
from tests.backpacks import give_badge
from tests.evidence import files
from tests.evidence.test_pages import add_file
from tests.people import ADDRESS, post, sign_up_person, signed_in

HOSTILE = "\"><script>alert(1)</script>'{{7*7}}"
SAID = {
    "name": "Anne Le Goff",
    "role": "menait l’atelier",
    "words": "Camille a soudé devant moi\r\net l’a expliqué à trois autres.",
    "address": "Anne.LeGoff@atelier.example",
    "agrees": "y",
}
OURS = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def badge(person: Person) -> Badge:
    return give_badge(person)


@pytest.fixture
def invited(signed_in_client: FlaskClient, badge: Badge) -> str:
    """The path of an open invitation."""
    return invite(signed_in_client, f"/badges/{badge.public_id}/endorsements")


@pytest.fixture
def guest(app: Flask) -> FlaskClient:
    return app.test_client()


def invite(client: FlaskClient, page: str) -> str:
    assert post(client, page, label="Mme Le Goff").status_code == 303
    return f"/endorse/{token_of(the_one(), wired().settings.secret_key)}"


def the_one() -> Endorsement:
    with reading() as session:
        return session.scalars(sa.select(Endorsement).order_by(Endorsement.id.desc())).first()  # type: ignore[return-value]


def write(guest: FlaskClient, path: str, **changes: Any) -> TestResponse:
    return guest.post(path, data={**SAID, **changes}, headers=OURS)


def mailed() -> list[str]:
    """The confirming links that were mailed so far."""
    jobs.run_pending(wired().handlers)
    letters = wired().mailer.letters  # type: ignore[attr-defined]
    return [found for one in letters for found in re.findall(r"/endorse/confirm/\S+", one.get_content())]


def confirmed(guest: FlaskClient, path: str, **changes: Any) -> Endorsement:
    assert write(guest, path, **changes).status_code == 303
    assert guest.post(mailed()[-1], headers=OURS).status_code == 200
    return the_one()


def published(client: FlaskClient, badge: Badge, **chosen: Any) -> str:
    given = {"name_shown": "full", "level": "link", "do": "publish", **chosen}
    done = post(client, f"/badges/{badge.public_id}/publish", "/compte", **given)
    assert done.status_code == 303, done.text
    with reading() as session:
        link = session.scalars(sa.select(ShareLink).order_by(ShareLink.id.desc())).first()
        assert link is not None
        return f"/p/{link_token(link, wired().settings.secret_key)}"


def test_from_an_invitation_to_a_page_for_others(
    app: Flask, signed_in_client: FlaskClient, guest: FlaskClient, badge: Badge, invited: str
) -> None:
    asked = guest.get(invited)
    assert asked.status_code == 200
    assert "Soudure" in asked.text
    assert "Camille Kervella" in asked.text
    assert ADDRESS not in asked.text
    assert "Set-Cookie" not in asked.headers
    assert write(guest, invited).status_code == 303
    assert guest.get(f"{invited}/sent").status_code == 200
    [link] = mailed()
    for _look in range(2):
        shown = guest.get(link)
        assert "et l’a expliqué à trois autres." in shown.text
        assert the_one().confirmed_at is None
    assert guest.post(link, headers=OURS).status_code == 200
    assert guest.post(link, headers=OURS).status_code == 410
    assert guest.get(link).status_code == 410
    assert guest.get(invited).status_code == 410
    one = the_one()
    assert (one.address, one.key_hash) == ("A•••@atelier.example", None)
    own = signed_in_client.get(f"/badges/{badge.public_id}").text
    assert "Anne Le Goff" in own
    path = published(signed_in_client, badge)
    assert "Anne Le Goff" not in guest.get(path).text
    path = published(signed_in_client, badge, endorsements=[one.public_id])
    page = guest.get(path).text
    assert "Anne Le Goff" in page
    assert "menait l’atelier" in page
    assert "atelier.example" not in page
    assert post(signed_in_client, f"/endorsements/{one.public_id}/remove").status_code == 303
    assert "Anne Le Goff" not in guest.get(path).text


def test_the_owner_is_told_by_a_letter_without_a_word_of_it(guest: FlaskClient, invited: str) -> None:
    confirmed(guest, invited)
    jobs.run_pending(wired().handlers)
    letter = wired().mailer.letters[-1]  # type: ignore[attr-defined]
    assert letter["To"] == ADDRESS
    assert f"/endorsements/{the_one().public_id}" in letter.get_content()
    assert "soudé" not in letter.get_content()


def test_the_letter_to_a_typed_address_carries_no_typed_word(guest: FlaskClient, invited: str) -> None:
    write(guest, invited, name="Achetez ici", role="https://spam.example", words="Un mot de spam, et encore un.")
    mailed()
    letter = wired().mailer.letters[-1]  # type: ignore[attr-defined]
    assert letter["To"] == "Anne.LeGoff@atelier.example"
    for word in ("Achetez", "spam", "Camille", "Soudure"):
        assert word not in letter.get_content() + letter["Subject"]


def test_words_written_anew_overtake_the_earlier_link(guest: FlaskClient, invited: str) -> None:
    write(guest, invited)
    write(guest, invited, words="D’autres mots, plus justes.")
    first, second = mailed()
    assert guest.get(first).status_code == 410
    assert guest.post(second, headers=OURS).status_code == 200
    assert the_one().words == "D’autres mots, plus justes."


def test_hostile_words_come_out_as_text(
    signed_in_client: FlaskClient, guest: FlaskClient, badge: Badge, invited: str
) -> None:
    one = confirmed(guest, invited, name=HOSTILE, role=HOSTILE, words=HOSTILE * 2)
    pages = [
        signed_in_client.get(f"/badges/{badge.public_id}/endorsements"),
        signed_in_client.get(f"/badges/{badge.public_id}"),
        signed_in_client.get(f"/badges/{badge.public_id}/publish"),
        signed_in_client.get(f"/endorsements/{one.public_id}/remove"),
        guest.get(published(signed_in_client, badge, endorsements=[one.public_id])),
    ]
    for page in pages:
        assert page.status_code == 200
        assert "<script>alert" not in page.text
        assert "49" not in page.text.partition("&lt;script&gt;")[2][:60]


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"name": ""}, id="no name"),
        pytest.param({"name": "x" * 101}, id="a long name"),
        pytest.param({"role": " "}, id="no role"),
        pytest.param({"words": "Oui."}, id="hardly a word"),
        pytest.param({"words": "x" * 2001}, id="too many words"),
        pytest.param({"words": "a\0" * 20}, id="NUL"),
        pytest.param({"address": "nobody"}, id="no address"),
        pytest.param({"address": "a@b.example\r\nBcc: c@d.example"}, id="a second line"),
        pytest.param({"agrees": ""}, id="no agreement"),
    ],
)
def test_what_cannot_be_kept_gets_a_sentence(guest: FlaskClient, invited: str, changes: dict[str, str]) -> None:
    assert write(guest, invited, **changes).status_code in {400, 422}
    assert the_one().written_at is None
    assert mailed() == []


def test_a_withdrawn_or_ended_invitation_opens_nothing(
    signed_in_client: FlaskClient, guest: FlaskClient, badge: Badge, invited: str
) -> None:
    write(guest, invited)
    [link] = mailed()
    assert post(signed_in_client, f"/endorsements/{the_one().public_id}/withdraw").status_code == 303
    for path in (invited, f"{invited}/sent", f"{invited}/picture.png", link):
        answer = guest.get(path)
        assert answer.status_code == 410
        assert "Kervella" not in answer.text
    assert write(guest, invited).status_code == 410
    assert guest.post(link, headers=OURS).status_code == 410
    assert (the_one().address, the_one().words) == ("", "")
    other = invite(signed_in_client, f"/badges/{badge.public_id}/endorsements")
    with transaction() as session:
        session.execute(sa.update(Endorsement).values(ends_at=utcnow() - timedelta(seconds=1)))
    assert guest.get(other).status_code == 410
    assert guest.get("/endorse/nonsense").status_code == 404


def test_letters_are_throttled(guest: FlaskClient, invited: str) -> None:
    for number in range(confirming.LETTERS_MOST):
        assert write(guest, invited, address=f"anne{number}@atelier.example").status_code == 303
    assert write(guest, invited, address="anne@atelier.example").status_code == 429
    assert len(mailed()) == confirming.LETTERS_MOST


def test_a_work_can_be_endorsed_and_stands_with_its_badge(
    signed_in_client: FlaskClient, guest: FlaskClient, badge: Badge
) -> None:
    add = f"/badges/{badge.public_id}/evidence/add?kind=text"
    assert post(signed_in_client, add, "/compte", title="Mon carnet", text="Le premier jour …").status_code == 303
    with reading() as session:
        evidence, work = session.execute(
            sa.text(
                "SELECT evidence.public_id, artefact.public_id FROM evidence JOIN artefact ON artefact.id = artefact_id"
            )
        ).one()
    said = confirmed(guest, invite(signed_in_client, f"/works/{work}/endorsements"))
    assert "Anne Le Goff" in signed_in_client.get(f"/works/{work}").text
    both = {"endorsements": [said.public_id], "evidence": [evidence]}
    assert "Mon carnet" in guest.get(published(signed_in_client, badge, **both)).text.partition("Anne Le Goff")[2]
    alone = {"endorsements": [said.public_id]}
    assert "Anne Le Goff" not in guest.get(published(signed_in_client, badge, **alone)).text


def test_somebody_else_s_are_not_there(
    app: Flask, signed_in_client: FlaskClient, guest: FlaskClient, badge: Badge, invited: str
) -> None:
    one = confirmed(guest, invited)
    with transaction() as session:
        other = sign_up_person(session, "Idriss Lefort", "idriss@etu.example")
    idriss = signed_in(app.test_client(), other)
    for path in (
        f"/badges/{badge.public_id}/endorsements",
        f"/endorsements/{one.public_id}",
        f"/endorsements/{one.public_id}/remove",
        "/works/0123456789abcdef0123/endorsements",
    ):
        assert idriss.get(path).status_code == 404
    for act in ("withdraw", "remove"):
        assert post(idriss, f"/endorsements/{one.public_id}/{act}").status_code == 404
    assert post(idriss, f"/badges/{badge.public_id}/endorsements", label="x").status_code == 404
    theirs = give_badge(other, "Lecture", address="idriss@etu.example")
    refused = post(
        idriss,
        f"/badges/{theirs.public_id}/publish",
        "/compte",
        name_shown="full",
        level="link",
        do="publish",
        endorsements=[one.public_id],
    )
    assert refused.status_code == 422


@pytest.mark.parametrize("address", [ADDRESS, ADDRESS.upper(), ADDRESS.replace("@", "+moi@")])
def test_nobody_endorses_themselves_and_the_page_does_not_tell_whose_address_it_is(
    guest: FlaskClient, invited: str, address: str
) -> None:
    theirs = write(guest, invited)
    own = write(guest, invited, address=address)
    assert (own.status_code, own.headers["Location"]) == (theirs.status_code, theirs.headers["Location"])
    links = mailed()
    assert len(links) == 1, "of the words that somebody else is to confirm"
    assert guest.post(links[0], headers=OURS).status_code == 410, "overtaken, as by any newer words"
    one = the_one()
    assert (one.words, one.key_hash, one.address, one.letters) == ("", None, "", 2)


def test_an_address_that_became_the_owners_own_confirms_nothing(
    guest: FlaskClient, invited: str, person: Person
) -> None:
    write(guest, invited)
    [link] = mailed()
    with transaction() as session:
        add_address(session, session.get_one(Person, person.id), read_address(SAID["address"]), utcnow())
    assert guest.post(link, headers=OURS).status_code == 410
    assert the_one().confirmed_at is None


def test_the_invited_person_sees_the_work_and_pages_say_when_it_was_changed_since(
    signed_in_client: FlaskClient, guest: FlaskClient, badge: Badge
) -> None:
    add_file(signed_in_client, badge, files.pdf(), "plan.pdf")
    with reading() as session:
        evidence = evidence_of(session, [badge.id])[badge.id][0]
    work = evidence.artefact.public_id
    path = invite(signed_in_client, f"/works/{work}/endorsements")
    assert f"{path}/work" in guest.get(path).text
    assert guest.get(f"{path}/work").data == files.pdf()
    one = confirmed(guest, path)
    assert guest.get(f"{path}/work").status_code == 410
    assert (one.thing_title, len(one.thing_digest or b"")) == ("plan", 32)
    chosen = {"evidence": [evidence.public_id], "endorsements": [one.public_id]}
    page = published(signed_in_client, badge, **chosen)
    changed = "was changed since"
    assert "Anne Le Goff" in guest.get(f"{page}?lang=en").text
    assert changed not in guest.get(f"{page}?lang=en").text
    with transaction() as session:
        session.get_one(Artefact, evidence.artefact_id).text = "Autre chose."
        grow_edition(session, badge.person_id)
    for client, where in ((guest, page), (signed_in_client, f"/works/{work}/endorsements")):
        assert changed in client.get(f"{where}?lang=en").text, where


def test_before_a_work_goes_its_owner_reads_who_is_invited_to_see_it(
    signed_in_client: FlaskClient, guest: FlaskClient, badge: Badge
) -> None:
    add_file(signed_in_client, badge, files.pdf(), "plan.pdf")
    with reading() as session:
        evidence = evidence_of(session, [badge.id])[badge.id][0]
    work = f"/works/{evidence.artefact.public_id}"
    pages = [f"/evidence/{evidence.public_id}/hide", f"/evidence/{evidence.public_id}/remove", f"{work}/remove", work]
    unseen = "Nobody else sees it anywhere then"
    assert unseen in signed_in_client.get(f"{pages[0]}?lang=en").text
    path = invite(signed_in_client, f"{work}/endorsements")
    for page in pages:
        assert f'href="/endorsements/{the_one().public_id}">Mme Le Goff' in signed_in_client.get(page).text, page
    assert unseen not in signed_in_client.get(f"{pages[0]}?lang=en").text
    post(signed_in_client, f"/evidence/{evidence.public_id}/show", shown="0")
    assert guest.get(f"{path}/work").data == files.pdf()
    post(signed_in_client, f"/endorsements/{the_one().public_id}/withdraw")
    assert guest.get(f"{path}/work").status_code == 410
    assert all("Mme Le Goff" not in signed_in_client.get(page).text for page in pages)


def test_an_invitation_from_before_shows_no_more_than_was_promised(
    signed_in_client: FlaskClient, guest: FlaskClient, badge: Badge
) -> None:
    add_file(signed_in_client, badge, files.pdf(), "plan.pdf")
    with reading() as session:
        work = evidence_of(session, [badge.id])[badge.id][0].artefact
    path = invite(signed_in_client, f"/works/{work.public_id}/endorsements")
    with transaction() as session:
        session.get_one(Endorsement, the_one().id).shows_work = False
    assert f"{path}/work" not in guest.get(path).text
    assert guest.get(f"{path}/work").status_code == 404
