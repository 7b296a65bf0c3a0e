"""The shell's navigation: five places, the same order everywhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from flask import Flask, current_app, request, url_for
from flask_babel import gettext
from flask_login import current_user

from backpack.errors import N_

PART_OF: Final = {"evidence": "badges", "leaving": "accounts", "skills": "badges"}
"""Rooms whose pages hang under another's place."""


@dataclass(frozen=True, slots=True)
class Place:
    """One entry: where it leads, its words, and whether the page at hand belongs to it."""

    endpoint: str
    label: str

    @property
    def address(self) -> str:
        return url_for(self.endpoint)

    @property
    def words(self) -> str:
        return str(gettext(self.label))

    @property
    def is_here(self) -> bool:
        here = request.blueprint or ""
        return PART_OF.get(here, here) == self.endpoint.partition(".")[0]


PLACES: Final = (
    Place("badges.grid", N_("My badges")),
    Place("collections.all", N_("Collections")),
    Place("cv.all", N_("CV")),
    Place("publishing.shares", N_("Shares")),
    Place("accounts.account", N_("Account")),
)


def init_app(app: Flask) -> None:
    app.add_template_global(places)
    app.add_template_global(leads)
    app.add_template_global(signed_in)


def leads(endpoint: str) -> bool:
    """Whether this application has such a page: an application may be wired without some of its rooms."""
    return endpoint in current_app.view_functions


def signed_in() -> bool:
    """Whether somebody is signed in. Strangers' pages never ask: asking would read their session."""
    return hasattr(current_app, "login_manager") and bool(current_user.is_authenticated)


def places() -> list[Place]:
    return [place for place in PLACES if leads(place.endpoint)]
