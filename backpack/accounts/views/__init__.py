"""The doors and the account page. One blueprint, one file per family of pages."""

from __future__ import annotations

from backpack.accounts.views import account, confirming, forgetting, joining, keeping, providers, proving, signing_in
from backpack.accounts.views.blueprint import bp

__all__ = ["account", "bp", "confirming", "forgetting", "joining", "keeping", "providers", "proving", "signing_in"]
