"""The pages of works: the library, what stands behind a badge, and the bytes of files for their owner."""

from __future__ import annotations

from backpack.evidence.views import adding, carrying, files, library, receiving, removing, uses
from backpack.evidence.views.blueprint import bp

__all__ = ["adding", "bp", "carrying", "files", "library", "receiving", "removing", "uses"]
