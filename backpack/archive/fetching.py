"""One document: asked through the door, kept in the archive, and told to whom it concerns when it changed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from backpack import jobs
from backpack.archive.keeping import Kept, keep, last_good, latest, url_digest
from backpack.database import reading, transaction, utcnow
from backpack.openbadges.report import Wanted
from backpack.outbound.sockets import WHOLE_SECONDS
from backpack.wiring import Wiring

CHANGED = "document.changed"


def fetch_and_keep(
    wanted: Wanted, wiring: Wiring, *, clock: Callable[[], datetime] = utcnow, seconds: float = WHOLE_SECONDS
) -> Kept:
    """Ask an address, conditionally where it answered before, and keep what it says.

    What says something else than before becomes a job `document.changed`, and whoever remembers anything of it is
    told, in the same transaction.
    """
    with reading() as session:
        good = last_good(session, wanted.url)
        newest = latest(session, wanted.url)
        known = newest is not None
    tags = good.headers if good is not None else {}
    answer = wiring.outbound.fetch(
        wanted.url,
        wanted.accept,
        wanted.kind,
        etag=tags.get("etag"),
        last_modified=tags.get("last-modified"),
        seconds=seconds,
    )
    now = clock()
    with transaction() as session:
        kept = keep(session, wanted, answer, now, wiring.settings)
        # Also the first answer of an address may be what a badge waits for: one that rests on another class by now.
        if kept.changed and (wiring.told(session, [wanted.url]) or known):
            digest = url_digest(wanted.url).hex()
            jobs.ask(session, CHANGED, digest, now, priority=5, url_digest=digest)
    return kept
