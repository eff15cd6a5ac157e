"""Blocks of the ISO/IEC 39794 series: SEQUENCEs with automatic tags, extensible all over.

Fields of a later version are stepped over, as the series wants it.
"""

from collections.abc import Iterator
from typing import Final, Self

from egate.emrtd.asn1 import SEQUENCE, Asn1Malformed, Element

_CONTEXT: Final = 0x80
_CONSTRUCTED: Final = 0x20
_NUMBER: Final = 0x1F
_MAX_INTEGER_BYTES: Final = 4


class Block:
    """The fields of one SEQUENCE or CHOICE by their automatic tags.

    Args:
        element: constructed.
        what: what errors call it.

    Raises:
        Asn1Malformed: it holds no fields, too many, or one twice.

    """

    def __init__(self, element: Element, what: str) -> None:
        self._what = what
        self._fields: dict[int, Element] = {}
        for child in element.fields(what).rest():
            number = child.tag & ~_CONSTRUCTED ^ _CONTEXT
            if not 0 <= number < _NUMBER:
                raise Asn1Malformed(f"{what}: tag {child.tag:02X} has no place there")
            if number in self._fields:
                raise Asn1Malformed(f"{what}: field {number} stands there twice")
            self._fields[number] = child

    def __contains__(self, number: int) -> bool:
        return number in self._fields

    def element(self, number: int) -> Element:
        """Return the field ``number``.

        Raises:
            Asn1Malformed: it is missing.

        """
        if number not in self._fields:
            raise Asn1Malformed(f"{self._what}: field {number} is missing")
        return self._fields[number]

    def block(self, number: int) -> Self:
        """Open the field ``number``, which must be there and be constructed.

        Raises:
            Asn1Malformed: it is missing, or no block.

        """
        return type(self)(self.element(number), f"{self._what}.{number}")

    def blocks(self, number: int, limit: int) -> Iterator[Self]:
        """Open each block of the SEQUENCE OF ``number``; of none when it is absent.

        Raises:
            Asn1Malformed: there are more than ``limit``, or something else among them.

        """
        if number not in self._fields:
            return
        what = f"{self._what}.{number}"
        elements = self._fields[number].fields(what).rest()
        if len(elements) > limit:
            raise Asn1Malformed(f"{what}: more than {limit} blocks")
        for element in elements:
            yield type(self)(element.expect(SEQUENCE, what), what)

    def octets(self, number: int) -> bytes:
        """Return the OCTET STRING ``number``.

        Raises:
            Asn1Malformed: it is missing or divided.

        """
        return self._primitive(number)

    def integer(self, number: int, lowest: int, highest: int) -> int:
        """Return the INTEGER ``number``.

        Raises:
            Asn1Malformed: it is missing, or outside of what its type allows.

        """
        content = self._primitive(number)
        value = int.from_bytes(content, "big", signed=True)
        if not 0 < len(content) <= _MAX_INTEGER_BYTES or not lowest <= value <= highest:
            raise Asn1Malformed(f"{self._what}.{number}: a number out of its range")
        return value

    def is_true(self, number: int) -> bool:
        """Tell whether the optional BOOLEAN ``number`` is there and true.

        Raises:
            Asn1Malformed: it is not one octet.

        """
        if number not in self._fields:
            return False
        content = self._primitive(number)
        if len(content) != 1:
            raise Asn1Malformed(f"{self._what}.{number}: not a boolean")
        return content != b"\x00"

    def code(self, number: int) -> int | None:
        """Return the code of the optional CHOICE ``number``; None when it is absent.

        A code of a later version comes as an extension block whose first field is the
        older code to fall back to.

        Raises:
            Asn1Malformed: it is neither.

        """
        if number not in self._fields:
            return None
        choice = self.block(number)
        if 0 not in choice:
            choice = choice.block(1)
        return choice.integer(0, 0, 255)

    def _primitive(self, number: int) -> bytes:
        element = self.element(number)
        if element.is_constructed:
            raise Asn1Malformed(f"{self._what}.{number}: blocks where a value belongs")
        return element.content
