"""The ways into an account: password, passkeys, a provider's sign-in. The last of them stays."""

from __future__ import annotations

from sqlalchemy.orm import Session

from backpack.accounts.models import OIDCIdentity, Passkey
from backpack.accounts.queries import identities_of, passkeys_of, person_by_id
from backpack.errors import N_, BackpackError


class LastWayIn(BackpackError):
    code = "last-way-in"
    sentence = N_("This is the only way into your account. Set a password first, then remove it.")


def keep_a_way_in(session: Session, person_id: int, *, without: Passkey | OIDCIdentity) -> None:
    """Raises LastWayIn if nothing but `without` opens this account."""
    if person_by_id(session, person_id).password_hash is not None:
        return
    others = [*passkeys_of(session, person_id), *identities_of(session, person_id)]
    if not any(one is not without for one in others):
        raise LastWayIn
