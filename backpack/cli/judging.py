"""Commands about badges: verify, bake, extract. The same verdict as the web page."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from backpack import openbadges
from backpack.archive.policy import policy_of
from backpack.cli.bundles import judged_again
from backpack.cli.pages import CVPage, page_of, said_of_page
from backpack.errors import BackpackError
from backpack.openbadges import Found, OpenBadgesError, Outcome, Report
from backpack.openbadges.documents import Document, Missing
from backpack.openbadges.errors import NoBadgeFound
from backpack.openbadges.recorded import UnusableRecord, read_recorded
from backpack.openbadges.statements import read_statement
from backpack.openbadges.summing import summary
from backpack.outbound import Answer, Outbound
from backpack.settings import load

VALID, NOT_VALID, UNREADABLE = 0, 1, 2
MOST_DOCUMENTS = 12
A_MOMENT = timedelta(minutes=15)
KEY = "the command line signs nothing, so any key will do"


def add(commands: Any) -> None:
    """Declare the words of this family."""
    verify = commands.add_parser("verify", help="say whether a badge holds, who said so, and about whom")
    verify.add_argument("inputs", nargs="*", metavar="FILE_OR_URL")
    verify.add_argument(
        "--bundle",
        action="append",
        default=[],
        metavar="FILE",
        help="a proof bundle: is it as it was made, and does the same verdict come out again? No network",
    )
    verify.add_argument("--recipient", action="append", default=[], metavar="ADDRESS", help="whose it should be")
    verify.add_argument("--at", type=instant, default=None, metavar="TIME", help="judge as of this instant (ISO 8601)")
    verify.add_argument("--documents", type=Path, metavar="FILE_OR_FOLDER", help="recorded answers; no network")
    verify.add_argument("--json", action="store_true", help="one JSON object a line")
    verify.add_argument("--strict", action="store_true", help="also want the issuer established")
    verify.set_defaults(run=run_verify)
    bake = commands.add_parser("bake", help="put a badge into a PNG, an SVG or a PDF")
    bake.add_argument("picture", type=Path)
    bake.add_argument("badge", type=Path, help="JSON, a compact JWS, or a file with an address")
    bake.add_argument("-o", "--output", type=Path, required=True)
    bake.add_argument("--replace", action="store_true", help="replace a badge that is in the picture already")
    bake.set_defaults(run=run_bake)
    extract = commands.add_parser("extract", help="take the badge out of a file, as it stands there")
    extract.add_argument("file", type=Path)
    extract.add_argument("-o", "--output", type=Path, help="default: print it")
    extract.set_defaults(run=run_extract)


def instant(text: str) -> datetime:
    """An ISO 8601 time with its zone; a plain date is its first moment in UTC."""
    try:
        read = datetime.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no ISO 8601 time, such as 2026-11-23T14:05:00Z") from error
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def run_verify(given: argparse.Namespace) -> int:
    """0: all valid; 1: some are not; 2: an input could not be read."""
    if not given.inputs and not given.bundle:
        print("Nothing to verify: name a file, an address, or a --bundle.", file=sys.stderr)
        return UNREADABLE
    status = VALID
    for one in given.bundle:
        for line, worth in bundle_verdicts(one, given.at, given.recipient, strict=given.strict):
            status = max(status, worth)
            tell(line, as_json=given.json)
    return max(status, _verify_inputs(given)) if given.inputs else status


def _verify_inputs(given: argparse.Namespace) -> int:
    now = given.at or datetime.now(UTC)
    try:
        judge = recorded_judge(given, now) if given.documents else live_judge(given, now)
    except UnusableRecord as wrong:
        print(f"The recorded documents cannot be read: {wrong}", file=sys.stderr)
        return UNREADABLE
    status = VALID
    for one in given.inputs:
        for line, worth in verdicts(one, judge, strict=given.strict):
            status = max(status, worth)
            tell(line, as_json=given.json)
    return status


def tell(line: dict[str, Any], *, as_json: bool) -> None:
    """Print one verdict."""
    print(json.dumps(line, ensure_ascii=False) if as_json else "\n".join(said(line)), flush=True)


def bundle_verdicts(
    file: str, at: datetime | None, recipients: Sequence[str], *, strict: bool
) -> Iterator[tuple[dict[str, Any], int]]:
    """A line for each judging that a proof bundle holds; the exit status is that of the day it was made."""
    try:
        worth = VALID
        for number, report in enumerate(judged_again(file, at, recipients)):
            worth = worth if number else _worth(report, strict=strict)
            yield {**line_of(file, "bundle", report), "bundle": "intact"}, worth
    except BackpackError as wrong:
        yield {"input": file, "error": wrong.code, "message": str(wrong)}, UNREADABLE
    except OSError as wrong:
        yield {"input": file, "error": "no-such-file", "message": f"{file}: {wrong.strerror}"}, UNREADABLE


def _worth(report: Report, *, strict: bool) -> int:
    good = report.outcome is Outcome.VALID and (report.issuer.established or not strict)
    return VALID if good else NOT_VALID


Judge = Callable[[Found], Report]


def recorded_judge(given: argparse.Namespace, now: datetime) -> Judge:
    documents = read_recorded(given.documents, now)
    policy = policy_of(load({**os.environ, "SECRET_KEY": KEY}))

    def judge(found: Found) -> Report:
        openbadges.look_for_badge(found.credential, documents)
        return openbadges.verify(found.credential, documents, now, recipients=given.recipient, policy=policy)

    return judge


def live_judge(given: argparse.Namespace, now: datetime) -> Judge:
    """Asks the network through the guarded door, until nothing new is wanted."""
    settings = load({**os.environ, "SECRET_KEY": KEY})
    policy, documents = policy_of(settings), Fetched(Outbound(settings.public_url), now)

    def judge(found: Found) -> Report:
        while True:
            report = openbadges.verify(found.credential, documents, now, recipients=given.recipient, policy=policy)
            if not documents.fetch(report):
                openbadges.look_for_badge(found.credential, documents)
                return report

    return judge


class Fetched:
    """What the network answered during this one command."""

    def __init__(self, outbound: Outbound, now: datetime) -> None:
        self._outbound, self._now = outbound, now
        self._answers: dict[str, Document | Missing] = {}

    def get(self, url: str, accept: str = "application/json") -> Document | Missing:
        return self._answers.get(url) or Missing(url=url, why="not-asked")

    def fetch(self, report: Report) -> bool:
        """Ask for what the report lacked; whether anything new was asked."""
        fresh = [wanted for wanted in report.wanted if wanted.url not in self._answers]
        for wanted in fresh[: max(0, MOST_DOCUMENTS - len(self._answers))]:
            self._answers[wanted.url] = self._ask(wanted.url, wanted.accept, wanted.kind)
        return any(wanted.url in self._answers for wanted in fresh)

    def _ask(self, url: str, accept: str, kind: str) -> Document | Missing:
        answer = self._outbound.fetch(url, accept, kind)
        if not isinstance(answer, Answer):
            return Missing(url=url, why=answer.why, tried_at=self._now)
        return Document(
            url=url,
            final_url=answer.final_url,
            chain=answer.chain,
            status=answer.status,
            headers=answer.headers,
            content_type=answer.content_type,
            body=answer.body,
            fetched_at=self._now,
            fresh_until=self._now + A_MOMENT,
            usable_until=self._now + A_MOMENT,
        )


def verdicts(one: str, judge: Judge, *, strict: bool) -> Iterator[tuple[dict[str, Any], int]]:
    """One line for each badge in the input, and for each code that the page of a CV prints, with the exit status it
    asks for."""
    try:
        data = one.encode() if one.startswith(("http://", "https://")) else Path(one).read_bytes()
        page = page_of(data)
        for found in _found(data, page):
            report = judge(found)
            worth = _worth(report, strict=strict)
            line = line_of(one, found.container, report) | beside(found, judge)
            if page is not None:
                line["page"] = page.says(report)
                worth = NOT_VALID if line["page"]["agrees"] is False else worth
            yield line, worth
        for line in page.by_codes(one) if page is not None else ():
            yield line, VALID if line["outcome"] == "valid" and line["page"]["agrees"] else NOT_VALID
    except OpenBadgesError as wrong:
        yield {"input": one, "error": wrong.code, "message": str(wrong)}, UNREADABLE
    except OSError as wrong:
        yield {"input": one, "error": "no-such-file", "message": f"{one}: {wrong.strerror}"}, UNREADABLE


def _found(data: bytes, page: CVPage | None) -> Sequence[Found]:
    """The badges in the input; none where a CV prints codes instead. Raises OpenBadgesError."""
    try:
        return openbadges.read(data)
    except NoBadgeFound:
        if page is None or not page.codes:
            raise
        return ()


def line_of(one: str, container: str, report: Report) -> dict[str, Any]:
    """The verdict as JSON."""
    return {"input": one, "container": container, **summary(report)}


def beside(found: Found, judge: Judge) -> dict[str, Any]:
    """What the holder says beside the badge in the same picture: judged by itself, and no part of the verdict."""
    if found.statement is None:
        return {}
    try:
        said = read_statement(found.statement, found.payload)
        report = judge(replace(found, payload=said.payload, credential=openbadges.read_payload(said.payload)))
    except OpenBadgesError as wrong:
        return {"statement": {"error": wrong.code, "message": str(wrong)}}
    return {
        "statement": {
            "name": said.name,
            "outcome": report.outcome.value,
            "reason": report.reason,
            "signed_by": said.signed_by,
            "is_about_this_badge": said.is_about_it,
            "evidence": [
                {
                    "name": piece.name,
                    "narrative": piece.narrative or piece.description,
                    "genre": piece.genre,
                    "url": piece.url,
                    "sha256": piece.digest.hex() if piece.digest else None,
                }
                for piece in said.pieces
            ],
        }
    }


MARKS = {"passed": "ok", "failed": "FAILED", "unknown": "?", "warning": "!", "not-applicable": "-"}


def said(line: dict[str, Any]) -> Iterator[str]:
    """The verdict for a person at a terminal."""
    if "error" in line:
        yield f"{line['input']}: {line['message']}"
        return
    reason = f" ({line['reason']})" if line["reason"] else ""
    yield f"{line['input']}: {line['outcome']}{reason} - {line['name'] or 'without a name'}"
    if "bundle" in line:
        yield f"  bundle intact, judged as of {line['judged_at']}"
    if line["issuer"]:
        yield f"  issuer {line['issuer']}" + (f": {line['issuer_name']}" if line["issuer_name"] else "")
        yield f"  recipient {line['recipient']}"
    yield from said_of_page(line)
    for check in line["checks"]:
        yield f"  {MARKS[check['result']]:>6}  {check['id']}: {check['message']}"
    yield from said_beside(line.get("statement", {}))


def said_beside(statement: dict[str, Any]) -> Iterator[str]:
    """The holder's statement, after the verdict on the badge."""
    if not statement:
        return
    if "error" in statement:
        yield f"  the holder's statement beside it cannot be read: {statement['message']}"
        return
    yield f"  beside it, said by its holder and not by its issuer: {statement['name']}"
    yield f"    signature {statement['outcome']}, by {statement['signed_by']}"
    if not statement["is_about_this_badge"]:
        yield "    ! it is about another badge"
    for piece in statement["evidence"]:
        yield "    - " + ", ".join(part for part in (piece["name"], piece["genre"], piece["url"]) if part)


def run_bake(given: argparse.Namespace) -> int:
    def work() -> None:
        baked = openbadges.bake(given.picture.read_bytes(), given.badge.read_bytes().strip(), replace=given.replace)
        given.output.write_bytes(baked)

    return _act(work)


def run_extract(given: argparse.Namespace) -> int:
    def work() -> None:
        payloads: Sequence[bytes] = [found.payload for found in openbadges.read(given.file.read_bytes())]
        if given.output:
            given.output.write_bytes(payloads[0])
        else:
            sys.stdout.buffer.write(b"\n".join(payloads) + b"\n")

    return _act(work)


def _act(work: Callable[[], None]) -> int:
    try:
        work()
    except OpenBadgesError as wrong:
        print(wrong, file=sys.stderr)
        return UNREADABLE
    except OSError as wrong:
        print(f"{wrong.filename}: {wrong.strerror}", file=sys.stderr)
        return UNREADABLE
    return VALID
