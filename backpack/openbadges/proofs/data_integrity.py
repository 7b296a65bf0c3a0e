"""Data Integrity proofs (W3C Data Integrity 1.0, EdDSA and ECDSA cryptosuites 1.0; VERIFICATION 6.4).

judge(document, inquiry, issuer) -> tuple[Judged, ...]      one answer for each proof, in the document's order
sign(document, key, ...) -> document                        the document with a proof of ours
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import rfc8785

from backpack.openbadges.asking import Inquiry
from backpack.openbadges.contexts import BUNDLE_VERSION, JWT_TERMS, OB_3_0_3, UnknownContext
from backpack.openbadges.identity.keys import PublicKey
from backpack.openbadges.identity.multibase import base58, to_base58
from backpack.openbadges.identity.ownership import Owner, owner_of
from backpack.openbadges.identity.signers import SigningKey
from backpack.openbadges.proofs import linked_data, rdfc, selective_disclosure
from backpack.openbadges.proofs.linked_data import Graph, Unprocessable
from backpack.openbadges.strict_json import JSON
from backpack.openbadges.versions.dates import stamped
from backpack.openbadges.versions.shapes import many, strings

ED25519_2020 = "https://w3id.org/security/suites/ed25519-2020/v1"
PURPOSE = "assertionMethod"
_KINDS: dict[str, tuple[str, ...]] = {
    "eddsa-rdfc-2022": ("Ed25519",),
    "eddsa-2022": ("Ed25519",),
    "eddsa-jcs-2022": ("Ed25519",),
    "ecdsa-rdfc-2019": ("P-256", "P-384"),
    "ecdsa-jcs-2019": ("P-256", "P-384"),
    "ecdsa-sd-2023": ("P-256",),
    "Ed25519Signature2020": ("Ed25519",),
}
SUITES = frozenset(_KINDS)
# Goes up when what counts as proven gets stricter, so that nothing remembered from before still counts.
_RULES = 2
_ALGORITHMS = {"Ed25519": "EdDSA", "P-256": "ES256", "P-384": "ES384"}


@dataclass(frozen=True, slots=True)
class Judged:
    """One proof: `code` is None when the signature holds (whoever's the key is: see `owner`)."""

    suite: str
    code: str | None
    owner: Owner
    what: str = ""
    expires: datetime | None = None
    jwt_terms: bool = False
    """Held under the other state of the 3.0.3 context."""
    unsigned: tuple[str, ...] | None = None
    """The members, here and in the document, that are not in the graph; None when there is no graph."""

    @property
    def good(self) -> bool:
        return self.code is None and self.owner.code is None

    @property
    def covers_bytes(self) -> bool:
        return "-jcs-" in self.suite


class Forms:
    """A credential under judgement: its canonical forms are made once, whichever proof asks for them."""

    def __init__(self, document: dict[str, JSON], inquiry: Inquiry, payload: bytes) -> None:
        self.document = document
        self.payload = payload
        self.inquiry = inquiry
        self.bare = {name: value for name, value in document.items() if name != "proof"}
        self._graphs: dict[bool, Graph] = {}
        self._options: dict[tuple[int, bool], Graph] = {}

    def graph(self, jwt_terms: bool = False) -> Graph:
        """Raises Unprocessable or UnknownContext."""
        if jwt_terms not in self._graphs:
            self._graphs[jwt_terms] = linked_data.read(self.bare, jwt_terms=jwt_terms)
        return self._graphs[jwt_terms]

    def options(self, proof: Mapping[str, JSON], suite: str, jwt_terms: bool = False) -> Graph:
        """The proof's own graph. Raises Unprocessable or UnknownContext."""
        key = (id(proof), jwt_terms)
        if key not in self._options:
            self._options[key] = linked_data.read(_options(proof, suite, self.bare), jwt_terms=jwt_terms)
        return self._options[key]

    @property
    def uses_jwt_terms(self) -> bool:
        contexts = strings(self.document.get("@context"))
        return OB_3_0_3 in contexts and bool(JWT_TERMS & _names(self.document))


def proofs_of(document: Mapping[str, JSON]) -> list[JSON]:
    return many(document.get("proof"))


def judge(document: dict[str, JSON], inquiry: Inquiry, issuer: str, payload: bytes) -> tuple[tuple[Judged, ...], Forms]:
    """Every proof of the document that `payload` holds.

    Raises UnknownContext when a proof over the graph meets a context that is not bundled.
    """
    forms = Forms(document, inquiry, payload)
    return tuple(_judge(proof, forms, issuer, frozenset()) for proof in proofs_of(document)), forms


def named_owner(document: Mapping[str, JSON], inquiry: Inquiry, issuer: str) -> Owner | None:
    """Whose the key is that the first proof names, for a document that cannot be canonicalised."""
    for proof in proofs_of(document):
        if isinstance(proof, dict) and isinstance(proof.get("verificationMethod"), str):
            return owner_of(str(proof["verificationMethod"]), issuer, inquiry, made=stamped(proof.get("created")))
    return None


def unsigned_in_proofs(document: Mapping[str, JSON], forms: Forms) -> tuple[str, ...]:
    """The members of proofs that no context defines."""
    names: list[str] = []
    for proof in proofs_of(document):
        if isinstance(proof, dict) and (suite := suite_of(proof)) in _KINDS and "-jcs-" not in suite:
            names += forms.options(proof, suite).unsigned
    return tuple(names)


def suite_of(proof: Mapping[str, JSON]) -> str:
    kind = proof.get("type")
    return str(proof.get("cryptosuite")) if kind == "DataIntegrityProof" else str(kind)


def _judge(proof: JSON, forms: Forms, issuer: str, visited: frozenset[str]) -> Judged:
    if not isinstance(proof, dict) or not isinstance(proof.get("type"), str):
        return Judged("", "malformed", Owner(), "proof")
    suite = suite_of(proof)
    if fault := _fault(proof, suite):
        method = proof.get("verificationMethod")
        known = isinstance(method, str) and fault[0] != "proof-unsupported"
        return Judged(suite, fault[0], owner_of(str(method), issuer, forms.inquiry) if known else Owner(), fault[1])
    made = stamped(proof.get("created"))
    owner = owner_of(str(proof["verificationMethod"]), issuer, forms.inquiry, made=made)
    expires = stamped(proof.get("expires"))
    if owner.key is None:
        return Judged(suite, None if owner.code else "key-unreachable", owner, owner.name, expires)
    if owner.key.kind not in _KINDS[suite]:
        return Judged(suite, "signature-wrong", owner, "key", expires)
    chained = _chain(proof, forms, issuer, visited)
    if chained is None:
        return Judged(suite, "signature-wrong", owner, "previousProof", expires)
    code, jwt_terms, unsigned = _remembered(proof, suite, owner.key, forms, chained)
    return Judged(suite, code, owner, "", expires, jwt_terms, unsigned)


def _remembered(
    proof: dict[str, JSON], suite: str, key: PublicKey, forms: Forms, chained: list[dict[str, JSON]]
) -> tuple[str | None, bool, tuple[str, ...] | None]:
    """What these bytes prove by this key never changes, so it is asked of the memo first (VERIFICATION 11)."""
    place = next((n for n, one in enumerate(proofs_of(forms.document)) if one is proof), -1)
    remembered_as = memory_key(forms.payload, suite, key, place)
    match forms.inquiry.proven.get(remembered_as):
        case {"code": str() as code, "jwt_terms": bool() as jwt_terms, "unsigned": (list() | None) as unsigned}:
            return code or None, jwt_terms, None if unsigned is None else tuple(str(name) for name in unsigned)
    found, jwt_terms = _check(proof, suite, key, forms, chained)
    names = _unsigned(forms, jwt_terms)
    facts = {"code": found or "", "jwt_terms": jwt_terms, "unsigned": None if names is None else list(names)}
    forms.inquiry.proven.put(remembered_as, facts)
    return found, jwt_terms, names


def _unsigned(forms: Forms, jwt_terms: bool) -> tuple[str, ...] | None:
    """The names of what is not in the graph; None where no graph can be made."""
    try:
        return *forms.graph(jwt_terms).unsigned, *unsigned_in_proofs(forms.document, forms)
    except (Unprocessable, rdfc.TooComplex):
        return None
    except UnknownContext:
        return ()


def _fault(proof: Mapping[str, JSON], suite: str) -> tuple[str, str] | None:
    """What is wrong with the proof before any key is asked for: reason code and the member at fault."""
    if proof.get("type") == "DataIntegrityProof" and not isinstance(proof.get("cryptosuite"), str):
        return "malformed", "cryptosuite"
    if suite not in _KINDS:
        return "proof-unsupported", suite
    if proof.get("proofPurpose") != PURPOSE:
        return "proof-purpose", str(proof.get("proofPurpose"))
    for name in ("created", "expires"):
        if name in proof and stamped(proof[name]) is None:
            return "malformed", f"proof.{name}"
    for name in ("verificationMethod", "proofValue"):
        if not isinstance(proof.get(name), str):
            return "malformed", f"proof.{name}"
    return None


def _chain(
    proof: Mapping[str, JSON], forms: Forms, issuer: str, visited: frozenset[str]
) -> list[dict[str, JSON]] | None:
    """The proofs this one builds on, when all of them hold; None when one is missing, wrong, or circles."""
    previous: list[dict[str, JSON]] = []
    for wanted in many(proof.get("previousProof")):
        if not isinstance(wanted, str) or wanted in visited:
            return None
        found = next((p for p in proofs_of(forms.document) if isinstance(p, dict) and p.get("id") == wanted), None)
        if found is None:
            return None
        here = visited | {wanted, str(proof.get("id"))}
        judged = _judge(found, forms, issuer, here)
        if judged.code is not None or judged.owner.key is None:
            return None
        previous.append(found)
    return previous


def _check(
    proof: dict[str, JSON], suite: str, key: PublicKey, forms: Forms, chained: list[dict[str, JSON]]
) -> tuple[str | None, bool]:
    """Reason code or None, and whether the other state of the 3.0.3 context made it hold."""
    if suite == "ecdsa-sd-2023":
        return _with_both_contexts(forms, lambda other: _sd(proof, key, forms, other))
    try:
        signature = _signature(str(proof["proofValue"]))
    except ValueError:
        return "signature-wrong", False
    if "-jcs-" in suite:
        chain: list[JSON] = list(chained)
        document = {**forms.bare, "proof": chain} if chain else forms.bare
        return _jcs(proof, document, key, signature), False
    return _with_both_contexts(forms, lambda other: _rdfc(proof, suite, key, signature, forms, chained, other))


def _with_both_contexts(forms: Forms, check: Callable[[bool], str | None]) -> tuple[str | None, bool]:
    code = check(False)
    if code == "signature-wrong" and forms.uses_jwt_terms and check(True) is None:
        return None, True
    return code, False


def _sd(proof: dict[str, JSON], key: PublicKey, forms: Forms, jwt_terms: bool) -> str | None:
    try:
        graph = forms.graph(jwt_terms)
    except Unprocessable:
        return "malformed"
    return "malformed" if graph.root_dropped else selective_disclosure.check(proof, key, graph, forms.bare)


def _rdfc(
    proof: dict[str, JSON],
    suite: str,
    key: PublicKey,
    signature: bytes,
    forms: Forms,
    chained: list[dict[str, JSON]],
    jwt_terms: bool,
) -> str | None:
    digest = "sha384" if key.kind == "P-384" else "sha256"
    try:
        if chained:
            chain: list[JSON] = list(chained)
            graph = linked_data.read({**forms.bare, "proof": chain}, jwt_terms=jwt_terms)
        else:
            graph = forms.graph(jwt_terms)
        if graph.root_dropped:
            return "malformed"
        body = canonical_hash(graph, digest)
        options = canonical_hash(forms.options(proof, suite, jwt_terms), digest)
    except (Unprocessable, rdfc.TooComplex):
        return "malformed"
    return None if key.verify(signature, options + body, _ALGORITHMS[key.kind]) else "signature-wrong"


def canonical_hash(graph: Graph, algorithm: str = "sha256") -> bytes:
    """The hash of a graph's canonical N-Quads. Raises TooComplex."""
    return hashlib.new(algorithm, "".join(rdfc.canonical(graph.quads, algorithm)).encode()).digest()


def _options(proof: Mapping[str, JSON], suite: str, document: Mapping[str, JSON]) -> dict[str, JSON]:
    """The proof without its value, under the document's contexts (eddsa-rdfc-2022, Proof Configuration)."""
    options = {name: value for name, value in proof.items() if name not in ("proofValue", "@context")}
    context = document.get("@context")
    if suite == "Ed25519Signature2020" and ED25519_2020 not in strings(context):
        context = [*many(context), ED25519_2020]
    return {"@context": context, **options}


def _jcs(proof: dict[str, JSON], document: Mapping[str, JSON], key: PublicKey, signature: bytes) -> str | None:
    digest = hashlib.sha384 if key.kind == "P-384" else hashlib.sha256
    options = {name: value for name, value in proof.items() if name != "proofValue"}
    context = many(options.get("@context"))
    if context and many(document.get("@context"))[: len(context)] != context:
        return "signature-wrong"
    try:
        hashed = [digest(rfc8785.dumps(part)).digest() for part in (options, dict(document))]
    except (rfc8785.CanonicalizationError, ValueError, RecursionError):
        return "malformed"
    return None if key.verify(signature, b"".join(hashed), _ALGORITHMS[key.kind]) else "signature-wrong"


def _signature(value: str) -> bytes:
    """Base58-btc with its `z`: each suite fixes its multibase. Raises ValueError."""
    if not value.startswith("z"):
        raise ValueError("not base58-btc")
    return base58(value[1:])


def _names(value: JSON) -> set[str]:
    match value:
        case dict():
            return set(value).union(*map(_names, value.values()))
        case list():
            return set().union(*map(_names, value))
        case _:
            return set()


def sign(
    document: Mapping[str, JSON],
    key: SigningKey,
    *,
    created: datetime,
    method: str | None = None,
    suite: str | None = None,
    **more: JSON,
) -> dict[str, JSON]:
    """The document with a proof by this key (`eddsa-rdfc-2022` or `ecdsa-rdfc-2019` unless `suite` says otherwise).

    `method` is the verification method, by default the one of the key's did:key. Proofs already there stay. Raises
    Unprocessable or UnknownContext for a document no such proof can be made of.
    """
    kind = key.public.kind
    suite = suite or ("eddsa-rdfc-2022" if kind == "Ed25519" else "ecdsa-rdfc-2019")
    proof: dict[str, JSON] = {
        "type": "DataIntegrityProof",
        "cryptosuite": suite,
        "created": created.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "verificationMethod": method or key.method(),
        "proofPurpose": PURPOSE,
        **more,
    }
    if suite == "Ed25519Signature2020":
        proof = {name: value for name, value in proof.items() if name != "cryptosuite"} | {"type": suite}
    bare = {name: value for name, value in document.items() if name != "proof"}
    if "-jcs-" in suite:
        proof = {"@context": bare.get("@context"), **proof}
    data = _signed_bytes(proof, suite, bare, "sha384" if kind == "P-384" else "sha256")
    proof["proofValue"] = "z" + to_base58(key.sign(data, _ALGORITHMS[kind]))
    earlier = proofs_of(document)
    return {**bare, "proof": [*earlier, proof] if earlier else proof}


def _signed_bytes(proof: dict[str, JSON], suite: str, bare: dict[str, JSON], digest: str) -> bytes:
    if "-jcs-" in suite:
        return b"".join(hashlib.new(digest, rfc8785.dumps(part)).digest() for part in (proof, bare))
    options = linked_data.read(_options(proof, suite, bare))
    return canonical_hash(options, digest) + canonical_hash(linked_data.read(bare), digest)


def memory_key(payload: bytes, suite: str, key: PublicKey, place: int) -> str:
    """Under what a proven result is remembered: the bytes, which proof in them, the key and the contexts' version."""
    parts = (
        hashlib.sha256(payload).digest(),
        hashlib.sha256(key.der()).digest(),
        f"{suite} {place} {BUNDLE_VERSION} {_RULES}",
    )
    return hashlib.sha256(parts[0] + parts[1] + parts[2].encode()).hexdigest()
