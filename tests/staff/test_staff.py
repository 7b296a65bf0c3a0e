"""Those who run the site: counts without contents, reported pages, known issuers, a way back; and a log that stays."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError

from backpack import cli
from backpack.accounts.addresses import add_address, close_address, confirm_address, read_address
from backpack.accounts.mail_keys import WAY_BACK_WAITS
from backpack.accounts.models import Person
from backpack.accounts.proving import LASTS
from backpack.accounts.queries import confirmed_addresses, person_by_id
from backpack.archive.models import TrustedIssuer
from backpack.badges.models import Badge
from backpack.cli import staffing
from backpack.collections.models import Collection
from backpack.database import random_name, reading, transaction, utcnow
from backpack.publishing.links import Choices, create_link, publish, token_of
from backpack.publishing.models import PageReport, ShareLink
from backpack.publishing.profiles import About, open_profile, write_profile
from backpack.publishing.reporting import report_page
from backpack.settings import Settings
from backpack.skills.models import Framework
from backpack.staff.models import StaffEvent, StaffMember
from backpack.staff.team import ROLES, put_on_team
from backpack.wiring import wired
from tests.accounts.letters import letters_to, link_in
from tests.people import ADDRESS, NAME, post, sign_up_person, signed_in

STAFF = "responsable@estuaire.example"
LOG = "/gestion/journal"


@pytest.fixture
def staff(app: Flask) -> FlaskClient:
    """A browser in which somebody with every role is signed in."""
    with transaction() as session:
        head = sign_up_person(session, "Responsable", STAFF)
        put_on_team(session, STAFF, list(ROLES), None, utcnow())
    return signed_in(app.test_client(), head)


@pytest.fixture
def link(app: Flask, person: Person) -> ShareLink:
    """An open page of Camille's."""
    with transaction() as session:
        now = utcnow()
        collection = Collection(person_id=person.id, title="Musée", created_at=now, changed_at=now)
        session.add(collection)
        session.flush()
        made = create_link(
            session, person.id, secret=wired().settings.secret_key, now=utcnow(), collection_id=collection.id
        )
        publish(session, made, Choices(label="Stage"), utcnow())
    return made


def page_of(link: ShareLink) -> str:
    return f"/c/{token_of(link, wired().settings.secret_key)}"


def log() -> list[str]:
    with reading() as session:
        return [one.what for one in session.scalars(select(StaffEvent).order_by(StaffEvent.id))]


ROOMS = ("", "signalements", "emetteurs", "referentiels", "aide", "equipe", "journal")
ADDRESSES = tuple(f"/gestion/{room}" for room in ROOMS)


def test_there_is_nothing_for_anybody_else(client: FlaskClient, signed_in_client: FlaskClient) -> None:
    for address in ADDRESSES:
        assert client.get(address).status_code == 303, "a stranger signs in first"
        assert signed_in_client.get(address).status_code == 404, address
    for address in ("/gestion/equipe", "/gestion/emetteurs", "/gestion/aide", "/gestion/signalements/link-x/suspendre"):
        assert post(signed_in_client, address).status_code == 404, address
    assert "/gestion" not in signed_in_client.get("/compte").text


def test_each_role_opens_its_own_pages(app: Flask) -> None:
    opens = {
        "reports": "/gestion/signalements",
        "lists": "/gestion/emetteurs",
        "help": "/gestion/aide",
        "team": "/gestion/equipe",
    }
    for number, role in enumerate(ROLES):
        with transaction() as session:
            one = sign_up_person(session, role, f"n{number}@estuaire.example")
            put_on_team(session, f"n{number}@estuaire.example", [role], None, utcnow())
        client = signed_in(app.test_client(), one)
        assert client.get("/gestion/").status_code == 200
        for wanted, address in opens.items():
            assert client.get(address).status_code == (200 if wanted == role else 404), (role, address)


def test_acts_want_fresh_proof(staff: FlaskClient) -> None:
    with time_machine.travel(utcnow() + LASTS + timedelta(seconds=1), tick=True):
        answer = post(staff, "/gestion/emetteurs", kind="host", value="badges.example.org", name="X")
        assert answer.status_code == 403
        assert log() == ["staff-added"]


