"""The pages of links: their owner's, and those that strangers read."""

from __future__ import annotations

from backpack.publishing.views import codes, links, preview, public, readers, works
from backpack.publishing.views.blueprint import bp

__all__ = ["bp", "codes", "links", "preview", "public", "readers", "works"]
