"""The credentials in a credential: badges of a learner record, endorsements, a newer version (VERIFICATION 6.7).

Each is judged as a credential of its own, one step deeper, with the same documents and the same bounds.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping

from backpack.openbadges import reading
from backpack.openbadges.case import Case
from backpack.openbadges.documents import Document
from backpack.openbadges.errors import N_, OpenBadgesError
from backpack.openbadges.identity import addresses
from backpack.openbadges.model import Credential, Version
from backpack.openbadges.reasons import REASONS, Rank
from backpack.openbadges.report import Outcome, Report
from backpack.openbadges.strict_json import JSON
from backpack.openbadges.versions.shapes import obj, string, strings

Judge = Callable[[Case], Case]
_MAX_ENDORSEMENTS = 10
_SIGNED = frozenset({Version.OB_3_0, Version.CLR_2, Version.VC_1, Version.VC_2})
_REFRESH = "1EdTechCredentialRefresh"


def check_members(case: Case, judge: Judge) -> None:
    """The badges of a learner record: one that is forged makes the record so, one that has ended does not."""
    if case.version is Version.CLR_2 and case.depth >= reading.MAX_LAYERS:
        case.findings.unknown("structure", "too-deep")
    for member in case.credential.members:
        report = _report_on(member, case, judge)
        case.members.append(report)
        reason = report.reason
        name = str(member.achievement.name or member.name or member.id or "")
        if report.outcome is Outcome.INVALID:
            case.findings.failed("structure", "inner-invalid", name=name)
        elif reason is not None and REASONS[reason].rank is Rank.UNPROVEN:
            text = N_("A badge of this record could not be verified: {name}.")
            case.findings.unknown("structure", reason, text=text, name=name)
        elif report.outcome in (Outcome.REVOKED, Outcome.EXPIRED):
            text = N_("A badge of this record no longer holds: {name}.")
            case.findings.warning("structure", text, f"inner-{report.outcome}", name=name)


def check_endorsements(case: Case, judge: Judge) -> None:
    """The check `endorsements`: only those that hold, and are about this badge, are shown."""
    said = list(_endorsements(case))[:_MAX_ENDORSEMENTS] if _is_endorsed(case.shown) else []
    if not said:
        case.findings.not_applicable("endorsements", N_("Nobody endorses this badge."))
        return
    if case.depth > 0:
        case.findings.not_applicable("endorsements", N_("Endorsements of an endorsement are not followed."))
        return
    for payload in said:
        try:
            endorsement = reading.read_payload(payload)
        except OpenBadgesError:
            case.findings.warning("endorsements", N_("An endorsement cannot be read."), "endorsement-invalid")
            continue
        _check_endorsement(case, _report_on(endorsement, case, judge))
    if not case.findings.answered("endorsements"):
        case.findings.passed("endorsements", N_("All endorsements hold."))


def _is_endorsed(shown: Credential) -> bool:
    return bool(shown.endorsements or shown.achievement.endorsements or shown.issuer.endorsements)


def _check_endorsement(case: Case, report: Report) -> None:
    by = str(report.credential.issuer.name or report.credential.issuer.id or "")
    about = {case.shown.id, case.shown.achievement.id, case.shown.issuer.id} - {None}
    if report.outcome is not Outcome.VALID:
        text = N_("The endorsement by {name} does not hold.")
        case.findings.warning("endorsements", text, f"endorsement-{report.outcome}", name=by)
    elif report.credential.recipient.id not in about:
        text = N_("The endorsement by {name} is about something else.")
        case.findings.warning("endorsements", text, "endorsement-other-subject", name=by)
    else:
        case.endorsements.append(report)


def _endorsements(case: Case) -> Iterator[bytes]:
    """Each as it was signed: what the badge's own signature does not cover of it, that of its author may."""
    shown = case.shown
    whole = case.credential if case.version in _SIGNED else shown
    holders = (
        (whole.endorsements, shown.endorsements),
        (whole.achievement.endorsements, shown.achievement.endorsements),
        (whole.issuer.endorsements, shown.issuer.endorsements),
    )
    for said, kept in holders:
        for endorsement in said if kept else ():
            if isinstance(endorsement, str):
                yield endorsement.encode()
            elif isinstance(endorsement, Mapping):
                yield json.dumps(dict(endorsement), ensure_ascii=False).encode()


def refreshed(case: Case, document: dict[str, JSON], judge: Judge) -> Case:
    """The case of the issuer's newer version, where a refresh service answers one that proves itself; else this one."""
    service = obj(document.get("refreshService"))
    address = string(service.get("id"))
    if case.depth > 0 or _REFRESH not in strings(service.get("type")) or not addresses.is_web(address):
        return case
    answer = case.inquiry.ask(str(address), "assertion")
    newer = _newer(case, answer.body) if isinstance(answer, Document) and answer.status == 200 else None
    if newer is None:
        case.findings.warning("source", N_("The issuer’s newer version could not be had."), "refresh-failed", address)
        return case
    if newer.payload.strip() == case.credential.payload.strip():
        return case
    other = judge(Case(newer, case.inquiry, case.recipients, depth=case.depth + 1))
    if not other.findings.holds("structure", "signature", "key") or other.shown.issuer.id != case.shown.issuer.id:
        case.findings.warning(
            "source", N_("The issuer’s newer version does not prove itself."), "refresh-failed", address
        )
        return case
    other.findings.warning(
        "source", N_("The issuer has published a newer version; it is judged."), "refreshed", address
    )
    other.depth = case.depth
    return other


def _newer(case: Case, body: bytes) -> Credential | None:
    try:
        found = reading.read(body)[0].credential
    except OpenBadgesError:
        return None
    return found if found.id == case.shown.id and found.version is case.version else None


def _report_on(credential: Credential, case: Case, judge: Judge) -> Report:
    return judge(Case(credential, case.inquiry, depth=case.depth + 1)).report()
