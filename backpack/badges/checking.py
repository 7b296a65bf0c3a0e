"""The public check: anybody's file or address, judged with documents of its own that are gone after ten minutes.

Nothing of it enters the archive, and nobody's backpack. The network is asked in a job; what it said is kept with the
check, and the verdict is made from that at every display, as `backpack verify` makes it.
"""

from __future__ import annotations

import base64
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from sqlalchemy import delete
from sqlalchemy.orm import Session

from backpack import jobs
from backpack.badges.intake import Line
from backpack.badges.models import PublicCheck
from backpack.database import random_name
from backpack.openbadges.asking import JSON_LD
from backpack.openbadges.documents import Document, Missing
from backpack.outbound.answers import Answer, Failure

LASTS: Final = timedelta(minutes=10)
FIRST: Final = 20
"""Before imports: a stranger waits at the page."""
ALL_SECONDS: Final = 20.0
"""What the issuers behind one check may take, however many badges were given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """A badge to be judged, or why there is none."""

    label: str
    payload: bytes | None = None
    container: str | None = None
    statement: bytes | None = None
    code: str | None = None
    facts: Mapping[str, Any] | None = None


def begin_check(
    session: Session, lines: Sequence[Line], recipient: str, now: datetime, page_text: str | None = None
) -> PublicCheck:
    """Keep what was given for ten minutes, and ask for its judging. `page_text`: what the pages of a PDF say."""
    check = PublicCheck(
        public_id=random_name(),
        inputs=[_written(_input(line)) for line in lines],
        recipient=recipient,
        page_text=page_text,
        recorded={},
        created_at=now,
        ends_at=now + LASTS,
    )
    session.add(check)
    jobs.ask(session, "badge.public-check", check.public_id, now, priority=FIRST, check=check.public_id)
    jobs.ask(session, "badge.end-checks", check.public_id, now, run_at=check.ends_at)
    return check


def finish_check(check: PublicCheck, inputs: Sequence[Input], recorded: Mapping[str, Any], now: datetime) -> None:
    """Note what was found and what the network said."""
    check.inputs = [_written(one) for one in inputs]
    check.recorded = dict(recorded)
    check.done_at = now


def inputs_of(check: PublicCheck) -> list[Input]:
    """What was given, as it was."""
    return [
        Input(
            label=one["label"],
            payload=base64.b64decode(one["payload"]) if one["payload"] is not None else None,
            container=one["container"],
            statement=base64.b64decode(one["statement"]) if one.get("statement") else None,
            code=one["code"],
            facts=one["facts"],
        )
        for one in check.inputs
    ]


def end_checks(session: Session, now: datetime) -> None:
    """Delete the checks whose minutes are over."""
    session.execute(delete(PublicCheck).where(PublicCheck.ends_at <= now))


class Fetch(Protocol):
    """The door, or what stands for it."""

    def __call__(self, url: str, accept: str, kind: str, /, *, seconds: float) -> Answer | Failure: ...


class Asker:
    """Asks each address once, within a number of questions and of seconds in all, and keeps what came back."""

    def __init__(self, fetch: Fetch, at_most: int, seconds: float = ALL_SECONDS) -> None:
        self._fetch, self._left = fetch, at_most
        self._ends = time.monotonic() + seconds
        self.answers: dict[str, Answer | Failure] = {}

    def fetch(self, url: str, accept: str, kind: str = "assertion") -> Answer | Failure:
        """What the address says; a failure without asking once the questions or the seconds are used up."""
        if url not in self.answers:
            if self._is_spent:
                return Failure(url=url, why="not-asked")
            self._left -= 1
            self.answers[url] = self._fetch(url, accept, kind, seconds=self._ends - time.monotonic())
        return self.answers[url]

    def has_asked(self, url: str) -> bool:
        """Whether there is nothing more to be learnt from this address."""
        return url in self.answers or self._is_spent

    @property
    def _is_spent(self) -> bool:
        return self._left <= 0 or time.monotonic() >= self._ends

    def documents(self, at: datetime) -> ScratchDocuments:
        """What was answered so far, as the engine asks for it."""
        return ScratchDocuments(self.record(), at)

    def document(self, url: str, at: datetime) -> Document | Missing:
        """What one address answers, asked now."""
        self.fetch(url, JSON_LD)
        return self.documents(at).get(url)

    def record(self) -> dict[str, Any]:
        """What the network said, for a column of JSON."""
        return {url: _recorded(answer) for url, answer in self.answers.items()}


@dataclass(frozen=True, slots=True)
class ScratchDocuments:
    """The answers kept with a public check, as the engine asks for them. What is not among them was never asked."""

    record: Mapping[str, Any]
    at: datetime

    def get(self, url: str, accept: str = "application/json") -> Document | Missing:
        """What this address answered when the check was made. `accept` changes nothing here."""
        kept = self.record.get(url)
        if kept is None:
            return Missing(url=url, why="not-asked")
        if kept["why"]:
            return Missing(url=url, why=kept["why"], tried_at=self.at)
        return Document(
            url=url,
            final_url=kept["final_url"],
            chain=tuple(kept["chain"]),
            status=kept["status"],
            headers=kept["headers"],
            content_type=kept["headers"].get("content-type"),
            body=base64.b64decode(kept["body"]),
            fetched_at=self.at,
            fresh_until=self.at + LASTS,
            usable_until=self.at + LASTS,
        )


def _recorded(answer: Answer | Failure) -> dict[str, Any]:
    if isinstance(answer, Failure):
        return {"why": answer.why}
    return {
        "why": None,
        "final_url": answer.final_url,
        "chain": list(answer.chain),
        "status": answer.status,
        "headers": dict(answer.headers),
        "body": base64.b64encode(answer.body).decode(),
    }


def _input(line: Line) -> Input:
    return Input(
        label=line.label,
        payload=line.payload,
        container=line.container,
        statement=line.statement,
        code=line.code,
        facts=dict(line.facts),
    )


def _written(one: Input) -> dict[str, Any]:
    return {
        "label": one.label,
        "payload": base64.b64encode(one.payload).decode() if one.payload is not None else None,
        "container": one.container,
        "statement": base64.b64encode(one.statement).decode() if one.statement is not None else None,
        "code": one.code,
        "facts": dict(one.facts or {}),
    }
