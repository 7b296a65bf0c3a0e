"""The report as a whole: what outweighs what, how long it holds, what it lacked, what it remembers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backpack import openbadges
from backpack.openbadges.documents import Document, Missing
from backpack.openbadges.findings import Findings
from backpack.openbadges.model import Credential
from backpack.openbadges.reasons import CHECKS, REASONS
from backpack.openbadges.report import CheckResult, Outcome
from backpack.openbadges.strict_json import JSON
from tests.openbadges import make
from tests.openbadges.issuing import (
    CLASS_URL,
    KEY,
    NOON,
    PROFILE_URL,
    STATUS_URL,
    STRANGER,
    check,
    codes,
    controller_document,
    credential,
    documents,
    hosted,
    judged,
    signed,
    status_entry,
    status_list,
    verdict,
)

CONTEXTS: list[Any] = make.credential()["@context"]  # type: ignore[assignment]
HOUR = timedelta(hours=1)


def found(*codes_: str) -> Findings:
    """Findings in which these reasons apply, and everything else was answered well."""
    findings = Findings()
    for id_ in CHECKS:
        findings.passed(id_, "yes")
    for code in codes_:
        findings.open("signature", code)
    return findings


@pytest.mark.parametrize(
    ("reasons", "outcome", "reason"),
    [
        ((), Outcome.VALID, None),
        (("expired",), Outcome.EXPIRED, "expired"),
        (("status-unreachable",), Outcome.UNKNOWN, "status-unreachable"),
        (("status-unreachable", "expired"), Outcome.EXPIRED, "expired"),
        (("expired", "revoked"), Outcome.REVOKED, "revoked"),
        (("revoked", "key-unreachable"), Outcome.UNKNOWN, "key-unreachable"),
        (("key-unreachable", "signature-wrong"), Outcome.INVALID, "signature-wrong"),
        (("not-yet-valid", "status-unusable"), Outcome.INVALID, "not-yet-valid"),
        (("not-yet-valid", "expired"), Outcome.EXPIRED, "expired"),
        (("suspended", "expired"), Outcome.REVOKED, "suspended"),
    ],
)
def test_what_outweighs_what(reasons: tuple[str, ...], outcome: Outcome, reason: str | None) -> None:
    decided, by = found(*reasons).outcome()
    assert (decided, by.code if by else None) == (outcome, reason)


@pytest.mark.parametrize("code", REASONS)
def test_every_reason_has_its_words_and_its_outcome(code: str) -> None:
    reason = REASONS[code]
    assert reason.headline
    assert reason.sentence.endswith(".")
    assert found(code).outcome()[0] is reason.outcome is not Outcome.VALID


def test_nothing_asked_is_nothing_proven() -> None:
    outcome, by = Findings().outcome()
    assert (outcome, by.code if by else None) == (Outcome.UNKNOWN, "proof-unsupported")


@pytest.mark.parametrize(
    "payload",
    [
        make.text(make.assertion()),
        make.text(signed()),
        openbadges.sign(credential(), KEY, suite="vc-jwt"),
        make.ASSERTION_URL.encode(),
        make.text(credential()),
        b"{}",
    ],
    ids=["hosted", "signed", "token", "address", "unsigned", "nothing"],
)
@pytest.mark.parametrize("pages", [hosted(), {}], ids=["online", "offline"])
def test_every_check_is_in_every_report_in_one_order(payload: bytes, pages: Mapping[str, JSON]) -> None:
    report = openbadges.verify(Credential(payload=payload), documents(pages), NOON)
    listed = [one.id for one in report.checks]
    assert list(dict.fromkeys(listed)) == list(CHECKS)
    assert listed == sorted(listed, key=list(CHECKS).index)
    assert all(str(one.message) for one in report.checks)


@dataclass
class Archive:
    """Documents with instants of their own."""

    answers: dict[str, Document | Missing]

    def get(self, url: str, accept: str = "application/json") -> Document | Missing:
        return self.answers.get(url) or Missing(url=url, why="not-asked")


def archived(fresh: timedelta = HOUR, usable: timedelta = 24 * HOUR) -> Archive:
    kept: dict[str, Document | Missing] = {}
    for url in hosted():
        answer = documents(hosted()).get(url)
        assert isinstance(answer, Document)
        kept[url] = replace(answer, fresh_until=NOON + fresh, usable_until=NOON + usable)
    return Archive(kept)


def at(archive: Archive, now: datetime) -> openbadges.Report:
    return openbadges.verify(openbadges.read_payload(make.text(make.assertion())), archive, now)


def test_what_is_lacking_is_named_step_by_step() -> None:
    archive = Archive({})
    wanted: list[set[str]] = []
    for _ in range(6):
        report = at(archive, NOON)
        wanted.append({one.url for one in report.wanted})
        for one in report.wanted:
            archive.answers[one.url] = documents(hosted()).get(one.url)
    assert wanted[0] == {make.ASSERTION_URL}
    assert wanted[-1] == set()
    assert report.outcome is Outcome.VALID
    assert {document.url for document in report.used} == set(hosted())


def test_kinds_say_how_long_an_answer_lasts() -> None:
    archive = archived(fresh=-HOUR)
    kinds = {one.url: one.kind for one in at(archive, NOON).wanted}
    assert kinds == {
        make.ASSERTION_URL: "assertion",
        "https://issuer.example.org/classes/1": "achievement",
        PROFILE_URL: "profile",
        "https://issuer.example.org/badge.png": "image",
    }


@pytest.mark.parametrize(
    ("now", "expected", "wants"),
    [
        (NOON, ("valid", None), False),
        (NOON + 2 * HOUR, ("valid", None), True),
        (NOON + 25 * HOUR, ("unknown", "document-unreachable"), True),
    ],
    ids=["fresh", "stale", "too old"],
)
def test_an_answer_counts_for_a_while(now: datetime, expected: tuple[str, str | None], wants: bool) -> None:
    report = at(archived(), now)
    assert verdict(report) == expected
    assert bool(report.wanted) is wants


def test_a_failed_refresh_changes_nothing_while_the_last_answer_lasts() -> None:
    archive = archived()
    good = archive.answers[make.ASSERTION_URL]
    assert isinstance(good, Document)
    archive.answers[make.ASSERTION_URL] = Missing(url=make.ASSERTION_URL, why="timeout", tried_at=NOON, last_good=good)
    assert verdict(at(archive, NOON + HOUR)) == ("valid", None)
    assert verdict(at(archive, NOON + 25 * HOUR)) == ("unknown", "document-unreachable")


def test_gone_counts_at_once() -> None:
    archive = archived()
    good = archive.answers[make.ASSERTION_URL]
    assert isinstance(good, Document)
    archive.answers[make.ASSERTION_URL] = replace(good, status=410, body=b"")
    assert verdict(at(archive, NOON)) == ("revoked", "revoked")


@pytest.mark.parametrize(
    ("changes", "until"),
    [
        ({}, NOON + HOUR),
        ({"expires": "2026-06-01T12:30:00Z"}, NOON + HOUR / 2 + timedelta(microseconds=1)),
        ({"issuedOn": "2026-06-01T12:15:00Z"}, NOON + timedelta(minutes=10)),
    ],
    ids=["a document grows stale", "the badge ends", "the badge begins"],
)
def test_a_report_says_when_time_alone_could_change_it(changes: dict[str, JSON], until: datetime) -> None:
    archive = archived()
    page = documents(hosted(assertion=make.assertion(**changes))).get(make.ASSERTION_URL)
    assert isinstance(page, Document)
    archive.answers[make.ASSERTION_URL] = replace(page, fresh_until=NOON + HOUR, usable_until=NOON + 24 * HOUR)
    report = at(archive, NOON)
    assert report.until == until
    later = at(archive, until)
    assert (later.outcome, later.wanted) != (report.outcome, report.wanted)


class Memo(dict[str, Mapping[str, object]]):
    def put(self, key: str, facts: Mapping[str, object]) -> None:
        self[key] = facts


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (signed(), ("valid", None)),
        ({**signed(), "name": "x"}, ("invalid", "signature-wrong")),
        ({**signed(), "grade": "A"}, ("valid", None)),
    ],
    ids=["good", "altered", "with an unsigned member"],
)
def test_a_proof_is_checked_once(document: dict[str, JSON], expected: tuple[str, str | None]) -> None:
    memo = Memo()
    first = judged(document, proven=memo)
    kept = dict(memo)
    again = judged(document, proven=memo)
    assert verdict(first) == verdict(again) == expected
    assert [one.code for one in first.checks] == [one.code for one in again.checks]
    assert memo == kept != {}


def test_a_proof_by_another_key_is_another_proof() -> None:
    memo = Memo()
    by_site = signed(
        credential(issuer={"id": PROFILE_URL, "type": ["Profile"], "name": "x"}), method=f"{PROFILE_URL}#key-1"
    )
    assert verdict(judged(by_site, {PROFILE_URL: controller_document(KEY)}, proven=memo)) == ("valid", None)
    assert verdict(judged(by_site, {PROFILE_URL: controller_document(STRANGER)}, proven=memo)) == (
        "invalid",
        "signature-wrong",
    )


def test_no_more_than_a_dozen_documents_are_asked() -> None:
    entries = [status_entry(str(n), statusListCredential=f"https://s{n}.example/") for n in range(40)]
    report = judged(signed(credential(credentialStatus=entries)))
    assert len(report.wanted) == 12


def endorsing_without_a_name() -> dict[str, JSON]:
    unsigned = {name: value for name, value in endorsing().items() if name not in {"name", "proof"}}
    return signed(unsigned, STRANGER)


def endorsing(
    subject: str = "https://issuer.example.org/achievements/1", key: object = STRANGER, **changes: JSON
) -> dict[str, JSON]:
    unsigned = credential(
        STRANGER,
        id="urn:uuid:00000000-0000-4000-8000-000000000002",
        type=["VerifiableCredential", "EndorsementCredential"],
        name="Endorsement",
        credentialSubject={"id": subject, "type": ["EndorsementSubject"], "endorsementComment": "Good work"},
    )
    return {**signed(unsigned, STRANGER), **changes}


@pytest.mark.parametrize(
    ("endorsement", "shown", "code"),
    [
        (endorsing(), 1, None),
        (endorsing(name="x"), 0, "endorsement-invalid"),
        (endorsing(subject="https://other.example/"), 0, "endorsement-other-subject"),
        (endorsing(proof=None), 0, "endorsement-invalid"),
        (endorsing_without_a_name(), 0, "endorsement-invalid"),
    ],
    ids=["good", "altered", "about something else", "unsigned", "without the name it must have"],
)
def test_endorsements_never_change_the_outcome(endorsement: dict[str, JSON], shown: int, code: str | None) -> None:
    report = judged(signed(credential(endorsement=[endorsement])))
    assert verdict(report) == ("valid", None)
    assert len(report.endorsements) == shown
    assert check(report, "endorsements").code == code


ENDORSEMENT_URL = "https://issuer.example.org/endorsements/1"


def hosted_endorsement(**changes: JSON) -> dict[str, JSON]:
    """An Endorsement of 2.0, which names its issuer itself and has no badge class."""
    return {
        "@context": "https://w3id.org/openbadges/v2",
        "type": "Endorsement",
        "id": ENDORSEMENT_URL,
        "claim": {"id": CLASS_URL, "endorsementComment": "Good work"},
        "issuer": PROFILE_URL,
        "issuedOn": "2024-05-07T07:08:09Z",
        "verification": {"type": "hosted"},
        **changes,
    }


@pytest.mark.parametrize(
    ("served", "shown", "code"),
    [
        (hosted_endorsement(), 1, None),
        (hosted_endorsement(claim={"id": "https://other.example/", "endorsementComment": "x"}), 0,
         "endorsement-other-subject"),
        (hosted_endorsement(issuer="https://else.example/profile"), 0, "endorsement-unknown"),
        (hosted_endorsement(revoked=True), 0, "endorsement-revoked"),
        (404, 0, "endorsement-unknown"),
    ],
    ids=["good", "about something else", "an issuer that does not answer", "taken back", "not there"],
)  # fmt: skip
def test_an_endorsement_of_2_0_is_what_its_address_says(served: Any, shown: int, code: str | None) -> None:
    badge_class = make.badge_class(endorsement=[hosted_endorsement()])
    report = judged(make.assertion(), {**hosted(badge_class=badge_class), ENDORSEMENT_URL: served})
    assert verdict(report) == ("valid", None)
    assert (len(report.endorsements), check(report, "endorsements").code) == (shown, code)


@pytest.mark.parametrize(
    ("members", "expected", "outcomes"),
    [
        ((signed(),), ("valid", None), ["valid"]),
        ((signed(), {**signed(), "name": "x"}), ("invalid", "inner-invalid"), ["valid", "invalid"]),
        ((signed(credential(validUntil="2025-01-01T00:00:00Z")),), ("valid", None), ["expired"]),
        (
            (
                signed(
                    credential(issuer={"id": PROFILE_URL, "type": ["Profile"], "name": "x"}), method=f"{PROFILE_URL}#1"
                ),
            ),
            ("unknown", "key-unreachable"),
            ["unknown"],
        ),
        ((credential(),), ("invalid", "inner-invalid"), ["invalid"]),
    ],
    ids=["good", "one altered", "one expired", "one unproven", "one unsigned"],
)
def test_a_learner_record(members: tuple[JSON, ...], expected: tuple[str, str | None], outcomes: list[str]) -> None:
    record = make.learner_record(*members)
    issuer: JSON = {"id": KEY.did(), "type": ["Profile"], "name": "x"}
    report = judged(
        signed({**record, "issuer": issuer, "name": "Record", "id": "urn:uuid:00000000-0000-4000-8000-000000000003"})
    )
    assert verdict(report) == expected
    assert [one.outcome.value for one in report.members] == outcomes


def refreshing(**changes: Any) -> dict[str, JSON]:
    context = [*CONTEXTS, "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"]
    service: JSON = {"id": "https://issuer.example.org/refresh", "type": "1EdTechCredentialRefresh"}
    return signed(credential(**{"@context": context, "refreshService": service, **changes}))


@pytest.mark.parametrize(
    ("newer", "expected", "code"),
    [
        (refreshing(name="Newer"), ("valid", None), "refreshed"),
        (refreshing(validUntil="2025-01-01T00:00:00Z"), ("expired", "expired"), "refreshed"),
        ({**refreshing(), "name": "x"}, ("valid", None), "refresh-failed"),
        (refreshing(id="urn:uuid:00000000-0000-4000-8000-000000000009"), ("valid", None), "refresh-failed"),
        (None, ("valid", None), "refresh-failed"),
    ],
    ids=["newer", "newer and ended", "altered", "another", "unreachable"],
)
def test_a_newer_version_counts_when_it_proves_itself(newer: JSON, expected: tuple[str, str | None], code: str) -> None:
    report = judged(refreshing(), {"https://issuer.example.org/refresh": newer})
    assert verdict(report) == expected
    assert code in codes(report)


def test_an_issuer_that_publishes_a_newer_version_at_the_badges_address() -> None:
    document = signed(credential(id="https://issuer.example.org/credentials/1"))
    newer = signed(credential(id="https://issuer.example.org/credentials/1", validFrom="2025-01-01T00:00:00Z"))
    report = judged(document, {"https://issuer.example.org/credentials/1": newer})
    assert verdict(report) == ("valid", None)
    assert "newer-version" in codes(report)


def test_an_address_that_answers_a_signed_badge() -> None:
    url = "https://issuer.example.org/credentials/1"
    document = signed(credential(id=url))
    for page in (document, openbadges.sign(credential(id=url), KEY, suite="vc-jwt")):
        assert verdict(judged(url.encode(), {url: page})) == ("valid", None)


JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 2**63)
    | st.text(max_size=8)
    | st.just("https://issuer.example.org/profile"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "type", "@id", "@value", "x"]), inner, max_size=3)
    ),
    max_leaves=6,
)


@settings(deadline=None, max_examples=300)
@given(st.sampled_from(["hosted", "signed", "proof"]), st.data())
def test_whatever_stands_in_a_member_ends_in_a_report(kind: str, data: st.DataObject) -> None:
    document = make.assertion() if kind == "hosted" else signed()
    target: dict[str, JSON] = document["proof"] if kind == "proof" else document  # type: ignore[assignment]
    name = data.draw(
        st.sampled_from([*target, "credentialStatus", "refreshService", "endorsement", "previousProof", "evidence"])
    )
    target[name] = data.draw(JSON_VALUES)
    pages = hosted(assertion=document) if kind == "hosted" else {STATUS_URL: status_list()}
    report = openbadges.verify(Credential(payload=make.text(document)), documents(pages), NOON)
    assert report.outcome in Outcome
    assert all(one.result in CheckResult for one in report.checks)
