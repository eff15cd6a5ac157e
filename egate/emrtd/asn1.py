"""A small reader of BER (X.690) for certificates, CRLs, SODs and master lists.

Everything here comes from strangers. The reader copies nothing it does not have to,
goes a bounded number of levels deep, takes indefinite lengths, and has one error.
It gives raw bytes first and meaning second: signatures cover raw bytes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Final, Self

from egate.emrtd.errors import DocumentRejected

BOOLEAN: Final = 0x01
INTEGER: Final = 0x02
BIT_STRING: Final = 0x03
OCTET_STRING: Final = 0x04
NULL: Final = 0x05
OBJECT_IDENTIFIER: Final = 0x06
UTC_TIME: Final = 0x17
GENERALIZED_TIME: Final = 0x18
SEQUENCE: Final = 0x30
SET: Final = 0x31

_CONSTRUCTED: Final = 0x20
_MAX_DEPTH: Final = 32
_MAX_FIELDS: Final = 256
_MAX_OID_BYTES: Final = 64
_MAX_INTEGER_BYTES: Final = 2048


class Asn1Malformed(DocumentRejected):
    """Bytes that should be ASN.1 are not, or are another structure than expected."""


@dataclass(frozen=True, slots=True)
class Element:
    """One data object: ``tag`` as its identifier octets, the whole encoding, and the content."""

    tag: int
    raw: bytes
    content: bytes

    @property
    def is_constructed(self) -> bool:
        first = self.raw[0]
        return bool(first & _CONSTRUCTED)

    def expect(self, tag: int, what: str) -> Self:
        """Return the element itself if it has ``tag``.

        Raises:
            Asn1Malformed: it is something else; the message names ``what``.

        """
        if self.tag != tag:
            raise Asn1Malformed(f"{what}: tag {self.tag:02X} instead of {tag:02X}")
        return self

    def children(self) -> Iterator["Element"]:
        """Yield what a constructed element holds."""
        if not self.is_constructed:
            raise Asn1Malformed(f"tag {self.tag:02X} holds no elements")
        offset = 0
        while offset < len(self.content):
            child, offset = _read(self.content, offset)
            yield child

    def fields(self, what: str) -> "Fields":
        """Return a cursor over the children of a SEQUENCE, SET or context tag.

        Raises:
            Asn1Malformed: there are more than any structure has.

        """
        elements = tuple(islice(self.children(), _MAX_FIELDS + 1))
        if len(elements) > _MAX_FIELDS:
            raise Asn1Malformed(f"{what} has more than {_MAX_FIELDS} fields")
        return Fields(elements, what)


class Fields:
    """Takes the fields of a SEQUENCE one after the other."""

    def __init__(self, elements: tuple[Element, ...], what: str) -> None:
        self._elements = elements
        self._next = 0
        self._what = what

    def take(self, tag: int | None = None) -> Element:
        """Return the next field.

        Raises:
            Asn1Malformed: there is none, or it has another tag than ``tag``.

        """
        if self._next >= len(self._elements):
            raise Asn1Malformed(f"{self._what} ends early")
        element = self._elements[self._next]
        self._next += 1
        return element if tag is None else element.expect(tag, self._what)

    def optional(self, *tags: int) -> Element | None:
        """Return the next field if it has one of ``tags``, otherwise None."""
        if self._next < len(self._elements) and self._elements[self._next].tag in tags:
            return self.take()
        return None

    def rest(self) -> tuple[Element, ...]:
        """Return the fields that were not taken."""
        return self._elements[self._next :]


def decode(encoded: bytes, *, trailing: bool = False) -> Element:
    """Read one element.

    Args:
        encoded: BER bytes.
        trailing: allow bytes after the element, which files on chips have.

    Raises:
        Asn1Malformed: the bytes end early, or go on.

    """
    element, end = _read(encoded, 0)
    if end != len(encoded) and not trailing:
        raise Asn1Malformed("bytes after the end of the element")
    return element


def integer(element: Element) -> int:
    """Return the value of an INTEGER; negative and non-minimal ones occur and are taken."""
    content = element.expect(INTEGER, "integer").content
    if not 0 < len(content) <= _MAX_INTEGER_BYTES:
        raise Asn1Malformed("integer of a length that cannot be")
    return int.from_bytes(content, "big", signed=True)


def oid(element: Element) -> str:
    """Return an OBJECT IDENTIFIER in dotted form."""
    content = element.expect(OBJECT_IDENTIFIER, "object identifier").content
    if not 0 < len(content) <= _MAX_OID_BYTES or content[-1] & 0x80:
        raise Asn1Malformed("object identifier is cut")
    arcs: list[int] = []
    value = 0
    for octet in content:
        value = value << 7 | octet & 0x7F
        if not octet & 0x80:
            arcs.append(value)
            value = 0
    first = min(arcs[0] // 40, 2)
    return ".".join(map(str, (first, arcs[0] - 40 * first, *arcs[1:])))


def octets(element: Element) -> bytes:
    """Return the bytes of an OCTET STRING, put together where BER divided it."""
    if element.tag == OCTET_STRING:
        return element.content
    element.expect(OCTET_STRING | _CONSTRUCTED, "octet string")
    return b"".join(
        part.expect(OCTET_STRING, "octet string").content for part in element.children()
    )


def bits(element: Element) -> bytes:
    """Return the bytes of a BIT STRING that fills whole octets."""
    content = element.expect(BIT_STRING, "bit string").content
    if not content or content[0] != 0:
        raise Asn1Malformed("bit string with unused bits")
    return content[1:]


def moment(element: Element) -> datetime:
    """Return a UTCTime or GeneralizedTime in UTC; seconds may be missing, a zone may be there."""
    try:
        text = element.content.decode("ascii")
    except UnicodeDecodeError as error:
        raise Asn1Malformed("time is not ASCII") from error
    if element.tag == UTC_TIME:
        # X.680 leaves the century open; RFC 5280 §4.1.2.5.1 sets it.
        text = ("19" if text[:2] >= "50" else "20") + text
    else:
        element.expect(GENERALIZED_TIME, "time")
    zone = next((i for i, letter in enumerate(text) if letter in "Z+-"), len(text))
    digits, offset = text[:zone].split(".")[0], text[zone:]
    try:
        year, month, day, hour, minute = (
            int(digits[start:end]) for start, end in ((0, 4), (4, 6), (6, 8), (8, 10), (10, 12))
        )
        second = int(digits[12:14] or "0")
        local = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
        return local - _zone(offset)
    except (ValueError, OverflowError) as error:
        raise Asn1Malformed("time cannot be") from error


def _zone(offset: str) -> timedelta:
    if offset in ("", "Z"):
        return timedelta()
    east = timedelta(hours=int(offset[1:3]), minutes=int(offset[3:5]))
    return east if offset[0] == "+" else -east


def encode(tag: int, content: bytes) -> bytes:
    """Return the DER encoding of ``content`` under a one-octet ``tag``."""
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + content


def _read(encoded: bytes, offset: int) -> tuple[Element, int]:
    tag, start, length = _header(encoded, offset)
    if length is None:
        content_end, end = _end_of_indefinite(encoded, start)
    else:
        content_end = end = start + length
    return Element(tag, encoded[offset:end], encoded[start:content_end]), end


def _end_of_indefinite(encoded: bytes, start: int) -> tuple[int, int]:
    """Return where the content ends and where the element ends, nested ones stepped over."""
    depth, offset = 1, start
    while True:
        if encoded[offset : offset + 2] == b"\x00\x00":
            depth -= 1
            if depth == 0:
                return offset, offset + 2
            offset += 2
            continue
        _, content, length = _header(encoded, offset)
        if length is None:
            depth += 1
            if depth > _MAX_DEPTH:
                raise Asn1Malformed("nested too deep")
        offset = content + (length or 0)


def _header(encoded: bytes, offset: int) -> tuple[int, int, int | None]:
    """Return tag, start of the content and its length, None for an indefinite one."""
    try:
        tag = encoded[offset]
        constructed = tag & _CONSTRUCTED
        offset += 1
        if tag & 0x1F == 0x1F:
            tag = tag << 8 | encoded[offset]
            offset += 1
            if tag & 0x80:
                raise Asn1Malformed("tag of more than two octets")
        length = encoded[offset]
        offset += 1
    except IndexError as error:
        raise Asn1Malformed("ends in a header") from error
    if length == 0x80 and constructed:
        return tag, offset, None
    if length >= 0x80:
        count = length & 0x7F
        if not 1 <= count <= 4 or offset + count > len(encoded):
            raise Asn1Malformed("length of a form that cannot be")
        length = int.from_bytes(encoded[offset : offset + count], "big")
        offset += count
    if offset + length > len(encoded):
        raise Asn1Malformed("content ends early")
    return tag, offset, length
