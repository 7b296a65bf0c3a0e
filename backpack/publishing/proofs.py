"""The evidence of a badge on paper: the issuer's and the holder's apart, each headed by whose it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from backpack.badges.naming import web_host
from backpack.openbadges import model
from backpack.web.wording import in_language


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """One piece of evidence on paper: its name, what and from when it is, and its SHA-256, each headed by of what."""

    name: str
    note: str = ""
    prints: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Proofs:
    """The evidence of one voice, headed by whose it is: the first `items`, and how many others are `left`; `more` says
    so, or that there are none, where that is printed."""

    label: str
    note: str = ""
    items: tuple[Proof, ...]
    left: int = 0
    more: str = ""


def of_issuer(given: Sequence[model.Evidence], most: int) -> Proofs:
    """The first pieces that stand in the credential."""
    return _first(_("Given by the issuer"), [_given(one) for one in given], most)


def of_holder(works: Sequence[Proof], holder: str, most: int) -> Proofs:
    """The first of the works that the holder added; a page may leave their name out."""
    return _first(_("Added by %(name)s", name=holder or _("its holder")), works, most)


def name_of_proof(given: model.Evidence) -> str:
    """What the issuer calls a piece of evidence, or the next best."""
    words = in_language(given.name) or in_language(given.description) or in_language(given.narrative)[:120]
    return words or web_host(given.url) or _("Evidence without a name")


def _given(given: model.Evidence) -> Proof:
    """A credential gives neither a date nor a digest of its evidence."""
    return Proof(name=name_of_proof(given), note=given.url if given.url and web_host(given.url) else "")


def _first(label: str, proofs: Sequence[Proof], most: int) -> Proofs:
    return Proofs(label=label, items=tuple(proofs[:most]), left=len(proofs[most:]))
