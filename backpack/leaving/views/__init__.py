"""The pages of going and of coming back; `bp` is what `create_app` takes."""

from __future__ import annotations

from backpack.leaving.views import forgetting, returning, taking_out, trail
from backpack.leaving.views.blueprint import bp

__all__ = ["bp", "forgetting", "returning", "taking_out", "trail"]
