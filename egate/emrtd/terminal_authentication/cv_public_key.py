"""Public keys of CV certificates, and what they sign with (9303-12 §7.2.3.2, TR-03110-3 §D.3)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Self

from egate.emrtd import asn1
from egate.emrtd.asn1 import Asn1Malformed
from egate.emrtd.crypto.ec_domain import Curve, match_curve
from egate.emrtd.crypto.public_key import (
    EcPublicKey,
    RsaPublicKey,
    ec_public_key,
    rsa_public_key,
)
from egate.emrtd.crypto.signature import Scheme, SignatureAlgorithm
from egate.emrtd.terminal_authentication.errors import CvCertificateMalformed
from egate.emrtd.tlv import decode_all

_HASH_BYTES: Final = {"sha1": 20, "sha224": 28, "sha256": 32, "sha384": 48, "sha512": 64}
_ID_TA: Final = "0.4.0.127.0.7.2.2.2."
# 9303-11 §9.2.9, and of TR-03110-3 §A.6.4 what terminals of the European Union still have.
_RSA: Final = {
    "1.1": (Scheme.RSA_PKCS1, "sha1"),
    "1.2": (Scheme.RSA_PKCS1, "sha256"),
    "1.3": (Scheme.RSA_PSS, "sha1"),
    "1.4": (Scheme.RSA_PSS, "sha256"),
    "1.5": (Scheme.RSA_PKCS1, "sha512"),
    "1.6": (Scheme.RSA_PSS, "sha512"),
}
_ECDSA: Final = {"2.1": "sha1", "2.2": "sha224", "2.3": "sha256", "2.4": "sha384", "2.5": "sha512"}
_POINT: Final = 0x86
_COFACTOR: Final = 0x87
_DOMAIN: Final = (0x81, 0x82, 0x83, 0x84, 0x85)


@dataclass(frozen=True, slots=True)
class CvPublicKey:
    """The key of a certificate holder, on a curve that may stand in an earlier certificate.

    Args:
        algorithm: how the holder signs.
        rsa: the key, None for ECDSA.
        curve: None for RSA, and where the certificate leaves out the domain parameters.
        point: the public point as it is encoded; empty for RSA.

    """

    algorithm: SignatureAlgorithm
    rsa: RsaPublicKey | None
    curve: Curve | None
    point: bytes = field(repr=False)

    @classmethod
    def parse(cls, content: bytes) -> Self:
        """Read the content of a public key data object 7F49.

        Raises:
            DocumentRejected: an algorithm, a curve or numbers that no terminal may use.

        """
        values: dict[int, bytes] = {}
        for tag, value in decode_all(content):
            if tag in values:
                raise CvCertificateMalformed(f"public key names {tag:02X} twice")
            values[tag] = value
        oid = _oid(values.pop(asn1.OBJECT_IDENTIFIER, b""))
        if oid in _RSA:
            scheme, hash_name = _RSA[oid]
            size = _HASH_BYTES[hash_name]
            modulus, exponent = (_number(values, tag) for tag in (0x81, 0x82))
            return cls(
                SignatureAlgorithm(scheme, hash_name, hash_name, size),
                rsa_public_key(modulus, exponent),
                None,
                b"",
            )
        if oid not in _ECDSA:
            raise CvCertificateMalformed("signature algorithm of no terminal")
        if not values.get(_POINT):
            raise CvCertificateMalformed("public key without its point")
        algorithm = SignatureAlgorithm(Scheme.ECDSA, _ECDSA[oid])
        return cls(algorithm, None, _curve(values), values[_POINT])

    def verify(self, signature: bytes, message: bytes, inherited: Curve | None) -> bool:
        """Return whether the holder made ``signature``; ECDSA is r and s side by side.

        Args:
            signature: of the certificate or of the terminal.
            message: what was signed, not hashed.
            inherited: the curve of the CVCA, for a key without its own.

        Raises:
            CvCertificateMalformed: no curve is known.
            PublicKeyRejected: the point is not one of the curve's length.
            LibcryptoUnavailable: this machine cannot tell.

        """
        if self.rsa is not None:
            return self.algorithm.verify(self.rsa, signature, message)
        key = self.on(inherited)
        return key.verify_plain(signature, message, self.algorithm.hash_name)

    def on(self, inherited: Curve | None) -> EcPublicKey:
        """Return the ECDSA key on its own curve or, without one, on ``inherited``."""
        curve = self.curve or inherited
        if curve is None:
            raise CvCertificateMalformed("no certificate before has the domain parameters")
        return ec_public_key(curve, self.point)


def _oid(content: bytes) -> str:
    """Return the part of the algorithm's identifier behind id-TA, "" for another one."""
    try:
        dotted = asn1.oid(asn1.decode(asn1.encode(asn1.OBJECT_IDENTIFIER, content)))
    except Asn1Malformed as error:
        raise CvCertificateMalformed("signature algorithm is no object identifier") from error
    return dotted.removeprefix(_ID_TA) if dotted.startswith(_ID_TA) else ""


def _number(values: Mapping[int, bytes], tag: int) -> int:
    if tag not in values:
        raise CvCertificateMalformed(f"public key without {tag:02X}")
    return int.from_bytes(values[tag], "big")


def _curve(values: Mapping[int, bytes]) -> Curve | None:
    """Return the curve that is spelled out; the parameters are all there or none (§9.4.4)."""
    if not any(tag in values for tag in _DOMAIN):
        return None
    p, a, b, _, n = (_number(values, tag) for tag in _DOMAIN)
    cofactor = int.from_bytes(values.get(_COFACTOR, b"\x01"), "big")
    return match_curve(p, (a, b, n), values[0x84], cofactor)
