"""Open Badges of every version, read and judged. No web, no database, no network and no clock: facts in, a report out.

This is the whole public face of the library.
"""

from __future__ import annotations

from backpack.openbadges.addresses import rewrite_address
from backpack.openbadges.reading import Found, Unread, bake, read, read_each, read_payload

__all__ = ["Found", "Unread", "bake", "read", "read_each", "read_payload", "rewrite_address"]
