"""Whose key is it? (VERIFICATION 6.5)

The standard lets any key sign for any issuer id. A key counts as the issuer's when one of these binds it: the issuer id
is the key; the issuer's own document lists it; the key's own document stands on the issuer's origin and names it. That
the credential itself is answered at its own address on the issuer's origin is asked by who calls.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from backpack.openbadges.asking import GONE, Inquiry
from backpack.openbadges.documents import Document
from backpack.openbadges.identity import addresses, dids, keys, published
from backpack.openbadges.identity.published import PublishedKey
from backpack.openbadges.strict_json import JSON


@dataclass(frozen=True, slots=True)
class Owner:
    """A key and whose it is.

    `key` is None when it could not be had. `code` is None when the key is bound to the issuer, else a reason.
    `host` is the https host whose document binds it: who that host is, is established.
    """

    key: keys.PublicKey | None = None
    code: str | None = None
    host: str | None = None
    document: str | None = None
    name: str = ""
    ends: datetime | None = None
    """From when on the key no longer counts, as its document says."""


def owner_of(
    method: str | None, issuer: str, inquiry: Inquiry, *, made: datetime | None = None, jwk: JSON = None
) -> Owner:
    """The key that a verification method (or a `kid`, or the `jwk` of a header) names, and whether it is `issuer`'s.

    `made` is when the signature says it was made: a key that was revoked, or ended, later was good then.
    """
    owner = _owner_of(method, issuer, inquiry, made or inquiry.now, jwk)
    if made is None:
        # Held against the present, it stops to count one day.
        inquiry.turns(owner.ends)
    return owner


def _owner_of(method: str | None, issuer: str, inquiry: Inquiry, made: datetime, jwk: JSON) -> Owner:
    found = _from_header(jwk) if method is None else _resolve(method, inquiry, made)
    if found.code in ("key-unfit", "malformed"):
        return found
    if method is not None and dids.is_did(method) and dids.is_did(issuer):
        if found.code == "did-unsupported" or dids.parts(method)[0] == issuer:
            return found
        return replace(found, code="key-not-issuers", host=None)
    if dids.is_did(issuer):
        return _bound_to_did(found, method, issuer, inquiry, made)
    if not addresses.is_web(issuer):
        return found if found.code else replace(found, code="key-unconfirmed", host=None)
    return _bound_to_web(found, method, issuer, inquiry, made)


def _from_header(jwk: JSON) -> Owner:
    return _owner(lambda: keys.from_jwk(jwk))


def _resolve(method: str, inquiry: Inquiry, made: datetime) -> Owner:
    """The key itself, before anybody asks whose it is."""
    if dids.is_did(method):
        return _resolve_did(method, inquiry, made)
    if addresses.is_web(method):
        return _resolve_web(method, inquiry, made)
    if ":" not in method:
        return Owner(code="malformed", name="verificationMethod")
    return Owner(code="did-unsupported", name=method.partition(":")[0])


def _resolve_did(method: str, inquiry: Inquiry, made: datetime) -> Owner:
    did, fragment = dids.parts(method)
    match dids.method_of(did):
        case "key" | "jwk":
            if not dids.is_own_method(did, fragment):
                return Owner(code="key-not-issuers")
            return _owner(lambda: dids.own_key(did))
        case "web":
            return _resolve_did_web(did, method, inquiry, made)
        case None:
            return Owner(code="malformed", name="verificationMethod")
        case other:
            return Owner(code="did-unsupported", name=f"did:{other}")


def _resolve_did_web(did: str, method: str, inquiry: Inquiry, made: datetime) -> Owner:
    address = dids.web_address(did)
    if address is None:
        return Owner(code="malformed", name="verificationMethod")
    document = published.read_object(published.fetch(inquiry, address))
    if document is None or document.get("id") != did:
        return Owner(code="key-unreachable", document=address)
    listed = published.listed(document, did)
    key = published.named(listed, method) if "#" in method else _only(listed)
    if key is None or not key.for_assertions or key.controller not in (None, did):
        return Owner(code="key-not-issuers", document=address)
    return replace(_published(key, listed, made), host=addresses.host(address), document=address)


def _resolve_web(method: str, inquiry: Inquiry, made: datetime) -> Owner:
    address = method.partition("#")[0]
    answer = published.fetch(inquiry, address)
    if isinstance(answer, Document) and answer.status == GONE:
        return Owner(code="key-revoked", document=address)
    document = published.read_own(answer, address)
    if document is None:
        return Owner(code="key-unreachable", document=address)
    listed = published.listed(document, address)
    key = published.named(listed, method) or (_only(listed) if "#" not in method else None)
    if key is None:
        return Owner(code="key-not-issuers" if listed else "key-unconfirmed", document=address)
    return replace(_published(key, listed, made), document=address)


def _published(key: PublishedKey, listed: tuple[PublishedKey, ...], made: datetime) -> Owner:
    """The key that a document lists, unless it only names one to be had elsewhere, or says that it no longer counts."""
    if not key.holds_key:
        return Owner(code="key-unreachable")
    return _unless_withdrawn(_owner(key.read), key, listed, made)


def _only(listed: tuple[PublishedKey, ...]) -> PublishedKey | None:
    """The one key that may sign, where the method names the document and not a key in it."""
    signing = [key for key in listed if key.for_assertions and key.holds_key]
    return signing[0] if len(signing) == 1 else None


def _bound_to_did(found: Owner, method: str | None, issuer: str, inquiry: Inquiry, made: datetime) -> Owner:
    """A key from a header, or from the web, for an issuer that is a DID."""
    match dids.method_of(issuer):
        case "key" | "jwk":
            own = _owner(lambda: dids.own_key(issuer))
            if found.key is None and found.code:
                return found
            return found if found.key == own.key else replace(found, code="key-not-issuers", host=None)
        case "web":
            address = dids.web_address(issuer)
            document = published.read_object(published.fetch(inquiry, address)) if address else None
            if address is None or document is None or document.get("id") != issuer:
                return replace(found, code="key-unreachable", document=address)
            return _listed_in(found, method, published.listed(document, issuer), issuer, address, made)
        case _:
            return replace(found, code="did-unsupported", name=issuer.rpartition(":")[0])


def _bound_to_web(found: Owner, method: str | None, issuer: str, inquiry: Inquiry, made: datetime) -> Owner:
    """(b) the issuer's own document lists it; (c) the key's document stands on the issuer's origin and names it."""
    document = published.read_own(published.fetch(inquiry, issuer), issuer)
    listed = published.listed(document, issuer) if document is not None else ()
    if listed:
        return _listed_in(found, method, listed, issuer, issuer, made)
    if found.code in ("key-unreachable", "key-revoked", "did-unsupported", "key-not-issuers"):
        return found
    if found.key is not None and method is not None and _stands_with(method, issuer, inquiry, made):
        return replace(found, code=None, host=_https_host(issuer))
    if found.key is not None and _in_well_known_set(found.key, issuer, inquiry, made):
        return replace(found, code=None, host=_https_host(issuer))
    code = "key-unconfirmed" if document is not None or (method and dids.is_did(method)) else "key-unreachable"
    return replace(found, code=code, host=None)


