"""The pages of those who run the site. To everybody else there is nothing here."""

from __future__ import annotations

from backpack.staff.views import frames, pages, people, reports
from backpack.staff.views.blueprint import bp

__all__ = ["bp", "frames", "pages", "people", "reports"]
