"""The pages of links and profiles: their owner's, and those that strangers read."""

from __future__ import annotations

from backpack.publishing.views import (
    codes,
    credentials,
    embeds,
    links,
    locked,
    own_profile,
    parts,
    preview,
    profile_cards,
    profile_links,
    profiles,
    public,
    readers,
    reporting,
)
from backpack.publishing.views.blueprint import bp

__all__ = [
    "bp",
    "codes",
    "credentials",
    "embeds",
    "links",
    "locked",
    "own_profile",
    "parts",
    "preview",
    "profile_cards",
    "profile_links",
    "profiles",
    "public",
    "readers",
    "reporting",
]
