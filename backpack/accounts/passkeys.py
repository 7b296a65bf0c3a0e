"""Passkeys (WebAuthn Level 3): made on a person's device, found there without a name being typed, checked here.

Both ceremonies ask for user verification: a passkey stands for a password, so holding the device is not enough.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import webauthn
from sqlalchemy import select
from sqlalchemy.orm import Session
from webauthn.helpers import parse_authentication_credential_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from backpack.accounts.letters import write_new_way
from backpack.accounts.models import Passkey, Person
from backpack.accounts.queries import passkeys_of
from backpack.accounts.trail import note
from backpack.accounts.ways import keep_a_way_in
from backpack.database import insert_new
from backpack.errors import N_, BackpackError, NotFound

MOST: Final = 20
LONGEST_ANSWER: Final = 20_000


class PasskeyRefused(BackpackError):
    """Not ours, not for this site, an answer to another question, or not signed by the key we know: all alike."""

    code = "passkey-refused"
    sentence = N_("This passkey did not work. Try again, or use another way in.")


class PasskeyKnown(BackpackError):
    code = "passkey-known"
    sentence = N_("This passkey is here already. Nothing was changed.")


class TooManyPasskeys(BackpackError):
    code = "too-many-passkeys"
    sentence = N_("You have %(most)s passkeys already. Remove one you no longer use, then add this one.")


@dataclass(frozen=True, slots=True)
class Site:
    """The relying party: its host name, and the origin of its pages."""

    name: str
    origin: str


def options_to_add(site: Site, challenge: bytes, person: Person, address: str, known: Iterable[Passkey]) -> str:
    """What the browser is asked when a passkey is made, as JSON. Only a resident key finds its person again."""
    options = webauthn.generate_registration_options(
        rp_id=site.name,
        rp_name="Backpack",
        user_id=bytes.fromhex(person.public_id),
        user_name=address,
        user_display_name=person.name,
        challenge=challenge,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=_named(known),
    )
    return webauthn.options_to_json(options)


def options_to_sign_in(site: Site, challenge: bytes, known: Iterable[Passkey] = ()) -> str:
    """What the browser is asked when somebody signs in, as JSON. `known`: only these; none: whichever it has."""
    options = webauthn.generate_authentication_options(
        rp_id=site.name,
        challenge=challenge,
        allow_credentials=_named(known),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return webauthn.options_to_json(options)


def _named(known: Iterable[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=one.credential_id) for one in known]


def add_passkey(
    session: Session, site: Site, person_id: int, answer: str, challenge: bytes, name: str, now: datetime
) -> None:
    """Keep a passkey that a device just made. Raises PasskeyRefused, PasskeyKnown, TooManyPasskeys."""
    if len(passkeys_of(session, person_id)) >= MOST:
        raise TooManyPasskeys(most=MOST)
    if not challenge or len(answer) > LONGEST_ANSWER:
        raise PasskeyRefused
    try:
        made = webauthn.verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_origin=site.origin,
            expected_rp_id=site.name,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as error:  # whatever a stranger's JSON can break
        raise PasskeyRefused from error
    values = {
        "person_id": person_id,
        "credential_id": made.credential_id,
        "public_key": made.credential_public_key,
        "sign_count": made.sign_count,
        "name": name,
        "added_at": now,
    }
    if not insert_new(session, Passkey, values, ["credential_id"]):
        raise PasskeyKnown
    note(session, person_id, "passkey-added", now)
    write_new_way(session, person_id, N_("A passkey was added to your account at Backpack."), now)


def owner_by_answer(session: Session, site: Site, answer: str, challenge: bytes, now: datetime) -> int:
    """Whose passkey signed this answer: the person's id. Raises PasskeyRefused."""
    if not challenge or len(answer) > LONGEST_ANSWER:
        raise PasskeyRefused
    try:
        given = parse_authentication_credential_json(answer)
        key = session.scalar(select(Passkey).where(Passkey.credential_id == given.raw_id).with_for_update())
        if key is None:
            raise PasskeyRefused
        checked = webauthn.verify_authentication_response(
            credential=given,
            expected_challenge=challenge,
            expected_origin=site.origin,
            expected_rp_id=site.name,
            credential_public_key=key.public_key,
            credential_current_sign_count=key.sign_count,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as error:
        raise PasskeyRefused from error
    key.sign_count, key.used_at = checked.new_sign_count, now
    return key.person_id


def remove_passkey(session: Session, person_id: int, public_id: str, now: datetime) -> None:
    """Raises NotFound; LastWayIn where nothing else would open the account."""
    key = session.scalar(select(Passkey).where(Passkey.person_id == person_id, Passkey.public_id == public_id))
    if key is None:
        raise NotFound
    keep_a_way_in(session, person_id, without=key)
    session.delete(key)
    note(session, person_id, "passkey-removed", now)
