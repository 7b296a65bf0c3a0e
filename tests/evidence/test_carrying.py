"""A badge that carries its holder's works along: the issuer's part as it was, the holder's apart, both told."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from backpack import create_app, jobs, openbadges
from backpack.accounts.models import Person
from backpack.badges.models import Badge, BadgeFile
from backpack.badges.queries import own_badge
from backpack.cli import main
from backpack.database import db, reading, transaction
from backpack.evidence.queries import evidence_of
from backpack.openbadges.containers.kinds import Kind
from backpack.openbadges.recorded import RecordedDocuments
from backpack.openbadges.report import Outcome
from backpack.openbadges.statements import Statement, read_statement
from backpack.publishing.links import token_of
from backpack.publishing.models import ShareLink
from backpack.settings import Settings
from backpack.signature import did_document, signer_of
from backpack.wiring import wired
from tests.backpacks import give_badge
from tests.evidence import files
from tests.evidence.test_pages import add, add_file
from tests.openbadges import issuing, make
from tests.people import Browser, post

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>'


@pytest.fixture
def badge(person: Person, signed_in_client: FlaskClient) -> Badge:
    badge = give_badge(person)
    add_file(signed_in_client, badge, files.pdf(), "plan.pdf", words="Mon plan.")
    add(signed_in_client, badge, "text", title="Récit", text="Douze **ateliers**.")
    add(signed_in_client, badge, "link", title="Page", url="https://a.example/x")
    return badge


def taken(client: FlaskClient, badge: Badge, **more: str) -> bytes:
    with reading() as session:
        chosen = [one.public_id for one in evidence_of(session, [badge.id])[badge.id]]
    assert client.get(f"/badges/{badge.public_id}/portfolio").status_code == 200
    answer = post(client, f"/badges/{badge.public_id}/portfolio", evidence=chosen, **more)
    assert answer.status_code == 200, answer.text
    return bytes(answer.data)


def statement_of(found: openbadges.Found) -> Statement:
    assert found.statement is not None
    return read_statement(found.statement, found.payload)


def test_the_issuers_part_is_the_same_to_the_byte_and_the_holders_stands_beside_it(
    signed_in_client: FlaskClient, badge: Badge
) -> None:
    [found] = openbadges.read(taken(signed_in_client, badge))
    assert found.payload == badge.payload
    said = statement_of(found)
    assert said.is_about_it
    assert [(one.name, one.genre) for one in said.pieces] == [("plan", "Document"), ("Récit", "Text"), ("Page", "Link")]
    plan, text, link = said.pieces
    assert plan.digest == hashlib.sha256(files.pdf()).digest()
    assert (plan.narrative, plan.url) == ("Mon plan.", None)
    assert (text.narrative, link.url) == ("Douze **ateliers**.", "https://a.example/x")
    report = openbadges.verify(
        openbadges.read_payload(said.payload), RecordedDocuments({}, issuing.NOON), issuing.NOON.replace(year=2030)
    )
    assert report.outcome is Outcome.VALID, report
    assert not [check for check in report.checks if check.id == "structure" and check.result.value != "passed"]


def published(client: FlaskClient, badge: Badge, label: str, **more: str) -> ShareLink:
    with reading() as session:
        evidence = [one.public_id for one in evidence_of(session, [badge.id])[badge.id]]
    given = {"name_shown": "full", "evidence": evidence, "label": label, "do": "publish", **more}
    assert post(client, f"/badges/{badge.public_id}/publish", "/compte", **given).status_code == 303
    with reading() as session:
        return list(session.scalars(sa.select(ShareLink).order_by(ShareLink.id)))[-1]


def test_only_the_link_that_its_owner_chose_is_written_into_it(signed_in_client: FlaskClient, badge: Badge) -> None:
    first = published(signed_in_client, badge, "Musée")
    second = published(signed_in_client, badge, "Jury")
    secret = wired().settings.secret_key
    for chosen, address in (("", None), (second.public_id, token_of(second, secret))):
        [found] = openbadges.read(taken(signed_in_client, badge, link=chosen))
        plan = statement_of(found).pieces[0]
        assert (plan.url is None) is (address is None)
        assert address is None or address in (plan.url or "")
        assert found.statement
        assert token_of(first, secret).encode() not in found.statement


@pytest.mark.parametrize("door", [{"passphrase": "onze chaises vertes"}, {"closes_on": "2030-01-01"}])
def test_a_link_that_will_not_open_is_not_offered(
    signed_in_client: FlaskClient, badge: Badge, door: dict[str, str]
) -> None:
    link = published(signed_in_client, badge, "Musée", **door)
    page = signed_in_client.get(f"/badges/{badge.public_id}/portfolio").text
    assert "Musée" in page
    assert f'value="{link.public_id}"' not in page
    refused = post(signed_in_client, f"/badges/{badge.public_id}/portfolio", link=link.public_id)
    assert refused.status_code == 422


def test_a_word_changed_in_it_breaks_its_signature_and_not_the_badge(
    signed_in_client: FlaskClient, badge: Badge
) -> None:
    [found] = openbadges.read(taken(signed_in_client, badge))
    assert found.statement
    assert found.picture
    forged = openbadges.add_statement(found.picture, found.statement.replace(b"Mon plan.", b"Ton plan."))
    [again] = openbadges.read(forged)
    report = issuing.judged(statement_of(again).payload, now=issuing.NOON.replace(year=2030))
    assert report.outcome is Outcome.INVALID
    assert again.payload == badge.payload


@pytest.mark.parametrize("picture", [make.png(8, 8), SVG], ids=["png", "svg"])
def test_a_statement_is_put_in_and_taken_out_and_touches_nothing_else(picture: bytes) -> None:
    badge = make.text(issuing.signed())
    baked = openbadges.bake(picture, badge)
    one = openbadges.add_statement(baked, b'{"a": "<&]]>"}')
    two = openbadges.add_statement(one, b'{"b": 1}')
    for made, words in ((one, b'{"a": "<&]]>"}'), (two, b'{"b": 1}')):
        [found] = openbadges.read(made)
        assert (found.payload, found.statement) == (badge, words)
    # Without it, the picture is the baked one again, to the byte.
    start = two.index(b"backpackstatement") - 8 if picture is not SVG else two.index(b"<openbadges:statement")
    cut = two[:start] + two[start + len(two) - len(baked) :]
    assert cut == baked


@pytest.mark.parametrize("picture", [make.png(8, 8), SVG], ids=["png", "svg"])
def test_without_its_statement_a_picture_is_the_baked_one_to_the_byte(picture: bytes) -> None:
    baked = openbadges.bake(picture, make.text(issuing.signed()))
    assert openbadges.without_statement(openbadges.add_statement(baked, b'{"a": "<&]]>"}')) == baked
    assert openbadges.without_statement(baked) == baked


def test_strangers_get_the_original_without_what_was_said_beside_it(
    app: Flask, signed_in_client: FlaskClient, badge: Badge
) -> None:
    made = taken(signed_in_client, badge)
    post(signed_in_client, "/badges/import", files=[(io.BytesIO(made), "badge.png")])
    jobs.run_pending(wired().handlers)
    with transaction() as session:  # as for somebody who came with this file from another backpack
        kept = session.scalars(sa.select(BadgeFile).where(BadgeFile.badge_id == badge.id).order_by(BadgeFile.id)).all()
        for other in kept[:-1]:
            session.delete(other)
    link = published(signed_in_client, badge, "Jury", gives_original="1")
    address = f"/p/{token_of(link, wired().settings.secret_key)}/original"
    given = app.test_client().get(address).data
    assert b"Mon plan." in made
    assert b"Mon plan." not in given
    [found] = openbadges.read(given)
    assert (found.payload, found.statement) == (badge.payload, None)


def test_a_badge_whose_picture_is_lost_says_so(signed_in_client: FlaskClient, badge: Badge) -> None:
    assert badge.picture
    wired().storage.delete(badge.picture)
    answer = post(signed_in_client, f"/badges/{badge.public_id}/portfolio")
    assert answer.status_code == 422


def test_no_reader_takes_it_for_the_badge() -> None:
    """Alone in a picture, it is no badge: not for us, and under no name that others look for."""
    said = openbadges.add_statement(make.png(8, 8), make.text(issuing.signed()))
    with pytest.raises(openbadges.OpenBadgesError) as refused:
        openbadges.read(said)
    assert refused.value.code == "no-badge-found"
    assert Kind.STATEMENT.keyword not in {"openbadges", "openbadgecredential", "clrcredential"}


def test_it_comes_back_into_a_backpack_without_loss(
    signed_in_client: FlaskClient, badge: Badge, person: Person
) -> None:
    made = taken(signed_in_client, badge)
    sent = post(signed_in_client, "/badges/import", files=[(io.BytesIO(made), "badge portfolio.png")])
    assert sent.status_code == 303
    jobs.run_pending(wired().handlers)
    with reading() as session:
        kept = own_badge(session, person.id, badge.public_id)
    assert kept.payload == badge.payload
    assert signed_in_client.get(f"/badges/{badge.public_id}/original/{len(kept.files)}").data == made
    page = signed_in_client.get(f"/badges/{badge.public_id}?lang=en").text
    assert "Said by the holder of the badge, not by its issuer" in page
    assert "Mon plan." in page


def test_the_public_check_and_the_command_show_both_and_who_said_what(
    app: Flask, signed_in_client: FlaskClient, badge: Badge, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = taken(signed_in_client, badge)
    stranger = app.test_client()
    headers = {"Sec-Fetch-Site": "same-origin"}
    sent = stranger.post("/verify", data={"file": (io.BytesIO(made), "badge.png")}, headers=headers)
    jobs.run_pending(wired().handlers)
    page = stranger.get(f"{sent.location}?lang=en").text
    assert "Soudure" in page
    assert "Said by the holder of the badge, not by its issuer" in page
    assert "Signed by Backpack (localhost:8000)." in page
    assert "<small>a.example</small>" in page, "a link says where it leads, whatever it is called"
    path, nothing = tmp_path / "badge.png", tmp_path / "nothing.json"
    path.write_bytes(made)
    nothing.write_text("{}")
    main(["verify", str(path), "--documents", str(nothing), "--json"])
    line = json.loads(capsys.readouterr().out)
    assert (line["name"], line["statement"]["is_about_this_badge"]) == ("Soudure", True)
    assert line["statement"]["outcome"] == "valid"
    assert [one["name"] for one in line["statement"]["evidence"]] == ["plan", "Récit", "Page"]
    main(["verify", str(path), "--documents", str(nothing)])
    assert "said by its holder and not by its issuer" in capsys.readouterr().out


def test_of_another_badge_it_says_so(signed_in_client: FlaskClient, badge: Badge, person: Person) -> None:
    [found] = openbadges.read(taken(signed_in_client, badge))
    assert found.statement
    other = give_badge(person, "Lecture")
    assert not read_statement(found.statement, other.payload).is_about_it


@pytest.fixture
def on_the_web(settings: Settings, person: Person, badge: Badge) -> Iterator[Flask]:
    app = create_app(replace(settings, public_url="https://badges.example.org:8443"))
    app.test_client_class = Browser
    with app.app_context():
        yield app
        db.engine.dispose()


def test_on_the_web_it_is_signed_by_the_host(on_the_web: Flask, settings: Settings) -> None:
    host = replace(settings, public_url="https://badges.example.org:8443")
    document = did_document(host)
    base = "https://badges.example.org:8443"
    answer = on_the_web.test_client().get("/.well-known/did.json", base_url=base)
    assert answer.json == document
    signer = signer_of(host)
    assert signer.did == "did:web:badges.example.org%3A8443"
    said = issuing.credential(signer.key, issuer={"id": signer.did, "type": ["Profile"], "name": "Backpack"})
    payload = openbadges.sign(said, signer.key, created=issuing.SIGNED_ON, method=signer.method)
    judged = issuing.judged(payload, {f"{base}/.well-known/did.json": answer.json})
    assert judged.outcome is Outcome.VALID, judged
    assert judged.issuer.established


def test_on_loopback_the_key_is_its_own_name(app: Flask, settings: Settings) -> None:
    assert signer_of(settings).did.startswith("did:key:")
    assert app.test_client().get("/.well-known/did.json").status_code == 404
