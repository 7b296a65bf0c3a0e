"""One target in a process of its own: `python -m tests.fuzz.worker NAME SECONDS AT_MOST FOLDER`, or `... NAME FILE` for
one input. It works for SECONDS of CPU time, and no longer than AT_MOST by the clock on the wall.

libFuzzer ends at the first fault and leaves its input in the folder.
"""

from __future__ import annotations

import os
import random
import sys
import time
import types
from pathlib import Path

import atheris

GUIDED = ["backpack.openbadges", "pyld", "pypdf", "zipfile", "rfc8785"]

# The engine alone: its package would bring the whole application, and twelve seconds of watching it load.
_package = types.ModuleType("backpack")
_package.__path__ = [str(Path(__file__).resolve().parents[2] / "backpack")]
sys.modules["backpack"] = _package

if len(sys.argv) == 5:
    with atheris.instrument_imports(include=GUIDED):
        from tests.fuzz import mutating, seeds, targets
else:
    from tests.fuzz import mutating, seeds, targets


def search(name: str, seconds: float, at_most: float, folder: Path) -> None:
    """Ends after these seconds of work, by os._exit: libFuzzer has no other end by CPU time."""
    corpus = folder / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    known = seeds.SEEDS[name]()
    for number, seed in enumerate(known):
        (corpus / f"seed-{number}").write_bytes(seed)
    runs = 0
    start, end = time.process_time(), time.monotonic() + at_most

    def one(data: bytes) -> None:
        nonlocal runs
        targets.attempt(name, data)
        runs += 1
        if time.process_time() - start > seconds or time.monotonic() > end:
            print(f"runs {runs}", flush=True)
            os._exit(0)

    def mutate(data: bytes, max_size: int, seed: int) -> bytes:
        chance = random.Random(seed)
        made = atheris.Mutate(data, max_size) if chance.random() < 0.7 else mutating.mutated(data, known, chance)
        return mutating.with_sums(bytes(made))[:max_size]

    options = [
        "-timeout=160",  # by the clock on the wall, on a machine that may have no time for us
        f"-rss_limit_mb={2 * targets.MOST_MEGABYTES}",
        f"-max_len={mutating.MOST}",
        f"-artifact_prefix={folder}/",
        "-verbosity=0",
        str(corpus),
    ]
    atheris.Setup([sys.argv[0], *options], one, custom_mutator=mutate)
    atheris.Fuzz()


def main() -> int:
    name, *rest = sys.argv[1:]
    if len(rest) == 3:
        search(name, float(rest[0]), float(rest[1]), Path(rest[2]))
        return 0
    data = Path(rest[0]).read_bytes()
    for _ in range(2):  # the first time may load what every later one finds loaded
        targets.attempt(name, data)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
