"""Every statement behind a page goes by an index, so that a page costs the same among a million badges."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from backpack.database import db, utcnow
from backpack.tables import metadata
from tests.benchmarks.pages import statements
from tests.benchmarks.peopling import page_of
from tests.publishing.open_pages import open_pages
from tests.publishing.world import World, keep_profile, publish_badge, publish_collection

Asked = dict[str, Any]


@contextmanager
def noted() -> Iterator[Asked]:
    """The statements that are asked meanwhile, each once, with the values of its first time."""
    seen: Asked = {}

    def note(_connection: Any, _cursor: Any, text: str, values: Any, _context: Any, many: bool) -> None:
        if text.lstrip().upper().startswith("SELECT") and not many:
            seen.setdefault(text, values)

    sa.event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", note)


def opened(client: FlaskClient, *paths: str) -> None:
    for path in paths:
        assert client.get(path).status_code in {200, 303, 403, 410}, path


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
    return [one for one in found if one in metadata().tables and one not in SMALL]  # not what was found already


def scans(asked: Asked) -> dict[str, list[str]]:
    return {text: tables for text, values in asked.items() if (tables := scanned(text, values))}


def test_no_page_reads_a_table_from_end_to_end(world: World) -> None:
    badge, collection = publish_badge(world, level="profile"), publish_collection(world, level="profile")
    assert keep_profile(world.camille, name_shown="full", headline="") == 303
    own = world.path(badge)
    lists = ("/badges", "/badges?q=soud&sort=name", "/badges?skill=x&tag=y&year=2024&issuer=z&state=valid")
    with noted() as asked:
        opened(world.stranger, own, world.path(collection), own.replace("/p/", "/embed/"), "/u/camille-k")
        opened(world.camille, *lists, "/collections", "/shares", "/skills", f"/badges/{world.first.public_id}")
    assert len(asked) > 30
    assert scans(asked) == {}


def test_a_page_asks_no_more_however_much_it_shows(app: Flask) -> None:
    many, few = page_of(7, furnished=True), page_of(2, furnished=True)
    assert statements(app, many) == statements(app, few)
    page = app.test_client().get(f"/c/{many}").text
    assert page.count("C’est vrai.") == 3 * 7, "each badge, the work behind it and the work beside it"


def test_no_public_page_of_the_example_does(example: Flask) -> None:
    pages = open_pages(utcnow())
    with noted() as asked:
        opened(example.test_client(), *pages.values())
    assert len(asked) > 30
    assert scans(asked) == {}
