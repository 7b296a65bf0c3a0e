"""Every statement behind a page goes by an index, so that a page costs the same among a million badges."""

from __future__ import annotations

import re
from typing import Any

import pytest
import sqlalchemy as sa

from backpack.database import db
from tests.people import post
from tests.publishing.world import World, publish_badge, publish_collection


@pytest.fixture
def asked(world: World) -> list[tuple[str, Any]]:
    """The statements that a stranger's pages and their owner's lists ask, each once."""
    badge, collection = publish_badge(world, level="profile"), publish_collection(world, level="profile")
    post(world.camille, "/profile", "/compte", name="camille-k", name_shown="full", headline="", do="open")
    own = world.path(badge)
    seen: dict[str, Any] = {}

    def note(_connection: Any, _cursor: Any, text: str, values: Any, _context: Any, many: bool) -> None:
        if text.lstrip().upper().startswith("SELECT") and not many:
            seen.setdefault(text, values)

    sa.event.listen(db.engine, "before_cursor_execute", note)
    for path in (own, world.path(collection), f"{own.replace('/p/', '/embed/')}", "/u/camille-k", f"{own}/report"):
        assert world.stranger.get(path).status_code == 200, path
    lists = ("/badges", "/badges?q=soud&sort=name", "/badges?skill=x&tag=y&year=2024&issuer=z&state=valid")
    for path in (*lists, "/collections", "/shares", "/skills", f"/badges/{world.first.public_id}"):
        assert world.camille.get(path).status_code == 200, path
    sa.event.remove(db.engine, "before_cursor_execute", note)
    return list(seen.items())


SMALL = {"framework", "trusted_issuer"}
"""What the operator entered: a few rows, read whole."""


def scanned(text: str, values: Any) -> list[str]:
    """The tables (or whole indexes) that this statement reads row after row, whatever it looks for."""
    with db.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", values).all()
            found = re.findall(r"^SCAN (?!CONSTANT)(\w+)", "\n".join(row[3] for row in rows), re.MULTILINE)
        else:
            connection.exec_driver_sql("SET enable_seqscan = off")  # in small tables it would be the quickest
            plan = "\n".join(row[0] for row in connection.exec_driver_sql(f"EXPLAIN {text}", values))
            connection.exec_driver_sql("RESET enable_seqscan")
            found = re.findall(r"Seq Scan on (\w+)", plan)
            # An index that is read without a condition is read from end to end as well.
            found += re.findall(r"Index (?:Only )?Scan using \w+ on (\w+)[^\n]*(?!\n *Index Cond)(?=\n|$)", plan)
    return [one for one in found if one not in SMALL]


def test_no_page_reads_a_table_from_end_to_end(asked: list[tuple[str, Any]]) -> None:
    assert len(asked) > 30
    assert {text: tables for text, values in asked if (tables := scanned(text, values))} == {}
