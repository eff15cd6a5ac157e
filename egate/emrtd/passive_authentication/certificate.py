"""X.509 certificates of CSCAs and document signers, as States really make them.

Of 1,481 real ones a strict parser gives no usable key for one in eight. This one reads
the parts that decide, leaves the others raw, and drops no certificate for an odd
extension (9303-12 §7.1 says how they should be; architecture decision 0004 why so).
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, Self

from egate.emrtd import asn1
from egate.emrtd.asn1 import Asn1Malformed, Element
from egate.emrtd.crypto.public_key import PublicKey, load_public_key
from egate.emrtd.crypto.signature import SignatureAlgorithm, parse_signature_algorithm
from egate.emrtd.errors import DocumentRejected
from egate.emrtd.passive_authentication import country, distinguished_name
from egate.emrtd.passive_authentication.distinguished_name import is_same_name

_SUBJECT_KEY_IDENTIFIER: Final = "2.5.29.14"
AUTHORITY_KEY_IDENTIFIER: Final = "2.5.29.35"
_KEY_USAGE: Final = "2.5.29.15"
_BASIC_CONSTRAINTS: Final = "2.5.29.19"
_EXTENDED_KEY_USAGE: Final = "2.5.29.37"
_DOCUMENT_TYPES: Final = "2.23.136.1.1.6.2"
_KEY_IDENTIFIER: Final = 0x80
_KEY_CERT_SIGN: Final = 0x04
_VERSION: Final = 0xA0
_EXTENSIONS: Final = 0xA3

MAX_CERTIFICATE_BYTES: Final = 32 * 1024


@dataclass(frozen=True, slots=True)
class Certificate:
    """One certificate. Raw parts are DER; identifiers are compared as bytes.

    Args:
        raw: the whole certificate.
        tbs: what its signature covers.
        serial: zero and negative ones exist.
        issuer: Name.
        subject: Name.
        not_before: UTC.
        not_after: UTC.
        spki: SubjectPublicKeyInfo.
        ski: subject key identifier; None when absent or broken.
        aki: key identifier of the issuer; None when absent or broken.
        is_ca: basicConstraints say so, in so many words (IT: by a path length); a version 1
            certificate cannot.
        may_certify: keyUsage allows to sign certificates; None when absent or broken.
        document_types: first characters of the MRZ it may sign (9303-12 §7.1.1.6); often none.
        extended_key_usages: object identifiers; a document signer has none.
        signature_algorithm: AlgorithmIdentifier.
        signature: bytes.

    """

    raw: bytes = field(repr=False)
    tbs: bytes = field(repr=False)
    serial: int
    issuer: bytes = field(repr=False)
    subject: bytes = field(repr=False)
    not_before: datetime
    not_after: datetime
    spki: bytes = field(repr=False)
    ski: bytes | None
    aki: bytes | None
    is_ca: bool
    may_certify: bool | None
    document_types: tuple[str, ...]
    extended_key_usages: tuple[str, ...]
    signature_algorithm: bytes = field(repr=False)
    signature: bytes = field(repr=False)

    @classmethod
    def parse(cls, raw: bytes) -> Self:
        """Read a DER certificate.

        Raises:
            Asn1Malformed: not a certificate, or one of the parts that decide is broken.

        """
        if len(raw) > MAX_CERTIFICATE_BYTES:
            raise Asn1Malformed(f"certificate of more than {MAX_CERTIFICATE_BYTES} bytes")
        outer = asn1.decode(raw).expect(asn1.SEQUENCE, "certificate").fields("certificate")
        tbs = outer.take(asn1.SEQUENCE)
        algorithm = outer.take(asn1.SEQUENCE)
        signature = asn1.bits(outer.take())
        fields = tbs.fields("certificate")
        fields.optional(_VERSION)
        serial = asn1.integer(fields.take())
        fields.take(asn1.SEQUENCE)
        issuer = fields.take(asn1.SEQUENCE)
        validity = fields.take(asn1.SEQUENCE).fields("validity")
        not_before, not_after = asn1.moment(validity.take()), asn1.moment(validity.take())
        subject = fields.take(asn1.SEQUENCE)
        spki = fields.take(asn1.SEQUENCE)
        extensions = dict(readable_extensions(fields.rest(), _EXTENSIONS))
        return cls(
            raw=raw,
            tbs=tbs.raw,
            serial=serial,
            issuer=issuer.raw,
            subject=subject.raw,
            not_before=not_before,
            not_after=not_after,
            spki=spki.raw,
            ski=_subject_key_identifier(extensions.get(_SUBJECT_KEY_IDENTIFIER)),
            aki=key_identifier_of(extensions.get(AUTHORITY_KEY_IDENTIFIER)),
            is_ca=_is_ca(extensions.get(_BASIC_CONSTRAINTS)),
            may_certify=_may_certify(extensions.get(_KEY_USAGE)),
            document_types=_document_types(extensions.get(_DOCUMENT_TYPES)),
            extended_key_usages=_key_usages(extensions.get(_EXTENDED_KEY_USAGE)),
            signature_algorithm=algorithm.raw,
            signature=signature,
        )

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate, hexadecimal."""
        return hashlib.sha256(self.raw).hexdigest()

    @property
    def country(self) -> str:
        """The State in its normal spelling, of the subject, else of the issuer; else ""."""
        named = distinguished_name.country_of(self.subject)
        return country.normalise(named or distinguished_name.country_of(self.issuer))

    @property
    def serial_hex(self) -> str:
        """The serial number, hexadecimal, with a minus sign if it has one."""
        return f"{self.serial:x}"

    @property
    def is_document_signer(self) -> bool:
        """It says that it certifies nobody: not by name, nor as a CA, nor by its key usage."""
        return self.may_certify is False and not (self.is_ca or self.is_self_issued)

    @property
    def is_self_issued(self) -> bool:
        """Issuer and subject are one name; links between keys of one State are so too."""
        return is_same_name(self.issuer, self.subject)

    def is_valid_on(self, day: date) -> bool:
        """Return whether ``day`` is inside the validity, both ends included (UTC)."""
        return self.not_before.date() <= day <= self.not_after.date()

    def public_key(self) -> PublicKey:
        """Return the key.

        Raises:
            DocumentRejected: it is of a kind no State may use.

        """
        return load_public_key(self.spki)

    def has_key_of(self, other: "Certificate") -> bool:
        """Return whether both certify one key, though one may name its curve (IL)."""
        if self.spki == other.spki:
            return True
        try:
            return self.public_key() == other.public_key()
        except DocumentRejected:
            return False

    def algorithm(self) -> SignatureAlgorithm:
        """Return how the certificate was signed.

        Raises:
            DocumentRejected: in a way no State may use.

        """
        return parse_signature_algorithm(asn1.decode(self.signature_algorithm))

    def verify_signed_by(self, issuer: "Certificate") -> bool:
        """Return whether the key of ``issuer`` made the signature; names are not looked at.

        Raises:
            LibcryptoUnavailable: this machine cannot tell.

        """
        return is_signed_with(issuer, self.signature_algorithm, self.signature, self.tbs)

    def is_self_signed(self) -> bool:
        """Return whether its own key made the signature.

        Raises:
            LibcryptoUnavailable: this machine cannot tell.

        """
        return self.is_self_issued and self.verify_signed_by(self)


