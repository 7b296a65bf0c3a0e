"""A university's own sign-in: newcomers, links by proof of both, and every answer that must let nobody in."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from joserfc.jwk import ECKey
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from backpack import create_app
from backpack.accounts.models import OIDCIdentity, Person, SignedSession
from backpack.accounts.providers import providers_of
from backpack.accounts.proving import LASTS
from backpack.accounts.queries import confirmed_addresses, identities_of, person_by_id
from backpack.accounts.views.providers import ASKED
from backpack.database import db, reading, transaction, utcnow
from backpack.settings import Settings, SettingsError
from tests.accounts.letters import letters_to, link_in
from tests.accounts.provider import CLIENT, SECRET, University, real_provider, universities
from tests.people import ADDRESS, PASSWORD, Browser, post, sign_up_person, signed_in

ZOE = "zoe@etu.estuaire.example"
FIRST = "/connexion/premiere-fois"


def written(folder: Path, *providers: dict[str, Any]) -> str:
    path = folder / "providers.json"
    path.write_text(json.dumps(providers))
    return str(path)


def entry(url: str, name: str = "estuaire", **more: Any) -> dict[str, Any]:
    return {"name": name, "label": "Estuaire", "issuer": url, "client_id": CLIENT, "client_secret": SECRET, **more}


@pytest.fixture
def estuaire() -> Iterator[University]:
    made = University()
    with universities(made):
        yield made


@pytest.fixture
def other() -> Iterator[University]:
    made = University()
    with universities(made):
        yield made


@pytest.fixture
def app(settings: Settings, tmp_path: Path, estuaire: University, other: University) -> Iterator[Flask]:
    """Two universities; the word of the first is taken for its own mailboxes."""
    list_ = written(tmp_path, entry(estuaire.url, domains=["etu.estuaire.example"]), entry(other.url, "autre"))
    app = create_app(replace(settings, oidc_providers=list_))
    app.test_client_class = Browser
    with app.app_context():
        yield app
        db.engine.dispose()


def go(client: FlaskClient, name: str = "estuaire", **query: str) -> str:
    """The address that the browser is sent to."""
    return client.get(f"/connexion/avec/{name}", query_string=query).headers["Location"]


def back(client: FlaskClient, answer: dict[str, str], name: str = "estuaire") -> TestResponse:
    return client.get(f"/connexion/avec/{name}/retour", query_string=answer)


def sign_in(client: FlaskClient, at: University, name: str = "estuaire", **query: str) -> TestResponse:
    return back(client, at.agree(go(client, name, **query)), name)


def is_signed_in(client: FlaskClient) -> bool:
    return client.get("/compte").status_code == 200


def link(client: FlaskClient, at: University) -> TestResponse:
    return sign_in(client, at, purpose="link")


def test_what_is_asked_of_the_provider(client: FlaskClient, estuaire: University) -> None:
    asked = dict(pair.split("=") for pair in urlsplit(go(client)).query.split("&"))
    assert asked["code_challenge_method"] == "S256"
    assert asked["redirect_uri"] == "http%3A%2F%2Flocalhost%3A8000%2Fconnexion%2Favec%2Festuaire%2Fretour"
    assert {"state", "nonce", "code_challenge"} <= set(asked)


def test_a_newcomer_whose_address_is_vouched_for_starts_at_once(client: FlaskClient, estuaire: University) -> None:
    estuaire.claims |= {"email_verified": True, "name": "Zoé Le Goff"}
    assert sign_in(client, estuaire).headers["Location"] == FIRST
    assert ZOE in client.get(FIRST).text
    assert post(client, FIRST, FIRST, name="Zoé Le Goff").headers["Location"] == "/compte/secours"
    assert is_signed_in(client)
    post(client, "/deconnexion")
    assert sign_in(client, estuaire).headers["Location"] == "/badges", "known from now on"


NOT_VOUCHED: tuple[dict[str, Any], ...] = (
    {"email_verified": "true"},  # the word is not the value
    {"email_verified": 1},
    {},
    {"email_verified": True, "email": "zoe@elsewhere.example"},  # a domain of somebody else's
)


def test_an_address_that_nobody_vouches_for_is_confirmed_by_letter(app: Flask, estuaire: University) -> None:
    for number, claims in enumerate(NOT_VOUCHED):
        address = claims.get("email", f"zoe{number}@etu.estuaire.example")
        estuaire.claims = {"sub": f"u{number}", "email": address, **claims}
        client, phone = app.test_client(), app.test_client()
        sign_in(client, estuaire)
        assert post(client, FIRST, FIRST, name="Zoé", address=address).headers["Location"] == "/lettre", claims
        assert not is_signed_in(client)
        phone.get(link_in(letters_to(str(address))[0]))
        assert post(phone, "/confirmer", "/confirmer", password="any password at all").status_code == 422
        assert sign_in(phone, estuaire).headers["Location"] == "/confirmer", "the university shows it is theirs"
        assert post(phone, "/confirmer", "/confirmer").status_code == 303
        assert is_signed_in(phone)


def test_an_address_is_no_reason_to_open_an_account(
    app: Flask, client: FlaskClient, person: Person, estuaire: University
) -> None:
    """Somebody at a provider that says it is Camille's address."""
    for vouched in (False, True):
        estuaire.claims |= {"email": ADDRESS, "email_verified": vouched, "sub": f"thief {vouched}"}
        thief = app.test_client()
        sign_in(thief, estuaire)
        assert not is_signed_in(thief)
        post(thief, FIRST, FIRST, name="Thief", address=ADDRESS)
        assert not is_signed_in(thief)
    with reading() as session:
        assert identities_of(session, person.id) == []
        assert session.scalar(select(func.count(Person.id))) == 1


