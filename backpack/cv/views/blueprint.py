"""What the pages of CVs share: their blueprint, and finding a person's own CV with its badges of today."""

from __future__ import annotations

from flask import Blueprint

from backpack.accounts.presence import current_person
from backpack.cv.desk import Desk, desk_of
from backpack.cv.queries import own_cv
from backpack.database import reading, utcnow

bp = Blueprint("cv", __name__)


def own_desk(public_id: str) -> Desk:
    """The desk of a CV of this person, of this moment. Raises NotFound, also for somebody else's."""
    with reading() as session:
        return desk_of(session, own_cv(session, current_person().id, public_id), utcnow())
