"""What is in a file: found by its content, never by its name.

A file may hold one thing or many: PEM and LDIF are taken apart here, so that what
follows sees DER only.
"""

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Final

from egate.emrtd import asn1
from egate.emrtd.asn1 import Asn1Malformed, Element
from egate.emrtd.passive_authentication.certificate import Certificate
from egate.emrtd.passive_authentication.cms import SignedData

MAX_FILE_BYTES: Final = 256 * 1024 * 1024
_MASTER_LIST: Final = "2.23.136.1.1.2"
_DEVIATION_LIST: Final = "2.23.136.1.1.7"
_PEM: Final = re.compile(rb"-----BEGIN ([A-Z0-9 ]+)-----\s(.*?)-----END \1-----", re.DOTALL)
_LDIF: Final = re.compile(rb"\A(?:#[^\n]*\n|\s)*(?:version|dn):", re.IGNORECASE)
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
    """Return what a file holds.

    Raises:
        UnknownContent: it is nothing we know, or too long.

    """
    if len(content) > MAX_FILE_BYTES:
        raise UnknownContent(f"more than {MAX_FILE_BYTES} bytes")
    if content[:1] == b"\x30":
        kind = _kind_of(content)
        if kind is None:
            raise UnknownContent("ASN.1, but no list, certificate or CRL")
        return [Item(kind, content)]
    if _LDIF.match(content):
        return [Item(_kind_of(der), der, i) for i, der in enumerate(_ldif_values(content))]
    found = [_from_base64(match[2]) for match in _PEM.finditer(content)]
    if not found:
        raise UnknownContent("no list, certificate or CRL")
    if len(found) == 1:
        return [Item(_kind_of(found[0]), found[0])]
    return [Item(_kind_of(der), der, i) for i, der in enumerate(found)]


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
    return kinds.get(SignedData.parse(outer).content_type)


def _kind_of_signed(der: bytes) -> ContentKind:
    """Tell certificate and CRL apart: only one of them reads as a certificate."""
    try:
        Certificate.parse(der)
    except Asn1Malformed:
        return ContentKind.CRL
    return ContentKind.CERTIFICATE


def _ldif_values(content: bytes) -> Iterator[bytes]:
    """Yield the binary values of the attributes we know (RFC 2849)."""
    unfolded = content.replace(b"\r\n", b"\n").replace(b"\n ", b"")
    for line in unfolded.split(b"\n"):
        name, separator, value = line.partition(b"::")
        if separator and name.split(b";")[0].lower() in _LDIF_ATTRIBUTES:
            yield _from_base64(value)


def _from_base64(text: bytes) -> bytes:
    """Return the bytes; none for text that is not base64, which then is nothing we know."""
    try:
        return base64.b64decode(text)
    except binascii.Error:
        return b""
