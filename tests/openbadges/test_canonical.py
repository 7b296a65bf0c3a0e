"""RDFC-1.0 against two implementations that are not ours, what no signature covers, and graphs made to exhaust."""

from __future__ import annotations

import json
from itertools import combinations
from typing import Any

import pyoxigraph
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyld import jsonld

from backpack.openbadges.contexts import text_of
from backpack.openbadges.proofs import linked_data, rdfc
from backpack.openbadges.proofs.rdfc import Quad
from backpack.openbadges.strict_json import JSON
from tests.openbadges import make

VC = "https://www.w3.org/ns/credentials/v2"
OB = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"


def by_oxigraph(quads: list[Quad]) -> list[str]:
    text = "".join(rdfc.line(quad) for quad in quads)
    dataset = pyoxigraph.Dataset(pyoxigraph.parse(text, pyoxigraph.RdfFormat.N_QUADS))
    dataset.canonicalize(pyoxigraph.CanonicalizationAlgorithm.RDFC_1_0)
    serialised = pyoxigraph.serialize(dataset, format=pyoxigraph.RdfFormat.N_QUADS)
    assert serialised is not None
    return sorted(line + "\n" for line in serialised.decode().splitlines())


def by_pyld(document: dict[str, JSON]) -> str:
    def loader(url: str, _options: object) -> dict[str, Any]:
        return {"contentType": None, "contextUrl": None, "documentUrl": url, "document": json.loads(text_of(url))}

    options = {"algorithm": "URDNA2015", "format": "application/n-quads", "documentLoader": loader, "base": None}
    return str(jsonld.normalize(document, options))


NODES = [f"_:n{number}" for number in range(4)]


@settings(deadline=None, max_examples=150)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([*NODES, "<urn:a>"]),
            st.sampled_from(["<urn:p>", "<urn:q>"]),
            st.sampled_from([*NODES, "<urn:b>", '"words"', '"mots"@fr', '"1"^^<urn:t>']),
            st.sampled_from(["", "", "<urn:g>", "_:n0"]),
        ),
        max_size=9,
    )
)
def test_any_small_graph_comes_out_as_from_another_implementation(quads: list[Quad]) -> None:
    assert rdfc.canonical(quads) == by_oxigraph(quads)


@pytest.mark.parametrize(
    "document",
    [
        make.credential(),
        make.credential(credentialSchema=[{"id": "urn:a", "type": "x"}, {"id": "urn:b", "type": "x"}]),
        make.learner_record(make.credential(id="urn:1"), make.credential(id="urn:2")),
        make.credential(name='é \U0001f393 " \\ \n'),
    ],
)
def test_a_credential_comes_out_as_from_pyld(document: dict[str, JSON]) -> None:
    assert "".join(rdfc.canonical(linked_data.read(document).quads)) == by_pyld(document)


def test_control_characters_are_escaped_as_canonical_n_quads_want() -> None:
    assert rdfc.escaped('\b\t\n\f\r\x00\x7f"\\é') == '\\b\\t\\n\\f\\r\\u0000\\u007F\\"\\\\é'


@pytest.mark.parametrize("size", [8, 10, 12])
def test_a_graph_made_to_exhaust_is_given_up(size: int) -> None:
    clique = [(f"_:n{a}", "<urn:p>", f"_:n{b}", "") for a, b in combinations(range(size), 2)]
    clique += [(b, p, a, g) for a, p, b, g in clique]
    with pytest.raises(rdfc.TooComplex):
        rdfc.canonical(clique)


UNSIGNED: list[tuple[str, dict[str, JSON], tuple[str, ...]]] = [
    ("nothing", {}, ()),
    ("a member that no context defines", {"grade": "A+"}, ("grade",)),
    ("a nested one", {"evidence": [{"id": "urn:e", "type": ["Evidence"], "score": 1}]}, ("score",)),
    ("an id that is no address", {"evidence": [{"id": "page.html", "type": ["Evidence"], "name": "x"}]}, ("id",)),
    ("a type nobody knows", {"type": ["VerifiableCredential", "OpenBadgeCredential", "Gold"]}, ("Gold",)),
    ("a member of another name space of blank nodes", {"_:x": "y"}, ("_:x",)),
    ("a term made for it, and so signed", {"@context": [VC, OB, {"grade": "urn:grade"}], "grade": "A"}, ()),
    ("an index", {"@context": [VC, OB, {"n": {"@id": "urn:n", "@container": "@index"}}], "n": {"a": "b"}}, ()),
]


@pytest.mark.parametrize(("changes", "names"), [pytest.param(c, n, id=i) for i, c, n in UNSIGNED])
def test_what_no_context_defines_is_found_and_taken_out(changes: dict[str, JSON], names: tuple[str, ...]) -> None:
    document = make.credential(**changes)
    graph = linked_data.read(document)
    assert graph.unsigned == names
    kept = graph.signed(document)
    assert (kept == document) is (not names)
    assert linked_data.read(kept).unsigned == ()


def test_taking_out_changes_no_statement() -> None:
    document = make.credential(grade="A+", credentialSubject={**_subject(), "score": 3})
    graph = linked_data.read(document)
    kept = linked_data.read(graph.signed(document))
    assert rdfc.canonical(kept.quads) == rdfc.canonical(graph.quads)


@pytest.mark.parametrize(
    "name",
    [
        {"@value": "x", "@language": 'en .\n_:c14n0 <urn:p> "hidden"'},
        {"@value": "x", "@type": "urn:t> <urn:p> <urn:o> .\n"},
    ],
    ids=["in a language tag", "in a type"],
)
def test_no_statement_hides_in_another(name: JSON) -> None:
    with pytest.raises(linked_data.Unprocessable):
        linked_data.read({"@context": {"n": "urn:n"}, "@id": "urn:1", "n": name})


@pytest.mark.parametrize(
    "context",
    [
        [VC, OB, {"name": "https://evil.example/name"}],
        [VC, OB, {"@vocab": 5}],
        [VC, OB, None],
        [VC, "https://purl.imsglobal.org/spec/ob/v3p0/context.json"],
        5,
    ],
    ids=["redefines a protected term", "nonsense", "nullified", "3.0.0 over 2.0", "no context"],
)
def test_contexts_that_contradict_each_other_make_no_graph(context: JSON) -> None:
    with pytest.raises(linked_data.Unprocessable):
        linked_data.read(make.credential(**{"@context": context}))


def _subject() -> dict[str, JSON]:
    subject = make.credential()["credentialSubject"]
    assert isinstance(subject, dict)
    return subject
