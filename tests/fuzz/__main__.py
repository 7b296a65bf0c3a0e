"""`make fuzz`: every target in turn, or those that are named.

`python -m tests.fuzz [--seconds N] [--jobs N] [--keep FOLDER] [TARGET...]`. Seconds are of CPU time, for each
target; by default all together take more than ten minutes of it. The corpus stays in the folder (by default
`build/fuzz`, which git does not see), so the next search goes on from there. Exit status 1 if a fault was found: its
input is saved in the folder and printed. Exit status 3 if the CPU time was not spent: on a machine too busy to give it,
a search ends by the clock on the wall, and has shown nothing.
"""

from __future__ import annotations

import argparse
import base64
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

SECONDS = 50
TARGETS = ("png", "svg", "pdf", "zip", "json", "jws", "address", "read", "verify", "status", "did", "rdfc", "signed")
PRINTED = 2_000
HANGS = 60
PATIENCE = 8
"""How many times the CPU time a search may take by the clock on the wall."""
WORKER = (sys.executable, "-m", "tests.fuzz.worker")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description="Look for inputs that break the engine.")
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=", ".join(TARGETS))
    parser.add_argument("--seconds", type=float, default=SECONDS, help="CPU time for each target")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="targets at a time")
    parser.add_argument("--keep", type=Path, default=Path("build/fuzz"), help="where corpus and faults are kept")
    chosen = parser.parse_args()
    if unknown := set(chosen.targets) - set(TARGETS):
        parser.error(f"no such target: {', '.join(sorted(unknown))}")
    names = tuple(chosen.targets) or TARGETS
    with ThreadPoolExecutor(chosen.jobs) as pool:
        found = list(pool.map(lambda name: _searched(name, chosen.seconds, chosen.keep / name), names))
    return told(found, chosen.seconds)


@dataclass
class Search:
    """What became of one target: its faults, and the seconds of CPU time that its processes used."""

    name: str
    spent: float = 0
    faults: list[str] = field(default_factory=list)


def told(searches: Sequence[Search], seconds: float) -> int:
    """Says what became of them all; the exit status."""
    faults = [fault for search in searches for fault in search.faults]
    spent = sum(search.spent for search in searches)
    print(f"{len(searches)} targets, {spent:.0f} s of CPU time, {len(faults)} faults")
    if faults:
        return 1
    if short := [search for search in searches if search.spent < seconds]:
        names = ", ".join(f"{search.name} {search.spent:.0f} s" for search in short)
        print(f"Not searched for {seconds:g} s of CPU time each, ended by the clock on the wall: {names}")
        return 3
    return 0


def _searched(name: str, seconds: float, folder: Path) -> Search:
    """Searches until the time is over, or a fault holds when its input is given once more to a bare process."""
    folder.mkdir(parents=True, exist_ok=True)
    search = Search(name)
    end = time.monotonic() + seconds * PATIENCE
    while search.spent < seconds and time.monotonic() < end:
        before = set(folder.iterdir())
        done, spent = _run(name, f"{seconds - search.spent}", f"{end - time.monotonic()}", str(folder))
        search.spent += spent
        found = sorted(path for path in folder.iterdir() if path not in before and path.is_file())
        if done.returncode == 0:
            print(f"{name}: {done.stdout.strip().rpartition(chr(10))[2]}, {search.spent:.0f} s of CPU time", flush=True)
            return search
        if not found:
            search.faults.append(f"{name}: ended by itself")
            print(f"{name}: ended by itself\n{done.stdout[-PRINTED:]}{done.stderr[-PRINTED:]}", flush=True)
            return search
        for path in found:
            if (fault := _again(name, path)) is not None:
                _tell(name, path, fault)
                search.faults.append(f"{name}: {path}")
                return search
            path.unlink()  # slow or heavy only because the search watches every line
    return search


def _run(*words: str, at_most: int = 0) -> tuple[subprocess.CompletedProcess[str], float]:
    """A worker, and the seconds of CPU time it used: the system's own count, whichever way it ended."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        process = subprocess.Popen([*WORKER, *words], stdout=out, stderr=err)
        if at_most:
            resource.prlimit(process.pid, resource.RLIMIT_CPU, (at_most, at_most))
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        said = []
        for file in (out, err):
            file.seek(0)
            said.append(file.read().decode(errors="replace"))
    return subprocess.CompletedProcess(process.args, process.returncode, *said), usage.ru_utime + usage.ru_stime


def _again(name: str, path: Path) -> str | None:
    """What the input does in a process that nobody watches; None if nothing is wrong with it."""
    done, spent = _run(name, str(path), at_most=HANGS)
    if done.returncode < 0 and spent >= HANGS - 1:
        return f"more than {HANGS} s of CPU time"
    return done.stderr[-PRINTED:] or f"exit status {done.returncode}" if done.returncode else None


def _tell(name: str, path: Path, fault: str) -> None:
    data = path.read_bytes()
    shown = base64.b64encode(data[:PRINTED]).decode() + (" ..." if len(data) > PRINTED else "")
    print(f"{name}: FAULT, {len(data)} bytes in {path}\n{fault}\nbase64: {shown}", flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
