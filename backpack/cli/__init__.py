"""The `backpack` command. A leaf, like views: it finds, acts and prints; rules live elsewhere.

Each family of commands is a module with `add(commands)`, which declares its words and binds each to a function that
takes the parsed arguments and returns the exit status.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from backpack.cli import doctor, framing, judging, running, showing, staffing
from backpack.settings import SettingsError

FAMILIES = (running, judging, showing, doctor, staffing, framing)


def parser() -> argparse.ArgumentParser:
    """All words of the command."""
    made = argparse.ArgumentParser(prog="backpack", description="Open Badges, verified again whenever they are shown.")
    commands = made.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for family in FAMILIES:
        family.add(commands)
    return made


def main(words: Sequence[str] | None = None) -> int:
    """Run one command; its exit status. A setting that cannot be used is one line and status 2."""
    given = parser().parse_args(words)
    try:
        status: int = given.run(given)
    except SettingsError as wrong:
        print(wrong, file=sys.stderr)
        return 2
    return status
