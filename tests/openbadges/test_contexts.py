"""The bundled contexts are the publishers' own, and the network is never asked for another."""

from __future__ import annotations

import json

import pytest

from backpack.openbadges import contexts
from backpack.openbadges.proofs import linked_data


@pytest.mark.parametrize("url", contexts.BUNDLE)
def test_a_bundled_context_has_its_publishers_hash(url: str) -> None:
    assert contexts.fingerprint(contexts.text_of(url)) == contexts.BUNDLE[url][1]


def test_the_other_state_of_3_0_3_adds_two_terms_and_changes_none() -> None:
    one = json.loads(contexts.text_of(contexts.OB_3_0_3))["@context"]
    other = json.loads(contexts.text_of(contexts.OB_3_0_3, jwt_terms=True))["@context"]
    assert {name for name in other if name not in one} == contexts.JWT_TERMS
    assert {name: other[name] for name in one} == one


@pytest.mark.parametrize(
    ("context", "unknown"),
    [
        ("https://www.w3.org/ns/credentials/v2", ()),
        (["https://www.w3.org/ns/credentials/v2", "https://evil.example/v1"], ("https://evil.example/v1",)),
        ({"name": {"@id": "urn:name", "@context": "https://evil.example/inner"}}, ("https://evil.example/inner",)),
        ({"@import": "https://evil.example/imported"}, ("https://evil.example/imported",)),
        ({"name": "https://schema.example/name"}, ()),
    ],
)
def test_unknown_contexts_are_found_at_any_depth(context: object, unknown: tuple[str, ...]) -> None:
    assert contexts.unknown_contexts({"@context": context, "name": "x"}) == unknown  # type: ignore[dict-item]


def test_an_unknown_context_is_never_fetched() -> None:
    with pytest.raises(contexts.UnknownContext):
        linked_data.read({"@context": "https://evil.example/v1", "name": "x"})


def test_an_import_does_not_change_what_others_see() -> None:
    url = "https://www.w3.org/ns/credentials/v2"
    before = linked_data.read({"@context": url, "id": "urn:1", "type": "VerifiableCredential", "name": "x"}).quads
    linked_data.read({"@context": {"@import": url, "name": "https://evil.example/name"}, "id": "urn:2", "name": "y"})
    after = linked_data.read({"@context": url, "id": "urn:1", "type": "VerifiableCredential", "name": "x"}).quads
    assert before == after
