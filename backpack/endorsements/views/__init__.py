"""The pages of endorsements: their owner's, and those of invited people."""

from __future__ import annotations

from backpack.endorsements.views import invited, owner
from backpack.endorsements.views.blueprint import bp

__all__ = ["bp", "invited", "owner"]
