"""Card verifiable certificates: what a chip can check of a terminal (9303-12 §7.2.2)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from typing import Final, Self

from egate.emrtd import asn1
from egate.emrtd.asn1 import Asn1Malformed
from egate.emrtd.crypto.ec_domain import Curve
from egate.emrtd.terminal_authentication.cv_public_key import CvPublicKey
from egate.emrtd.terminal_authentication.errors import CvCertificateMalformed
from egate.emrtd.tlv import decode_all, decode_header, decode_one

MAX_CV_CERTIFICATE_BYTES: Final = 8192
_CERTIFICATE: Final = 0x7F21
_BODY: Final = 0x7F4E
_SIGNATURE: Final = 0x5F37
_PROFILE: Final = 0x5F29
_ISSUER: Final = 0x42
_PUBLIC_KEY: Final = 0x7F49
_HOLDER: Final = 0x5F20
_AUTHORIZATION: Final = 0x7F4C
_EFFECTIVE: Final = 0x5F25
_EXPIRATION: Final = 0x5F24
_DISCRETIONARY: Final = 0x53
_MAX_REFERENCE: Final = 16

INSPECTION_SYSTEM: Final = "0.4.0.127.0.7.3.1.2.1"
_READS_DG3: Final = 0x01
_READS_DG4: Final = 0x02


class Role(Enum):
    """The two highest bits of the authorization (9303-10 §5.4.1)."""

    TERMINAL = 0
    FOREIGN_DV = 1
    DOMESTIC_DV = 2
    CVCA = 3

    @property
    def is_document_verifier(self) -> bool:
        return self in (Role.FOREIGN_DV, Role.DOMESTIC_DV)


@dataclass(frozen=True, slots=True)
class Authorization:
    """The certificate holder authorization template: who the holder is and may read what.

    Args:
        terminal_type: an object identifier; ``INSPECTION_SYSTEM`` for eMRTDs.
        bits: role and rights, as they stand there.

    """

    terminal_type: str
    bits: bytes

    @property
    def role(self) -> Role:
        return Role(self.bits[0] >> 6)

    @property
    def may_read_fingerprints(self) -> bool:
        """DG3 (9303-11 §K.1), where the template is that of an inspection system."""
        return self._has(_READS_DG3)

    @property
    def may_read_irises(self) -> bool:
        """DG4, likewise."""
        return self._has(_READS_DG4)

    def limited_by(self, issuer: "Authorization") -> "Authorization":
        """Return the rights that both have, with the role of this one (9303-11 §7.1.4.3.6)."""
        if issuer.terminal_type != self.terminal_type or len(issuer.bits) != len(self.bits):
            return Authorization(self.terminal_type, _without_rights(self.bits))
        both = bytes(one & other for one, other in zip(self.bits, issuer.bits, strict=True))
        role = self.bits[0] & 0xC0
        return Authorization(self.terminal_type, bytes((role | both[0] & 0x3F,)) + both[1:])

    def _has(self, right: int) -> bool:
        return self.terminal_type == INSPECTION_SYSTEM and bool(self.bits[-1] & right)


def _without_rights(bits: bytes) -> bytes:
    return bytes((bits[0] & 0xC0,)) + bytes(len(bits) - 1)


@dataclass(frozen=True, slots=True)
class CvCertificate:
    """One certificate of the chain CVCA, document verifier, terminal.

    Args:
        body: the data object 7F4E with tag and length: what the signature covers.
        signature: bytes.
        issuer: certification authority reference (CAR).
        holder: certificate holder reference (CHR).
        public_key: of the holder.
        authorization: role and rights of the holder.
        effective: first day.
        expiration: last day.

    """

    body: bytes = field(repr=False)
    signature: bytes = field(repr=False)
    issuer: str
    holder: str
    public_key: CvPublicKey
    authorization: Authorization
    effective: date
    expiration: date

    @classmethod
    def parse(cls, raw: bytes) -> Self:
        """Read a certificate with its outer tag 7F21.

        Raises:
            DocumentRejected: it is none, or its key is of a kind no terminal may use.

        """
        if len(raw) > MAX_CV_CERTIFICATE_BYTES:
            raise CvCertificateMalformed(
                f"certificate of more than {MAX_CV_CERTIFICATE_BYTES} bytes"
            )
        content = decode_one(raw, _CERTIFICATE)
        tag, length, header = decode_header(content)
        if tag != _BODY:
            raise CvCertificateMalformed("certificate does not begin with its body")
        parts = _objects(content)
        values = _objects(_value(parts, _BODY))
        if _value(values, _PROFILE) != b"\x00":
            raise CvCertificateMalformed("profile of a version that is not known")
        return cls(
            body=content[: header + length],
            signature=_value(parts, _SIGNATURE),
            issuer=parse_reference(_value(values, _ISSUER)),
            holder=parse_reference(_value(values, _HOLDER)),
            public_key=CvPublicKey.parse(_value(values, _PUBLIC_KEY)),
            authorization=_authorization(_value(values, _AUTHORIZATION)),
            effective=_date(_value(values, _EFFECTIVE)),
            expiration=_date(_value(values, _EXPIRATION)),
        )

    @property
    def role(self) -> Role:
        return self.authorization.role

    @property
    def is_self_signed(self) -> bool:
        """Issuer and holder are one key, so that no chip can make use of the certificate."""
        return self.issuer == self.holder

    def is_signed_by(self, issuer: CvPublicKey, inherited: Curve | None) -> bool:
        """Return whether the key of ``issuer`` made the signature.

        Args:
            issuer: of the certificate whose holder is this one's issuer.
            inherited: the curve of the CVCA, for an issuer's key without one.

        Raises:
            DocumentRejected: the key cannot be used.
            LibcryptoUnavailable: this machine cannot tell.

        """
        return issuer.verify(self.signature, self.body, inherited)


def _objects(raw: bytes) -> Mapping[int, bytes]:
    found: dict[int, bytes] = {}
    for tag, value in decode_all(raw):
        if tag in found:
            raise CvCertificateMalformed(f"data object {tag:02X} stands there twice")
        found[tag] = value
    return found


def _value(objects: Mapping[int, bytes], tag: int) -> bytes:
    if tag not in objects:
        raise CvCertificateMalformed(f"data object {tag:02X} is missing")
    return objects[tag]


def parse_reference(raw: bytes) -> str:
    """Return a key reference: ISO 8859-1 without the unassigned codes (9303-12 §7.2.3.1.4).

    Raises:
        CvCertificateMalformed: it is none.

    """
    if not 0 < len(raw) <= _MAX_REFERENCE or any(
        byte & 0x7F < 0x20 or byte == 0x7F for byte in raw
    ):
        raise CvCertificateMalformed("reference of a length or with characters that cannot be")
    return raw.decode("iso-8859-1")


def _authorization(content: bytes) -> Authorization:
    objects = _objects(content)
    bits = _value(objects, _DISCRETIONARY)
    identifier = asn1.encode(asn1.OBJECT_IDENTIFIER, _value(objects, asn1.OBJECT_IDENTIFIER))
    try:
        terminal_type = asn1.oid(asn1.decode(identifier))
    except Asn1Malformed as error:
        raise CvCertificateMalformed("terminal type is no object identifier") from error
    if not bits:
        raise CvCertificateMalformed("authorization without its bits")
    return Authorization(terminal_type, bits)


def _date(digits: bytes) -> date:
    """Return a date of six unpacked digits, the year in this century (§7.2.3.1.3)."""
    if len(digits) != 6 or any(digit > 9 for digit in digits):
        raise CvCertificateMalformed("date is not of six digits")
    year, month, day = (10 * digits[i] + digits[i + 1] for i in (0, 2, 4))
    try:
        return date(2000 + year, month, day)
    except ValueError:
        raise CvCertificateMalformed("date that cannot be") from None
