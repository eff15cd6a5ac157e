"""Signature algorithms of certificates, CRLs and SODs (9303-12 §4.1.6), oddities included."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from hmac import compare_digest
from typing import Final

from egate.emrtd import asn1
from egate.emrtd.asn1 import Element
from egate.emrtd.crypto.public_key import EcPublicKey, PublicKey, RsaPublicKey
from egate.emrtd.errors import DocumentRejected

_HASH_OIDS: Final = {
    "1.3.14.3.2.26": "sha1",
    "2.16.840.1.101.3.4.2.4": "sha224",
    "2.16.840.1.101.3.4.2.1": "sha256",
    "2.16.840.1.101.3.4.2.2": "sha384",
    "2.16.840.1.101.3.4.2.3": "sha512",
}
_HASH_DER: Final = {
    "sha1": bytes.fromhex("06052B0E03021A"),
    "sha224": bytes.fromhex("0609608648016503040204"),
    "sha256": bytes.fromhex("0609608648016503040201"),
    "sha384": bytes.fromhex("0609608648016503040202"),
    "sha512": bytes.fromhex("0609608648016503040203"),
}
_MGF1: Final = "1.2.840.113549.1.1.8"
_NULL_DER: Final = b"\x05\x00"
_MAX_SALT_BYTES: Final = 1024


class Scheme(StrEnum):
    RSA_PKCS1 = "RSA PKCS#1 v1.5"
    RSA_PSS = "RSA-PSS"
    ECDSA = "ECDSA"


class SignatureAlgorithmRejected(DocumentRejected):
    """A signature or hash algorithm that no State may use (9303-12 §4.1.6)."""


@dataclass(frozen=True, slots=True)
class SignatureAlgorithm:
    """How something was signed.

    Args:
        scheme: the kind of signature.
        hash_name: of the message, as hashlib names it.
        mgf_hash_name: of the mask generation function; RSA-PSS only.
        salt_bytes: length of the salt; RSA-PSS only.

    """

    scheme: Scheme
    hash_name: str
    mgf_hash_name: str = "sha1"
    salt_bytes: int = 20

    def verify(self, key: PublicKey, signature: bytes, message: bytes) -> bool:
        """Return whether ``signature`` over ``message`` is by ``key``.

        Raises:
            LibcryptoUnavailable: this machine cannot tell.

        """
        match self.scheme, key:
            case Scheme.ECDSA, EcPublicKey():
                return key.verify(signature, message, self.hash_name)
            case Scheme.RSA_PSS, RsaPublicKey():
                return key.verify_pss(
                    signature, message, self.hash_name, self.mgf_hash_name, self.salt_bytes
                )
            case Scheme.RSA_PKCS1, RsaPublicKey():
                return _verify_pkcs1(key, signature, message, self.hash_name)
            case _:
                return False


_ALGORITHMS: Final = {
    "1.2.840.113549.1.1.5": (Scheme.RSA_PKCS1, "sha1"),
    "1.3.14.3.2.29": (Scheme.RSA_PKCS1, "sha1"),
    "1.2.840.113549.1.1.14": (Scheme.RSA_PKCS1, "sha224"),
    "1.2.840.113549.1.1.11": (Scheme.RSA_PKCS1, "sha256"),
    "1.2.840.113549.1.1.12": (Scheme.RSA_PKCS1, "sha384"),
    "1.2.840.113549.1.1.13": (Scheme.RSA_PKCS1, "sha512"),
    "1.2.840.10045.4.1": (Scheme.ECDSA, "sha1"),
    "1.2.840.10045.4.3.1": (Scheme.ECDSA, "sha224"),
    "1.2.840.10045.4.3.2": (Scheme.ECDSA, "sha256"),
    "1.2.840.10045.4.3.3": (Scheme.ECDSA, "sha384"),
    "1.2.840.10045.4.3.4": (Scheme.ECDSA, "sha512"),
}
# Named without a hash: in a SOD the digestAlgorithm beside it has it.
_WITHOUT_HASH: Final = {
    "1.2.840.113549.1.1.1": Scheme.RSA_PKCS1,
    "1.2.840.10045.2.1": Scheme.ECDSA,
}
_RSA_PSS: Final = "1.2.840.113549.1.1.10"
_ECDSA_WITH_SPECIFIED: Final = "1.2.840.10045.4.3"


def parse_hash(algorithm: Element) -> str:
    """Return the hashlib name of a hash AlgorithmIdentifier, its parameters absent or NULL.

    Raises:
        SignatureAlgorithmRejected: the hash is not one of 9303-12 §4.1.6.4.
        Asn1Malformed: no AlgorithmIdentifier.

    """
    dotted = asn1.oid(algorithm.expect(asn1.SEQUENCE, "hash algorithm").fields("hash").take())
    if dotted not in _HASH_OIDS:
        raise SignatureAlgorithmRejected(f"hash algorithm {dotted}")
    return _HASH_OIDS[dotted]


def parse_signature_algorithm(
    algorithm: Element, digest_name: str | None = None
) -> SignatureAlgorithm:
    """Return what a signature AlgorithmIdentifier means.

    Args:
        algorithm: of a certificate, a CRL or a SignerInfo.
        digest_name: hash named beside it, for algorithms that name none.

    Raises:
        SignatureAlgorithmRejected: not one of 9303-12 §4.1.6.
        Asn1Malformed: no AlgorithmIdentifier.

    """
    fields = algorithm.expect(asn1.SEQUENCE, "signature algorithm").fields("signature algorithm")
    dotted = asn1.oid(fields.take())
    if dotted in _ALGORITHMS:
        return SignatureAlgorithm(*_ALGORITHMS[dotted])
    if dotted == _RSA_PSS:
        return _parse_pss(fields.optional(asn1.SEQUENCE))
    if dotted == _ECDSA_WITH_SPECIFIED:
        return SignatureAlgorithm(Scheme.ECDSA, parse_hash(fields.take()))
    if dotted in _WITHOUT_HASH and digest_name is not None:
        return SignatureAlgorithm(_WITHOUT_HASH[dotted], digest_name)
    raise SignatureAlgorithmRejected(f"signature algorithm {dotted}")


def _parse_pss(parameters: Element | None) -> SignatureAlgorithm:
    """Return the RSASSA-PSS parameters; each left out has a default (RFC 8017 §A.2.3)."""
    hash_name, mgf_hash_name, salt_bytes = "sha1", "sha1", 20
    for field in () if parameters is None else parameters.children():
        value = field.fields("PSS parameters").take()
        match field.tag:
            case 0xA0:
                hash_name = parse_hash(value)
            case 0xA1:
                mgf = value.fields("mask generation")
                if asn1.oid(mgf.take()) != _MGF1:
                    raise SignatureAlgorithmRejected("mask generation function is not MGF1")
                mgf_hash_name = parse_hash(mgf.take())
            case 0xA2:
                salt_bytes = asn1.integer(value)
            case _ if field.tag != 0xA3 or asn1.integer(value) != 1:
                raise SignatureAlgorithmRejected("PSS parameters with another trailer")
    if not 0 <= salt_bytes <= _MAX_SALT_BYTES:
        raise SignatureAlgorithmRejected("PSS salt of a length that cannot be")
    return SignatureAlgorithm(Scheme.RSA_PSS, hash_name, mgf_hash_name, salt_bytes)


def _verify_pkcs1(key: RsaPublicKey, signature: bytes, message: bytes, hash_name: str) -> bool:
    """Compare the whole encoded message (RFC 8017 §8.2.2), its DigestInfo with NULL or without.

    Real lists lack the NULL, which §9.2 note 1 lets a verifier take. Nothing is
    searched in the recovered bytes, so there is no padding to forge.
    """
    recovered = key.recover(signature)
    if recovered is None:
        return False
    digest = hashlib.new(hash_name, message).digest()
    matched = False
    for parameters in (_NULL_DER, b""):
        algorithm = asn1.encode(asn1.SEQUENCE, _HASH_DER[hash_name] + parameters)
        tail = asn1.encode(asn1.SEQUENCE, algorithm + asn1.encode(asn1.OCTET_STRING, digest))
        fill = key.size_bytes - len(tail) - 3
        matched |= compare_digest(recovered, b"\x00\x01" + b"\xff" * fill + b"\x00" + tail)
    return matched
