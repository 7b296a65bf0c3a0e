"""The evidence of a badge on its certificate: what the page of its link shows, with what lets a reader check files."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from flask_babel import gettext as _
from flask_babel import ngettext

from backpack.badges.naming import web_host
from backpack.evidence.kinds import label_of
from backpack.evidence.models import ArtefactFile, Evidence
from backpack.evidence.queries import file_of
from backpack.publishing.proofs import Proof, Proofs, name_of_proof, of_holder, of_issuer
from backpack.publishing.sheets import BadgeSheet
from backpack.publishing.views.blueprint import bp
from backpack.web.wording import day

MOST: Final = 12
"""Of each voice; the page has the others."""

bp.app_template_global()(name_of_proof)


def proofs_of(one: BadgeSheet, holder: str) -> tuple[Proofs, ...]:
    """Both voices, as the page of this badge shows them; nothing where neither has any evidence."""
    issuers, holders = one.report.credential.evidence, one.evidence
    if not issuers and not holders:
        return ()
    given, added = of_issuer(issuers, MOST), of_holder([_of_holder(piece) for piece in holders], holder, MOST)
    unread = _("The issuer has not read these works.") if holders else ""
    return replace(given, more=_more(given)), replace(added, more=_more(added), note=unread)


def _more(voice: Proofs) -> str:
    if not voice.items:
        return str(_("No attachment."))
    more = ngettext("and %(num)d more on the page", "and %(num)d more on the page", voice.left) if voice.left else ""
    return str(more)


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
