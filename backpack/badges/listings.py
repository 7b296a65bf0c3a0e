"""Lists of badges that other backpacks give as JSON: each entry is an address to be asked, or a badge's own text.

Mozilla's Displayer, which Open Badge Passport speaks too: `{"badges": [{"hostedUrl", "assertion"}]}`. Badgr, which
Canvas Credentials speaks too: `{"result": [{"openBadgeId", "entityType"}]}`. What such a list says of a badge is not
believed: the badge itself is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from backpack.badges.naming import is_web_address
from backpack.openbadges.errors import OpenBadgesError
from backpack.openbadges.strict_json import JSON, loads

ADDRESSES: Final = ("openBadgeId", "hostedUrl", "assertionUrl", "assertion_url")
KEYS: Final = ("badges", "result", "assertions")
LONGEST: Final = 2_000


def listed(data: bytes) -> list[bytes] | None:
    """What each entry leads to: an address, or the text of a signed badge; None for what is no such list."""
    if data.lstrip()[:1] not in {b"{", b"["}:
        return None
    try:
        document = loads(data)
    except OpenBadgesError:
        return None
    entries = _entries(document)
    found = [one for entry in entries for one in _badge_of(entry)]
    return list(dict.fromkeys(found)) or None


def _entries(document: JSON) -> list[dict[str, JSON]]:
    """The entries of the list. A badge has a context or a type of its own, and is none."""
    values: Any = document
    if isinstance(document, dict):
        if "@context" in document or "recipient" in document:
            return []
        values = next((document[key] for key in KEYS if isinstance(document.get(key), list)), [])
    return [
        one for one in values if isinstance(one, dict) and any(_has(one, name) for name in (*ADDRESSES, "assertion"))
    ]


def _has(entry: dict[str, JSON], name: str) -> bool:
    return isinstance(entry.get(name), (str, dict))


def _badge_of(entry: dict[str, JSON]) -> Iterator[bytes]:
    assertion = entry.get("assertion")
    for value in (*(entry.get(name) for name in ADDRESSES), assertion, _verified_at(assertion)):
        if isinstance(value, str) and len(value) <= LONGEST and is_web_address(value):
            yield value.encode()
            return
    if isinstance(assertion, str) and assertion.count(".") == 2:
        yield assertion.encode()


def _verified_at(assertion: JSON) -> JSON:
    """Where an assertion says that it can be asked for."""
    if not isinstance(assertion, dict):
        return None
    verify = assertion.get("verify") or assertion.get("verification")
    asked = verify.get("url") if isinstance(verify, dict) else None
    return asked or assertion.get("id")
