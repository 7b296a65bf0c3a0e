"""What an application was put together from, for the edges (views, jobs, commands) to reach."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from flask import current_app
from sqlalchemy.orm import Session

from backpack.mail import Mailer
from backpack.outbound import Outbound
from backpack.settings import Settings
from backpack.storage import Storage

Handler = Callable[[dict[str, Any]], None]
Told = Callable[[Session, Collection[str]], bool]


def nobody(_session: Session, _urls: Collection[str]) -> bool:
    """Who is told of a document that changed where nobody keeps anything of it."""
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Wiring:
    """The parts of one application. `handlers` does background work, by the name of its kind; `told` learns which
    addresses say something else, in the very transaction that keeps it, and says whether that concerns anybody."""

    settings: Settings
    outbound: Outbound
    storage: Storage
    mailer: Mailer
    handlers: Mapping[str, Handler] = field(default_factory=dict)
    told: Told = nobody


def wired() -> Wiring:
    """The wiring of the application at work. Raises RuntimeError outside of one."""
    return cast(Wiring, current_app.extensions["backpack"])