def _listed_in(
    found: Owner, method: str | None, listed: tuple[PublishedKey, ...], issuer: str, document: str, made: datetime
) -> Owner:
    """Whether the issuer's document lists the key: by its id, or the key itself; and has not withdrawn it."""
    key = published.named(listed, method) if method is not None else None
    if key is None and found.key is not None:
        own = found.key
        matching = [other for other in listed if other.is_key(own)]
        key = max(
            matching, key=lambda other: (other.for_assertions, published.counts_at(other.form, made)), default=None
        )
    if key is None or not key.for_assertions or key.controller not in (None, issuer, document):
        return replace(found, code="key-not-issuers", host=None, document=document)
    if found.key is not None and key.holds_key and not key.is_key(found.key):
        # What the issuer lists is this id with another key: whoever answers at the id does not change that.
        return replace(found, code="key-not-issuers", host=None, document=document)
    if found.key is None and not key.holds_key:
        return found
    resolved = found if found.key is not None else _owner(key.read)
    return _unless_withdrawn(replace(resolved, host=_https_host(document), document=document), key, listed, made)


def _stands_with(method: str, issuer: str, inquiry: Inquiry, made: datetime) -> bool:
    """(c): a JWK, Multikey or controller document of its own, on the issuer's origin over https."""
    address = method.partition("#")[0]
    if not addresses.is_https(address) or addresses.origin(address) != addresses.origin(issuer):
        return False
    document = published.read_object(published.fetch(inquiry, address)) or {}
    listed = published.listed(document, address)
    key = published.named(listed, method) or _only(listed)
    if key is None or not key.for_assertions:
        return False
    # A bare JWK or set names no controller: that it stands on the issuer's origin is all it says.
    return key.controller == issuer or (key.controller is None and ("kty" in document or "keys" in document))


def _in_well_known_set(key: keys.PublicKey, issuer: str, inquiry: Inquiry, made: datetime) -> bool:
    if not addresses.is_https(issuer):
        return False
    address = f"https://{issuer.split('/')[2]}/.well-known/jwks.json"
    document = published.read_object(published.fetch(inquiry, address)) or {}
    listed = published.listed(document, address)
    found = next((one for one in listed if one.for_assertions and one.is_key(key)), None)
    return found is not None and _unless_withdrawn(Owner(key=key), found, listed, made).code is None


def _unless_withdrawn(found: Owner, key: PublishedKey, listed: tuple[PublishedKey, ...], made: datetime) -> Owner:
    """The key, unless the document withdrew it before the signature was made, or let it end.

    A key that is withdrawn under one id is withdrawn under every other; one that ends may go on under another.
    """
    if found.code is not None:
        return found
    same = [other for other in listed if other is key or (found.key is not None and other.is_key(found.key))]
    if any(other.is_revoked(made) for other in same):
        return replace(found, code="key-revoked")
    if published.has_no_readable_end(key.form):
        return replace(found, key=None, code="key-unreachable")
    if not published.counts_at(key.form, made):
        return replace(found, code="key-revoked")
    return replace(found, ends=min((end for end in (found.ends, key.ends) if end is not None), default=None))


def _https_host(address: str) -> str | None:
    return addresses.host(address) if addresses.is_https(address) else None


def _owner(read: object) -> Owner:
    assert callable(read)  # noqa: S101 - a reader of a key
    try:
        return Owner(key=read())
    except keys.KeyUnfit:
        return Owner(code="key-unfit")
    except keys.KeyUnsupported as unsupported:
        return Owner(code="proof-unsupported", name=str(unsupported))