def is_signed_with(issuer: Certificate, algorithm: bytes, signature: bytes, signed: bytes) -> bool:
    """Return whether the key of ``issuer`` made ``signature`` over ``signed``.

    An algorithm or key that no State may use verifies nothing.

    Raises:
        LibcryptoUnavailable: this machine cannot tell.

    """
    try:
        how = parse_signature_algorithm(asn1.decode(algorithm))
        return how.verify(issuer.public_key(), signature, signed)
    except DocumentRejected:
        return False


def readable_extensions(fields: tuple[Element, ...], tag: int) -> Iterator[tuple[str, bytes]]:
    """Yield the extensions below ``tag`` that can be read; an unreadable one is as good as none.

    Raises:
        Asn1Malformed: what is below ``tag`` is no list of extensions.

    """
    for wrapper in fields:
        if wrapper.tag != tag:
            continue
        for extension in wrapper.fields("extensions").take(asn1.SEQUENCE).children():
            try:
                parts = extension.fields("extension")
                kind = asn1.oid(parts.take())
                parts.optional(asn1.BOOLEAN)
                yield kind, asn1.octets(parts.take())
            except Asn1Malformed:
                continue


def _subject_key_identifier(content: bytes | None) -> bytes | None:
    if content is None:
        return None
    try:
        return asn1.octets(asn1.decode(content))
    except Asn1Malformed:
        return None


def key_identifier_of(content: bytes | None) -> bytes | None:
    """Return the keyIdentifier of an authorityKeyIdentifier extension."""
    if content is None:
        return None
    try:
        parts = asn1.decode(content).expect(asn1.SEQUENCE, "authority key identifier")
        return next(
            (part.content for part in parts.children() if part.tag == _KEY_IDENTIFIER), None
        )
    except Asn1Malformed:
        return None


def _is_ca(content: bytes | None) -> bool:
    """Return whether cA is not false, however it is encoded, or a path length says the same."""
    if content is None:
        return False
    try:
        fields = asn1.decode(content).fields("basic constraints")
        flag = fields.optional(asn1.BOOLEAN)
        has_length = fields.optional(asn1.INTEGER) is not None
        return has_length or (flag is not None and any(flag.content))
    except Asn1Malformed:
        return False


def _may_certify(content: bytes | None) -> bool | None:
    if content is None:
        return None
    try:
        # After the count of unused bits, keyCertSign is bit 5 of the first octet.
        octets = asn1.decode(content).expect(asn1.BIT_STRING, "key usage").content
    except Asn1Malformed:
        return None
    return bool(octets[1] & _KEY_CERT_SIGN) if len(octets) > 1 else None


def _key_usages(content: bytes | None) -> tuple[str, ...]:
    if content is None:
        return ()
    try:
        return tuple(map(asn1.oid, asn1.decode(content).children()))
    except Asn1Malformed:
        return ()


def _document_types(content: bytes | None) -> tuple[str, ...]:
    if content is None:
        return ()
    try:
        fields = asn1.decode(content).fields("document types")
        fields.take(asn1.INTEGER)
        names = fields.take(asn1.SET).children()
        return tuple(name.content.decode("ascii", "replace") for name in names)
    except Asn1Malformed:
        return ()