def test_who_signed_up_with_anothers_address_is_shut_out_when_its_owner_comes(
    app: Flask, client: FlaskClient, other: University
) -> None:
    """By a provider that does not vouch for it; the owner finds the stray letter and asks for a password."""
    thief = app.test_client()
    sign_in(thief, other, name="autre")
    post(thief, FIRST, FIRST, name="Thief", address=ZOE)
    stray = link_in(letters_to(ZOE)[0])
    client.get(stray)
    assert post(client, "/confirmer", "/confirmer", password=PASSWORD).status_code == 422
    post(client, "/mot-de-passe-oublie", "/mot-de-passe-oublie", address=ZOE)
    client.get(link_in(letters_to(ZOE)[-1]))
    chosen = post(client, "/nouveau-mot-de-passe", "/nouveau-mot-de-passe", new_password=PASSWORD)
    assert chosen.headers["Location"] == "/badges"
    assert sign_in(app.test_client(), other, name="autre").headers["Location"] == FIRST, "a newcomer again"
    thief.get(stray)
    assert thief.get("/confirmer").status_code == 410
    sign_in(thief, other, name="autre")
    assert not is_signed_in(thief)
    with reading() as session:
        assert session.scalar(select(func.count(OIDCIdentity.id))) == 0
        rows = session.scalars(select(SignedSession).where(SignedSession.person_id.is_(None)))
        assert not any("joining" in row.content for row in rows)


def test_who_has_a_backpack_signs_in_and_links(client: FlaskClient, person: Person, estuaire: University) -> None:
    sign_in(client, estuaire)
    answer = post(client, "/connexion", "/connexion", address=ADDRESS, password=PASSWORD)
    assert answer.headers["Location"] == FIRST
    with reading() as session:
        assert identities_of(session, person.id) == [], "not before they say so"
    assert post(client, f"{FIRST}/relier", FIRST).status_code == 303
    post(client, "/deconnexion")
    assert sign_in(client, estuaire).headers["Location"] == "/badges"


def test_linking_from_the_account_page_wants_fresh_proof(
    app: Flask, signed_in_client: FlaskClient, person: Person, estuaire: University
) -> None:
    with time_machine.travel(utcnow() + LASTS + timedelta(seconds=1), tick=True):
        assert go(signed_in_client, purpose="link").startswith("/compte/preuve")
    assert link(signed_in_client, estuaire).headers["Location"] == "/compte#universite"
    with transaction() as session:
        noe = sign_up_person(session, "Noé", "noe@etu.estuaire.example")
    assert link(signed_in(app.test_client(), noe), estuaire).status_code == 422, "one backpack at a time"
    with reading() as session:
        (identity,) = identities_of(session, person.id)
    assert post(signed_in_client, "/compte/universite/retirer", identity=identity.public_id).status_code == 303
    assert post(signed_in_client, "/compte/universite/retirer", identity=identity.public_id).status_code == 404


def test_the_only_way_in_stays(signed_in_client: FlaskClient, person: Person, estuaire: University) -> None:
    link(signed_in_client, estuaire)
    with transaction() as session:
        person_by_id(session, person.id).password_hash = None
        (identity,) = identities_of(session, person.id)
    assert post(signed_in_client, "/compte/universite/retirer", identity=identity.public_id).status_code == 422


