"""What is in a file: found by its content, never by its name.

A file may hold one thing or many: PEM, LDIF and certificates-only CMS are taken apart
here, so that what follows sees DER only. Each is read in one go from front to back, so
the time is bounded by the size, and the size by the limits below.
"""

import base64
import binascii
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum, auto
from itertools import islice
from typing import Final

from egate.emrtd import asn1
from egate.emrtd.asn1 import Asn1Malformed, Element, Fields
from egate.emrtd.passive_authentication.certificate import Certificate

MAX_FILE_BYTES: Final = 256 * 1024 * 1024
"""Of a text; the LDIF files of the ICAO PKD have about 100 MB."""
_MAX_DER_BYTES: Final = 32 * 1024 * 1024
_MAX_ITEMS: Final = 200_000
_MAX_LDIF_PREFACE: Final = 64 * 1024
_MASTER_LIST: Final = "2.23.136.1.1.2"
_DEVIATION_LIST: Final = "2.23.136.1.1.7"
_SIGNED_DATA: Final = "1.2.840.113549.1.7.2"
_CONTENT: Final = 0xA0
_CERTIFICATES, _CRLS = 0xA0, 0xA1
_BEGIN, _END, _DASHES = b"-----BEGIN ", b"-----END ", b"-----"
_LDIF: Final = re.compile(rb"(?:version|dn):", re.IGNORECASE)
# LDAP attributes of the ICAO PKD in its old and its present schema; the value of each
# is recognised by its content like a file of its own.
_LDIF_ATTRIBUTES: Final = frozenset(
    {
        b"usercertificate",
        b"cacertificate",
        b"certificaterevocationlist",
        b"cscamasterlistdata",
        b"pkdmasterlistcontent",
        b"deviationlistdata",
        b"pkddeviationlistcontent",
    }
)


class UnknownContent(Exception):
    """The bytes are nothing that a trust store knows."""


class ContentKind(Enum):
    MASTER_LIST = auto()
    BARE_MASTER_LIST = auto()
    DEVIATION_LIST = auto()
    CERTIFICATE = auto()
    CRL = auto()


@dataclass(frozen=True, slots=True)
class Item:
    """One thing of a file.

    Args:
        kind: what it is; None if it is nothing we know.
        der: the thing.
        index: place in the file, from 0; None if the file holds but one thing.

    """

    kind: ContentKind | None
    der: bytes = field(repr=False)
    index: int | None = None


def items_of(content: bytes) -> list[Item]:
    """Return what a file holds; what stands there again is left out.

    Raises:
        UnknownContent: it is nothing we know, or too long.

    """
    if len(content) > MAX_FILE_BYTES:
        raise UnknownContent(f"more than {MAX_FILE_BYTES} bytes")
    if content[:1] == b"\x30":
        return _items_of_der(content)
    if _LDIF.match(_after_preface(content)):
        return _items(_ldif_values(content))
    values = list(islice(_pem_values(content), _MAX_ITEMS + 1))
    if not values:
        raise UnknownContent("no list, certificate or CRL")
    return [Item(_kind_of(values[0]), values[0])] if len(values) == 1 else _items(values)


def _items_of_der(content: bytes) -> list[Item]:
    if len(content) > _MAX_DER_BYTES:
        raise UnknownContent(f"ASN.1 of more than {_MAX_DER_BYTES} bytes")
    if kind := _kind_of(content):
        return [Item(kind, content)]
    try:
        items = _items(_certificates_only(content))
    except Asn1Malformed:
        items = []
    if not items:
        raise UnknownContent("ASN.1, but no list, certificate or CRL")
    return items


def _items(values: Iterable[bytes]) -> list[Item]:
    """Return each value once, at its first place.

    Raises:
        UnknownContent: there are too many.

    """
    found: dict[bytes, int] = {}
    for index, der in enumerate(values):
        if index == _MAX_ITEMS:
            raise UnknownContent(f"more than {_MAX_ITEMS} entries")
        found.setdefault(der, index)
    return [Item(_kind_of(der), der, index) for der, index in found.items()]


