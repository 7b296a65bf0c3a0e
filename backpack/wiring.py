"""What an application was put together from, for the edges (views, jobs, commands) to reach."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from flask import current_app

from backpack.mail import Mailer
from backpack.outbound import Outbound
from backpack.settings import Settings
from backpack.storage import Storage

Handler = Callable[[dict[str, Any]], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wiring:
    """The parts of one application. `handlers` does background work, by the name of its kind."""

    settings: Settings
    outbound: Outbound
    storage: Storage
    mailer: Mailer
    handlers: Mapping[str, Handler] = field(default_factory=dict)


def wired() -> Wiring:
    """The wiring of the application at work. Raises RuntimeError outside of one."""
    return cast(Wiring, current_app.extensions["backpack"])
