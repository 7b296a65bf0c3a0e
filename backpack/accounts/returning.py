"""Where a person goes on after signing in: a page of ours that they came for, never another site."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import parse_qs, urlsplit

ODD: Final = re.compile(r"[\x00-\x20\x7f-\xa0\\\u2028\u2029]")
"""Browsers drop or turn round some of these, so what we read would not be where they go."""
LONGEST: Final = 2_000
IMPORT: Final = "/import"
"""Where an issuer's "Add to my backpack" leads: /import?url=..."""


def page_of_ours(wanted: str | None) -> str | None:
    """`wanted` if it is a path on this site, else None. Anything that is not plainly a path is refused."""
    if not wanted or len(wanted) > LONGEST or ODD.search(wanted) or not wanted.startswith("/"):
        return None
    try:
        parts = urlsplit(wanted)
    except ValueError:
        return None
    if parts.scheme or parts.netloc or wanted.startswith("//"):
        return None
    return wanted


def badge_wanted(page: str | None) -> str | None:
    """The address of the badge that this page of ours would import: somebody came with an issuer's link."""
    parts = urlsplit(page_of_ours(page) or "")
    found = parse_qs(parts.query).get("url", []) if parts.path == IMPORT else []
    return found[0] if found else None
