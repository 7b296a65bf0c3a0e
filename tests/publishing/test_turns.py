"""One reader makes a page; those who come meanwhile wait for it."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from backpack.publishing.remembering import Turns


def test_one_makes_and_the_others_find() -> None:
    turns, kept, made = Turns(), dict[str, int](), []
    together = threading.Barrier(8)

    def read(number: int) -> int:
        together.wait()
        with turns.of("page"):
            if "page" not in kept:
                made.append(number)
                kept["page"] = number
        return kept["page"]

    with ThreadPoolExecutor(8) as readers:
        answers = set(readers.map(read, range(8)))
    assert (len(made), answers) == (1, set(made))


def test_a_page_that_could_not_be_made_keeps_nobody_waiting() -> None:
    turns = Turns()
    with pytest.raises(ValueError, match="no"), turns.of("page"):
        raise ValueError("no")
    with turns.of("page"), turns.of("another"):
        pass
