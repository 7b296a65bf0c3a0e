"""The same RDF in other JSON: what its holder can write differently never improves a verdict."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from backpack.openbadges.identity.signers import SigningKey
from backpack.openbadges.policy import Policy
from backpack.openbadges.proofs import linked_data
from backpack.openbadges.strict_json import JSON
from backpack.openbadges.versions.shapes import objects
from tests.openbadges import test_independent
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
    ("ecdsa-sd-2023", P256),
]
SHOWN = ("/issuer", "/validFrom", "/validUntil", "/credentialStatus", "/credentialSubject", "/evidence")
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
    objects(document["evidence"])[0][name] = document.pop(name)


def _in_list_object(document: Document, name: str) -> None:
    document[name] = {"@list": [document[name]]}


def _listed_under_full_iri(document: Document, name: str) -> None:
    document[CREDENTIALS + name] = [_typed(name, document.pop(name))]


def _beside_nothing(document: Document, name: str) -> None:
    _under_alias(document, name)
    document[name] = None


def _with_aliased_id(document: Document, _name: str) -> None:
    document["@id"] = document.pop("id")


def _under_an_own_id(document: Document, _name: str) -> None:
    _alias(document, x="@id")
    document["x"] = document.pop("id")


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
    _in_list_object,
    _listed_under_full_iri,
    _beside_nothing,
    _with_aliased_id,
    _under_an_own_id,
]


def _entry_at_type(entry: Document) -> None:
    entry["@type"] = entry.pop("type")


def _entry_at_id(entry: Document) -> None:
    entry["@id"] = entry.pop("id")


def _entry_own_type(entry: Document) -> None:
    entry["@context"] = {"x": "@type"}
    entry["x"] = entry.pop("type")


def _entry_full_type(entry: Document) -> None:
    entry["type"] = f"{STATUS}BitstringStatusListEntry"


def _entry_own_index(entry: Document) -> None:
    entry["@context"] = {"x": f"{STATUS}statusListIndex"}
    entry["x"] = entry.pop("statusListIndex")


def _entry_listed_index(entry: Document) -> None:
    entry["statusListIndex"] = [entry["statusListIndex"]]


def _entry_type_in_list(entry: Document) -> None:
    entry["type"] = [entry["type"]]


def _entry_under_iris(entry: Document) -> None:
    for name in ("statusListIndex", "statusPurpose"):
        entry[STATUS + name] = entry.pop(name)


STATUS = "https://www.w3.org/ns/credentials/status#"
Verdict = tuple[str, str | None]
DISGUISED: Verdict = ("invalid", "malformed")
BROKEN: Verdict = ("invalid", "signature-wrong")
REVOKED: Verdict = ("revoked", "revoked")
ENTRIES: list[tuple[Callable[[Document], None], Verdict]] = [
    (_entry_at_type, DISGUISED),
    (_entry_at_id, DISGUISED),
    (_entry_own_type, DISGUISED),
    (_entry_full_type, BROKEN),
    (_entry_own_index, DISGUISED),
    (_entry_listed_index, ("unknown", "status-unusable")),
    (_entry_type_in_list, REVOKED),
    (_entry_under_iris, DISGUISED),
]
ENDS: list[tuple[str, Any, Verdict]] = [
    ("validUntil", "2026-05-15T00:00:00Z", ("expired", "expired")),
    ("credentialStatus", status_entry(), REVOKED),
]
PAGES: dict[str, Any] = {STATUS_URL: status_list({7: True})}


def _ended(name: str, value: Any, key: SigningKey, suite: str) -> Document:
    """A badge that has ended. Its evidence names the badge itself, so that its id stands at two places."""
    unsigned = credential(key, **{name: copy.deepcopy(value)})
    unsigned["evidence"] = [{"id": unsigned["id"], "type": ["Evidence"]}]
    if suite == "ecdsa-sd-2023":
        # The other implementation signs no document that speaks of itself at two places.
        unsigned |= {"issuer": key.did(), "evidence": [{"id": "urn:uuid:0e", "type": ["Evidence"]}]}
        mandatory = tuple(pointer for pointer in SHOWN if pointer[1:] in unsigned)
        return copy.deepcopy(test_independent.disclosed(test_independent.base(unsigned, mandatory)))
    return copy.deepcopy(signed(unsigned, key, suite=suite))


def rewritten(suite: str, key: SigningKey) -> Iterator[tuple[str, Document, Verdict]]:
    """Badges that have ended, each written otherwise: what was done to them, and what is to be said of them."""
    for name, value, ended in ENDS:
        original = _ended(name, value, key, suite)
        yield name, original, ended
        for rewrite in REWRITES:
            document = copy.deepcopy(original)
            rewrite(document, name)
            yield f"{name} {rewrite.__name__}", document, BROKEN if rewrite is _beside_the_evidence else DISGUISED
    for change, expected in ENTRIES:
        document = copy.deepcopy(original)
        change(document["credentialStatus"])
        yield change.__name__, document, expected
        yield f"{change.__name__} in a list", {**document, "credentialStatus": [document["credentialStatus"]]}, expected


@pytest.mark.parametrize(("suite", "key"), SUITES, ids=[suite for suite, _ in SUITES])
def test_an_equivalent_rewrite_never_improves_a_verdict(suite: str, key: SigningKey) -> None:
    for name, document, expected in rewritten(suite, key):
        assert verdict(judged(document, PAGES, policy=POLICY)) == expected, name


@pytest.mark.parametrize(("suite", "key"), SUITES, ids=[suite for suite, _ in SUITES])
def test_one_value_and_a_list_of_it_are_read_alike(suite: str, key: SigningKey) -> None:
    document = _ended("credentialStatus", status_entry(), key, suite)
    document["credentialStatus"] = [document["credentialStatus"]]
    document["credentialSubject"] = [document["credentialSubject"]]
    assert verdict(judged(document, PAGES, policy=POLICY)) == ("revoked", "revoked")


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


@pytest.mark.parametrize(
    "terms", [{"@later": "urn:x"}, {"x": "@later"}, {"x": {"@id": "@later"}}, {"x": {"@reverse": "@id"}}]
)
def test_what_looks_like_a_keyword_is_refused(terms: Document) -> None:
    document = credential()
    _alias(document, **terms)
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
