"""Who a view serves. Unmarked, it serves a browser with a session, and unsafe requests need the session's token.

`for_strangers`: people without an account; no session is read or made, so no cookie. Its forms carry no token and
are taken from our own pages only. `for_machines`: programs that bring their own proof (a bearer token, a signature)
with every request; cookies mean nothing to it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import current_app, request

View = TypeVar("View", bound=Callable[..., Any])


def for_strangers(view: View) -> View:
    """Mark a view that reads no session. Put it directly below the route."""
    view.serves = "strangers"  # type: ignore[attr-defined]
    return view


def for_machines(view: View) -> View:
    """Mark a view that takes no cookie as proof of anything. Put it directly below the route."""
    view.serves = "machines"  # type: ignore[attr-defined]
    return view


def serves() -> str | None:
    """Whom the view of this request serves: strangers, machines, browsers; None when the address leads nowhere."""
    view = current_app.view_functions.get(request.endpoint or "")
    return None if view is None else str(getattr(view, "serves", "browsers"))


def serves_strangers() -> bool:
    """Whether this request must be answered without a session."""
    return serves() in {"strangers", "machines"}
