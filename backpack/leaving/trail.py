"""A person's own trail in sentences, by the codes that `accounts.trail.note` and `publishing.links.note` write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from backpack.accounts.models import AuditEvent
from backpack.errors import N_
from backpack.openbadges.report import Sentence

SENTENCES: Final[Mapping[str, str]] = {
    "signed-up": N_("You signed up."),
    "signed-in": N_("Signed in."),
    "renamed": N_("The name was changed."),
    "password-changed": N_("The password was changed; all other browsers were signed out."),
    "address-added": N_("An address was added: {address}."),
    "address-confirmed": N_("An address was confirmed: {address}."),
    "address-main": N_("Messages go to {address} from then on."),
    "address-removed": N_("An address was removed: {address}."),
    "address-closed": N_("You said that this mailbox is closed: {address}."),
    "passkey-added": N_("A passkey was added."),
    "passkey-removed": N_("A passkey was removed."),
    "recovery-codes-made": N_("New recovery codes were made."),
    "recovery-code-used": N_("A recovery code was used."),
    "identity-linked": N_("A university’s sign-in was linked: {provider}."),
    "identity-unlinked": N_("A university’s sign-in was taken off: {provider}."),
    "staff-gave-way-back": N_("The people who run this site sent a way back into the account to {address}."),
    "staff-suspended": N_("The people who run this site suspended one of your pages."),
    "staff-lifted": N_("The people who run this site opened a suspended page again."),
    "notices.chosen": N_("You changed what you get letters about."),
    "link.published": N_("A share link was opened, or what it shows was changed."),
    "link.withdrawn": N_("A share link was closed."),
    "profile.changed": N_("Your profile was changed."),
    "profile.opened": N_("Your profile was made public."),
    "profile.closed": N_("Your profile was made private."),
    "export-asked": N_("A ZIP with all your data was asked for."),
    "export-fetched": N_("A ZIP with all your data was downloaded."),
    "export-brought-back": N_("An export was brought back."),
    "warned-unused": N_("We warned you by mail that an unused account is deleted."),
}
OTHER: Final = N_("Something else was done ({code}).")


@dataclass(frozen=True, slots=True)
class Line:
    """A line as the page says it."""

    id: int
    at: datetime
    words: Sentence


def trail_of(session: Session, person_id: int, most: int, *, before: int | None = None) -> Sequence[Line]:
    """The newest lines of a person's trail, or those older than the line `before`."""
    query = select(AuditEvent).where(AuditEvent.person_id == person_id)
    if before is not None:
        query = query.where(AuditEvent.id < before)
    found = session.scalars(query.order_by(AuditEvent.id.desc()).limit(most))
    return [Line(one.id, one.at, _words(one)) for one in found]


def _words(event: AuditEvent) -> Sentence:
    facts = {name: str(value) for name, value in event.facts.items()}
    return Sentence(text=SENTENCES.get(event.what, OTHER), facts={**facts, "code": event.what})
