"""Card verifiable certificates as a chip reads and checks them (9303-12 §7.2.2, §7.2.3)."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from hardware_mocks.chip.elliptic import Curve
from hardware_mocks.chip.key_agreement import InvalidPublicKey
from hardware_mocks.pki import der
from hardware_mocks.pki.keys import Domain
from hardware_mocks.tlv import TlvError, elements

_BODY: Final = 0x7F4E
_SIGNATURE: Final = 0x5F37
_REQUIRED: Final = (0x5F29, 0x42, 0x7F49, 0x5F20, 0x7F4C, 0x5F25, 0x5F24)
_EXTENSIONS: Final = 0x65
_DOMAIN: Final = (0x81, 0x82, 0x83, 0x84, 0x85)
# id-IS: inspection systems (BSI TR-03110-3 §C.4.1).
_INSPECTION_SYSTEM: Final = der.oid("0.4.0.127.0.7.3.1.2.1")[2:]

_ID_TA: Final = "0.4.0.127.0.7.2.2.2"
_HASHES: Final[Mapping[str, hashes.HashAlgorithm]] = {
    "sha1": hashes.SHA1(),  # noqa: S303  of TR-03110's earlier versions
    "sha224": hashes.SHA224(),
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}
# Object identifier -> hash, and how an RSA signature is padded (9303-11 §9.2.9, TR-03110-3 §A.7).
_RSA: Final = {
    der.oid(f"{_ID_TA}.1.{arc}")[2:]: scheme
    for arc, scheme in enumerate(
        [("sha1", "v1.5"), ("sha256", "v1.5"), ("sha1", "pss"), ("sha256", "pss"),
         ("sha512", "v1.5"), ("sha512", "pss")], start=1,
    )
}  # fmt: skip
_ECDSA: Final = {
    der.oid(f"{_ID_TA}.2.{arc}")[2:]: name
    for arc, name in enumerate(["sha1", "sha224", "sha256", "sha384", "sha512"], start=1)
}
# Role -> the roles that it gives: terminals give none (9303-11 §7.1.4.3.6).
_MAY_ISSUE: Final = {3: (3, 2, 1), 2: (0,), 1: (0,), 0: ()}


class CertificateRefused(Exception):
    """The certificate is malformed, or not one that this issuer may have issued."""


@dataclass(frozen=True, slots=True)
class CvPublicKey:
    """The public key in a certificate; the curve is the authority's where it names none."""

    algorithm: bytes
    values: Mapping[int, bytes] = field(repr=False)
    curve: Curve | None = None

    @classmethod
    def parse(cls, raw: bytes) -> Self:
        """Read the value of a public key data object (9303-12 §7.2.3.2); CertificateRefused."""
        parts = _objects(raw)
        algorithm = parts.pop(0x06, b"")
        known = algorithm in _RSA or algorithm in _ECDSA
        needed = {0x81, 0x82} if algorithm in _RSA else {0x86}
        if not known or not needed <= set(parts):
            raise CertificateRefused("a public key of an unknown kind")
        return cls(algorithm, parts, _curve(parts) if algorithm in _ECDSA else None)

    def inheriting(self, authority: Self) -> Self:
        """The same key on the authority's curve (9303-12 §7.2.2.3)."""
        if self.curve or self.algorithm in _RSA:
            return self
        return replace(self, curve=authority.curve)

    def verify(self, signature: bytes, message: bytes) -> bool:
        """Whether the signature is one of this key."""
        if self.algorithm in _RSA:
            return self._verify_rsa(signature, message)
        return self.curve is not None and self._verify_ecdsa(self.curve, signature, message)

    def _verify_rsa(self, signature: bytes, message: bytes) -> bool:
        hash_name, scheme = _RSA[self.algorithm]
        chosen = _HASHES[hash_name]
        pss = padding.PSS(padding.MGF1(chosen), chosen.digest_size)
        modulus, exponent = (int.from_bytes(self.values[tag], "big") for tag in (0x81, 0x82))
        try:
            key = rsa.RSAPublicNumbers(exponent, modulus).public_key()
            key.verify(signature, message, pss if scheme == "pss" else padding.PKCS1v15(), chosen)
        except (InvalidSignature, ValueError):
            return False
        return True

    def _verify_ecdsa(self, curve: Curve, signature: bytes, message: bytes) -> bool:
        """Plain format, r and s as long as the order (BSI TR-03111 §4.2.1)."""
        width = (curve.order.bit_length() + 7) // 8
        r, s = (int.from_bytes(part, "big") for part in (signature[:width], signature[width:]))
        if len(signature) != 2 * width or not (0 < r < curve.order and 0 < s < curve.order):
            return False
        digest = hashlib.new(_ECDSA[self.algorithm], message).digest()
        e = int.from_bytes(digest, "big") >> max(8 * len(digest) - curve.order.bit_length(), 0)
        inverse = pow(s, -1, curve.order)
        try:
            own = curve.multiply(r * inverse, self.values[0x86])
            if e % curve.order:
                own = curve.combine(curve.public_key(e * inverse), own)
        except InvalidPublicKey:
            return False
        return int.from_bytes(curve.shared_secret(own), "big") % curve.order == r


