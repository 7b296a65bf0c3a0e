"""Verdicts on many badges from what the archive holds: never from what was found before, and never by fetching.

The number of SQL statements is the same for one badge and for a hundred: one for the addresses they rest on, one for
what those addresses answered, and one for the history of those that ended or cannot be confirmed.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from backpack import openbadges
from backpack.accounts.models import Address
from backpack.accounts.queries import addresses_of, closed_addresses, confirmed_addresses
from backpack.archive.documents import ArchivedDocuments
from backpack.archive.policy import policy_at_work
from backpack.archive.refreshing import wish_refresh
from backpack.badges.models import Badge, BadgeDocument
from backpack.badges.queries import own_badges
from backpack.badges.standing import with_last_words
from backpack.openbadges.identity.recipients import matches
from backpack.openbadges.model import Credential
from backpack.openbadges.report import Report, Wanted
from backpack.wiring import wired

MOST_PROOFS: Final = 5_000


class RememberedProofs:
    """What this process proved about bytes. It cannot change with time, so it needs no row and no statement."""

    def __init__(self, most: int = MOST_PROOFS) -> None:
        self._known: OrderedDict[str, Mapping[str, object]] = OrderedDict()
        self._most, self._lock = most, threading.Lock()

    def get(self, key: str) -> Mapping[str, object] | None:
        with self._lock:
            if key in self._known:
                self._known.move_to_end(key)
            return self._known.get(key)

    def put(self, key: str, facts: Mapping[str, object]) -> None:
        with self._lock:
            self._known[key] = facts
            while len(self._known) > self._most:
                self._known.popitem(last=False)

    def forget(self) -> None:
        """Know nothing, as a process that just started."""
        with self._lock:
            self._known.clear()


proofs: Final = RememberedProofs()


def reports(
    session: Session, badges: Collection[Badge], now: datetime, recipients: Collection[str] = ()
) -> dict[int, Report]:
    """The report on each badge at this instant, by the badge's number; of one that ended or cannot be confirmed, with
    what was known last. `recipients`: its owner's confirmed addresses.

    Inside an application: the operator's lists are its settings'.
    """
    policy = policy_at_work(session, wired().settings)
    documents = ArchivedDocuments(session)
    rest_on = select(BadgeDocument.url_digest).where(BadgeDocument.badge_id.in_([badge.id for badge in badges]))
    documents.load_digests(session.scalars(rest_on.distinct()).all())
    closed = closed_addresses(session, {badge.person_id for badge in badges})
    found = {}
    for badge in badges:
        held = held_by(badge)
        theirs = [*recipients, *theirs_when_issued(held, closed.get(badge.person_id, ()))]
        found[badge.id] = openbadges.verify(held, documents, now, recipients=theirs, policy=policy, proven=proofs)
    return with_last_words(session, found)


def held_by(badge: Badge) -> Credential:
    """The badge as its file says it. What can no longer be read is judged as that, not hidden."""
    try:
        return openbadges.read_payload(badge.payload)
    except openbadges.OpenBadgesError:
        return Credential(payload=badge.payload)


def spellings(session: Session, person_id: int, held: Credential | None = None) -> tuple[str, ...]:
    """A person's confirmed addresses, as they typed them; with `held`, also those closed since that was issued."""
    still = tuple(one.spelling for one in confirmed_addresses(session, person_id))
    if held is None:
        return still
    return still + theirs_when_issued(held, closed_addresses(session, {person_id}).get(person_id, ()))


def theirs_when_issued(held: Credential, closed: Iterable[Address]) -> tuple[str, ...]:
    """The closed addresses that were still this person's when the badge was issued: later on they may be another's."""
    issued = held.valid_from or held.awarded_on
    return tuple(one.spelling for one in closed if issued and one.closed_at and issued <= one.closed_at)


def issued_to(session: Session, person_id: int, held: Credential) -> Address | None:
    """The address of this person that the badge names, with the date they confirmed it."""
    theirs = spellings(session, person_id, held)
    for address in addresses_of(session, person_id):
        if address.spelling in theirs and matches(held.recipient, [address.spelling]).matches:
            return address
    return None


def lost_without(session: Session, address: Address) -> int:
    """How many badges of its person would count as issued to another address if this one were removed."""
    still = spellings(session, address.person_id)
    closed = closed_addresses(session, {address.person_id}).get(address.person_id, ())
    lost = 0
    for badge in own_badges(session, address.person_id):
        held = held_by(badge)
        theirs = {*still, *theirs_when_issued(held, closed)}
        named = matches(held.recipient, theirs & {address.spelling}).matches
        lost += named and not matches(held.recipient, theirs - {address.spelling}).matches
    return lost


def wanted_by(found: Iterable[Report]) -> list[Wanted]:
    """What these reports would like to know anew, each address once."""
    return list({one.url: one for report in found for one in report.wanted}.values())


def wish_news(session: Session, found: Iterable[Report], now: datetime) -> int:
    """Queue a refresh of what is stale, once per document however many readers; how many are new."""
    return wish_refresh(session, wanted_by(found), now)
