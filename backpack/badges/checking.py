"""The public check: anybody's file or address, judged with documents of its own that are gone after ten minutes.

Nothing of it enters the archive, and nobody's backpack. The network is asked in a job; what it said is kept with the
check in the form that `backpack verify --documents` reads, and the verdict is made from that at every display.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import delete
from sqlalchemy.orm import Session

from backpack import jobs
from backpack.badges.intake import Line
from backpack.badges.models import PublicCheck
from backpack.database import random_name
from backpack.outbound.answers import Answer, Failure

LASTS: Final = timedelta(minutes=10)
FIRST: Final = 20
"""Before imports: a stranger waits at the page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """A badge to be judged, or why there is none."""

    label: str
    payload: bytes | None = None
    container: str | None = None
    code: str | None = None
    facts: Mapping[str, Any] | None = None


def begin_check(session: Session, lines: Sequence[Line], recipient: str, now: datetime) -> PublicCheck:
    """Keep what was given for ten minutes, and ask for its judging."""
    check = PublicCheck(
        public_id=random_name(),
        inputs=[_written(_input(line)) for line in lines],
        recipient=recipient,
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
            code=one["code"],
            facts=one["facts"],
        )
        for one in check.inputs
    ]


def end_checks(session: Session, now: datetime) -> None:
    """Delete the checks whose minutes are over."""
    session.execute(delete(PublicCheck).where(PublicCheck.ends_at <= now))


class Recorder:
    """Asks each address once, within a number of questions, and keeps what came back as a record."""

    def __init__(self, fetch: Callable[[str, str, str], Answer | Failure], at_most: int) -> None:
        self._fetch, self._left = fetch, at_most
        self.record: dict[str, Any] = {}
        self._answers: dict[str, Answer | Failure] = {}

    def fetch(self, url: str, accept: str, kind: str = "assertion") -> Answer | Failure:
        """What the address says; a failure without asking once the questions are used up."""
        if url not in self._answers:
            if self._left <= 0:
                return Failure(url=url, why="timeout", detail="no questions left")
            self._left -= 1
            answer = self._fetch(url, accept, kind)
            self._answers[url] = answer
            self.record.update(_recorded(answer))
        return self._answers[url]

    def asked(self, url: str) -> bool:
        return url in self._answers

    @property
    def is_spent(self) -> bool:
        return self._left <= 0


def _recorded(answer: Answer | Failure) -> dict[str, Any]:
    """One answer as `responses.json` says it: each redirect an entry of its own."""
    chain = list(answer.chain) or [answer.url]
    entries: dict[str, Any] = {
        here: {"status": 302, "headers": {"location": there}} for here, there in zip(chain, chain[1:], strict=False)
    }
    if isinstance(answer, Failure):
        entries[chain[-1]] = {"error": answer.why}
    else:
        entries[chain[-1]] = {
            "status": answer.status,
            "headers": dict(answer.headers),
            "body_base64": base64.b64encode(answer.body).decode(),
        }
    return entries


def _input(line: Line) -> Input:
    return Input(
        label=line.label, payload=line.payload, container=line.container, code=line.code, facts=dict(line.facts)
    )


def _written(one: Input) -> dict[str, Any]:
    return {
        "label": one.label,
        "payload": base64.b64encode(one.payload).decode() if one.payload is not None else None,
        "container": one.container,
        "code": one.code,
        "facts": dict(one.facts or {}),
    }
