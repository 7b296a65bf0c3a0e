"""Judge with what the archive holds, and fetch what was lacking: in a job or a command, never in a reader's request."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime

from backpack import openbadges
from backpack.archive.documents import ArchivedDocuments
from backpack.archive.fetching import fetch_and_keep
from backpack.archive.policy import policy_at_work
from backpack.archive.proven import KeptProofs
from backpack.archive.refreshing import worth_asking
from backpack.database import reading, transaction, utcnow
from backpack.openbadges.model import Credential
from backpack.openbadges.report import Report, Wanted
from backpack.wiring import Wiring


@dataclass(slots=True)
class Budget:
    """What one judging may cost: documents and seconds. What was asked once is not asked again."""

    documents: int = 12
    seconds: float = 20.0
    asked: set[str] = field(default_factory=set)
    _started: float = field(default_factory=time.monotonic)

    @property
    def seconds_left(self) -> float:
        return self._started + self.seconds - time.monotonic()

    def take(self, wanted: Collection[Wanted]) -> list[Wanted]:
        """Those that may still be asked; they count as asked from now on."""
        if self.seconds_left <= 0:
            return []
        new = [one for one in wanted if one.url not in self.asked][: self.documents - len(self.asked)]
        self.asked |= {one.url for one in new}
        return new


def judge(
    credential: Credential,
    wiring: Wiring,
    *,
    recipients: Collection[str] = (),
    budget: Budget | None = None,
    clock: Callable[[], datetime] = utcnow,
) -> Report:
    """The verdict on a badge, after asking for what the archive lacked or held only in a stale form.

    No transaction is open while the network is asked: a slow issuer must not hold the database.
    """
    budget = budget or Budget()
    while True:
        with reading() as session:
            policy = policy_at_work(session, wiring.settings)
            proven = KeptProofs(session)
            documents = ArchivedDocuments(session)
            report = openbadges.verify(
                credential, documents, clock(), recipients=recipients, policy=policy, proven=proven
            )
        if proven.fresh:
            with transaction() as session:
                proven.write(session, clock())
        lacking = budget.take(report.wanted)
        if not lacking:
            return report
        with reading() as session:
            lacking = worth_asking(session, lacking, clock())
        for wanted in lacking:
            if budget.seconds_left > 0:
                fetch_and_keep(wanted, wiring, clock=clock, seconds=budget.seconds_left)
