"""Public keys of certificates and chips: RSA and elliptic curves, named or explicit."""

from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils

from egate.emrtd import asn1
from egate.emrtd.crypto import libcrypto
from egate.emrtd.crypto.ec_domain import Curve, find_curve
from egate.emrtd.errors import DocumentRejected
from egate.emrtd.oid import oid_content

_EC_PUBLIC_KEY: Final = "1.2.840.10045.2.1"
_RSA_KEYS: Final = frozenset({"1.2.840.113549.1.1.1", "1.2.840.113549.1.1.10"})
_EC_PUBLIC_KEY_DER: Final = bytes.fromhex("06072A8648CE3D0201")

# A modulus longer than any State's, or an exponent like one, only costs time.
_MIN_RSA_BITS: Final = 1024
_MAX_RSA_BITS: Final = 8192
_MAX_RSA_EXPONENT_BITS: Final = 64

_CURVES: Final[dict[str, ec.EllipticCurve]] = {
    "P-192": ec.SECP192R1(),
    "P-224": ec.SECP224R1(),
    "P-256": ec.SECP256R1(),
    "P-384": ec.SECP384R1(),
    "P-521": ec.SECP521R1(),
    "brainpoolP256r1": ec.BrainpoolP256R1(),
    "brainpoolP384r1": ec.BrainpoolP384R1(),
    "brainpoolP512r1": ec.BrainpoolP512R1(),
}
HASHES: Final[dict[str, hashes.HashAlgorithm]] = {
    "sha1": hashes.SHA1(),  # noqa: S303  not of §4.1.6.4, yet on real documents (RU)
    "sha224": hashes.SHA224(),
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}


class PublicKeyRejected(DocumentRejected):
    """A public key of a kind or size that no State may use (9303-12 §4.1.6)."""


@dataclass(frozen=True, slots=True)
class RsaPublicKey:
    """An RSA key.

    Args:
        modulus: n.
        exponent: e.

    """

    modulus: int
    exponent: int

    @property
    def size_bytes(self) -> int:
        """Length of the modulus, and so of a signature, in bytes."""
        return (self.modulus.bit_length() + 7) // 8

    def recover(self, signature: bytes) -> bytes | None:
        """Return ``signature ** e mod n`` in full length; None for a value that is no signature."""
        value = int.from_bytes(signature, "big")
        if len(signature) != self.size_bytes or value >= self.modulus:
            return None
        return pow(value, self.exponent, self.modulus).to_bytes(self.size_bytes, "big")

    def verify_pss(
        self, signature: bytes, message: bytes, hash_name: str, mgf_hash_name: str, salt_bytes: int
    ) -> bool:
        """Return whether ``signature`` is RSASSA-PSS (RFC 8017 §8.1) over ``message``."""
        scheme = padding.PSS(padding.MGF1(HASHES[mgf_hash_name]), salt_bytes)
        try:
            key = rsa.RSAPublicNumbers(self.exponent, self.modulus).public_key()
            key.verify(signature, message, scheme, HASHES[hash_name])
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True, slots=True)
class EcPublicKey:
    """A key on a standard curve.

    Args:
        curve: the curve, found again if the parameters were explicit.
        point: the public point as it was encoded, compressed or not.

    """

    curve: Curve
    point: bytes

    def named_spki(self) -> bytes:
        """Return the SubjectPublicKeyInfo with the curve's name instead of its parameters."""
        name = asn1.encode(asn1.OBJECT_IDENTIFIER, oid_content(self.curve.oid))
        algorithm = asn1.encode(asn1.SEQUENCE, _EC_PUBLIC_KEY_DER + name)
        return asn1.encode(
            asn1.SEQUENCE, algorithm + asn1.encode(asn1.BIT_STRING, b"\x00" + self.point)
        )

    def verify(self, signature: bytes, message: bytes, hash_name: str) -> bool:
        """Return whether ``signature`` (DER of r and s) is ECDSA over ``message``.

        Raises:
            LibcryptoUnavailable: the curve needs libcrypto, which is not there.

        """
        curve = _CURVES.get(self.curve.name)
        if curve is None:
            return libcrypto.verify_ecdsa(self.named_spki(), signature, message, hash_name)
        try:
            key = ec.EllipticCurvePublicKey.from_encoded_point(curve, self.point)
            key.verify(signature, message, ec.ECDSA(HASHES[hash_name]))
        except UnsupportedAlgorithm:
            return libcrypto.verify_ecdsa(self.named_spki(), signature, message, hash_name)
        except (InvalidSignature, ValueError):
            return False
        return True

    def verify_plain(self, signature: bytes, message: bytes, hash_name: str) -> bool:
        """Return whether ``r || s`` (BSI TR-03111 §5.2.1) is ECDSA over ``message``."""
        half, odd = divmod(len(signature), 2)
        if odd or not half:
            return False
        r, s = (int.from_bytes(part, "big") for part in (signature[:half], signature[half:]))
        return self.verify(utils.encode_dss_signature(r, s), message, hash_name)


