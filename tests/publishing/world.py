"""Camille's world: two badges, three works, and the ways to publish them. And a crawler that sees as strangers do."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from backpack.accounts.models import Person
from backpack.badges.models import Badge
from backpack.collections.queries import own_collections
from backpack.database import reading
from backpack.evidence.models import Evidence
from backpack.publishing.links import token_of
from backpack.publishing.models import ShareLink
from backpack.wiring import wired
from tests.people import post

HOSTILE = "\"><script>alert(1)</script></title>'{{7*7}}%s"
OURS = ("localhost", None)


@dataclass
class World:
    """Camille with two badges, three works behind the first, and a stranger's browser."""

    camille: FlaskClient
    stranger: FlaskClient
    person: Person
    first: Badge
    second: Badge
    shown: Evidence
    unchosen: Evidence
    hidden: Evidence

    def links(self) -> list[ShareLink]:
        with reading() as session:
            return list(session.scalars(sa.select(ShareLink).order_by(ShareLink.id)))

    def path(self, link: ShareLink) -> str:
        start = "c" if link.collection_id else "p"
        return f"/{start}/{token_of(link, wired().settings.secret_key)}"


def keep_profile(client: FlaskClient, **fields: Any) -> int:
    """Save a profile as its owner does, or open it: where the preview did not show it yet, after looking at it."""
    given = {"name": "camille-k", "name_shown": "initial", "headline": "Médiation", "do": "open", **fields}
    answer = post(client, "/profile", "/compte", **given)
    if answer.status_code == 200 and (seen := re.search(r'name="seen" value="(\w+)"', answer.text)):
        answer = post(client, "/profile", "/compte", **given, seen=seen[1])
    return answer.status_code


def publish_badge(world: World, **fields: Any) -> ShareLink:
    given = {"evidence": [world.shown.public_id], "name_shown": "full", "do": "publish", **fields}
    done = post(world.camille, f"/badges/{world.first.public_id}/publish", "/compte", **given)
    assert done.status_code == 303, done.text
    return world.links()[-1]


def publish_collection(world: World, **fields: Any) -> ShareLink:
    post(world.camille, "/collections/new", title="Stage", story="Je cherche.", language="fr")
    with reading() as session:
        collection = own_collections(session, world.person.id)[0]
    page = f"/collections/{collection.public_id}"
    both = [world.first.public_id, world.second.public_id]
    post(world.camille, f"{page}/edit", "/compte", title="Stage", language="fr", revision=1, do="add", add=both)
    given = {"badges": [world.first.public_id], "evidence": [world.shown.public_id], "name_shown": "initial"}
    done = post(world.camille, f"{page}/publish", "/compte", **{**given, "do": "publish", **fields})
    assert done.status_code == 303, done.text
    return world.links()[-1]


class References(HTMLParser):
    """Every address that a page names."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in {"href", "src", "data-refresh", "content"} and value:
                self.found.add(value)


def crawl(client: FlaskClient, *starts: str) -> dict[str, TestResponse]:
    """Everything of ours that strangers find from these addresses, forms aside; each asks from a network of their own,
    so that what is rate-limited for one reader is read to the end."""
    seen: dict[str, TestResponse] = {}
    todo = list(starts)
    while todo:
        path = todo.pop()
        if path in seen:
            continue
        network = f"10.{len(seen) // 250}.{len(seen) % 250}.1"
        seen[path] = answer = client.get(path, environ_base={"REMOTE_ADDR": network})
        if answer.mimetype != "text/html":
            continue
        reader = References()
        reader.feed(answer.text)
        for address in reader.found:
            parts = urlsplit(address)
            if parts.hostname in OURS and parts.scheme in {"", "http"} and parts.path.startswith("/"):
                todo.append(parts.path + (f"?{parts.query}" if parts.query else ""))
    return seen
