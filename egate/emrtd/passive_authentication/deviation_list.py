"""Deviation lists: which documents a State made otherwise than 9303 says, and how (9303-12 §10).

A list may name hundreds of thousands of document numbers (Estonia: 169,422 in one entry), so
they are read in one pass and looked up by hash. They belong to people and are never shown.
Who signed a list is settled when it is taken in, not here.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, Self

from egate.emrtd import asn1
from egate.emrtd.asn1 import Asn1Malformed, Element, Fields
from egate.emrtd.crypto.signature import parse_hash
from egate.emrtd.passive_authentication.cms import SignedData
from egate.emrtd.passive_authentication.deviation_documents import (
    DeviationDocuments,
    DocumentIdentity,
    DocumentSignerIdentifier,
    normal_number,
)

DEVIATION_LIST: Final = "2.23.136.1.1.7"

MAX_LIST_BYTES: Final = 32 * 1024 * 1024
MAX_DEVIATIONS: Final = 10_000
MAX_DESCRIPTIONS: Final = 64
MAX_DOCUMENT_NUMBERS: Final = 1_000_000
_MAX_NUMBER_BYTES: Final = 64
_MAX_TEXT_BYTES: Final = 4096
_PARAMETERS: Final = 0xA0
_DOCUMENT_TYPE: Final = 0x80
_ISSUER_AND_SERIAL: Final = 0xA1
_KEY_IDENTIFIER: Final = 0x82
_DIGEST: Final = 0x83
_ISSUANCE_PERIOD: Final = 0xA4
_DOCUMENT_NUMBERS: Final = 0xA5
_STRINGS: Final = (0x13, 0x0C, 0x16)  # PrintableString; UTF8String and IA5String are forgiven


@dataclass(frozen=True, slots=True)
class DeviationDescription:
    """One way in which documents deviate.

    Args:
        kind: object identifier of the deviation type, known or not.
        parameter: which data group or field; an object identifier for an extension;
            None if it is absent or cannot be read.
        text: free text of the State; not for records.

    """

    kind: str
    parameter: int | str | None = None
    text: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Deviation:
    """Documents, and what is wrong with all of them."""

    documents: DeviationDocuments
    descriptions: tuple[DeviationDescription, ...]


@dataclass(frozen=True, slots=True)
class DeviationList:
    """The content of one deviation list.

    Args:
        hash_name: of the digests in it; None if it names none.
        deviations: in the order of the list.
        signed_at: what its signer says, UTC; None if it does not say.

    """

    hash_name: str | None
    deviations: tuple[Deviation, ...]
    signed_at: datetime | None = None

    @classmethod
    def of_signed(cls, cms: bytes) -> Self:
        """Read a list in its CMS; the signature is not looked at.

        Args:
            cms: ContentInfo, DER.

        Raises:
            Asn1Malformed: it is no deviation list, or beyond a limit.
            SignatureAlgorithmRejected: it names a hash that no State may use.

        """
        signed = SignedData.parse(cms)
        if signed.content_type != DEVIATION_LIST:
            raise Asn1Malformed("the CMS holds no deviation list")
        return cls.parse(signed.content, signed.signers[0].signing_time())

    @classmethod
    def parse(cls, content: bytes, signed_at: datetime | None = None) -> Self:
        """Read a DeviationList (9303-12 §10.2).

        Args:
            content: DER.
            signed_at: UTC.

        Raises:
            Asn1Malformed: it is none, or beyond a limit.
            SignatureAlgorithmRejected: it names a hash that no State may use.

        """
        if len(content) > MAX_LIST_BYTES:
            raise Asn1Malformed(f"deviation list of more than {MAX_LIST_BYTES} bytes")
        outer = asn1.decode(content).expect(asn1.SEQUENCE, "deviation list")
        fields = outer.fields("deviation list")
        asn1.integer(fields.take())
        algorithm = fields.optional(asn1.SEQUENCE)
        deviations = _limited(fields.take(asn1.SET), MAX_DEVIATIONS, "deviations")
        found = tuple(map(_deviation, deviations))
        if sum(len(each.documents.numbers or ()) for each in found) > MAX_DOCUMENT_NUMBERS:
            raise Asn1Malformed(f"deviation list of more than {MAX_DOCUMENT_NUMBERS} documents")
        return cls(None if algorithm is None else parse_hash(algorithm), found, signed_at)

    def describe(self, document: DocumentIdentity) -> tuple[DeviationDescription, ...]:
        """Return what is wrong with ``document`` by this list; nothing if it is not named."""
        return tuple(
            description
            for deviation in self.deviations
            if deviation.documents.name(document, self.hash_name)
            for description in deviation.descriptions
        )


def _limited(element: Element, limit: int, what: str) -> Iterator[Element]:
    for count, child in enumerate(element.children()):
        if count == limit:
            raise Asn1Malformed(f"deviation list of more than {limit} {what}")
        yield child


def _deviation(element: Element) -> Deviation:
    fields = element.expect(asn1.SEQUENCE, "deviation").fields("deviation")
    documents = _documents(fields.take(asn1.SEQUENCE).fields("deviation documents"))
    described = _limited(fields.take(asn1.SET), MAX_DESCRIPTIONS, "descriptions")
    descriptions = tuple(map(_description, described))
    return Deviation(documents, descriptions or (DeviationDescription(DEVIATION_LIST),))


def _documents(fields: Fields) -> DeviationDocuments:
    kind = fields.optional(_DOCUMENT_TYPE)
    signer = fields.optional(_ISSUER_AND_SERIAL, _KEY_IDENTIFIER, _DIGEST)
    period = fields.optional(_ISSUANCE_PERIOD)
    numbers = fields.optional(_DOCUMENT_NUMBERS)
    if fields.rest():  # a condition that is not known is not met: the entry means nothing to us
        return DeviationDocuments()
    return DeviationDocuments(
        document_type=None if kind is None else kind.content.decode("ascii", "replace"),
        signer=None if signer is None else _signer(signer),
        issued=None if period is None else _period(period.fields("issuance period")),
        numbers=None if numbers is None else _numbers(numbers.content),
    )


def _signer(element: Element) -> DocumentSignerIdentifier:
    if element.tag == _KEY_IDENTIFIER:
        return DocumentSignerIdentifier(ski=element.content)
    if element.tag == _DIGEST:
        return DocumentSignerIdentifier(digest=element.content)
    fields = element.fields("issuer and serial number")
    issuer = fields.take(asn1.SEQUENCE).raw
    return DocumentSignerIdentifier(issuer=issuer, serial=asn1.integer(fields.take()))


def _period(fields: Fields) -> tuple[date, date]:
    return asn1.moment(fields.take()).date(), asn1.moment(fields.take()).date()


def _numbers(content: bytes) -> frozenset[bytes]:
    """Read a SET OF strings in one pass: a value object for each would take seconds."""
    found = set()
    offset, end = 0, len(content)
    while offset < end:
        header, start = content[offset : offset + 2], offset + 2
        if len(header) < 2 or header[0] not in _STRINGS or header[1] > _MAX_NUMBER_BYTES:
            raise Asn1Malformed("document number of a form that cannot be")
        offset = start + header[1]
        if offset > end:
            raise Asn1Malformed("document number ends early")
        found.add(normal_number(content[start:offset]))
    return frozenset(found - {b""})


def _description(element: Element) -> DeviationDescription:
    fields = element.expect(asn1.SEQUENCE, "deviation description").fields("description")
    text = fields.optional(*_STRINGS)
    kind = asn1.oid(fields.take())
    parameters = fields.optional(_PARAMETERS)
    return DeviationDescription(
        kind=kind,
        parameter=None if parameters is None else _parameter(parameters),
        text="" if text is None else text.content[:_MAX_TEXT_BYTES].decode("utf-8", "replace"),
    )


def _parameter(wrapper: Element) -> int | str | None:
    """Return a Datagroup, MRZField or CertField; other types may have what they like."""
    try:
        value = wrapper.fields("deviation parameter").take()
        if value.tag == asn1.OBJECT_IDENTIFIER:
            return asn1.oid(value)
        return asn1.integer(value)
    except Asn1Malformed:
        return None