PublicKey = RsaPublicKey | EcPublicKey


def load_public_key(spki_der: bytes) -> PublicKey:
    """Return the key of a SubjectPublicKeyInfo (9303-12 §4.1.6, 9303-11 §6.1).

    Args:
        spki_der: RSA (rsaEncryption or id-RSASSA-PSS) or EC with named or explicit parameters.

    Raises:
        DomainParametersRejected: the curve is not a standard one.
        PublicKeyRejected: another kind of key, or RSA of an impossible size.
        Asn1Malformed: not a SubjectPublicKeyInfo.

    """
    spki = asn1.decode(spki_der).expect(asn1.SEQUENCE, "public key").fields("public key")
    algorithm = spki.take(asn1.SEQUENCE).fields("public key algorithm")
    kind = asn1.oid(algorithm.take())
    key = asn1.bits(spki.take())
    if kind == _EC_PUBLIC_KEY:
        return ec_public_key(find_curve(algorithm.take()), key)
    if kind in _RSA_KEYS:
        return _rsa_key(key)
    raise PublicKeyRejected(f"public key of kind {kind}")


def ec_public_key(curve: Curve, point: bytes) -> EcPublicKey:
    """Return the key with the encoded ``point`` on ``curve``.

    Raises:
        PublicKeyRejected: the point has a form or length that cannot be.

    """
    lengths = {2: 1 + curve.size_bytes, 3: 1 + curve.size_bytes, 4: 1 + 2 * curve.size_bytes}
    if not point or lengths.get(point[0]) != len(point):
        raise PublicKeyRejected("public point of a form or length that cannot be")
    return EcPublicKey(curve, point)


def _rsa_key(encoded: bytes) -> RsaPublicKey:
    numbers = asn1.decode(encoded).expect(asn1.SEQUENCE, "RSA key").fields("RSA key")
    # Some encoders forgot the leading zero octet of the modulus, so its sign is not read.
    modulus, exponent = (
        int.from_bytes(numbers.take(asn1.INTEGER).content, "big") for _ in ("n", "e")
    )
    return rsa_public_key(modulus, exponent)


def rsa_public_key(modulus: int, exponent: int) -> RsaPublicKey:
    """Return the key of the two numbers.

    Raises:
        PublicKeyRejected: one of them cannot be.

    """
    if not _MIN_RSA_BITS <= modulus.bit_length() <= _MAX_RSA_BITS or not modulus & 1:
        raise PublicKeyRejected("RSA modulus of a size that cannot be")
    if not 2 <= exponent.bit_length() <= _MAX_RSA_EXPONENT_BITS or not exponent & 1:
        raise PublicKeyRejected("RSA exponent that cannot be")
    return RsaPublicKey(modulus, exponent)
