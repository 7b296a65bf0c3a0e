"""Background work of leaving and coming back, for `create_app` to bind."""

from __future__ import annotations

from typing import Any

from backpack.database import transaction, utcnow
from backpack.leaving import forgetting, returning, sweeping, taking_out
from backpack.wiring import Handler, Wiring


def handlers(wiring: Wiring) -> dict[str, Handler]:
    """By the name of its kind."""
    return {
        **taking_out.handlers(wiring),
        **sweeping.handlers(wiring),
        **forgetting.handlers(wiring),
        **returning.handlers(wiring),
    }


def after_confirmation(take_in: Handler) -> Handler:
    """The handler of `address.confirmed`, and after it what an export brought back for badges of that address."""

    def confirmed(payload: dict[str, Any]) -> None:
        take_in(payload)
        with transaction() as session:
            returning.look_again(session, payload["person_id"], utcnow())

    return confirmed
