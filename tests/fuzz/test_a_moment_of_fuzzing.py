"""Thirty seconds of what `make fuzz` does for minutes: the same targets and seeds, changed blindly."""

from __future__ import annotations

import base64
import random
import time

import pytest

from tests.fuzz import __main__ as command
from tests.fuzz import mutating
from tests.fuzz.seeds import SEEDS
from tests.fuzz.targets import TARGETS, Fault, attempt

SECONDS = 28 / len(TARGETS)


def test_every_target_has_seeds_and_is_run() -> None:
    assert set(TARGETS) == set(SEEDS) == set(command.TARGETS)
    assert command.SECONDS * len(TARGETS) >= 600


@pytest.mark.parametrize("name", sorted(TARGETS))
def test_a_changed_input_ends_in_a_report_or_an_error(name: str) -> None:
    seeds = SEEDS[name]()
    chance = random.Random(f"a moment of {name}")
    waiting = [*seeds]
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        seed = waiting.pop() if waiting else None
        data = seed if seed is not None else mutating.mutated(chance.choice(seeds), seeds, chance)
        if chance.random() < 0.7:
            data = mutating.with_sums(data)
        try:
            attempt(name, data)
        except Fault as fault:
            pytest.fail(f"{name}: {fault}; base64: {base64.b64encode(data).decode()}")
