"""Commands about frameworks of skills: frame import, frame list, frame remove."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from backpack import create_app
from backpack.database import reading, transaction, utcnow
from backpack.errors import BackpackError
from backpack.skills import framing
from backpack.skills.coverage import frameworks
from backpack.skills.models import Skill
from backpack.skills.reading import LANGUAGES, read_frame


def add(commands: Any) -> None:
    """Declare the words of this family."""
    frame = commands.add_parser("frame", help="import, list or remove frameworks of skills")
    what = frame.add_subparsers(dest="what", required=True, metavar="import|list|remove")
    take = what.add_parser("import", help="take one in from CSV or CASE JSON, or bring it up to date")
    take.add_argument("file", type=Path)
    take.add_argument("--name", default="", help="what it is called; default: what a CASE package says")
    take.add_argument("--language", choices=LANGUAGES, default="fr", help="of labels whose column names none")
    take.set_defaults(run=run_import)
    what.add_parser("list", help="their names, and how many skills each has").set_defaults(run=run_list)
    remove = what.add_parser("remove", help="take one away; badges keep the skills they name")
    remove.add_argument("name")
    remove.set_defaults(run=run_remove)


def run_import(given: argparse.Namespace) -> int:
    try:
        frame = read_frame(given.file.read_bytes(), given.language)
        with create_app().app_context(), transaction() as session:
            taken = framing.take_in(session, frame, given.name, utcnow())
            name = taken.framework.name
    except OSError as wrong:
        print(f"{given.file}: {wrong.strerror}.", file=sys.stderr)
        return 2
    except BackpackError as wrong:
        print(wrong, file=sys.stderr)
        return 2
    print(f"{name}: {taken.skills} skills, {taken.added} of them new; {taken.removed} are no longer in it.")
    return 0


def run_list(_given: argparse.Namespace) -> int:
    with create_app().app_context(), reading() as session:
        query = select(Skill.framework_id, func.count()).group_by(Skill.framework_id)
        counts: dict[int, int] = dict(session.execute(query).all())
        for one in frameworks(session):
            print(f"{one.name}\t{counts.get(one.id, 0)} skills\t{one.source}\t{one.imported_at:%Y-%m-%d}")
    return 0


def run_remove(given: argparse.Namespace) -> int:
    try:
        with create_app().app_context(), transaction() as session:
            framework = framing.framework_called(session, given.name)
            name = framework.name
            framing.remove(session, framework)
    except BackpackError:
        print(f"There is no framework called {given.name!r}. See: backpack frame list", file=sys.stderr)
        return 2
    print(f"{name} was taken away.")
    return 0
