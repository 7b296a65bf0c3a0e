"""The ways in, in a real browser: a device with passkeys, and a university whose sign-in somebody else wrote."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, expect

from backpack.demo import story
from tests.accounts.provider import CLIENT, SECRET, real_provider
from tests.journeys.conftest import Site, running_site

ZOE = {
    "sub": "zoe",
    "email": "zoe@etu.estuaire.example",
    "email_verified": True,
    "name": "Zoé Le Goff",
}
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture(scope="module")
def campus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Backpack with its living example, and a university that signs people in."""
    folder = tmp_path_factory.mktemp("campus")
    with real_provider(ZOE) as issuer:
        provider = {
            "name": "estuaire",
            "label": {"fr": "Compte universitaire", "en": "University account"},
            "issuer": issuer,
            "client_id": CLIENT,
            "client_secret": SECRET,
            "domains": ["etu.estuaire.example"],
        }
        (folder / "providers.json").write_text(json.dumps([provider]))
        with running_site(folder / "site", OIDC_PROVIDERS=str(folder / "providers.json")) as site:
            yield site


@contextmanager
def device(page: Page) -> Iterator[None]:
    """A device that keeps passkeys and knows its owner, as Chromium plays it."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    yield
    kept = session.send("WebAuthn.getCredentials", {"authenticatorId": made["authenticatorId"]})["credentials"]
    assert [one["isResidentCredential"] for one in kept] == [True], "found without a name being typed"


def by_password(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/connexion")
    page.locator("input[name=address]").fill(story.ADDRESSES[0])
    page.locator("input[name=password]").fill(story.PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/badges")


def sign_out(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/compte")
    page.locator("#navigateurs").get_by_role("button", name="Se déconnecter", exact=True).click()
    page.wait_for_url(f"{site.url}/")


def test_a_passkey_made_on_the_account_page_opens_it(page: Page, campus: Site) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    with device(page):
        by_password(page, campus)
        page.goto(f"{campus.url}/compte")
        page.get_by_role("link", name="Ajouter une clé d’accès").click()
        page.get_by_label("Nom de cette clé d’accès").fill("Téléphone")
        page.get_by_role("button", name="Créer la clé d’accès").click()
        page.wait_for_url("**/compte#cles")
        expect(page.locator("#cles")).to_contain_text("Téléphone")
        sign_out(page, campus)
        page.goto(f"{campus.url}/connexion")  # the device answers what the field offers: nothing is typed or pressed
        page.wait_for_url("**/badges")
        sign_out(page, campus)
        page.add_init_script("PublicKeyCredential.isConditionalMediationAvailable = async () => false")
        page.goto(f"{campus.url}/connexion")
        page.get_by_role("button", name="Se connecter avec une clé d’accès").click()
        page.wait_for_url("**/badges")
    assert said == []


def test_without_the_device_the_page_says_what_to_do(page: Page, campus: Site) -> None:
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    page.goto(f"{campus.url}/connexion")
    page.get_by_role("button", name="Se connecter avec une clé d’accès").click()
    expect(page.get_by_role("alert")).to_contain_text("aucune clé d’accès", timeout=30_000)


def test_the_universitys_sign_in_makes_a_backpack_and_opens_it_again(page: Page, campus: Site) -> None:
    to_the_university(page, campus)
    page.wait_for_url("**/connexion/premiere-fois")
    expect(page.locator("main")).to_contain_text(str(ZOE["email"]))
    page.get_by_role("button", name="Créer mon sac à badges").click()
    page.wait_for_url("**/compte/secours")
    page.get_by_role("button", name="Montrer mes codes").click()
    expect(page.locator(".codes code")).to_have_count(10)
    codes = page.locator(".codes code").all_inner_texts()
    assert len([code for code in codes if re.fullmatch(r"(?:[0-9A-Z]{4}-){3}[0-9A-Z]{4}", code)]) == 10
    sign_out(page, campus)
    to_the_university(page, campus)
    page.wait_for_url("**/badges")
    sign_out(page, campus)
    page.goto(f"{campus.url}/code-de-secours")
    page.locator("input[name=address]").fill(str(ZOE["email"]))
    page.locator("input[name=code]").fill(codes[3])
    page.keyboard.press("Enter")
    page.wait_for_url("**/compte#mot-de-passe")


def to_the_university(page: Page, site: Site) -> None:
    """There, sign in, and back; over pages of two sites, as the policy of our pages allows it."""
    page.goto(f"{site.url}/connexion")
    page.get_by_role("link", name="Compte universitaire").click()
    page.wait_for_url("**/oauth2/authorize**")
    page.locator("input[name=sub]").first.fill(str(ZOE["sub"]))
    page.keyboard.press("Enter")
