"""The team: who may do what. The first member is made at the command line of the machine."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from backpack.accounts.models import Person
from backpack.accounts.queries import owner_of
from backpack.accounts.sessions import end_sessions
from backpack.errors import N_, BackpackError, NotFound
from backpack.staff.log import write
from backpack.staff.models import StaffMember

ROLES: Final[Mapping[str, str]] = {
    "reports": N_("read reports and suspend pages"),
    "lists": N_("keep the lists: known issuers, platforms, frames of skills"),
    "help": N_("give people back a lost way in"),
    "team": N_("choose the team and read the log"),
}
"""Everybody on the team sees counts. Nobody sees what is in a backpack."""


class NobodyThere(BackpackError):
    code = "nobody-there"
    sentence = N_("No account has confirmed this address. They sign up first, then they can join the team.")


class UnknownRole(BackpackError):
    code = "unknown-role"
    sentence = N_("There is no such role. Choose among: %(roles)s.")


class LastOfTeam(BackpackError):
    code = "last-of-team"
    sentence = N_("Nobody else may choose the team. Give that role to somebody first.")


def member_of(session: Session, person_id: int) -> StaffMember | None:
    """This person's place in the team, if they have one."""
    return session.scalar(select(StaffMember).where(StaffMember.person_id == person_id))


def team(session: Session) -> Sequence[tuple[StaffMember, Person]]:
    """Everybody on the team."""
    query = select(StaffMember, Person).join(Person, Person.id == StaffMember.person_id)
    return [(member, person) for member, person in session.execute(query.order_by(StaffMember.id))]


def put_on_team(session: Session, folded: str, roles: Collection[str], actor: int | None, now: datetime) -> StaffMember:
    """Let the owner of this address help to run the site, in these roles and no others.

    Raises NobodyThere, UnknownRole, LastOfTeam.
    """
    if not set(roles) <= set(ROLES):
        raise UnknownRole(roles=", ".join(ROLES))
    owner = owner_of(session, folded)
    if owner is None:
        raise NobodyThere
    known = member_of(session, owner.person_id)
    chosen = [role for role in ROLES if role in roles]
    if known is None:
        known = StaffMember(person_id=owner.person_id, roles=chosen, added_at=now)
        session.add(known)
        session.flush()
        write(session, actor, "staff-added", now, member=known.id, roles=", ".join(chosen))
    else:
        if "team" not in chosen:
            _keep_one(session, known)
        known.roles = chosen
        write(session, actor, "staff-changed", now, member=known.id, roles=", ".join(chosen))
    _sign_in_anew(session, known, actor)
    return known


def take_off_team(session: Session, member_id: int, actor: int | None, now: datetime) -> None:
    """Raises NotFound, LastOfTeam."""
    known = session.get(StaffMember, member_id)
    if known is None:
        raise NotFound
    _keep_one(session, known)
    _sign_in_anew(session, known, actor)
    session.delete(known)
    write(session, actor, "staff-removed", now, member=member_id)


def _sign_in_anew(session: Session, known: StaffMember, actor: int | None) -> None:
    """Nobody goes on under the old session with new powers; whoever changes their own has just proved it is them."""
    if known.id != actor:
        end_sessions(session, known.person_id)


def _keep_one(session: Session, going: StaffMember) -> None:
    members = session.scalars(select(StaffMember).where(StaffMember.id != going.id))
    if "team" in going.roles and not any("team" in one.roles for one in members):
        raise LastOfTeam
