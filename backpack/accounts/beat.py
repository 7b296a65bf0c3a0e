"""Answers that leave on the beat, so that how long they took does not tell whether an account exists.

The work differs: an address with an owner gets another letter, a new one gets rows. The same work in every case would
be a promise that the next change breaks; a clock keeps it by itself.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Any, Final, TypeVar, cast

from flask import current_app

View = TypeVar("View", bound=Callable[..., Any])
BEAT: Final = "ANSWERS_ON_THE_BEAT_OF"
SECONDS: Final = 0.3
"""Well above the tenth of a second that a password takes."""


def on_the_beat(view: View) -> View:
    """Mark a view whose answers leave at the next full beat after they were asked for, whatever they say."""

    @wraps(view)
    def kept(*args: Any, **kwargs: Any) -> Any:
        begun = time.perf_counter()
        try:
            return view(*args, **kwargs)
        finally:
            beat = float(current_app.config.get(BEAT, SECONDS))
            if beat:
                time.sleep(-(time.perf_counter() - begun) % beat)

    return cast(View, kept)
