"""`ecdsa-sd-2023` derived proofs: a credential of which the holder shows only some statements.

Data Integrity ECDSA Cryptosuites 1.0, section 3.4. The proof value is CBOR; the issuer's base signature covers the
mandatory statements, and each other statement has a signature of its own by a key made for this one proof. Blank nodes
carry labels that only the proof's map makes the issuer's again.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any

from backpack.openbadges.identity.keys import KeyUnfit, KeyUnsupported, PublicKey, from_multikey
from backpack.openbadges.identity.multibase import base64url, to_base58, to_base64url
from backpack.openbadges.proofs import linked_data, rdfc
from backpack.openbadges.proofs.cbor import BadCBOR, loads
from backpack.openbadges.proofs.linked_data import Graph, Unprocessable
from backpack.openbadges.strict_json import JSON

_DERIVED = b"\xd9\x5d\x01"
_BASE = b"\xd9\x5d\x00"
_MAX_BYTES = 1_000_000
_C14N = re.compile(r"c14n\d+")


def check(proof: Mapping[str, JSON], key: PublicKey, graph: Graph, document: Mapping[str, JSON]) -> str | None:
    """A reason code, or None when base signature and every statement's signature hold."""
    value = str(proof["proofValue"])
    if not value.startswith("u") or len(value) > _MAX_BYTES:
        return "signature-wrong"
    try:
        data = base64url(value[1:])
    except ValueError:
        return "signature-wrong"
    if data.startswith(_BASE):
        return "proof-not-derived"
    if not data.startswith(_DERIVED):
        return "signature-wrong"
    try:
        return _check(proof, loads(data[3:]), key, graph, document)
    except (BadCBOR, KeyUnfit, KeyUnsupported):
        return "signature-wrong"
    except (Unprocessable, rdfc.TooComplex):
        return "malformed"


def _check(
    proof: Mapping[str, JSON], parts: Any, key: PublicKey, graph: Graph, document: Mapping[str, JSON]
) -> str | None:
    base_signature, proof_key, signatures, label_map, mandatory = _components(parts)
    statements = _statements(graph, label_map)
    chosen = set(mandatory)
    if len(chosen) != len(mandatory) or any(index >= len(statements) for index in chosen):
        return "signature-wrong"
    mandatory_statements = [line for index, line in enumerate(statements) if index in chosen]
    others = [line for index, line in enumerate(statements) if index not in chosen]
    if len(others) != len(signatures):
        return "signature-wrong"
    options = {name: value for name, value in proof.items() if name not in ("proofValue", "@context")}
    configuration = linked_data.read({"@context": document.get("@context"), **options})
    signed = (
        hashlib.sha256("".join(rdfc.canonical(configuration.quads)).encode()).digest()
        + proof_key
        + hashlib.sha256("".join(mandatory_statements).encode()).digest()
    )
    if not key.verify(base_signature, signed, "ES256"):
        return "signature-wrong"
    once = from_multikey("z" + to_base58(proof_key))
    if not all(
        once.verify(signature, line.encode(), "ES256") for signature, line in zip(signatures, others, strict=True)
    ):
        return "signature-wrong"
    return None


def _components(parts: Any) -> tuple[bytes, bytes, list[bytes], dict[str, str], list[int]]:
    """The five parts of a derived proof (parseDerivedProofValue). Raises BadCBOR."""
    match parts:
        case [bytes() as base, bytes() as key, list() as signatures, dict() as labels, list() as mandatory]:
            pass
        case _:
            raise BadCBOR("five parts")
    good = (
        len(base) == 64
        and len(key) == 35
        and all(isinstance(signature, bytes) and len(signature) == 64 for signature in signatures)
        and all(isinstance(n, int) and n >= 0 and isinstance(label, bytes) for n, label in labels.items())
        and all(isinstance(index, int) and index >= 0 for index in mandatory)
    )
    if not good:
        raise BadCBOR("a part of the wrong kind")
    names = {f"_:c14n{number}": f"_:u{to_base64url(label)}" for number, label in labels.items()}
    return base, key, signatures, names, mandatory


def _statements(graph: Graph, label_map: Mapping[str, str]) -> list[str]:
    """The disclosed statements with the labels the issuer gave, sorted (createLabelMapFunction)."""
    quads = tuple(dict.fromkeys(graph.quads))
    labels = rdfc.label_map(quads)
    issuer_labels = {node: label_map.get(label, label) for node, label in labels.items()}
    return sorted(rdfc.line(rdfc.relabelled(quad, issuer_labels)) for quad in quads)
