"""The pages of badges: the backpack itself, importing, a badge's own page, and the check that anybody may make."""

from __future__ import annotations

from backpack.badges.views import arriving, badge, checking, files, grid, importing, previewing, renewing, undoing
from backpack.badges.views.blueprint import bp

__all__ = ["arriving", "badge", "bp", "checking", "files", "grid", "importing", "previewing", "renewing", "undoing"]
