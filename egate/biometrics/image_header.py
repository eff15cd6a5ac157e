"""What the header of an image file claims, read before any decoder sees the file.

Decoders are native code that allocates what a header asks for, so each claim that
costs memory or time has a limit here; what portraits never have is refused by name.
"""

from collections.abc import Container
from dataclasses import dataclass


class ImageHeaderInvalid(Exception):
    """Not a format we read, or a header that ends early, contradicts itself or asks too much."""


@dataclass(frozen=True, slots=True)
class ImageHeader:
    """What all formats have.

    Args:
        width: pixels.
        height: pixels.
        components: samples of a pixel.
        depth: bits of a sample.
        is_subsampled: some components have fewer samples than there are pixels.

    """

    width: int
    height: int
    components: int
    depth: int
    is_subsampled: bool = False


class Reader:
    """Big-endian numbers of a file, each checked to be in it.

    Args:
        raw: the whole of what is read.
        what: what errors call it.

    """

    def __init__(self, raw: bytes, what: str) -> None:
        self.raw = raw
        self._what = what

    def number(self, position: int, size: int) -> int:
        """Return the number in ``size`` bytes at ``position``.

        Raises:
            ImageHeaderInvalid: the file ends before.

        """
        return int.from_bytes(self.part(position, size), "big")

    def part(self, position: int, size: int) -> bytes:
        """Return ``size`` bytes at ``position``.

        Raises:
            ImageHeaderInvalid: the file ends before.

        """
        part = self.raw[position : position + size]
        if len(part) < size:
            raise ImageHeaderInvalid(f"{self._what} is cut off")
        return part


def within(value: int, allowed: Container[int], what: str) -> int:
    """Return ``value`` if it is ``allowed``.

    Raises:
        ImageHeaderInvalid: it is not; the message names ``what`` and the value.

    """
    if value not in allowed:
        raise ImageHeaderInvalid(f"{what}: {value}")
    return value


def size_within(width: int, height: int, most: int) -> None:
    """Refuse an image that is empty or has more than ``most`` pixels.

    Raises:
        ImageHeaderInvalid: it has.

    """
    if min(width, height) < 1:
        raise ImageHeaderInvalid("the header says that the image is empty")
    if width * height > most:
        raise ImageHeaderInvalid(f"{width} x {height} pixels are too many")
