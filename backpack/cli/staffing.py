"""Commands about the team that runs the site: staff add, staff remove, staff list."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session

from backpack import create_app
from backpack.accounts.addresses import fold
from backpack.accounts.queries import owner_of
from backpack.database import reading, transaction, utcnow
from backpack.errors import BackpackError
from backpack.staff.team import ROLES, NobodyThere, member_of, put_on_team, take_off_team, team


def add(commands: Any) -> None:
    """Declare the words of this family."""
    staff = commands.add_parser("staff", help="who may run the site")
    what = staff.add_subparsers(dest="what", required=True, metavar="add|remove|list")
    one = what.add_parser("add", help="let the owner of a confirmed address help to run the site")
    one.add_argument("address")
    one.add_argument("--role", action="append", choices=list(ROLES), help="may be given several times; default: all")
    one.set_defaults(run=run_add)
    gone = what.add_parser("remove", help="take somebody off the team")
    gone.add_argument("address")
    gone.set_defaults(run=run_remove)
    what.add_parser("list", help="who is on the team").set_defaults(run=run_list)


def run_add(given: argparse.Namespace) -> int:
    def act(session: Session) -> str:
        made = put_on_team(session, fold(given.address), given.role or list(ROLES), None, utcnow())
        return f"Member {made.id}: {', '.join(made.roles) or 'counts only'}."

    return _act(act)


def run_remove(given: argparse.Namespace) -> int:
    def act(session: Session) -> str:
        owner = owner_of(session, fold(given.address))
        known = member_of(session, owner.person_id) if owner else None
        if known is None:
            raise NobodyThere
        take_off_team(session, known.id, None, utcnow())
        return f"Member {known.id} is off the team."

    return _act(act)


def run_list(_given: argparse.Namespace) -> int:
    with create_app().app_context(), reading() as session:
        for member, person in team(session):
            print(f"{member.id}\t{person.name}\t{', '.join(member.roles) or 'counts only'}")
    return 0


def _act(act: Callable[[Session], str]) -> int:
    try:
        with create_app().app_context(), transaction() as session:
            said = act(session)
    except BackpackError as wrong:
        print(wrong, file=sys.stderr)
        return 1
    print(said)
    return 0
