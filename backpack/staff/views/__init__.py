"""The pages of those who run the site. To everybody else there is nothing here."""

from __future__ import annotations

from backpack.staff.views import pages, people, reports
from backpack.staff.views.blueprint import bp

__all__ = ["bp", "pages", "people", "reports"]
