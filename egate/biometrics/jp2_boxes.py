"""JP2 files (ISO/IEC 15444-1 Annex I): the codestream, its palette and its colour space."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from egate.biometrics.image_header import ImageHeaderInvalid, Reader, within

JP2: Final = b"\x00\x00\x00\x0cjP  \r\n\x87\n"
SYCC: Final = 18
_COLOUR_SPACES: Final = (16, 17, SYCC)  # sRGB, grey, sYCC
_ENUMERATED: Final = 1
_MOST_BOXES: Final = 64
_MOST_COLOURS: Final = 1024
_PALETTE_MAPPING: Final = 1


@dataclass(frozen=True, slots=True)
class Jp2:
    """What a JP2 file says of its codestream.

    Args:
        codestream: to its end, or to the end of the file.
        colour_space: as §I.5.3.3 numbers it; None when a profile or nothing tells it.
        palette: a row for each index, its columns in the order of the channels; or None.

    """

    codestream: bytes
    colour_space: int | None
    palette: npt.NDArray[np.uint8] | None


def open_jp2(raw: bytes) -> Jp2:
    """Read the boxes of the whole file ``raw``.

    Raises:
        ImageHeaderInvalid: there is no codestream, or a colour space or palette that no
            portrait has.

    """
    colour_space, palette = None, None
    for kind, content in _boxes(raw):
        if kind == b"jp2c":
            return Jp2(content, colour_space, palette)
        if kind == b"jp2h":
            colour_space, palette = _header(content)
    raise ImageHeaderInvalid("JPEG 2000 has no codestream")


def _boxes(raw: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield kind and content of each box (§I.4)."""
    reader = Reader(raw, "JPEG 2000 box")
    position = 0
    for _ in range(_MOST_BOXES):
        if position + 8 > len(raw):
            return
        length, kind, header = reader.number(position, 4), raw[position + 4 : position + 8], 8
        if length == 1:
            length, header = reader.number(position + 8, 8), 16
        if length == 0:  # to the end
            length = len(raw) - position
        if length < header:
            return
        # A box that claims more than there is was cut off; the codestream tells how much.
        yield kind, raw[position + header : position + length]
        position += length
    raise ImageHeaderInvalid("JPEG 2000 has too many boxes")


def _header(content: bytes) -> tuple[int | None, npt.NDArray[np.uint8] | None]:
    boxes: dict[bytes, bytes] = {}
    for kind, value in _boxes(content):
        boxes.setdefault(kind, value)  # §I.5.3.3: of several colour specifications the first
    colour_space = None
    if b"colr" in boxes:
        reader = Reader(boxes[b"colr"], "JPEG 2000 colour specification")
        if reader.number(0, 1) == _ENUMERATED:
            colour_space = within(reader.number(3, 4), _COLOUR_SPACES, "JPEG 2000 colour space")
    return colour_space, _palette(boxes) if b"pclr" in boxes else None


def _palette(boxes: dict[bytes, bytes]) -> npt.NDArray[np.uint8]:
    """Read the palette and bring its columns into the order of the channels (§I.5.3.4, 5)."""
    colours = Reader(boxes[b"pclr"], "JPEG 2000 palette")
    entries = within(colours.number(0, 2), range(1, _MOST_COLOURS + 1), "colours of a palette")
    columns = within(colours.number(2, 1), range(1, 5), "columns of a palette")
    if colours.part(3, columns) != b"\x07" * columns:
        raise ImageHeaderInvalid("JPEG 2000 palette is not of 8 bits")
    table = np.frombuffer(colours.part(3 + columns, entries * columns), np.uint8)
    mapping = Reader(boxes.get(b"cmap", b""), "JPEG 2000 component mapping")
    order = []
    for channel in range(columns):
        component, how, column = (
            mapping.number(4 * channel + at, size) for at, size in ((0, 2), (2, 1), (3, 1))
        )
        if component or how != _PALETTE_MAPPING or column >= columns:
            raise ImageHeaderInvalid("JPEG 2000 palette is mapped otherwise than onto channels")
        order.append(column)
    return table.reshape(entries, columns)[:, order]
