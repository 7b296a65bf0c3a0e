"""The pages of collections. Importing this module makes them known to their blueprint."""

from __future__ import annotations

from backpack.collections.views import covers, editor, pages
from backpack.collections.views.blueprint import bp

__all__ = ["bp", "covers", "editor", "pages"]
