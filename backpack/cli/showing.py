"""Commands of the living example: demo, demo issuer."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from backpack import create_app
from backpack.database import utcnow
from backpack.demo import issuers, loading, story
from backpack.errors import BackpackError
from backpack.wiring import wired


def add(commands: Any) -> None:
    """Declare the words of this family."""
    demo = commands.add_parser("demo", help="load the living example, or change what one of its issuers answers")
    demo.add_argument("--once", action="store_true", help="say nothing when it is loaded already")
    demo.set_defaults(run=run_demo)
    what = demo.add_subparsers(dest="what", metavar="")
    issuer = what.add_parser("issuer", help="change what a demo issuer answers from now on")
    issuer.add_argument("name", help=", ".join(issuers.KEYS))
    issuer.add_argument("mood", choices=issuers.MOODS)
    issuer.set_defaults(run=run_issuer)


def run_demo(given: argparse.Namespace) -> int:
    with create_app().app_context():
        loaded = loading.once(wired(), utcnow())
    if loaded is None:
        if not given.once:
            print("The living example is loaded already.")
        return 0
    print(*sign_in(), sep="\n")
    for address, shows in loaded.addresses:
        print(f"  {address}  {shows}")
    return 0


def sign_in() -> list[str]:
    """How to get into the example."""
    return [f"Sign in as {story.ADDRESSES[0]} with the password {story.PASSWORD}"]


def run_issuer(given: argparse.Namespace) -> int:
    with create_app().app_context():
        try:
            documents = loading.change_mood(wired(), given.name, given.mood, utcnow())
        except BackpackError as wrong:
            print(wrong, file=sys.stderr)
            return 2
    print(f"{given.name}: {given.mood}. {documents} of its documents will be asked again when somebody looks.")
    return 0