def test_counts_show_nobody(staff: FlaskClient, person: Person, link: ShareLink) -> None:
    with transaction() as session:
        for number in range(12):
            holder = sign_up_person(session, f"Porteuse {number}", f"t{number}@etu.estuaire.example")
            session.add(a_badge(holder, "Université"))
        session.add(a_badge(person, "Petite association"))
    page = staff.get("/gestion/").text
    assert re.search(r"Comptes avec une adresse confirmée</th><td class=\"num\">14<", page)
    assert "Université" in page
    assert "Petite association" not in page, "one holder could be found"
    for secret in (NAME, ADDRESS, "Musée", "Porteuse", "Badge secret"):
        assert secret not in page


def a_badge(person: Person, issuer: str) -> Badge:
    return Badge(
        public_id=random_name(),
        person_id=person.id,
        identity=random_name().encode(),
        payload=b"{}",
        version="3.0",
        name="Badge secret",
        folded="badge secret",
        issuer_name=issuer,
        story="",
        added_at=utcnow(),
    )


def test_a_suspended_page_answers_like_a_closed_one_and_its_owner_reads_why(
    staff: FlaskClient, client: FlaskClient, signed_in_client: FlaskClient, link: ShareLink
) -> None:
    assert client.get(page_of(link)).status_code == 200
    with transaction() as session:
        report_page(
            session, session.get_one(ShareLink, link.id), reason="not-theirs", words="Ce n’est pas elle", now=utcnow()
        )
    page = staff.get("/gestion/signalements").text
    assert "Ce n’est pas elle" in page
    assert page_of(link) in page
    key = f"link-{link.public_id}"
    act = f"/gestion/signalements/{key}/suspendre"
    assert post(staff, act, "/gestion/signalements", why="").status_code == 422
    assert client.get(page_of(link)).status_code == 200
    assert post(staff, act, "/gestion/signalements", why="Ces badges sont à Noé.").status_code == 303
    closed = client.get(page_of(link))
    assert closed.status_code == 410
    assert "Noé" not in closed.text
    assert "Ces badges sont à Noé." in letters_to(ADDRESS)[-1]["body"]
    assert "Ces badges sont à Noé." in signed_in_client.get(f"/shares/{link.public_id}").text
    with reading() as session:
        assert [one.settled_at is not None for one in session.scalars(select(PageReport))] == [True]
    assert post(staff, f"/gestion/signalements/{key}/rouvrir", "/gestion/signalements").status_code == 303
    assert client.get(page_of(link)).status_code == 200
    assert log() == ["staff-added", "page-suspended", "page-lifted"]
    assert post(staff, "/gestion/signalements/link-nothing/suspendre", "/gestion/", why="x").status_code == 404
    assert post(staff, "/gestion/signalements/profile-99999999999/suspendre", "/gestion/", why="x").status_code == 404


def test_a_report_that_is_no_reason_is_settled(staff: FlaskClient, client: FlaskClient, link: ShareLink) -> None:
    with transaction() as session:
        report_page(session, session.get_one(ShareLink, link.id), reason="other", words="", now=utcnow())
    post(staff, f"/gestion/signalements/link-{link.public_id}/classer", "/gestion/signalements")
    assert client.get(page_of(link)).status_code == 200
    assert "Aucun signalement" in staff.get("/gestion/signalements").text
    assert log()[-1] == "report-settled"


def test_a_suspended_profile_is_closed_with_its_links(staff: FlaskClient, client: FlaskClient, person: Person) -> None:
    secret = wired().settings.secret_key
    with transaction() as session:
        profile = write_profile(session, person.id, About(name="camille-k"), secret, utcnow())
        open_profile(session, profile, utcnow())
        report_page(session, profile, reason="impersonation", words="", now=utcnow())
        key = f"profile-{profile.id}"
    assert client.get("/u/camille-k").status_code == 200
    post(staff, f"/gestion/signalements/{key}/suspendre", "/gestion/signalements", why="Usurpation")
    assert client.get("/u/camille-k").status_code == 410
    post(staff, f"/gestion/signalements/{key}/rouvrir", "/gestion/signalements")
    assert client.get("/u/camille-k").status_code == 200


TRUSTED = {
    ("host", "Badges.Example.org"): 303,
    ("host", "badges.example.org"): 422,  # again
    ("host", "https://badges.example.org"): 422,
    ("host", "org"): 422,
    ("host", "co.uk"): 422,
    ("host", "10.0.0.1/x"): 422,
    ("platform", "plateforme.example"): 303,
    ("key", "did:key:z6MkTest"): 303,
    ("key", "javascript:alert(1)"): 422,
    ("key", "did:key:z6 Mk"): 422,
    ("nothing", "x.example"): 422,
    ("host", ""): 422,
}


