"""What is baked under which name: the generations of Open Badges each have their own keyword and namespace."""

from __future__ import annotations

from enum import Enum


class Kind(Enum):
    """A generation: its keyword in PNG, its element and namespace in SVG and XMP."""

    OPEN_BADGE = ("openbadges", "assertion", "http://openbadges.org")
    """0.5 to 2.1."""
    OPEN_BADGE_CREDENTIAL = ("openbadgecredential", "credential", "https://purl.imsglobal.org/ob/v3p0")
    """3.0."""
    LEARNER_RECORD = ("clrcredential", "credential", "https://purl.imsglobal.org/clr/v2p0")
    """Comprehensive Learner Record 2.0."""

    STATEMENT = ("backpackstatement", "statement", "urn:backpack:statement")
    """Not a badge: what its holder says beside it, in a place where no reader looks for badges."""

    def __init__(self, keyword: str, element: str, namespace: str) -> None:
        self.keyword = keyword
        self.element = element
        self.namespace = namespace


BADGES = tuple(kind for kind in Kind if kind is not Kind.STATEMENT)
