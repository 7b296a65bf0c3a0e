"""The list of issuers and platforms that whoever runs the site knows, beside the settings."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backpack.accounts.models import Person
from backpack.archive.models import TrustedIssuer
from backpack.archive.policy import registrable_domain
from backpack.database import insert_new
from backpack.errors import N_, BackpackError, NotFound
from backpack.staff.log import write

KINDS: Final[Mapping[str, str]] = {
    "host": N_("the host of an issuer"),
    "key": N_("the key or the id of an issuer (a DID, or its address)"),
    "platform": N_("a platform whose word for its customers is taken"),
}
HOST: Final = re.compile(r"(?=.{4,253}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+")


class NoHost(BackpackError):
    code = "no-host"
    sentence = N_("This is no host name of one issuer. It should look like badges.example.org, without https://.")


class NoKey(BackpackError):
    code = "no-key"
    sentence = N_("This is no id of an issuer. It begins with did: or https://.")


class KnownAlready(BackpackError):
    code = "known-already"
    sentence = N_("This stands on the list already.")


def known_issuers(session: Session) -> Sequence[TrustedIssuer]:
    """The list, by kind and name."""
    return session.scalars(
        select(TrustedIssuer).order_by(TrustedIssuer.kind, TrustedIssuer.name, TrustedIssuer.id)
    ).all()


def trust(session: Session, kind: str, value: str, name: str, actor: int, now: datetime) -> None:
    """Put an issuer on the list. What pages say of its badges changes with the next reader. Raises NoHost, NoKey,
    KnownAlready."""
    value = value.strip()
    if kind == "key":
        if not value.startswith(("did:", "https://")) or any(c.isspace() for c in value):
            raise NoKey
    else:
        value = value.lower().rstrip(".")
        if not HOST.fullmatch(value) or registrable_domain(value) is None:
            raise NoHost
    values = {"kind": kind, "value": value, "name": name, "added_at": now}
    if not insert_new(session, TrustedIssuer, values, ["kind", "value"]):
        raise KnownAlready
    write(session, actor, "issuer-trusted", now, kind=kind, value=value, name=name)
    _all_pages_anew(session)


def drop(session: Session, number: int, actor: int, now: datetime) -> None:
    """Take it off the list. Raises NotFound."""
    known = session.get(TrustedIssuer, number)
    if known is None:
        raise NotFound
    session.delete(known)
    write(session, actor, "issuer-dropped", now, kind=known.kind, value=known.value, name=known.name)
    _all_pages_anew(session)


def _all_pages_anew(session: Session) -> None:
    changed = update(Person).values(edition=Person.edition + 1)
    session.execute(changed.execution_options(synchronize_session=False))
