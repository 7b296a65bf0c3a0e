"""What a holder says beside a badge, in the same picture: shown apart, with who signed it and whether that holds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from backpack import openbadges
from backpack.archive.documents import ArchivedDocuments
from backpack.archive.policy import policy_at_work
from backpack.badges.models import Badge
from backpack.openbadges.errors import OpenBadgesError
from backpack.openbadges.model import Credential
from backpack.openbadges.reading import statement_in
from backpack.openbadges.report import Report
from backpack.openbadges.statements import Statement, read_statement
from backpack.web.verdicts import Headline, headline
from backpack.wiring import wired

PICTURES: Final = frozenset({"png", "svg"})


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
    pictures = [wired().storage.read(file.storage_key) for file in badge.files if file.container in PICTURES]
    said = dict.fromkeys(statement_in(picture) for picture in pictures)
    found = [
        beside(one, badge.payload, lambda said: openbadges.verify(said, documents, now, policy=policy)) for one in said
    ]
    return [one for one in found if one is not None]
