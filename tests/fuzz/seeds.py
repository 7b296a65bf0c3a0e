"""Where the search begins: good and nearly good inputs for each target, made by our own builders."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from backpack import openbadges
from backpack.openbadges.containers import Kind, pdf, png, svg
from backpack.openbadges.documents import Document, Missing
from backpack.openbadges.recorded import RecordedDocuments
from backpack.openbadges.status import bitstring
from backpack.openbadges.strict_json import JSON
from tests.fuzz import signed
from tests.openbadges import issuing, make

SEPARATOR = b"\n\n\n"
"""Between a badge and what addresses answer about it."""
Pages = Mapping[str, Any]

OLD: dict[str, JSON] = {
    "recipient": "sha256$" + "0" * 64,
    "salt": "s",
    "issued_on": "2012-05-06",
    "badge": {
        "version": "0.5.0",
        "name": "Soudure",
        "image": "https://issuer.example.org/badge.png",
        "description": "Savoir souder.",
        "criteria": "https://issuer.example.org/criteria",
        "issuer": {"origin": "https://issuer.example.org", "name": "Exemple"},
    },
}
NESTED = b"[" * 70 + b"]" * 70


@cache
def payloads() -> tuple[bytes, ...]:
    """A badge of every version and form."""
    return (
        make.text(make.assertion()),
        make.text(make.credential()),
        make.text(OLD),
        make.text(make.learner_record(make.credential())),
        make.text(make.presentation(make.credential(), make.token(make.credential()).decode())),
        make.text({"badges": [{"assertion": make.assertion()}, {"hostedUrl": make.ASSERTION_URL}]}),
        make.text(issuing.signed()),
        make.text(issuing.signed(suite="eddsa-jcs-2022")),
        openbadges.sign(make.credential(), issuing.P256, suite="vc-jwt"),
        issuing.signed_assertion(),
        make.ASSERTION_URL.encode(),
    )


def pictures() -> tuple[bytes, ...]:
    return (
        make.png(),
        *(png.embed(make.png(), payload, Kind.OPEN_BADGE) for payload in payloads()[:3]),
        make.with_chunk(make.png(), b"tEXt", b"openbadges\0" + make.ASSERTION_URL.encode()),
        make.with_chunk(make.png(), b"zTXt", b"openbadges\0\0" + zlib.compress(payloads()[0])),
        make.with_chunk(make.png(), b"iTXt", b"openbadgecredential\0\1\0\0\0" + zlib.compress(payloads()[1])),
        make.png()[:33] + b"\xff\xff\xff\xf0tEXtopenbadges\0",
    )


def drawings() -> tuple[bytes, ...]:
    bomb = '<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><svg xmlns="http://www.w3.org/2000/svg">&b;</svg>'
    return (
        make.SVG,
        svg.embed(make.SVG, payloads()[0], Kind.OPEN_BADGE),
        svg.embed(make.SVG, payloads()[1], Kind.OPEN_BADGE_CREDENTIAL),
        make.svg(f'<o:assertion xmlns:o="http://openbadges.org" verify="{make.ASSERTION_URL}"/>'),
        make.svg('<o:assertion xmlns:o="http://openbadges.org"><o:assertion verify="x"/></o:assertion>'),
        bomb.encode(),
    )


def prints() -> tuple[bytes, ...]:
    packet = (
        b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        b'<rdf:Description xmlns:o="http://openbadges.org" o:assertion="https://issuer.example.org/a"/>'
        b"</rdf:RDF></x:xmpmeta>"
    )
    return (
        make.pdf(),
        make.pdf(payloads()[0]),
        make.pdf(badge=pictures()[1]),
        make.pdf_with_xmp(packet),
        make.pdf(payloads()[0], password="secret"),
        pdf.embed(make.pdf(), payloads()[1], Kind.OPEN_BADGE_CREDENTIAL),
    )


def boxes() -> tuple[bytes, ...]:
    several = {f"{number}.json": payload for number, payload in enumerate(payloads()[:3])}
    inner = make.box(several)
    return (
        inner,
        make.box({"badge.png": pictures()[1], "badge.svg": drawings()[1], "badge.pdf": prints()[1]}),
        make.box({"box.zip": inner, "__MACOSX/x": b"x", "empty/": b""}),
        make.box({"zeros": bytes(100_000)}),
    )


def texts() -> tuple[bytes, ...]:
    return (
        *payloads(),
        NESTED,
        b'{"a":1,"a":2}',
        b'{"a":NaN}',
        b'{"a":1e999}',
        b'"\\ud800"',
        b"[18446744073709551616]",
        b"\xef\xbb\xbf{}",
        b'["https://a.example/1"]',
    )


def tokens() -> tuple[bytes, ...]:
    headers: tuple[dict[str, JSON], ...] = (
        {"alg": "none"},
        {"alg": "HS256", "typ": "JWT", "kid": "did:key:z6Mk"},
        {"alg": "RS256", "b64": False, "crit": ["b64"]},
        {"alg": "ES256", "jwk": {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}},
    )
    claims: dict[str, JSON] = {"iss": "did:web:a.example", "nbf": 1, "exp": 2, "jti": "urn:x", "vc": make.credential()}
    return (payloads()[8], payloads()[9], *(make.token(claims, header) for header in headers))


def addresses() -> tuple[bytes, ...]:
    return tuple(
        address.encode()
        for address in (
            make.ASSERTION_URL,
            "https://openbadgefactory.com/obv3/credentials/abc-1.html?identity__email=a@b.example",
            "https://eu.badgr.com/public/assertions/abc?identity__email=a%40b.example",
            "https://www.credly.com/fr/badges/00000000-0000-4000-8000-000000000001/public_url",
            "HTTPS://user@[::1]:70000/\u00e9?q#f",
            "http://xn--nxasmq6b.example:99999",
        )
    )


class _Recording:
    """Answers as recorded, and keeps what it answered in the order it was asked."""

    def __init__(self, documents: RecordedDocuments) -> None:
        self.documents = documents
        self.answered: dict[str, bytes] = {}

    def get(self, url: str, accept: str = "application/json") -> Document | Missing:
        answer = self.documents.get(url, accept)
        self.answered[url] = answer.body if isinstance(answer, Document) else b""
        return answer


def _scene(payload: bytes, pages: Pages) -> bytes:
    recording = _Recording(issuing.documents(pages))
    openbadges.verify(openbadges.read_payload(payload), recording, issuing.NOON)
    return SEPARATOR.join((payload, *recording.answered.values()))


def scenes() -> tuple[bytes, ...]:
    """A badge, and what each address answers that its verdict asks, in the order of asking."""
    listed = issuing.signed(issuing.credential(credentialStatus=issuing.status_entry()))
    method = f"{issuing.PROFILE_URL}#key-1"
    hosted_key = issuing.signed(make.credential(), issuing.KEY, method=method)
    inner = issuing.signed(issuing.credential(id="urn:uuid:00000000-0000-4000-8000-000000000003"))
    endorsed = issuing.signed(issuing.credential(endorsement=[inner]))
    return (
        _scene(make.text(make.assertion()), issuing.hosted()),
        _scene(make.ASSERTION_URL.encode(), issuing.hosted()),
        _scene(issuing.signed_assertion(), issuing.signing_issuer()),
        _scene(make.text(listed), {issuing.STATUS_URL: issuing.status_list()}),
        _scene(make.text(hosted_key), {issuing.PROFILE_URL: issuing.controller_document(issuing.KEY)}),
        _scene(make.text(endorsed), {}),
        _scene(make.text(OLD), {}),
        _scene(make.text(make.learner_record(issuing.signed(), issuing.signed())), {}),
    )


def statuses() -> tuple[bytes, ...]:
    """Lists as they are answered, and the strings of bits in them."""
    bomb = zlib.compressobj(9, zlib.DEFLATED, 31)
    return (
        make.text(issuing.status_list()),
        make.text({"id": issuing.LIST_URL, "issuer": issuing.KEY.did(), "revokedCredential": [{"id": "urn:uuid:1"}]}),
        make.text({"revokedAssertions": [{"id": make.ASSERTION_URL, "revocationReason": "x"}, "urn:x"]}),
        make.text({make.ASSERTION_URL: "revoked"}),
        bitstring.encoded(bitstring.list_of({7: True})).encode(),
        bitstring.encoded(b"\xff" * 16).encode(),
        (b"u" + base64.urlsafe_b64encode(bomb.compress(bytes(32 << 20)) + bomb.flush())).rstrip(b"="),
    )


def identities() -> tuple[bytes, ...]:
    """Documents that publish keys, and identifiers that are keys."""
    did = "did:web:issuer.example.org"
    jwk = json.dumps({"kty": "OKP", "crv": "Ed25519", "x": "AAAA"}).encode()
    return (
        make.text(issuing.controller_document(issuing.KEY, id_=did)),
        make.text(issuing.controller_document(issuing.P256, id_=did, controller="did:web:other.example")),
        make.text({"id": issuing.KEY_URL, "owner": issuing.PROFILE_URL, "publicKeyPem": issuing.RSA.pem()}),
        make.text({"id": issuing.KEY_URL, "owner": issuing.PROFILE_URL, "publicKeyPem": issuing.WEAK_PEM}),
        make.text({"keys": [json.loads(jwk), {"kty": "RSA", "n": "AQ", "e": "AQAB"}, {"kty": "EC"}]}),
        issuing.KEY.did().encode(),
        issuing.P384.did().encode(),
        b"did:web:issuer.example.org%3A443:a:b",
        b"did:jwk:" + base64.urlsafe_b64encode(jwk).rstrip(b"="),
    )


def graphs() -> tuple[bytes, ...]:
    """Pairs of nodes as two bytes, and documents with contexts of their own."""
    clique = bytes(node for one in range(6) for other in range(6) if one != other for node in (one, other))
    ring = bytes(node for one in range(40) for node in (one, (one + 1) % 40))
    inline: dict[str, JSON] = {
        "@context": [
            {"@version": 1.1, "@protected": True, "a": {"@id": "urn:a", "@type": "@id", "@container": "@list"}}
        ],
        "@type": "urn:t",
        "@graph": [{"@id": "_:x", "a": ["_:y", "urn:z"], "urn:b": {"@value": "v", "@language": "fr"}}],
        "@included": [{"@reverse": {"urn:c": {"@id": "_:x"}}}],
    }
    return (clique, ring, make.text(inline), make.text(make.credential()), make.text(issuing.signed()))


SEEDS: dict[str, Callable[[], tuple[bytes, ...]]] = {
    "png": pictures,
    "svg": drawings,
    "pdf": prints,
    "zip": boxes,
    "json": texts,
    "jws": tokens,
    "address": addresses,
    "read": lambda: (*texts(), *pictures(), *drawings(), *prints(), *boxes(), *tokens()),
    "verify": scenes,
    "status": statuses,
    "did": identities,
    "rdfc": graphs,
    "signed": lambda: tuple(payload for payload, _ in signed.badges().values()),
}
"""The inputs from which each target's search begins."""
