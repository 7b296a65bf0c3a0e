"""Private keys, for what we sign ourselves: our own issuers and tests. A key never leaves this object."""

from __future__ import annotations

from dataclasses import dataclass

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from backpack.openbadges.identity.keys import ALGORITHMS, KeyUnsupported, Kind, PublicKey, fit

_Native = ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
_HASHES: dict[str, type[hashes.HashAlgorithm]] = {"256": hashes.SHA256, "384": hashes.SHA384, "512": hashes.SHA512}


@dataclass(frozen=True, slots=True, repr=False)
class SigningKey:
    """A private key and what it may be used for."""

    native: _Native

    @property
    def public(self) -> PublicKey:
        return fit(self.native.public_key())

    @property
    def algorithm(self) -> str:
        """The JOSE name it signs with when none is asked for."""
        return ALGORITHMS[self.public.kind][0]

    def did(self) -> str:
        """Its did:key (not for RSA)."""
        return f"did:key:{self.public.multikey()}"

    def method(self) -> str:
        """The verification method of its did:key."""
        return f"{self.did()}#{self.public.multikey()}"

    def pem(self) -> str:
        """The public half, as 2.0 key documents hold it."""
        key = self.native.public_key()
        return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()

    def private_bytes(self) -> bytes:
        """PKCS#8 PEM, to keep it."""
        return self.native.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )

    def sign(self, message: bytes, algorithm: str | None = None) -> bytes:
        """A signature in JOSE form (ECDSA: r and s side by side)."""
        name = algorithm or self.algorithm
        match self.native:
            case ed25519.Ed25519PrivateKey():
                return self.native.sign(message)
            case ec.EllipticCurvePrivateKey():
                r, s = decode_dss_signature(self.native.sign(message, ec.ECDSA(_HASHES[name[2:]]())))
                half = (self.native.key_size + 7) // 8
                return r.to_bytes(half, "big") + s.to_bytes(half, "big")
            case _:
                digest = _HASHES[name[2:]]()
                pss = padding.PSS(padding.MGF1(digest), digest.digest_size)
                return self.native.sign(message, pss if name.startswith("PS") else padding.PKCS1v15(), digest)


def new_key(kind: Kind = "Ed25519") -> SigningKey:
    """A fresh key."""
    match kind:
        case "Ed25519":
            return SigningKey(ed25519.Ed25519PrivateKey.generate())
        case "P-256":
            return SigningKey(ec.generate_private_key(ec.SECP256R1()))
        case "P-384":
            return SigningKey(ec.generate_private_key(ec.SECP384R1()))
        case "RSA":
            return SigningKey(rsa.generate_private_key(65537, 2048))


def ed25519_key(seed: bytes) -> SigningKey:
    """The Ed25519 key of this 32-byte seed."""
    return SigningKey(ed25519.Ed25519PrivateKey.from_private_bytes(seed))


def key_from_pem(pem: bytes) -> SigningKey:
    """A kept key. Raises ValueError or KeyUnsupported."""
    native = serialization.load_pem_private_key(pem, None)
    if isinstance(native, (ed25519.Ed25519PrivateKey, ec.EllipticCurvePrivateKey, rsa.RSAPrivateKey)):
        return SigningKey(native)
    raise KeyUnsupported(type(native).__name__)
