"""Which checks apply to a badge, in which order, and what their answers make (VERIFICATION 1).

`verify` is a function from facts to a report: the badge, what addresses answered, and the instant. It asks nothing and
remembers nothing; what it lacked stands in `report.wanted`.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from backpack.openbadges import inner, links, reading, versions
from backpack.openbadges.asking import JSON_LD, Inquiry
from backpack.openbadges.case import Case
from backpack.openbadges.containers import address, compact_jws
from backpack.openbadges.documents import Document, Documents
from backpack.openbadges.errors import N_, NoBadgeFound, OpenBadgesError
from backpack.openbadges.model import Credential, Version
from backpack.openbadges.opened import opened
from backpack.openbadges.policy import NOTHING, Policy, Proven
from backpack.openbadges.proofs import compact, hosted, jws, verifiable
from backpack.openbadges.report import Report
from backpack.openbadges.strict_json import JSON, loads_object

_CREDENTIALS = frozenset({Version.OB_3_0, Version.CLR_2, Version.VC_1, Version.VC_2})


def verify(
    credential: Credential,
    documents: Documents,
    now: datetime,
    *,
    recipients: Collection[str] = (),
    policy: Policy | None = None,
    proven: Proven = NOTHING,
) -> Report:
    """The verdict on one badge at one instant.

    `recipients` are somebody's confirmed addresses, to compare with the recipient. `now` must have its time zone, else
    ValueError; nothing else is raised, whatever the badge or the documents hold.
    """
    inquiry = Inquiry(documents, now, policy, proven)
    return _judge(Case(credential, inquiry, recipients)).report()


def look_for_badge(credential: Credential, documents: Documents) -> None:
    """For a badge of which only the address is known: raises NoBadgeFound if that address answers something else.

    An answer that refuses, and no answer at all, is for `verify` to judge.
    """
    if not address.recognises(credential.payload[:4096]) or credential.source_url is None:
        return
    answer = documents.get(credential.source_url, JSON_LD)
    if isinstance(answer, Document) and 200 <= answer.status < 300:
        reading.read(answer.body)


def _judge(case: Case) -> Case:
    payload = case.credential.payload
    try:
        if compact_jws.recognises(payload[:4096]):
            _judge_token(case, payload)
        elif address.recognises(payload[:4096]):
            _judge_address(case)
        else:
            held = opened(payload)
            _judge_document(case, held.document, None, held.version)
    except OpenBadgesError as error:
        # The copy in hand cannot be read again: it was imported on a day that was less strict.
        case.findings.failed("structure", "malformed", what=error.code)
    return _finish(case)


def _finish(case: Case) -> Case:
    """What is asked of every badge that holds so far: what is in it, beside it, and online."""
    if case.findings.forged or case.findings.host_withdrew:
        return case
    inner.check_members(case, _judge)
    inner.check_endorsements(case, _judge)
    if case.depth == 0:
        links.check(case)
        document = _document_of(case.credential.payload)
        if document is not None:
            return inner.refreshed(case, document, _judge)
    return case


def _document_of(payload: bytes) -> dict[str, JSON] | None:
    try:
        return reading.document_in(payload) if compact_jws.recognises(payload[:4096]) else opened(payload).document
    except OpenBadgesError:
        return None


def _judge_token(case: Case, payload: bytes) -> None:
    token = compact.parse(payload)
    document = versions.document_of(token.claims)
    case.version = versions.version_of(document)
    if case.version in _CREDENTIALS:
        _judge_document(case, document, token)
        return
    case.findings.passed("format", N_("Open Badges {name}, signed."), name=str(case.version))
    jws.judge(case, token)


def _judge_document(
    case: Case, document: dict[str, JSON], token: compact.Token | None, version: Version | None = None
) -> None:
    case.version = version or versions.version_of(document)
    case.findings.passed("format", N_("Open Badges {name}."), name=str(case.version))
    if case.version in _CREDENTIALS:
        verifiable.judge(case, document, token)
    else:
        hosted.judge(case, document, case.credential.source_url or hosted.address_of(document, case.version))


def _judge_address(case: Case) -> None:
    """Only an address is in hand: what it answers is the badge, in whatever it comes."""
    url = case.credential.source_url or case.credential.payload.decode("utf-8", "replace").strip()
    case.findings.passed("format", N_("The address of a badge."))
    answer = case.inquiry.ask(url, "assertion", JSON_LD)
    if isinstance(answer, Document) and 200 <= answer.status < 300:
        payload = _payload_in(answer.body)
        if payload is not None and (_is_signed(payload) or not answer.body.strip().startswith(b"{")):
            case.credential = reading.read_payload(payload)
            case.shown = case.credential
            if address.recognises(payload[:4096]):
                # A picture at an address, with an address in it: one step, no more.
                hosted.judge(case, None, case.credential.source_url)
            elif compact_jws.recognises(payload[:4096]):
                _judge_token(case, payload)
            else:
                _judge_document(case, loads_object(payload), None)
            return
    hosted.judge(case, None, url)


def _payload_in(body: bytes) -> bytes | None:
    try:
        return reading.read(body)[0].payload
    except (OpenBadgesError, NoBadgeFound):
        return None


def _is_signed(payload: bytes) -> bool:
    """Whether what an address answered proves itself: a token, or a credential with its proofs."""
    if compact_jws.recognises(payload[:4096]):
        return True
    try:
        return versions.version_of(loads_object(payload)) in _CREDENTIALS
    except OpenBadgesError:
        return False
