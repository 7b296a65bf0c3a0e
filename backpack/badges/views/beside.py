"""What a holder says beside a badge, in the same picture: shown apart, with who signed it and whether that holds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from backpack import openbadges
from backpack.archive.documents import ArchivedDocuments
from backpack.archive.policy import policy_at_work
from backpack.badges.carried import statements_of
from backpack.badges.models import Badge
from backpack.openbadges.errors import OpenBadgesError
from backpack.openbadges.model import Credential
from backpack.openbadges.report import Report
from backpack.openbadges.statements import Statement, read_statement
from backpack.web.verdicts import Headline, headline
from backpack.wiring import wired


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """A holder's statement with the verdict on its own signature: no part of the verdict on the badge."""

    statement: Statement
    report: Report
    headline: Headline


def beside(statement: bytes | None, badge: bytes, judge: Callable[[Credential], Report]) -> Beside | None:
    """The statement in a picture, judged; None where there is none that can be read."""
    if statement is None:
        return None
    try:
        said = read_statement(statement, badge)
        report = judge(openbadges.read_payload(statement))
    except OpenBadgesError:
        return None
    return Beside(statement=said, report=report, headline=headline(report))


def carried_by(session: Session, badge: Badge, now: datetime) -> list[Beside]:
    """What the pictures say that this badge came in, each statement once."""
    documents, policy = ArchivedDocuments(session), policy_at_work(session, wired().settings)
    found = [
        beside(one, badge.payload, lambda said: openbadges.verify(said, documents, now, policy=policy))
        for one in statements_of(badge, wired().storage)
    ]
    return [one for one in found if one is not None]
