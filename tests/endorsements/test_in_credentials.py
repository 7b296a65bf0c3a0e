"""Endorsements that a badge carries itself: verified like badges, shown with who said it; what fails is not shown."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from backpack.accounts.models import Person
from backpack.database import transaction, utcnow
from backpack.endorsements.models import Endorsement
from backpack.endorsements.sweeping import forget
from backpack.openbadges.strict_json import JSON
from tests.backpacks import give_badge
from tests.endorsements.test_endorsements import invite, published, the_one, write
from tests.openbadges.issuing import STRANGER, credential, signed

ABOUT = "https://issuer.example.org/achievements/1"


def endorsing(words: str = "Reconnu par la branche.", about: str = ABOUT, **changes: JSON) -> dict[str, JSON]:
    unsigned = credential(
        STRANGER,
        type=["VerifiableCredential", "EndorsementCredential"],
        issuer={"id": STRANGER.did(), "type": ["Profile"], "name": "Branche métallurgie"},
        name="Endorsement",
        credentialSubject={"id": about, "type": ["EndorsementSubject"], "endorsementComment": words},
    )
    return {**signed(unsigned, STRANGER), **changes}


@pytest.mark.parametrize(
    ("endorsement", "shown"),
    [
        pytest.param(endorsing(), True, id="good"),
        pytest.param(endorsing(name="altered"), False, id="altered"),
        pytest.param(endorsing(about="https://other.example/"), False, id="about something else"),
        pytest.param(endorsing(proof=None), False, id="unsigned"),
    ],
)
def test_only_what_holds_is_shown(
    app: Flask, signed_in_client: FlaskClient, person: Person, endorsement: dict[str, JSON], shown: bool
) -> None:
    badge = give_badge(person, endorsement=[endorsement])
    for page in (
        signed_in_client.get(f"/badges/{badge.public_id}").text,
        app.test_client().get(published(signed_in_client, badge)).text,
    ):
        assert ("Reconnu par la branche." in page) is shown
        assert ("Branche métallurgie" in page) is True or not shown
    if shown:
        assert "son auteur ne nous est pas connu" in page


def test_hostile_words_in_a_credential_come_out_as_text(
    app: Flask, signed_in_client: FlaskClient, person: Person
) -> None:
    badge = give_badge(person, endorsement=[endorsing("<script>alert(1)</script>")])
    page = app.test_client().get(published(signed_in_client, badge)).text
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert(1)" not in page


def test_what_nobody_confirmed_is_forgotten(app: Flask, signed_in_client: FlaskClient, person: Person) -> None:
    path = invite(signed_in_client, f"/badges/{give_badge(person).public_id}/endorsements")
    write(app.test_client(), path)
    with transaction() as session:
        forget(session, utcnow())
    assert the_one().address
    with transaction() as session:
        forget(session, utcnow() + timedelta(days=8))
    assert (the_one().address, the_one().words, the_one().written_at) == ("", "", None)
    with transaction() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Endorsement)) == 1