def test_a_browser_left_signed_in_there_is_no_proof(
    app: Flask, signed_in_client: FlaskClient, estuaire: University
) -> None:
    """It answers by itself: its user is let in, and asked again before what concerns the whole account."""
    link(signed_in_client, estuaire)
    now = int(utcnow().timestamp())
    for said, status in ((None, 303), (now - 3600, 303), (now + 3600, 303), (10**30, 303), (now - 60, 200)):
        estuaire.claims |= {"auth_time": said}
        client = app.test_client()
        assert sign_in(client, estuaire).headers["Location"] == "/badges", said
        assert client.get("/compte/cles/ajouter").status_code == status, said


def test_a_newcomer_by_a_browser_left_signed_in_has_proved_nothing(app: Flask, estuaire: University) -> None:
    now = int(utcnow().timestamp())
    for number, (said, status) in enumerate(((None, 303), (now - 3600, 303), (now, 200))):
        address = f"zoe{number}@etu.estuaire.example"
        estuaire.claims = {"sub": f"u{number}", "email": address, "email_verified": True, "auth_time": said}
        client = app.test_client()
        sign_in(client, estuaire)
        assert post(client, FIRST, FIRST, name="Zoé").headers["Location"] == "/compte/secours"
        assert client.get("/compte/cles/ajouter").status_code == status, said
        assert "/mot-de-passe-oublie" in client.get("/compte/preuve").text or status == 200


def test_the_university_proves_it_again(signed_in_client: FlaskClient, estuaire: University) -> None:
    link(signed_in_client, estuaire)
    later = utcnow() + LASTS + timedelta(minutes=1)
    with time_machine.travel(later, tick=True):
        asked = go(signed_in_client, purpose="prove", next="/compte/cles/ajouter")
        assert "max_age=0" in asked
        assert back(signed_in_client, estuaire.agree(asked)).status_code == 422, "it does not say when"
        asked = go(signed_in_client, purpose="prove", next="/compte/cles/ajouter")
        estuaire.claims |= {"auth_time": int((later - timedelta(hours=2)).timestamp())}
        assert back(signed_in_client, estuaire.agree(asked)).status_code == 422, "they typed nothing there"
        estuaire.claims |= {"auth_time": int(later.timestamp()), "sub": "somebody else"}
        assert sign_in(signed_in_client, estuaire, purpose="prove").status_code == 422
        estuaire.claims |= {"sub": "u1"}
        answer = sign_in(signed_in_client, estuaire, purpose="prove", next="/compte/cles/ajouter")
        assert answer.headers["Location"] == "/compte/cles/ajouter"
        assert signed_in_client.get("/compte/cles/ajouter").status_code == 200


LIES: dict[str, Callable[[University], object]] = {
    "signed by nobody": lambda one: setattr(one, "algorithm", "none"),
    "signed by the shared secret": lambda one: setattr(one, "algorithm", "HS256"),
    "signed by another key": lambda one: setattr(one, "signs_with", ECKey.generate_key("P-256", {"kid": "one"})),
    "of another issuer": lambda one: one.lies.update(iss="https://evil.example"),
    "for another client": lambda one: one.lies.update(aud="another"),
    "for another client, by us": lambda one: one.lies.update(aud="another", azp=CLIENT),
    "for several, by another": lambda one: one.lies.update(aud=[CLIENT, "another"], azp="another"),
    "over": lambda one: one.lies.update(exp=1),
    "from the future": lambda one: one.lies.update(iat=9_999_999_999),
    "to another question": lambda one: one.lies.update(nonce="another"),
    "to no question": lambda one: one.lies.update(nonce=None),
    "about nobody": lambda one: one.lies.update(sub=None),
    "about no text": lambda one: one.lies.update(sub=["u1"]),
    "about NUL": lambda one: one.lies.update(sub="u\0"),
    "without an end": lambda one: one.lies.update(exp=None),
    "an error": lambda one: setattr(one, "token_status", 500),
    "far too large": lambda one: setattr(one, "big", True),
}


def test_no_lie_lets_in(app: Flask, person: Person, estuaire: University) -> None:
    link(signed_in(app.test_client(), person), estuaire)
    truth = dict(vars(estuaire))
    for case, lie in LIES.items():
        estuaire.lies = {}
        lie(estuaire)
        client = app.test_client()
        answer = sign_in(client, estuaire)
        expected = 503 if case == "an error" else 422
        assert (answer.status_code, is_signed_in(client)) == (expected, False), case
        vars(estuaire).update({**truth, "asked": {}, "lies": {}})
    assert sign_in(app.test_client(), estuaire).status_code == 303, "and the truth does"


