"""The same RDF in other JSON: what its holder can write differently never improves a verdict."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from backpack.openbadges.identity.signers import SigningKey
from backpack.openbadges.policy import Policy
from backpack.openbadges.proofs import linked_data
from backpack.openbadges.strict_json import JSON
from tests.openbadges.issuing import (
    KEY,
    P256,
    STATUS_URL,
    credential,
    judged,
    signed,
    status_entry,
    status_list,
    verdict,
)

CREDENTIALS = "https://www.w3.org/2018/credentials#"
DATE = "http://www.w3.org/2001/XMLSchema#dateTime"
LIST_URL = "https://issuer.example.org/list"
Document = dict[str, Any]
Rewrite = Callable[[Document, str], None]
SUITES: list[tuple[str, SigningKey]] = [
    ("eddsa-rdfc-2022", KEY),
    ("Ed25519Signature2020", KEY),
    ("ecdsa-rdfc-2019", P256),
]
POLICY = Policy(known_keys={key.did(): "Exemple" for _, key in SUITES})


def _typed(name: str, value: JSON) -> JSON:
    return {"@value": value, "@type": DATE} if name == "validUntil" else value


def _alias(document: Document, **terms: Any) -> None:
    document["@context"].append(terms)


def _in_nest(document: Document, name: str) -> None:
    document["@nest"] = {name: document.pop(name)}


def _in_aliased_nest(document: Document, name: str) -> None:
    _alias(document, x="@nest")
    document["x"] = {name: document.pop(name)}


def _in_included(document: Document, name: str) -> None:
    document["@included"] = [{"id": document["id"], name: document.pop(name)}]


def _in_aliased_included(document: Document, name: str) -> None:
    _alias(document, x="@included")
    document["x"] = [{"id": document["id"], name: document.pop(name)}]


def _under_full_iri(document: Document, name: str) -> None:
    document[CREDENTIALS + name] = _typed(name, document.pop(name))


def _under_compact_iri(document: Document, name: str) -> None:
    _alias(document, c={"@id": CREDENTIALS, "@prefix": True})
    document[f"c:{name}"] = _typed(name, document.pop(name))


def _under_alias(document: Document, name: str) -> None:
    _alias(document, x={"@id": CREDENTIALS + name, "@type": DATE if name == "validUntil" else "@id"})
    document["x"] = document.pop(name)


def _in_graph(document: Document, name: str) -> None:
    document["@graph"] = [{"id": document["id"], name: document.pop(name)}]


def _in_set(document: Document, name: str) -> None:
    document[name] = {"@set": [document[name]]}


def _in_lists(document: Document, name: str) -> None:
    document[name] = [[document[name]]]


def _as_value(document: Document, name: str) -> None:
    if name == "validUntil":
        document[name] = _typed(name, document[name])
    else:
        document[name] = {"@nest": document[name]}


def _reversed(document: Document, name: str) -> None:
    _alias(document, x={"@reverse": CREDENTIALS + name})
    value = document.pop(name)
    document["@included"] = [{**(value if isinstance(value, dict) else {"id": "urn:x"}), "x": {"id": document["id"]}}]


def _beside_the_evidence(document: Document, name: str) -> None:
    document["evidence"][0][name] = document.pop(name)


REWRITES: list[Rewrite] = [
    _in_nest,
    _in_aliased_nest,
    _in_included,
    _in_aliased_included,
    _under_full_iri,
    _under_compact_iri,
    _under_alias,
    _in_graph,
    _in_set,
    _in_lists,
    _as_value,
    _reversed,
    _beside_the_evidence,
]
ENDS: list[tuple[str, Any, str]] = [
    ("validUntil", "2026-05-15T00:00:00Z", "expired"),
    ("credentialStatus", status_entry(), "revoked"),
]
PAGES: dict[str, Any] = {STATUS_URL: status_list({7: True})}


def _ended(name: str, value: Any, key: SigningKey, suite: str) -> Document:
    """A badge that has ended. Its evidence names the badge itself, so that its id stands at two places."""
    unsigned = credential(key, **{name: copy.deepcopy(value)})
    unsigned["evidence"] = [{"id": unsigned["id"], "type": ["Evidence"]}]
    return copy.deepcopy(signed(unsigned, key, suite=suite))


@pytest.mark.parametrize(("suite", "key"), SUITES, ids=[suite for suite, _ in SUITES])
@pytest.mark.parametrize(("name", "value", "outcome"), ENDS, ids=["expired", "revoked"])
def test_an_equivalent_rewrite_never_improves_a_verdict(
    suite: str, key: SigningKey, name: str, value: Any, outcome: str
) -> None:
    original = _ended(name, value, key, suite)
    assert verdict(judged(original, PAGES, policy=POLICY))[0] == outcome
    for rewrite in REWRITES:
        rewritten = copy.deepcopy(original)
        rewrite(rewritten, name)
        assert verdict(judged(rewritten, PAGES, policy=POLICY))[0] == "invalid", rewrite.__name__


def _prefix(document: Document) -> None:
    _alias(document, u={"@id": "urn:uuid:", "@prefix": True})
    document["id"] = "u:" + document["id"].removeprefix("urn:uuid:")


def _aliased_id(document: Document) -> None:
    document["@id"] = document.pop("id")


def _nested_size(document: Document) -> None:
    entry = document["credentialStatus"]
    entry["@nest"] = {"statusSize": entry.pop("statusSize")}


def _entry_elsewhere(document: Document) -> None:
    entry = document["credentialStatus"]
    document["evidence"] = [{"id": entry["id"], "statusSize": entry.pop("statusSize")}]


def _compact_entry(document: Document) -> None:
    _alias(document, u={"@id": "https://issuer.example.org/", "@prefix": True})
    entry = document["credentialStatus"]
    entry["id"] = entry["id"].replace("https://issuer.example.org/", "u:")


def _later_model(document: Document) -> None:
    dates = {"issuanceDate", "expirationDate"}
    terms = {name: {"@id": CREDENTIALS + name, "@type": DATE} for name in dates}
    document["@context"] = ["https://www.w3.org/ns/credentials/v2", *document["@context"][1:], terms]


def _hidden_proof_end(document: Document) -> None:
    end = document["proof"].pop("expires")
    document["proof"]["https://w3id.org/security#expiration"] = {"@value": end, "@type": DATE}


LISTED = {"id": LIST_URL, "type": "1EdTechRevocationList"}
SIZED = status_entry("8", statusSize=2)
BADGE_ID = credential()["id"]


@pytest.mark.parametrize(
    ("original", "rewrite"),
    [
        (signed(credential(credentialStatus=LISTED)), _prefix),
        (signed(credential(credentialStatus=LISTED)), _aliased_id),
        (signed(credential(credentialStatus=SIZED)), _nested_size),
        (signed(credential(credentialStatus=SIZED)), _entry_elsewhere),
        (signed(credential(credentialStatus=status_entry())), _compact_entry),
        (signed(expires="2026-05-20T00:00:00Z"), _hidden_proof_end),
    ],
)
def test_ids_and_what_stands_in_an_entry_or_a_proof_are_written_as_they_are_read(
    original: Document, rewrite: Callable[[Document], None]
) -> None:
    revoked = {"revokedCredential": [{"id": BADGE_ID}]}
    pages: dict[str, Any] = {STATUS_URL: status_list({7: True, 16: True, 17: True}), LIST_URL: revoked}
    assert verdict(judged(original, pages, policy=POLICY))[0] in ("expired", "revoked")
    rewritten = copy.deepcopy(original)
    rewrite(rewritten)
    assert verdict(judged(rewritten, pages, policy=POLICY))[0] == "invalid"


def test_the_end_of_one_data_model_is_not_hidden_in_the_other() -> None:
    document = credential(issuanceDate="2026-01-01T00:00:00Z", expirationDate="2026-05-15T00:00:00Z")
    _later_model(document)
    with pytest.raises(linked_data.Unprocessable):
        linked_data.read(document)


def test_other_aliases_stay_allowed() -> None:
    document = credential()
    _alias(document, grade="https://issuer.example.org/terms#grade")
    document["grade"] = "A"
    assert verdict(judged(signed(document))) == ("valid", None)
    _alias(document, level={"@id": "https://issuer.example.org/terms#grade"})
    document["level"] = document.pop("grade")
    assert verdict(judged(signed(document))) == ("valid", None)


def test_an_endorsement_may_speak_of_the_badge_it_stands_in() -> None:
    document = credential()
    endorsement = credential(
        type=["VerifiableCredential", "EndorsementCredential"],
        id="urn:uuid:00000000-0000-4000-8000-000000000002",
        credentialSubject={"id": document["id"], "type": ["EndorsementSubject"], "endorsementComment": "Good."},
    )
    document["endorsement"] = [signed(endorsement)]
    assert verdict(judged(signed(document))) == ("valid", None)
