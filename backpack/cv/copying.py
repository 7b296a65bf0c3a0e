"""A second CV out of a first: typed once, then changed for another place or told in another language."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from backpack.cv.editing import MOST_CVS, TooManyCVs
from backpack.cv.models import CV
from backpack.cv.versions import content_of, cv_from


def copy(session: Session, cv: CV, title: str, language: str, there: int, now: datetime) -> CV:
    """A new CV of its owner that says what this one says, its headings in this language; links and codes stay with the
    first. `there` is how many they have. Raises TooManyCVs."""
    if there >= MOST_CVS:
        raise TooManyCVs(most=MOST_CVS)
    made = cv_from(session, cv, {**content_of(session, cv), "title": title, "language": language})
    made.id, made.public_id = None, None  # type: ignore[assignment] # a row of its own, under a name of its own
    made.created_at = made.changed_at = now
    session.add(made)
    session.flush()
    return made
