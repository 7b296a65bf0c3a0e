"""`make fuzz`: every target in turn, or those that are named.

`python -m tests.fuzz [--seconds N] [--jobs N] [--keep FOLDER] [TARGET...]`. Seconds are of CPU time, for each
target; by default all together take more than ten minutes of it. The corpus stays in the folder (by default
`build/fuzz`, which git does not see), so the next search goes on from there. Exit status 1 if a fault was found: its
input is saved in the folder and printed.
"""

from __future__ import annotations

import argparse
import base64
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

SECONDS = 54
TARGETS = ("png", "svg", "pdf", "zip", "json", "jws", "address", "read", "verify", "status", "did", "rdfc")
PRINTED = 2_000
HANGS = 60


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
        answers = pool.map(lambda name: list(_searched(name, chosen.seconds, chosen.keep / name)), names)
        faults = [fault for found in answers for fault in found]
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(f"{len(names)} targets, {used.ru_utime + used.ru_stime:.0f} s of CPU time, {len(faults)} faults")
    return 1 if faults else 0


def _searched(name: str, seconds: float, folder: Path) -> Iterator[str]:
    """Searches until the time is over, or a fault holds when its input is given once more to a bare process."""
    folder.mkdir(parents=True, exist_ok=True)
    end = time.monotonic() + seconds * 8
    left = seconds
    while left > 1 and time.monotonic() < end:
        before = set(folder.iterdir())
        start = time.monotonic()
        done = _run(name, f"{left}", str(folder))
        left -= time.monotonic() - start
        found = sorted(path for path in folder.iterdir() if path not in before and path.is_file())
        if done.returncode == 0:
            print(
                f"{name}: {done.stdout.strip().rpartition(chr(10))[2] or 'ended by the clock on the wall'}", flush=True
            )
            return
        if not found:
            yield f"{name}: ended by itself"
            print(f"{name}: ended by itself\n{done.stdout[-PRINTED:]}{done.stderr[-PRINTED:]}", flush=True)
            return
        for path in found:
            if (fault := _again(name, path)) is not None:
                _tell(name, path, fault)
                yield f"{name}: {path}"
                return
            path.unlink()  # slow or heavy only because the search watches every line


def _run(*words: str, timeout: float | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.fuzz.worker", *words]
    return subprocess.run(command, capture_output=True, text=True, errors="replace", check=False, timeout=timeout)


def _again(name: str, path: Path) -> str | None:
    """What the input does in a process that nobody watches; None if nothing is wrong with it."""
    try:
        done = _run(name, str(path), timeout=HANGS)
    except subprocess.TimeoutExpired:
        return f"more than {HANGS} s"
    return done.stderr[-PRINTED:] or f"exit status {done.returncode}" if done.returncode else None


def _tell(name: str, path: Path, fault: str) -> None:
    data = path.read_bytes()
    shown = base64.b64encode(data[:PRINTED]).decode() + (" ..." if len(data) > PRINTED else "")
    print(f"{name}: FAULT, {len(data)} bytes in {path}\n{fault}\nbase64: {shown}", flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