@dataclass(frozen=True, slots=True)
class CvCertificate:
    """A parsed certificate, not yet checked.

    ``role`` is 3 for a CVCA, 2 and 1 for a domestic and a foreign DV, 0 for a terminal;
    ``rights`` the bits of access below the role, none for what is no inspection system.
    """

    authority: bytes
    holder: bytes
    key: CvPublicKey
    role: int
    rights: int
    effective: date
    expires: date
    body: bytes = field(repr=False)
    signature: bytes = field(repr=False)

    @classmethod
    def parse(cls, raw: bytes) -> Self:
        """Read body and signature, as PSO:Verify Certificate brings them; CertificateRefused."""
        try:
            whole = elements(raw)
        except TlvError:
            raise CertificateRefused("no sequence of data objects") from None
        if [part.tag for part in whole] != [_BODY, _SIGNATURE]:
            raise CertificateRefused("a certificate is a body and a signature")
        parts = _objects(whole[0].value)
        if [tag for tag in parts if tag != _EXTENSIONS] != list(_REQUIRED) or parts[
            0x5F29
        ] != b"\0":
            raise CertificateRefused("not the profile of a CV certificate")
        role, rights = _authorization(parts[0x7F4C])
        return cls(
            parts[0x42],
            parts[0x5F20],
            CvPublicKey.parse(parts[0x7F49]),
            role,
            rights,
            _date(parts[0x5F25]),
            _date(parts[0x5F24]),
            whole[0].raw,
            whole[1].value,
        )

    @classmethod
    def of_file(cls, raw: bytes) -> Self:
        """Read a whole certificate, DO'7F21'; CertificateRefused."""
        outer = _objects(raw)
        if list(outer) != [0x7F21]:
            raise CertificateRefused("no CV certificate")
        return cls.parse(outer[0x7F21])

    def check_issued_by(self, issuer: Self, today: date) -> Self:
        """Check signature, roles and dates; return it with what it inherits (9303-11 §7.1.4.3).

        Raises:
            CertificateRefused: the issuer did not sign it, or may not have.

        """
        if self.authority != issuer.holder:
            raise CertificateRefused("the authority is another one")
        if not issuer.key.verify(self.signature, self.body):
            raise CertificateRefused("the signature is wrong")
        if self.role not in _MAY_ISSUE[issuer.role]:
            raise CertificateRefused("a role that the issuer cannot give")
        if self.role != 3 and self.expires < today:
            raise CertificateRefused("it has expired")
        key = self.key.inheriting(issuer.key)
        return replace(self, key=key, rights=self.rights & issuer.rights)


def _objects(raw: bytes) -> dict[int, bytes]:
    try:
        found = elements(raw)
    except TlvError:
        raise CertificateRefused("no sequence of data objects") from None
    if len({part.tag for part in found}) != len(found):
        raise CertificateRefused("a data object comes twice")
    return {part.tag: part.value for part in found}


def _curve(parts: Mapping[int, bytes]) -> Curve | None:
    if not set(_DOMAIN) & set(parts):
        return None
    if not set(_DOMAIN) <= set(parts):
        raise CertificateRefused("incomplete domain parameters")
    p, a, b, q = (int.from_bytes(parts[tag], "big") for tag in (0x81, 0x82, 0x83, 0x85))
    half = len(parts[0x84]) // 2
    x, y = parts[0x84][1 : 1 + half], parts[0x84][1 + half :]
    generator = (int.from_bytes(x, "big"), int.from_bytes(y, "big"))
    curve = Curve("of the authority", Domain(p=p, a=a, b=b, g=generator, q=q))
    try:
        curve.decode(parts[0x84])
    except (InvalidPublicKey, ZeroDivisionError):
        raise CertificateRefused("impossible domain parameters") from None
    return curve


def _authorization(raw: bytes) -> tuple[int, int]:
    """The role, and the rights that an inspection system may have (TR-03110-3 §C.4.1.1)."""
    parts = _objects(raw)
    if list(parts) != [0x06, 0x53] or not parts[0x53]:
        raise CertificateRefused("no authorization template")
    first = parts[0x53][0]
    return first >> 6, first & 0x3F if parts[0x06] == _INSPECTION_SYSTEM else 0


def _date(raw: bytes) -> date:
    """YYMMDD in unpacked digits (9303-12 §7.2.3.1.3)."""
    if len(raw) != 6 or max(raw) > 9:
        raise CertificateRefused("no date")
    year, month, day = (10 * raw[at] + raw[at + 1] for at in (0, 2, 4))
    try:
        return date(2000 + year, month, day)
    except ValueError:
        raise CertificateRefused("no date") from None
