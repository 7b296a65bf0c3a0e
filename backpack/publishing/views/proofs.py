"""The evidence of a badge on paper: the issuer's and the holder's apart, each headed by whose it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from flask_babel import gettext as _
from flask_babel import ngettext

from backpack.evidence.kinds import label_of
from backpack.evidence.models import ArtefactFile, Evidence
from backpack.evidence.queries import file_of
from backpack.openbadges import model
from backpack.publishing.certificates import Proof, Proofs
from backpack.publishing.sheets import BadgeSheet
from backpack.publishing.views.blueprint import bp, web_host
from backpack.web.wording import day, in_language

MOST: Final = 12
"""Of each voice; the page has the others."""


def proofs_of(one: BadgeSheet, holder: str) -> tuple[Proofs, ...]:
    """Both voices, as the page of this badge shows them; nothing where neither has any evidence."""
    issuers, holders = one.report.credential.evidence, one.evidence
    if not issuers and not holders:
        return ()
    return (
        Proofs(
            label=_("Given by the issuer"),
            items=tuple(_of_issuer(given) for given in issuers[:MOST]),
            more=_more(issuers),
        ),
        Proofs(
            label=_("Added by %(name)s", name=holder or _("its holder")),
            note=_("The issuer has not read these works.") if holders else "",
            items=tuple(_of_holder(piece) for piece in holders[:MOST]),
            more=_more(holders),
        ),
    )


@bp.app_template_global()
def name_of_proof(given: model.Evidence) -> str:
    """What the issuer calls a piece of evidence, or the next best."""
    words = in_language(given.name) or in_language(given.description) or in_language(given.narrative)[:120]
    return words or web_host(given.url) or _("Evidence without a name")


def _more(some: Sequence[object]) -> str:
    left = len(some) - MOST
    more: str = ngettext("and %(num)d more on the page", "and %(num)d more on the page", left) if left > 0 else ""
    return more if some else str(_("No attachment."))


def _of_issuer(given: model.Evidence) -> Proof:
    """A credential gives neither a date nor a digest of its evidence."""
    return Proof(name=name_of_proof(given), note=given.url if given.url and web_host(given.url) else "")


def _of_holder(one: Evidence) -> Proof:
    file = file_of(one)
    what = label_of(file.media_type) if file else web_host(one.artefact.url) or _("Text")
    added = _("added on %(day)s", day=day((file or one).added_at))
    return Proof(
        name=one.artefact.title,
        note=f"{what}, {added}",
        prints=_prints(file) if file else (),
    )


def _prints(file: ArtefactFile) -> tuple[tuple[str, str], ...]:
    if file.clean_digest is None:
        return (("SHA-256:", file.digest.hex()),)
    return (
        (_("SHA-256 of the copy that the page gives:"), file.clean_digest.hex()),
        (_("SHA-256 of the original, which stays with its holder:"), file.digest.hex()),
    )
