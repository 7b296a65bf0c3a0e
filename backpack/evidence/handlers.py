"""Background work on works, by name, for `create_app` to bind."""

from __future__ import annotations

from functools import partial

from backpack.evidence import previews, rot, sweeping
from backpack.wiring import Handler, Wiring


def handlers(wiring: Wiring) -> dict[str, Handler]:
    """What this slice does in the background."""
    return {
        previews.PREVIEW: partial(previews.draw, wiring),
        rot.CHECK: partial(rot.check_link, wiring),
        rot.SWEEP: rot.sweep,
        sweeping.SWEEP: sweeping.sweep,
    }
