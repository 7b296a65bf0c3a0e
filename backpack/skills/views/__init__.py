"""The pages of skills. Importing this module makes them known to their blueprint."""

from __future__ import annotations

from backpack.skills.views import overview
from backpack.skills.views.blueprint import bp

__all__ = ["bp", "overview"]
