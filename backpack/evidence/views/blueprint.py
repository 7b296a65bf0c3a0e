"""What the pages of works share: their blueprint, and what templates ask about files."""

from __future__ import annotations

from flask import Blueprint, url_for

from backpack.evidence import queries
from backpack.evidence.kinds import family_of, is_in_boxes, label_of, may_tell_place
from backpack.evidence.models import Evidence
from backpack.evidence.rot import is_dead_link
from backpack.evidence.serving import reaches_others
from backpack.evidence.writing import page_text

bp = Blueprint("evidence", __name__)
bp.add_app_template_filter(page_text)
bp.add_app_template_global(queries.file_of)
bp.add_app_template_global(queries.newest)
bp.add_app_template_global(label_of)
bp.add_app_template_global(family_of)
bp.add_app_template_global(may_tell_place)
bp.add_app_template_global(is_in_boxes)
bp.add_app_template_global(reaches_others)
bp.add_app_template_global(is_dead_link)


def at_badge(one: Evidence) -> str:
    """Where this evidence stands on its owner's page of the badge."""
    return url_for("badges.badge", public_id=one.badge.public_id) + "#evidence"
