"""Open Badges 1.0 and 1.1: the same members as 2.0, with looser dates, `verify` and profiles without an id.

The functions take what those of `v2` take. 1.1 only added `@context`, `id` and `type`, so one mapping serves both.
"""

from __future__ import annotations

from backpack.openbadges.model import Credential, Version
from backpack.openbadges.versions import dates, v2
from backpack.openbadges.versions.shapes import Object

achievement = v2.achievement
issuer = v2.issuer


def credential(
    assertion: Object,
    payload: bytes,
    *,
    badge: Object | None = None,
    issuer: Object | None = None,
    version: Version = Version.OB_1_0,
) -> Credential:
    """What a 1.x assertion says, with the badge class and issuer that are in hand."""
    return v2.credential(assertion, payload, badge=badge, issuer=issuer, version=version, instant=dates.lenient)
