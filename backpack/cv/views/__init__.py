"""The pages of CVs: the builder, what can be taken from it, and what stands behind the paper's codes."""

from backpack.cv.views import building, public, sharing, taking
from backpack.cv.views.blueprint import bp

__all__ = ["bp", "building", "public", "sharing", "taking"]
