"""Background work of leaving and coming back, for `create_app` to bind."""

from __future__ import annotations

from backpack.leaving import forgetting, sweeping, taking_out
from backpack.wiring import Handler, Wiring


def handlers(wiring: Wiring) -> dict[str, Handler]:
    """By the name of its kind."""
    return {**taking_out.handlers(wiring), **sweeping.handlers(wiring), **forgetting.handlers(wiring)}
