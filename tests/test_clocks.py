"""Two clocks that disagree stop the start: verdicts, leases and links would all be wrong."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from backpack.database import utcnow
from backpack.serving import check_clocks
from backpack.settings import SettingsError


def test_clocks_that_disagree_stop_the_start(database_url: str) -> None:
    engine = sa.create_engine(database_url)
    check_clocks(engine, utcnow() + timedelta(minutes=5))
    if engine.dialect.name == "postgresql":
        for other in (utcnow() - timedelta(days=1), utcnow() + timedelta(minutes=15)):
            with pytest.raises(SettingsError, match="minutes apart"):
                check_clocks(engine, other)
    else:
        check_clocks(engine, utcnow() + timedelta(days=3_650))  # it has no clock but ours
    engine.dispose()
