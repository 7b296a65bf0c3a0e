"""All tables of the house in one list, for the start and the migrations.

Importing `backpack` imports them all, so whoever must know every column (leaving) finds them in `Base.metadata` and
need not know the slices that come after.
"""

from __future__ import annotations

from sqlalchemy import MetaData
from sqlalchemy.orm import configure_mappers

from backpack import jobs
from backpack.accounts import models as accounts
from backpack.archive import models as archive
from backpack.badges import models as badges
from backpack.collections import models as collections
from backpack.cv import models as cv
from backpack.database import Base
from backpack.endorsements import models as endorsements
from backpack.evidence import models as evidence
from backpack.leaving import models as leaving
from backpack.notices import models as notices
from backpack.publishing import models as publishing
from backpack.skills import models as skills
from backpack.staff import models as staff

MODULES = (
    jobs,
    archive,
    accounts,
    badges,
    skills,
    evidence,
    endorsements,
    collections,
    publishing,
    cv,
    notices,
    leaving,
    staff,
)


def metadata() -> MetaData:
    """The tables as the models say them; the migrations must lead to exactly these."""
    return Base.metadata


def settle() -> None:
    """Settle how all tables hang together, at start: a mistake shows there and not in somebody's request."""
    configure_mappers()
