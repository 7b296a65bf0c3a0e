"""What a benchmark says: one line of five fields."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """`value` against `goal`: at most it, or at least it. A figure without a value was not run, and says why."""

    group: str
    name: str
    value: float | None
    goal: float
    at_least: bool = False
    unit: str = "x"
    note: str = ""

    def line(self) -> str:
        sign = ">=" if self.at_least else "<="
        goal = f"{sign} {self.goal:g}{self.unit}"
        if self.value is None:
            return "\t".join((self.group, self.name, self.note or "not run", goal, "not run"))
        good = self.value >= self.goal if self.at_least else self.value <= self.goal
        value = f"{self.value:.3g}{self.unit}" + (f" ({self.note})" if self.note else "")
        return "\t".join((self.group, self.name, value, goal, "ok" if good else "short"))


def seconds(work: Callable[[], object], rounds: int) -> float:
    """The time of one call of `work`, in seconds: the best of three series of `rounds` calls."""
    best = float("inf")
    for _ in range(3):
        start = time.perf_counter()
        for _ in range(rounds):
            work()
        best = min(best, (time.perf_counter() - start) / rounds)
    return best


def ratio(
    one: Callable[[], object],
    other: Callable[[], object],
    *,
    rounds: int = 15,
    calls: int = 1,
    clock: Callable[[], float] = time.perf_counter,
) -> float:
    """The time of one in times of the other: the best of rounds in which both take their turn, so that both meet the
    same weather. `clock` may be `time.process_time`, for work that waits for nobody: then neighbours do not count."""
    return against(one, lambda: timed(other, calls, clock), rounds=rounds, calls=calls, clock=clock)


def against(
    one: Callable[[], object],
    other: Callable[[], float],
    *,
    rounds: int = 15,
    calls: int = 1,
    clock: Callable[[], float] = time.perf_counter,
) -> float:
    """As `ratio`, where the other tells itself how many seconds a call took, by the same clock."""
    mine = theirs = float("inf")
    for _ in range(rounds):
        mine = min(mine, timed(one, calls, clock))
        theirs = min(theirs, other())
    return mine / theirs


def timed(work: Callable[[], object], calls: int, clock: Callable[[], float] = time.perf_counter) -> float:
    """The seconds of one of so many calls."""
    start = clock()
    for _ in range(calls):
        work()
    return (clock() - start) / calls
