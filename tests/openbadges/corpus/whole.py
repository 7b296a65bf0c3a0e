"""All cases: those of this folder, and each line of the tests' tables as a file with the answers it stands among."""

from __future__ import annotations

from backpack import openbadges
from tests.openbadges import (
    make,
    test_data_integrity,
    test_hosted,
    test_independent,
    test_jws,
    test_keys,
    test_ownership,
    test_plain_terms,
    test_status,
    test_vc_jwt,
)
from tests.openbadges.corpus import containers, unreadable, versions
from tests.openbadges.corpus.case import VALID, Case, Expected, Page, case, table
from tests.openbadges.issuing import (
    KEY,
    LIST_URL,
    P256,
    P384,
    STATUS_URL,
    credential,
    hosted,
    signed,
    signed_assertion,
    signing_issuer,
    status_entry,
    status_list,
)


def _hosted() -> list[Case]:
    made = [case(name, make.assertion(), expected, hosted(**pages)) for name, pages, expected in test_hosted.OUTCOMES]
    made += [
        case(name, make.assertion(), expected, {**hosted(), **pages}) for name, pages, expected, _ in test_hosted.IDS
    ]
    return made + [
        case(name, make.assertion(), VALID if inside else ("invalid", "out-of-scope"), pages, established=inside)
        for name, pages, inside in test_hosted.SCOPES
    ]


def _proofs() -> list[Case]:
    made = [
        case(f"{suite} by {key.public.kind}", signed(None, key, suite=suite))
        for suite, key in test_data_integrity.SUITES
    ]
    made += [
        case(f"{suite} by {key.public.kind}, altered", {**signed(None, key, suite=suite), "name": "x"}, ALTERED)
        for suite, key in test_data_integrity.SUITES
    ]
    made += [case(name, document, expected) for name, document, expected in test_data_integrity.CASES]
    base, derived = test_independent.base(), test_independent.derived("/name")
    return [
        *made,
        case("two proofs", test_data_integrity.SECOND),
        case("ecdsa-sd-2023, derived", derived),
        case("ecdsa-sd-2023, derived and altered", {**derived, "name": "x"}, ALTERED),
        case("ecdsa-sd-2023, not derived", base, ("unknown", "proof-not-derived")),
    ]


def _tokens() -> list[Case]:
    made = [case(name, token, expected, signing_issuer(**pages)) for name, token, pages, expected in test_jws.CASES]
    made += [
        case(algorithm, signed_assertion(algorithm=algorithm), VALID, signing_issuer(), established=True)
        for algorithm in ("RS256", "RS384", "PS384", "PS512")
    ]
    made.append(case("a token that proves nothing", make.token(make.assertion(), {"alg": "none"}), NOTHING))
    made += [case(f"vc {name}", data, expected) for name, data, expected in test_vc_jwt.CASES]
    made += [
        case(f"vc by {key.public.kind}", openbadges.sign(credential(key), key, suite="vc-jwt")) for key in (P256, P384)
    ]
    return made + [
        case(f"vc {name}", data, expected, pages, established=established)
        for name, data, pages, expected, established in test_vc_jwt.WEB_CASES
    ]


def _keys() -> list[Case]:
    made = [
        case(name, document, expected, pages, established=established)
        for name, document, pages, expected, established in test_ownership.CASES
    ]
    by_itself = test_keys.did_jwk(P256)
    return [
        *made,
        case("did:jwk", signed(credential(P256, issuer=by_itself), P256, method=f"{by_itself}#0")),
        case(
            "answered by a platform",
            test_ownership.ON_PLATFORM,
            VALID,
            {"https://app.openbadgefactory.com/credentials/1": test_ownership.ON_PLATFORM},
            established=True,
        ),
        case(
            "answered by its issuer's domain",
            test_ownership.AT_HOME,
            VALID,
            {"https://badges.example.org/credentials/1": test_ownership.AT_HOME},
            established=True,
        ),
        case("on the operator's list", signed(), known_key=KEY.did(), established=True),
    ]


def _statuses() -> list[Case]:
    made = [case(name, document, expected, {STATUS_URL: page}) for name, document, page, expected in test_status.BITS]
    older = test_status.with_status(status_entry(type="RevocationList2020Status"))
    gone = signed(credential(id=make.CREDENTIAL_URL))
    made += [
        case("2020", older, ("revoked", "revoked"), {STATUS_URL: status_list({7: True})}),
        case("2020, unset", older, VALID, {STATUS_URL: status_list()}),
        case("its own address says gone", gone, ("revoked", "revoked"), {make.CREDENTIAL_URL: 410}),
    ]
    listed: list[tuple[str, Page, Expected]] = [
        ("1edtech list, empty", {"revokedCredential": []}, VALID),
        ("1edtech list, listed", {"revokedCredential": [{"id": test_status.ID}]}, ("revoked", "revoked")),
        ("1edtech list, a page", b"<p>", ("unknown", "status-unusable")),
        ("1edtech list, unreachable", None, ("unknown", "status-unreachable")),
    ]
    made += [case(name, test_status.LISTED, expected, {LIST_URL: page}) for name, page, expected in listed]
    elsewhere = "http://lists.example.net/1"
    of_a_stranger = test_status.with_status({**test_status.ENTRY, "id": elsewhere})
    nothing: dict[str, Page] = {elsewhere: {"revokedCredential": []}}
    return [*made, case("1edtech list, a stranger's over http", of_a_stranger, ("unknown", "status-unusable"), nothing)]


def _written_otherwise() -> list[Case]:
    """Ended badges in every equivalent form their holder can write: none of them is good again."""
    return [
        case(f"{suite} {name}", document, expected, test_plain_terms.PAGES)
        for suite, key in (("eddsa-rdfc-2022", KEY), ("ecdsa-sd-2023", P256))
        for name, document, expected in test_plain_terms.rewritten(suite, key)
    ]


ALTERED: Expected = ("invalid", "signature-wrong")
NOTHING: Expected = ("invalid", "algorithm-not-allowed")
CASES: tuple[Case, ...] = (
    *containers.CASES,
    *unreadable.CASES,
    *versions.CASES,
    *table("hosted", _hosted()),
    *table("proof", _proofs()),
    *table("token", _tokens()),
    *table("key", _keys()),
    *table("status", _statuses()),
    *table("written-otherwise", _written_otherwise()),
)