def test_an_answer_counts_once_and_in_its_own_browser(
    app: Flask, person: Person, estuaire: University, other: University
) -> None:
    link(signed_in(app.test_client(), person), estuaire)
    victim, thief = app.test_client(), app.test_client()
    answer = estuaire.agree(go(victim))
    go(thief)
    assert back(thief, answer).status_code == 422, "the state of another browser"
    assert back(thief, {**answer, "state": ""}).status_code == 422
    assert back(app.test_client(), answer).status_code == 422, "a browser that asked nothing"
    assert not is_signed_in(thief)
    fixed = victim.get_cookie("session")
    assert back(victim, answer).status_code == 303
    after = victim.get_cookie("session")
    assert fixed
    assert after
    assert fixed.value != after.value, "a session fixed before is another one after"
    post(victim, "/deconnexion")
    assert back(victim, answer).status_code == 422, "replayed"


def test_an_answer_of_another_provider_is_refused(
    app: Flask, person: Person, estuaire: University, other: University
) -> None:
    link(signed_in(app.test_client(), person), estuaire)
    client = app.test_client()
    answer = estuaire.agree(go(client))
    assert back(client, answer, "autre").status_code == 422
    client = app.test_client()
    assert back(client, {**estuaire.agree(go(client)), "iss": other.url}).status_code == 422
    client = app.test_client()
    go(client)
    assert back(client, {"error": "access_denied"}).status_code == 422
    assert client.get("/connexion/avec/personne").status_code == 404
    with client.session_transaction() as kept:
        assert ASKED not in kept


def test_a_provider_that_calls_itself_something_else_is_not_asked(client: FlaskClient, estuaire: University) -> None:
    estuaire.issuer = "https://evil.example"
    assert client.get("/connexion/avec/estuaire").status_code == 422


def test_a_provider_that_leads_elsewhere_is_not_followed(
    settings: Settings, tmp_path: Path, estuaire: University
) -> None:
    """Its metadata names a host that the operator did not."""
    list_ = written(tmp_path, entry(estuaire.url.replace("127.0.0.1", "localhost"), hosts=[]))
    estuaire.issuer = estuaire.url.replace("127.0.0.1", "localhost")
    app = create_app(replace(settings, oidc_providers=list_))
    app.test_client_class = Browser
    with app.app_context():
        client = app.test_client()
        assert back(client, estuaire.agree(go(client))).status_code == 422
        assert estuaire.tokens == 0
        db.engine.dispose()


def test_a_provider_out_of_reach_is_said(settings: Settings, tmp_path: Path) -> None:
    label = {"fr": "Université de l’Estuaire", "en": "Estuary University"}
    app = create_app(replace(settings, oidc_providers=written(tmp_path, entry("http://127.0.0.1:9", label=label))))
    app.test_client_class = Browser
    with app.app_context():
        for language, sentence in (
            ("fr", "Université de l’Estuaire ne répond pas"),
            ("en", "Estuary University does not answer at this moment."),
        ):
            answer = app.test_client().get(f"/connexion/avec/estuaire?lang={language}")
            assert answer.status_code == 503
            assert sentence in answer.text
        db.engine.dispose()


BROKEN: dict[str, Any] = {
    "half": [{"name": "x"}],
    "no web address": [entry("ftp://x.example")],
    "no name": [entry("https://x.example", name="Née")],
    "twice": [entry("https://x.example"), entry("https://y.example")],
    "no list": {"estuaire": {}},
}


def test_a_broken_list_stops_the_start(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "broken.json"
    for list_ in BROKEN.values():
        path.write_text(json.dumps(list_))
        with pytest.raises(SettingsError, match="OIDC_PROVIDERS"):
            providers_of(replace(settings, oidc_providers=str(path)))


def test_with_a_provider_of_somebody_elses_making(settings: Settings, tmp_path: Path) -> None:
    """The whole way against a provider that is not ours: discovery, code, PKCE, nonce, keys."""
    user = {"sub": "u7", "email": ZOE, "email_verified": True, "name": "Zoé Le Goff"}
    with real_provider(user) as url:
        list_ = written(tmp_path, entry(url, domains=["etu.estuaire.example"]))
        app = create_app(replace(settings, oidc_providers=list_))
        app.test_client_class = Browser
        with app.app_context():
            client = app.test_client()
            agreed = requests.post(go(client), data={"sub": "u7"}, allow_redirects=False, timeout=10)
            parts = urlsplit(agreed.headers["Location"])
            assert client.get(f"{parts.path}?{parts.query}").headers["Location"] == FIRST
            assert post(client, FIRST, FIRST, name="Zoé Le Goff").status_code == 303
            with reading() as session:
                identity = session.scalars(select(OIDCIdentity)).one()
                assert (identity.issuer, identity.subject) == (url, "u7")
                assert [one.spelling for one in confirmed_addresses(session, identity.person_id)] == [ZOE]
            db.engine.dispose()
