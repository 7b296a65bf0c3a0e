"""Public keys, in every form they are published in, and what may be checked with them.

The key decides the algorithm, never the token (VERIFICATION 7.3): each kind of key allows a fixed set of names.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from backpack.openbadges.identity.multibase import base58, base64url, multibase, to_base58, to_base64url
from backpack.openbadges.strict_json import JSON

Kind = Literal["Ed25519", "P-256", "P-384", "RSA"]
_Native = ed25519.Ed25519PublicKey | ec.EllipticCurvePublicKey | rsa.RSAPublicKey

ALGORITHMS: dict[Kind, tuple[str, ...]] = {
    "Ed25519": ("EdDSA",),
    "P-256": ("ES256",),
    "P-384": ("ES384",),
    "RSA": ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
}
LEGITIMATE_BUT_UNSUPPORTED = frozenset({"ES256K", "ES512", "Ed448", "ES256K-R"})
MIN_RSA_BITS = 2048
MIN_RSA_EXPONENT = 65537
_MULTICODEC: dict[bytes, Kind] = {b"\xed\x01": "Ed25519", b"\x80\x24": "P-256", b"\x81\x24": "P-384"}
_UNSUPPORTED_CODECS = (b"\xe7\x01", b"\x82\x24", b"\xeb\x01", b"\x85\x24")
_CURVES: dict[str, ec.EllipticCurve] = {"P-256": ec.SECP256R1(), "P-384": ec.SECP384R1()}
_HASHES: dict[str, type[hashes.HashAlgorithm]] = {"256": hashes.SHA256, "384": hashes.SHA384, "512": hashes.SHA512}
_PRIVATE_MEMBERS = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})


class KeyUnfit(ValueError):
    """The key is too weak, malformed, or shows its private half: nothing it signed counts (`key-unfit`)."""


class KeyUnreadable(KeyUnfit):
    """What stands there is no key at all."""


class KeyUnsupported(ValueError):
    """A kind of key that is legitimate and that we cannot check with. `args[0]` names it."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key that is fit to check signatures with."""

    kind: Kind
    native: _Native

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PublicKey) and self.der() == other.der()

    def __hash__(self) -> int:
        return hash(self.der())

    def der(self) -> bytes:
        return self.native.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)

    def multikey(self) -> str:
        """Multibase form with its multicodec prefix; not for RSA."""
        codec = next(prefix for prefix, kind in _MULTICODEC.items() if kind == self.kind)
        if isinstance(self.native, ed25519.Ed25519PublicKey):
            raw = self.native.public_bytes_raw()
        else:
            raw = self.native.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.CompressedPoint)
        return "z" + to_base58(codec + raw)

    def jwk(self) -> dict[str, JSON]:
        match self.native:
            case ed25519.Ed25519PublicKey():
                return {"kty": "OKP", "crv": "Ed25519", "x": to_base64url(self.native.public_bytes_raw())}
            case ec.EllipticCurvePublicKey():
                numbers, size = self.native.public_numbers(), (self.native.key_size + 7) // 8
                x, y = (to_base64url(number.to_bytes(size, "big")) for number in (numbers.x, numbers.y))
                return {"kty": "EC", "crv": self.kind, "x": x, "y": y}
            case _:
                modulus, exponent = self.native.public_numbers().n, self.native.public_numbers().e
                n, e = (
                    to_base64url(number.to_bytes((number.bit_length() + 7) // 8, "big"))
                    for number in (modulus, exponent)
                )
                return {"kty": "RSA", "n": n, "e": e}

    def verify(self, signature: bytes, message: bytes, algorithm: str) -> bool:
        """Whether this key made this signature. `algorithm` is a JOSE name; one the key does not allow is False."""
        if algorithm not in ALGORITHMS[self.kind]:
            return False
        return _holds(lambda: self._check(signature, message, algorithm))

    def _check(self, signature: bytes, message: bytes, algorithm: str) -> None:
        match self.native:
            case ed25519.Ed25519PublicKey():
                self.native.verify(signature, message)
            case ec.EllipticCurvePublicKey():
                half = (self.native.key_size + 7) // 8
                if len(signature) != 2 * half:
                    raise InvalidSignature
                r, s = (int.from_bytes(part, "big") for part in (signature[:half], signature[half:]))
                self.native.verify(encode_dss_signature(r, s), message, ec.ECDSA(_HASHES[algorithm[2:]]()))
            case _:
                digest = _HASHES[algorithm[2:]]()
                pad = (
                    padding.PSS(padding.MGF1(digest), digest.digest_size)
                    if algorithm.startswith("PS")
                    else padding.PKCS1v15()
                )
                self.native.verify(signature, message, pad, digest)


def _holds(check: Callable[[], None]) -> bool:
    try:
        check()
    except (InvalidSignature, ValueError):
        return False
    return True


def from_multikey(text: str) -> PublicKey:
    """`publicKeyMultibase`, or what stands after `did:key:`. Raises KeyUnfit or KeyUnsupported."""
    try:
        data = multibase(text)
    except ValueError as error:
        raise KeyUnfit(str(error)) from None
    if data[:2] in _UNSUPPORTED_CODECS:
        raise KeyUnsupported(f"multicodec {data[:2].hex()}")
    kind = _MULTICODEC.get(data[:2])
    if kind is None:
        raise KeyUnfit("no signing key")
    return _from_raw(kind, data[2:])


def from_base58(text: str) -> PublicKey:
    """`publicKeyBase58` of an Ed25519VerificationKey2018. Raises KeyUnfit."""
    try:
        return _from_raw("Ed25519", base58(text))
    except ValueError as error:
        raise KeyUnfit(str(error)) from None


def from_jwk(jwk: JSON) -> PublicKey:
    """A JWK (RFC 7517, 8037). Raises KeyUnfit (private members too) or KeyUnsupported."""
    if not isinstance(jwk, dict):
        raise KeyUnfit("no JWK")
    if _PRIVATE_MEMBERS & jwk.keys():
        raise KeyUnfit("private members")
    try:
        match jwk.get("kty"), jwk.get("crv"):
            case "OKP", "Ed25519":
                return _from_raw("Ed25519", _number_bytes(jwk, "x"))
            case "EC", ("P-256" | "P-384") as curve:
                x, y = (int.from_bytes(_number_bytes(jwk, name), "big") for name in ("x", "y"))
                numbers = ec.EllipticCurvePublicNumbers(x, y, _CURVES[curve])
                return PublicKey(curve, numbers.public_key())
            case "RSA", _:
                n, e = (int.from_bytes(_number_bytes(jwk, name), "big") for name in ("n", "e"))
                return fit(rsa.RSAPublicNumbers(e, n).public_key())
            case kind, curve:
                raise KeyUnsupported(f"{kind} {curve or ''}".strip())
    except KeyUnsupported:
        raise
    except (ValueError, KeyError, TypeError) as error:
        raise KeyUnfit(str(error)) from None
    raise KeyUnsupported("JWK")


def from_pem(text: str) -> PublicKey:
    """`publicKeyPem`: a public key or the one in a certificate-less PKCS#1 block. Raises KeyUnfit or KeyUnsupported."""
    try:
        native = serialization.load_pem_public_key(text.replace("\\n", "\n").strip().encode())
    except (ValueError, UnicodeEncodeError, UnsupportedAlgorithm) as error:
        raise KeyUnreadable(type(error).__name__) from None
    if isinstance(native, (ed25519.Ed25519PublicKey, ec.EllipticCurvePublicKey, rsa.RSAPublicKey)):
        return fit(native)
    raise KeyUnsupported(type(native).__name__)


def fit(native: _Native) -> PublicKey:
    """The key, if it is strong enough. Raises KeyUnfit or KeyUnsupported."""
    match native:
        case ed25519.Ed25519PublicKey():
            return PublicKey("Ed25519", native)
        case ec.EllipticCurvePublicKey():
            for kind in ("P-256", "P-384"):
                if _CURVES[kind].name == native.curve.name:
                    return PublicKey("P-256" if kind == "P-256" else "P-384", native)
            raise KeyUnsupported(native.curve.name)
        case _:
            if native.key_size < MIN_RSA_BITS or native.public_numbers().e < MIN_RSA_EXPONENT:
                raise KeyUnfit(f"RSA {native.key_size}")
            return PublicKey("RSA", native)


def _from_raw(kind: Kind, raw: bytes) -> PublicKey:
    try:
        if kind == "Ed25519":
            return PublicKey(kind, ed25519.Ed25519PublicKey.from_public_bytes(raw))
        # Compressed points only: one key, one text (Controlled Identifiers 1.0, Multikey).
        if len(raw) != {"P-256": 33, "P-384": 49}[kind]:
            raise KeyUnfit("not a compressed point")
        return PublicKey(kind, ec.EllipticCurvePublicKey.from_encoded_point(_CURVES[kind], raw))
    except ValueError as error:
        raise KeyUnfit(str(error)) from None


def _number_bytes(jwk: dict[str, JSON], name: str) -> bytes:
    value = jwk[name]
    if not isinstance(value, str):
        raise KeyUnfit(f"JWK member {name}")
    return base64url(value.rstrip("="))
