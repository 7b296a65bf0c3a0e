"""Pages for people without an account: no session is read or made, so no cookie, and one page for everybody."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import current_app, request

View = TypeVar("View", bound=Callable[..., Any])


def for_strangers(view: View) -> View:
    """Mark a view that reads no session. Its forms carry no token: they are taken from our own pages only."""
    view.for_strangers = True  # type: ignore[attr-defined]
    return view


def serves_strangers() -> bool:
    """Whether the view of this request is marked so. An address that leads nowhere needs no session either."""
    view = current_app.view_functions.get(request.endpoint or "")
    return view is None or getattr(view, "for_strangers", False)
