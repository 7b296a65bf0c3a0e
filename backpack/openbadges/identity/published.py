"""Keys as documents publish them: DID documents, controller documents, JWK sets, single keys, issuers' profiles."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urljoin

from backpack.openbadges.asking import Inquiry
from backpack.openbadges.documents import Document, Missing
from backpack.openbadges.errors import OpenBadgesError
from backpack.openbadges.identity import addresses, keys
from backpack.openbadges.opened import parsed
from backpack.openbadges.strict_json import JSON
from backpack.openbadges.versions.dates import lenient, zoned
from backpack.openbadges.versions.shapes import Object, identifier, many, objects, string

KEY_FORMS = ("application/json", "application/ld+json", "application/did+json", "application/jwk+json", "*/*;q=0.1")
ACCEPT_KEY = ", ".join(KEY_FORMS)
KEY_MEMBERS = ("publicKeyMultibase", "publicKeyJwk", "publicKeyBase58", "publicKeyPem", "kty")


@dataclass(frozen=True, slots=True)
class PublishedKey:
    """One key a document lists. `form` is the object that holds it, unread: lists also name kinds we do not know."""

    id: str | None
    controller: str | None
    form: Object
    for_assertions: bool

    def read(self) -> keys.PublicKey:
        """The key. Raises KeyUnfit or KeyUnsupported."""
        match self.form:
            case {"publicKeyMultibase": str() as text}:
                return keys.from_multikey(text)
            case {"publicKeyJwk": jwk}:
                return keys.from_jwk(jwk)
            case {"publicKeyBase58": str() as text}:
                return keys.from_base58(text)
            case {"publicKeyPem": str() as text}:
                return keys.from_pem(text)
            case {"kty": _}:
                return keys.from_jwk(dict(self.form))
            case _:
                raise keys.KeyUnfit("no key in the method")

    @property
    def holds_key(self) -> bool:
        """Whether a key stands in it, of whatever kind; else it only names one to be had elsewhere."""
        return any(name in self.form for name in KEY_MEMBERS)

    def is_revoked(self, made: datetime) -> bool:
        """Whether it was revoked before that instant; `revoked: true` was never not revoked."""
        withdrawn = self.form.get("revoked")
        if withdrawn in (None, False):
            return False
        since = zoned(withdrawn)
        return since is None or made >= since

    @property
    def ends(self) -> datetime | None:
        """The instant from which it no longer counts, as far as its document says one."""
        stated = (zoned(self.form.get("revoked")), lenient(self.form.get("expires")))
        return min((instant for instant in stated if instant is not None), default=None)

    def is_key(self, key: keys.PublicKey) -> bool:
        try:
            return self.read() == key
        except (keys.KeyUnfit, keys.KeyUnsupported):
            return False


def counts_at(key: Object, made: datetime) -> bool:
    """Whether what was signed at that instant was signed before the key's end (Controlled Identifiers 1.0, 2.2).

    The end says when the key is no longer to be used: what it signed before stays signed.
    """
    end = lenient(key.get("expires"))
    return end is None or made < end


def has_no_readable_end(key: Object) -> bool:
    """Whether it says that it ends, but not in a way that tells when."""
    return key.get("expires") is not None and lenient(key["expires"]) is None


def read_object(answer: Document | Missing) -> dict[str, JSON] | None:
    """The JSON object an address answered, or None."""
    if not isinstance(answer, Document) or answer.status != 200:
        return None
    try:
        value = parsed(answer.body)
    except OpenBadgesError:
        return None
    return value if isinstance(value, dict) else None


def read_own(answer: Document | Missing, address: str) -> dict[str, JSON] | None:
    """The same, unless it names another id than its address: then it is another's document (6.5)."""
    document = read_object(answer)
    stated = None if document is None else _absolute(string(document.get("id")), address)
    return document if stated is None or addresses.normal(stated) == addresses.normal(address) else None


def listed(document: Object, address: str) -> tuple[PublishedKey, ...]:
    """Every key a document lists. `address` is its id, against which relative ids are read."""
    return tuple(_listed(document, address))


def named(published: tuple[PublishedKey, ...], method: str) -> PublishedKey | None:
    """The key of this id; one that is for assertions before one that is not."""
    matching = [key for key in published if key.id is not None and key.id == method]
    return next((key for key in matching if key.for_assertions), next(iter(matching), None))


def fetch(inquiry: Inquiry, address: str) -> Document | Missing:
    """A document that publishes keys: as it stands at its address; from another origin it does not count."""
    answer = inquiry.ask(address, "key", ACCEPT_KEY)
    if isinstance(answer, Document) and addresses.origin(answer.final_url) != addresses.origin(address):
        return Missing(url=address, why="redirect", tried_at=answer.fetched_at)
    return answer


def _listed(document: Object, address: str) -> Iterator[PublishedKey]:
    assertion = many(document.get("assertionMethod"))
    for_assertions = {_absolute(value, address) for value in assertion if isinstance(value, str)}
    for method in objects(document.get("verificationMethod")):
        method_id = _absolute(identifier(method), address)
        yield _key(method, method_id, method_id in for_assertions)
    for method in objects(document.get("assertionMethod")):
        yield _key(method, _absolute(identifier(method), address), True)
    for relation in ("authentication", "capabilityInvocation", "capabilityDelegation"):
        for method in objects(document.get(relation)):
            yield _key(method, _absolute(identifier(method), address), False)
    # Profiles of 2.0, and of platforms that went on from there, list `publicKey`: its use is to sign badges.
    for value in many(document.get("publicKey")):
        if isinstance(value, dict):
            yield _key(value, _absolute(identifier(value), address), True)
        elif isinstance(value, str):
            yield PublishedKey(_absolute(value, address), address, {}, True)
    for jwk in objects(document.get("keys")):
        kid = string(jwk.get("kid"))
        yield _key(jwk, _in_set(kid, address), jwk.get("use") in (None, "sig"))
    if any(name in document for name in ("publicKeyMultibase", "publicKeyJwk", "publicKeyPem", "publicKeyBase58")):
        yield _key(document, _absolute(string(document.get("id")), address) or address, True)
    elif "kty" in document:
        yield _key(document, address, document.get("use") in (None, "sig"))
    for reference in for_assertions - {
        _absolute(identifier(m), address) for m in objects(document.get("verificationMethod"))
    }:
        # A key that is listed by its id alone, to be had elsewhere.
        yield PublishedKey(reference, address, {}, True)


def _key(method: Object, method_id: str | None, for_assertions: bool) -> PublishedKey:
    controller = identifier(method.get("controller")) or identifier(method.get("owner"))
    return PublishedKey(id=method_id, controller=controller, form=method, for_assertions=for_assertions)


def _absolute(value: str | None, address: str) -> str | None:
    if value is None:
        return None
    if value.startswith("#"):
        return address.partition("#")[0] + value
    return value if ":" in value else urljoin(address, value)


def _in_set(kid: str | None, address: str) -> str | None:
    if kid is None:
        return None
    return kid if ":" in kid else f"{address.partition('#')[0]}#{kid}"