def test_known_issuers_are_rows_beside_the_settings(staff: FlaskClient, person: Person) -> None:
    for (kind, value), status in TRUSTED.items():
        answer = post(staff, "/gestion/emetteurs", "/gestion/emetteurs", kind=kind, value=value, name="Université")
        assert answer.status_code == status, (kind, value)
    with reading() as session:
        rows = session.scalars(select(TrustedIssuer).order_by(TrustedIssuer.id)).all()
        edition = person_by_id(session, person.id).edition
    assert [(one.kind, one.value) for one in rows] == [
        ("host", "badges.example.org"),
        ("platform", "plateforme.example"),
        ("key", "did:key:z6MkTest"),
    ]
    assert edition > person.edition, "remembered pages are made anew"
    assert post(staff, f"/gestion/emetteurs/{rows[0].id}/retirer", "/gestion/emetteurs").status_code == 303
    assert post(staff, f"/gestion/emetteurs/{rows[0].id}/retirer", "/gestion/emetteurs").status_code == 404
    assert log() == ["staff-added", *["issuer-trusted"] * 3, "issuer-dropped"]


CSV = "code;label;url\nA1;Écouter;https://skills.example/a1\nA2;Parler;https://skills.example/a2\n"
UNREADABLE = {"no file": None, "nothing": b"", "a picture": b"\x89PNG\r\n\x1a\n\0\0", "no name": CSV.encode()}


def give_frame(staff: FlaskClient, data: bytes | None, **fields: object) -> int:
    page = "/gestion/referentiels"
    sent = {**fields, "language": "fr"} | ({"file": (io.BytesIO(data), "frame.csv")} if data is not None else {})
    return post(staff, page, page, **sent).status_code


def test_frames_of_skills_come_and_go(staff: FlaskClient) -> None:
    for case, data in UNREADABLE.items():
        assert give_frame(staff, data) == 422, case
    assert give_frame(staff, CSV.encode(), name="Estuaire") == 303
    assert "2 compétences" in staff.get("/gestion/referentiels").text
    with reading() as session:
        (frame,) = session.scalars(select(Framework))
    assert post(staff, "/gestion/referentiels/nothing/retirer", "/gestion/referentiels").status_code == 404
    assert post(staff, f"/gestion/referentiels/{frame.public_id}/retirer", "/gestion/referentiels").status_code == 303
    with reading() as session:
        assert session.scalars(select(Framework)).all() == []
    assert log() == ["staff-added", "frame-taken-in", "frame-removed"]


@pytest.fixture
def new_mailbox(staff: FlaskClient, person: Person) -> str:
    """Where a way back for Camille went, who had only one address."""
    fields = {"known": ADDRESS, "new": "camille@courriel.example", "why": "Carte d’étudiante au guichet"}
    assert post(staff, "/gestion/aide", "/gestion/aide", **fields).status_code == 303
    return fields["new"]


def test_a_way_back_opens_after_a_week_and_everybody_is_told(
    app: Flask, staff: FlaskClient, person: Person, new_mailbox: str
) -> None:
    (letter,) = letters_to(new_mailbox)
    (notice,) = letters_to(ADDRESS)
    assert "nouveau-mot-de-passe" not in notice["body"]
    with time_machine.travel(utcnow() + timedelta(days=6, hours=23), tick=True):
        client = app.test_client()
        client.get(link_in(letter))
        early = client.get("/nouveau-mot-de-passe")
        assert early.status_code == 410
        assert "s’ouvre le" in early.text, "its owner has a week to hear of it"
    with time_machine.travel(utcnow() + timedelta(days=7, minutes=1), tick=True):
        page = "/nouveau-mot-de-passe"
        client = app.test_client()
        client.get(link_in(letter))
        assert post(client, page, page, new_password="de nouveaux mots ordinaires").status_code == 303
        assert client.get("/compte").status_code == 200
    with reading() as session:
        assert new_mailbox in [one.spelling for one in confirmed_addresses(session, person.id)]
        last = session.scalars(select(StaffEvent).order_by(StaffEvent.id.desc())).first()
    assert last is not None
    assert last.what == "way-back"
    assert person.public_id not in str(last.facts)
    assert ADDRESS not in str(last.facts)
    assert "Carte" in staff.get(LOG).text