def _kind_of(der: bytes) -> ContentKind | None:
    try:
        outer = asn1.decode(der).expect(asn1.SEQUENCE, "file")
        first = next(outer.children(), None)
        if first is None:
            return None
        if first.tag == asn1.OBJECT_IDENTIFIER:
            return _kind_of_cms(outer)
        if first.tag == asn1.INTEGER:
            return ContentKind.BARE_MASTER_LIST
    except Asn1Malformed:
        return None
    return _kind_of_signed(der)


def _kind_of_cms(outer: Element) -> ContentKind | None:
    kinds = {
        _MASTER_LIST: ContentKind.MASTER_LIST,
        _DEVIATION_LIST: ContentKind.DEVIATION_LIST,
    }
    content = _signed_data(outer).take(asn1.SEQUENCE).fields("encapsulated content")
    return kinds.get(asn1.oid(content.take()))


def _signed_data(outer: Element) -> Fields:
    """Return the fields of SignedData that follow its version and algorithms (RFC 5652 §5.1)."""
    fields = outer.expect(asn1.SEQUENCE, "CMS").fields("CMS")
    if asn1.oid(fields.take()) != _SIGNED_DATA:
        raise Asn1Malformed("CMS holds no signed data")
    fields = fields.take(_CONTENT).fields("CMS").take(asn1.SEQUENCE).fields("signed data")
    fields.take(asn1.INTEGER)
    fields.take(asn1.SET)
    return fields


def _kind_of_signed(der: bytes) -> ContentKind:
    """Tell certificate and CRL apart: only one of them reads as a certificate."""
    try:
        Certificate.parse(der)
    except Asn1Malformed:
        return ContentKind.CRL
    return ContentKind.CERTIFICATE


def _certificates_only(content: bytes) -> Iterator[bytes]:
    """Yield the certificates and CRLs of a CMS that has no content and no signers.

    So lists of document signers are handed over (RFC 5652 §5.1, RFC 5751 §3.8). Nobody
    signed it, so nothing in it is believed for being there.
    """
    fields = _signed_data(asn1.decode(content))
    if len(tuple(islice(fields.take(asn1.SEQUENCE).children(), 2))) > 1:
        raise Asn1Malformed("CMS has content")
    for tag in (_CERTIFICATES, _CRLS):
        wrapper = fields.optional(tag)
        yield from () if wrapper is None else (each.raw for each in wrapper.children())


def _after_preface(content: bytes) -> bytes:
    """Return what follows the comments and empty lines at the start of a text."""
    head = content[:_MAX_LDIF_PREFACE].lstrip()
    while head.startswith(b"#"):
        head = head.partition(b"\n")[2].lstrip()
    return head


def _ldif_values(content: bytes) -> Iterator[bytes]:
    """Yield the binary values of the attributes we know (RFC 2849)."""
    unfolded = content.replace(b"\r\n", b"\n").replace(b"\n ", b"")
    start = 0
    while start < len(unfolded):
        end = unfolded.find(b"\n", start)
        end = len(unfolded) if end < 0 else end
        colons = unfolded.find(b"::", start, end)
        name = unfolded[start : max(colons, start)].split(b";")[0].lower()
        if name in _LDIF_ATTRIBUTES:
            yield _from_base64(unfolded[colons + 2 : end])
        start = end + 1


def _pem_values(content: bytes) -> Iterator[bytes]:
    """Yield what stands between the last BEGIN before an END and that END (RFC 7468)."""
    done, end = 0, content.find(_END)
    while end >= 0:
        start = content.rfind(_BEGIN, done, end)
        if start >= 0:
            label, dashes, text = content[start + len(_BEGIN) : end].partition(_DASHES)
            if dashes and content.startswith(label + _DASHES, end + len(_END)):
                yield _from_base64(text)
        done = end + len(_END)
        end = content.find(_END, done)


def _from_base64(text: bytes) -> bytes:
    """Return the bytes; none for text that is not base64, which then is nothing we know."""
    try:
        return base64.b64decode(text)
    except binascii.Error:
        return b""
