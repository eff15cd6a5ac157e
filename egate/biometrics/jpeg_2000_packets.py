"""Packet headers of JPEG 2000 (ISO/IEC 15444-1 §B.10): read only to know how long a packet is."""

from typing import Final

from egate.biometrics.image_header import ImageHeaderInvalid

_MOST_PLANES: Final = 80
_MOST_LENGTH_BITS: Final = 32
_STUFFED: Final = 0xFF
_FIRST_LENGTH_BITS: Final = 3
# Table B.4: bits, all ones of which lead to the next row, and the number that zeros mean.
_PASSES: Final = ((1, 1), (1, 2), (2, 3), (5, 6))
_MANY_PASSES: Final = 37
_NEVER: Final = 1 << 30


class Bits:
    """The bits of packet headers, and the position after them (§B.10.1).

    Args:
        data: the packets of a tile, one after the other.

    """

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.position = 0
        self._byte = 0
        self._left = 0

    def bit(self) -> int:
        """Return the next bit.

        Raises:
            ImageHeaderInvalid: there is none.

        """
        if not self._left:
            # After a byte of ones a zero bit is stuffed in.
            self._left = 7 if self._byte == _STUFFED else 8
            if self.position >= len(self.data):
                raise ImageHeaderInvalid("JPEG 2000 packet header is cut off")
            self._byte = self.data[self.position]
            self.position += 1
        self._left -= 1
        return self._byte >> self._left & 1

    def number(self, size: int) -> int:
        """Return the number in the next ``size`` bits."""
        value = 0
        for _ in range(size):
            value = value << 1 | self.bit()
        return value

    def align(self) -> None:
        """Step to the byte after the header."""
        if self._byte == _STUFFED:
            self.position += 1
        self._byte = self._left = 0

    def skip(self, size: int) -> None:
        """Step over ``size`` bytes.

        Raises:
            ImageHeaderInvalid: there are fewer.

        """
        self.position += size
        if self.position > len(self.data):
            raise ImageHeaderInvalid("JPEG 2000 packet is cut off")


class TagTree:
    """Numbers of a grid, told by halves of it (§B.10.2)."""

    def __init__(self, columns: int, rows: int) -> None:
        self._depth = max(columns - 1, rows - 1).bit_length()
        self._low: dict[tuple[int, int, int], int] = {}
        self._value: dict[tuple[int, int, int], int] = {}

    def is_below(self, column: int, row: int, threshold: int, bits: Bits) -> bool:
        """Tell whether the number at a place is below ``threshold``."""
        low = value = 0
        for level in range(self._depth, -1, -1):
            node = level, column >> level, row >> level
            low = max(low, self._low.get(node, 0))
            value = self._value.get(node, _NEVER)
            while low < threshold and low < value:
                if bits.bit():
                    value = self._value[node] = low
                else:
                    low += 1
            self._low[node] = low
        return value < threshold


class Band:
    """The code-blocks of one subband, ``size`` of them, and what packets have said of them."""

    def __init__(self, columns: int, rows: int) -> None:
        self.size = columns * rows
        self._places = [(column, row) for row in range(rows) for column in range(columns)]
        self._inclusion = TagTree(columns, rows)
        self._planes = TagTree(columns, rows)
        self._length_bits: dict[tuple[int, int], int] = {}

    def length_in(self, layer: int, bits: Bits) -> int:
        """Read what the header of a packet says and return the bytes of the band in it.

        Raises:
            ImageHeaderInvalid: the header is cut off, or no header.

        """
        return sum(self._length_of(place, layer, bits) for place in self._places)

    def _length_of(self, place: tuple[int, int], layer: int, bits: Bits) -> int:
        if place in self._length_bits:
            if not bits.bit():
                return 0
        elif self._inclusion.is_below(*place, layer + 1, bits):
            self._length_bits[place] = _FIRST_LENGTH_BITS
            planes = 1
            while not self._planes.is_below(*place, planes, bits):
                planes += 1
                if planes > _MOST_PLANES:
                    raise ImageHeaderInvalid("JPEG 2000 packet header is damaged")
        else:
            return 0
        passes = _passes(bits)
        while bits.bit():
            self._length_bits[place] += 1
            if self._length_bits[place] > _MOST_LENGTH_BITS:
                raise ImageHeaderInvalid("JPEG 2000 packet header is damaged")
        return bits.number(self._length_bits[place] + passes.bit_length() - 1)


def length_of_packet(bands: list[Band], layer: int, bits: Bits) -> int:
    """Read the packet header that begins here, and return the bytes that follow it.

    Raises:
        ImageHeaderInvalid: the header is cut off, or no header.

    """
    length = sum(band.length_in(layer, bits) for band in bands) if bits.bit() else 0
    bits.align()
    return length


def _passes(bits: Bits) -> int:
    """Read the number of coding passes (table B.4)."""
    for size, first in _PASSES:
        value = bits.number(size)
        if value != (1 << size) - 1:
            return first + value
    return _MANY_PASSES + bits.number(7)