def test_signing_in_stops_a_false_way_back(app: Flask, person: Person, new_mailbox: str) -> None:
    owner = app.test_client()
    post(owner, "/connexion", "/connexion", address=ADDRESS, password="correct horse battery")
    with time_machine.travel(utcnow() + WAY_BACK_WAITS + timedelta(minutes=1), tick=True):
        thief = app.test_client()
        thief.get(link_in(letters_to(new_mailbox)[0]))
        assert thief.get("/nouveau-mot-de-passe").status_code == 410


def test_no_way_back_to_what_is_somebody_elses(staff: FlaskClient, person: Person) -> None:
    cases = {
        "nobody’s account": {"known": "nobody@x.example", "new": "a@x.example", "why": "x"},
        "a mailbox of somebody else": {"known": ADDRESS, "new": STAFF, "why": "x"},
        "no reason": {"known": ADDRESS, "new": "a@x.example", "why": " "},
        "no address": {"known": ADDRESS, "new": "a", "why": "x"},
    }
    for case, fields in cases.items():
        assert post(staff, "/gestion/aide", "/gestion/aide", **fields).status_code == 422, case
    assert letters_to("a@x.example") == []
    assert log() == ["staff-added"]


def test_no_way_back_into_an_account_of_the_team(staff: FlaskClient, person: Person) -> None:
    """Whoever may only help would get the roles of whoever they help."""
    with transaction() as session:
        put_on_team(session, ADDRESS, ["team"], None, utcnow())
    fields = {"known": ADDRESS, "new": "a@x.example", "why": "Perdu"}
    answer = post(staff, "/gestion/aide", "/gestion/aide", **fields)
    assert (answer.status_code, "de l’équipe" in answer.text) == (422, True)
    assert letters_to("a@x.example") == []


def test_no_way_back_by_an_address_that_several_accounts_confirmed(staff: FlaskClient, person: Person) -> None:
    """The mailbox was Camille’s, who lost it; now it is Noé’s. Which of the two asks is not known."""
    fields = {"known": ADDRESS, "new": "a@x.example", "why": "Perdu"}
    with transaction() as session:
        added = add_address(session, session.get_one(Person, person.id), read_address("c@x.example"), utcnow())
        confirm_address(session, added, utcnow())
        close_address(session, person.id, ADDRESS, utcnow())
        sign_up_person(session, "Noé", ADDRESS)
    answer = post(staff, "/gestion/aide", "/gestion/aide", **fields)
    assert (answer.status_code, "Plusieurs comptes" in answer.text) == (422, True)
    assert letters_to("a@x.example") == []


def test_the_team_is_never_without_somebody_who_chooses_it(app: Flask, staff: FlaskClient, person: Person) -> None:
    page = "/gestion/equipe"
    assert post(staff, page, page, address=STAFF, roles=["reports"]).status_code == 422
    assert post(staff, page, page, address="nobody@x.example", roles=["team"]).status_code == 422
    assert post(staff, page, page, address=ADDRESS, roles=["king"]).status_code == 422
    other = signed_in(app.test_client(), person)
    assert post(staff, page, page, address=ADDRESS, roles=["team", "help"]).status_code == 303
    assert other.get("/compte").status_code == 303, "new powers want a new sign-in"
    with reading() as session:
        first, second = session.scalars(select(StaffMember).order_by(StaffMember.id))
    assert second.roles == ["help", "team"]
    assert post(staff, f"{page}/{first.id}/retirer", page).status_code == 303
    assert staff.get("/gestion/").status_code == 404, "off the team at once"
    assert log() == ["staff-added", "staff-added", "staff-removed"]


def test_the_log_takes_no_change(staff: FlaskClient) -> None:
    for statement in (update(StaffEvent).values(what="nothing"), delete(StaffEvent)):
        with pytest.raises(DBAPIError, match="neither changed nor deleted"), transaction() as session:
            session.execute(statement)
    assert log() == ["staff-added"]


def test_the_first_is_made_at_the_command_line(
    app: Flask, settings: Settings, person: Person, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staffing, "create_app", lambda: app)

    def run(*words: str) -> int:
        return cli.main(["staff", *words])

    assert run("add", "nobody@x.example") == 1
    assert "No account has confirmed" in capsys.readouterr().err
    assert run("add", ADDRESS) == 0
    assert run("list") == 0
    assert NAME in capsys.readouterr().out
    assert run("remove", ADDRESS) == 1, "nobody else may choose the team"
    assert run("add", ADDRESS, "--role", "help") == 1
    with reading() as session:
        (member,) = session.scalars(select(StaffMember))
    assert member.roles == list(ROLES)
