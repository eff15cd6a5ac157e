"""CMS SignedData (RFC 5652) of SODs and master lists, in the ways States encode it.

BER with indefinite lengths, a hash named only beside the signature, an issuer spelled
otherwise than in the certificate: what real documents do is taken, and the signature
covers the raw signed attributes, re-tagged as the SET they stand for (§5.4).
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from hmac import compare_digest
from itertools import islice
from typing import Final

from egate.emrtd import asn1
from egate.emrtd.asn1 import Asn1Malformed, Element
from egate.emrtd.crypto.signature import parse_hash, parse_signature_algorithm
from egate.emrtd.errors import DocumentRejected
from egate.emrtd.passive_authentication.certificate import Certificate
from egate.emrtd.passive_authentication.distinguished_name import is_same_name

_SIGNED_DATA: Final = "1.2.840.113549.1.7.2"
_CONTENT_TYPE: Final = "1.2.840.113549.1.9.3"
_MESSAGE_DIGEST: Final = "1.2.840.113549.1.9.4"
_SIGNING_TIME: Final = "1.2.840.113549.1.9.5"
_CONTEXT_0: Final = 0xA0
_CONTEXT_1: Final = 0xA1
_KEY_IDENTIFIERS: Final = (0x80, 0xA0)
_MAX_SIGNERS: Final = 8
_MAX_CERTIFICATES: Final = 32


class SignatureRefused(DocumentRejected):
    """A CMS signature does not stand; the message says which part of it."""


@dataclass(frozen=True, slots=True)
class SignerInfo:
    """One signature.

    Args:
        issuer: Name of the signer's issuer; None if a key identifier stands there.
        serial: of the signer's certificate; None likewise.
        ski: subject key identifier of the signer; None if the issuer stands there.
        digest_algorithm: of the content.
        signed_attributes: their raw content, without tag; None if there are none.
        signature_algorithm: as it stands there.
        signature: bytes.

    """

    issuer: bytes | None
    serial: int | None
    ski: bytes | None
    digest_algorithm: Element = field(repr=False)
    signed_attributes: bytes | None = field(repr=False)
    signature_algorithm: Element = field(repr=False)
    signature: bytes = field(repr=False)

    def names(self, certificate: Certificate) -> bool:
        """Return whether this is the signature of ``certificate``, by identifier or by name."""
        if self.issuer is None:
            return self.ski is not None and self.ski == certificate.ski
        return self.serial == certificate.serial and is_same_name(self.issuer, certificate.issuer)

    def signing_time(self) -> datetime | None:
        """Return when the signer says it signed, in UTC; None if it does not say, or unreadably.

        It is the signer's own word: believe it when the signature is verified (RFC 5652 §11.3).
        """
        try:
            attributes = dict(_attributes(self.signed_attributes or b"", (_SIGNING_TIME,)))
            return asn1.moment(attributes[_SIGNING_TIME])
        except (DocumentRejected, KeyError):
            return None


@dataclass(frozen=True, slots=True)
class SignedData:
    """What was signed, by whom, and the certificates that came along.

    Args:
        content_type: object identifier of the content.
        content: the signed bytes.
        certificates: those that can be read.
        signers: at least one.

    """

    content_type: str
    content: bytes = field(repr=False)
    certificates: tuple[Certificate, ...] = field(repr=False)
    signers: tuple[SignerInfo, ...] = field(repr=False)

    @classmethod
    def parse(cls, encoded: bytes | Element) -> "SignedData":
        """Read a ContentInfo that holds SignedData.

        Raises:
            Asn1Malformed: it is something else.

        """
        outer = asn1.decode(encoded) if isinstance(encoded, bytes) else encoded
        info = outer.expect(asn1.SEQUENCE, "CMS").fields("CMS")
        if asn1.oid(info.take()) != _SIGNED_DATA:
            raise Asn1Malformed("CMS holds no signed data")
        fields = info.take(_CONTEXT_0).fields("CMS").take(asn1.SEQUENCE).fields("signed data")
        fields.take(asn1.INTEGER)
        fields.take(asn1.SET)
        encapsulated = fields.take(asn1.SEQUENCE).fields("encapsulated content")
        content_type = asn1.oid(encapsulated.take())
        content = asn1.octets(encapsulated.take(_CONTEXT_0).fields("content").take())
        certificates = fields.optional(_CONTEXT_0)
        fields.optional(_CONTEXT_1)
        # One more than may be, so that a list of a million is not read to its end.
        infos = islice(fields.take(asn1.SET).children(), _MAX_SIGNERS + 1)
        signers = tuple(map(_signer_info, infos))
        if not 0 < len(signers) <= _MAX_SIGNERS:
            raise Asn1Malformed("signed data by nobody or by too many")
        return cls(content_type, content, tuple(_certificates(certificates)), signers)

    def certificate_of(self, signer: SignerInfo) -> Certificate | None:
        """Return the embedded certificate of ``signer``.

        A single one is taken even if the issuer is spelled otherwise (MY, UA): the
        signature and the path decide, the name only finds.
        """
        if len(self.certificates) == 1:
            return self.certificates[0]
        return next((c for c in self.certificates if signer.names(c)), None)

    def check_signature(self, signer: SignerInfo, certificate: Certificate) -> None:
        """Check contentType, messageDigest and the signature of ``signer``.

        Raises:
            SignatureRefused: one of them is wrong.
            DocumentRejected: an algorithm or key no State may use.
            LibcryptoUnavailable: this machine cannot tell.

        """
        digest_name = parse_hash(signer.digest_algorithm)
        if signer.signed_attributes is None:
            raise SignatureRefused("signed attributes are missing")
        attributes = dict(_attributes(signer.signed_attributes, (_CONTENT_TYPE, _MESSAGE_DIGEST)))
        content_type = attributes.get(_CONTENT_TYPE)
        if content_type is None or asn1.oid(content_type) != self.content_type:
            raise SignatureRefused("contentType is not that of the content")
        message_digest = attributes.get(_MESSAGE_DIGEST)
        actual = hashlib.new(digest_name, self.content).digest()
        if message_digest is None or not compare_digest(asn1.octets(message_digest), actual):
            raise SignatureRefused("messageDigest is not that of the content")
        algorithm = parse_signature_algorithm(signer.signature_algorithm, digest_name)
        signed = asn1.encode(asn1.SET, signer.signed_attributes)
        if not algorithm.verify(certificate.public_key(), signer.signature, signed):
            raise SignatureRefused(f"{algorithm.scheme} signature is wrong")


def _signer_info(element: Element) -> SignerInfo:
    fields = element.expect(asn1.SEQUENCE, "signer").fields("signer")
    fields.take(asn1.INTEGER)
    identifier = fields.take()
    issuer = serial = ski = None
    if identifier.tag == asn1.SEQUENCE:
        names = identifier.fields("signer identifier")
        issuer, serial = names.take(asn1.SEQUENCE).raw, asn1.integer(names.take())
    elif identifier.tag in _KEY_IDENTIFIERS:
        ski = identifier.content
        if identifier.is_constructed:
            ski = b"".join(asn1.octets(part) for part in identifier.children())
    else:
        raise Asn1Malformed("signer identifier of a form that cannot be")
    digest_algorithm = fields.take(asn1.SEQUENCE)
    attributes = fields.optional(_CONTEXT_0)
    return SignerInfo(
        issuer=issuer,
        serial=serial,
        ski=ski,
        digest_algorithm=digest_algorithm,
        signed_attributes=None if attributes is None else attributes.content,
        signature_algorithm=fields.take(asn1.SEQUENCE),
        signature=asn1.octets(fields.take()),
    )


def _attributes(content: bytes, wanted: tuple[str, ...]) -> Iterator[tuple[str, Element]]:
    """Yield type and only value of each attribute of the ``wanted`` types.

    Raises:
        SignatureRefused: one stands there twice or has several values (RFC 5652 §11).

    """
    seen: set[str] = set()
    for attribute in asn1.decode(asn1.encode(asn1.SET, content)).children():
        fields = attribute.fields("signed attribute")
        kind, values = asn1.oid(fields.take()), tuple(fields.take(asn1.SET).children())
        if kind not in wanted:
            continue
        if kind in seen or len(values) != 1:
            raise SignatureRefused("signed attribute is not single")
        seen.add(kind)
        yield kind, values[0]


def _certificates(wrapper: Element | None) -> Iterator[Certificate]:
    for number, element in enumerate(() if wrapper is None else wrapper.children()):
        if number == _MAX_CERTIFICATES:
            raise Asn1Malformed("too many certificates in signed data")
        try:
            yield Certificate.parse(element.raw)
        except Asn1Malformed:
            continue
