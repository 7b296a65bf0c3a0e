"""The JSON-LD contexts, bundled with their hashes. Nothing is ever loaded from the network.

Each file is what the npm package named in `licences/` ships, equal to the publisher's; `clr-2.0.1.json` is written from
the terms of the standard and has the publisher's hash. The 3.0.3 context is in the world in two states: the second also
defines `endorsementJwt` and `jti` at its top level.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files

from backpack.openbadges.strict_json import JSON

OB_3_0_3 = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
JWT_TERMS = frozenset({"endorsementJwt", "jti"})
"""What only the second state of 3.0.3 defines."""

BUNDLE: dict[str, tuple[str, str]] = {
    "https://imsglobal.github.io/openbadges-specification/ob_v3p0.html": (
        "ob-3.0-beta",
        "f6c4c3b3b800cb9ffc87828d8105e3dd0d20692e5936d2cc4dead2b247e11a08",
    ),
    "https://w3c-ccg.github.io/vc-ed/plugfest-1-2022/jff-vc-edu-plugfest-1-context.json": (
        "ob-3.0-beta",
        "f6c4c3b3b800cb9ffc87828d8105e3dd0d20692e5936d2cc4dead2b247e11a08",
    ),
    "https://purl.imsglobal.org/spec/ob/v3p0/context.json": (
        "ob-3.0.0",
        "2c54acaa1cffda2420be32ab61f0a2082051211131c6337686f36f2537aa859b",
    ),
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json": (
        "ob-3.0.1",
        "8bb2354552b70cbdf2066f6d3e24bc5c2be2619145737580ad2aebdc366e77d5",
    ),
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.2.json": (
        "ob-3.0.2",
        "bdd1d11a55a660322f24660862a1d430ee80cce584465f750909daa43684357c",
    ),
    OB_3_0_3: ("ob-3.0.3", "c5e555a91a5cf48e32ae0a05674c61ddd5c053b680b5643b2f57f9965e386d99"),
    "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json": (
        "ob-extensions",
        "15f4c347c6fe4380d9b6b93795859e33747ef48d5c55b91a71c52fb51c7bcbd7",
    ),
    "https://www.w3.org/ns/credentials/undefined-terms/v2": (
        "undefined-terms-v2",
        "3b11e1df8c618447e9f79f3737e3c30fc0841537eb95f36003742c633672bb9f",
    ),
    "https://www.w3.org/2018/credentials/v1": (
        "credentials-v1",
        "b01e671e873981f19a9102a9a57f666dbcaeb31b99e3e124378d143e71549247",
    ),
    "https://www.w3.org/ns/credentials/v2": (
        "credentials-v2",
        "b463c8d6a066214123ddd9827b135e1b50e1fc73322cc52a9b12a4f1fc7d86cf",
    ),
    "https://w3id.org/security/data-integrity/v1": (
        "data-integrity-v1",
        "9505bf85338a4c2121ad03992ac90061bc85d43bcfa34d9d47b779381cf08b5f",
    ),
    "https://w3id.org/security/data-integrity/v2": (
        "data-integrity-v2",
        "7ba3c50acf2689d5e07927267343eb353249c7c22a9f2d00307cc970e855e305",
    ),
    "https://w3id.org/security/multikey/v1": (
        "multikey-v1",
        "be20c3ee6af6e9c4102e66a85c26617831218e32216bdf050f870e389e737cdc",
    ),
    "https://www.w3.org/ns/credentials/status/v1": (
        "status-v1",
        "b2fcebfbaf4e6beae2be370fda8a5f9f99c28540c798a75a8cdccc0fb1a12492",
    ),
    "https://w3id.org/vc/status-list/2021/v1": (
        "status-list-2021-v1",
        "9768f9aa81ab6c3e2ad96b2d669eaba67afe13fff0140a853f1e3d313fab13b6",
    ),
    "https://www.w3.org/ns/did/v1": ("did-v1", "a7e146c40fcec005d3f0f14ae745665f446da58d7914a9d8f733746686fad82b"),
    "https://w3id.org/security/v1": (
        "security-v1",
        "d87de2ce3ce407bcac481f8af31e211e54beb5cbd7dd459826ed0502302ee234",
    ),
    "https://w3id.org/security/v2": (
        "security-v2",
        "38a9ef19cf3a75bf856202bd1ed4cbd55c985ad4a809eb7f4ef584ba9d51dc90",
    ),
    "https://w3id.org/security/suites/ed25519-2020/v1": (
        "ed25519-2020-v1",
        "fb517f09d990829aed734c9bad8cbbb2ac3d5063b865c7e3d81f246074bf5691",
    ),
    "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json": (
        "clr-2.0.1",
        "7defe702c102faf14108579b7d65ef39ecf4c3bbef925b803e15bd77cd6e3394",
    ),
    "https://www.w3.org/ns/credentials/examples/v2": (
        "examples-v2",
        "8a675bead391be98e6054c4e07c41f73337508d398e07047344c5d349aa2dc58",
    ),
}

BUNDLE_VERSION = hashlib.sha256(json.dumps(BUNDLE, sort_keys=True).encode()).hexdigest()[:16]
"""Part of the key under which a proven canonical form is remembered."""


class UnknownContext(LookupError):
    """A context that is not bundled. Never fetched."""


@lru_cache(maxsize=64)
def text_of(url: str, *, jwt_terms: bool = False) -> str:
    """The JSON text of a bundled context. Raises UnknownContext."""
    if url not in BUNDLE:
        raise UnknownContext(url)
    name = "ob-3.0.3-with-jwt-terms" if jwt_terms and url == OB_3_0_3 else BUNDLE[url][0]
    return (files(__name__) / f"{name}.json").read_text("utf-8")


def fingerprint(text: str) -> str:
    """SHA-256 of the JSON with sorted keys and no spaces: how the hashes of BUNDLE are made."""
    compact = json.dumps(json.loads(text), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(compact.encode()).hexdigest()


def unknown_contexts(document: JSON) -> tuple[str, ...]:
    """The contexts this document names, at any depth, that are not bundled; in order, each once."""
    return tuple(dict.fromkeys(url for url in _named(document) if url not in BUNDLE))


def imports(document: JSON) -> bool:
    """Whether a context of this document builds on another one by `@import`."""
    waiting = [document]
    while waiting:
        match waiting.pop():
            case dict() as members:
                if "@import" in members:
                    return True
                waiting.extend(members.values())
            case list() as items:
                waiting.extend(items)
    return False


def _named(value: JSON) -> Iterator[str]:
    waiting: list[tuple[JSON, bool]] = [(value, False)]
    while waiting:
        match waiting.pop():
            case str() as url, True:
                yield url
            case list() as items, is_context:
                waiting.extend((item, is_context) for item in reversed(items))
            case dict() as members, _:
                # `@import` names a context too; inside a term's definition `@context` may be anything a context is.
                waiting.extend((member, name in ("@context", "@import")) for name, member in members.items())
