"""JPEG 2000 codestreams (ISO/IEC 15444-1 Annex A).

A small codestream can ask a decoder for millions of packets and code-blocks, each of
which costs it memory and time. So not the size alone is limited: every marker segment
that changes the structure is read, in the tile-parts as well.
"""

from dataclasses import dataclass
from typing import Final

from egate.biometrics.image_header import (
    ImageHeader,
    ImageHeaderInvalid,
    Reader,
    size_within,
    within,
)

CODESTREAM: Final = b"\xff\x4f\xff\x51"
MOST_PIXELS: Final = 2_500_000
MOST_SAMPLES: Final = 4_000_000
"""Pixels times components: the decoder works on four bytes a sample, in two copies."""
_MOST_TILES: Final = 1024
_MOST_COMPONENTS: Final = 4
_MOST_LEVELS: Final = 12
_MOST_LAYERS: Final = 64
_MOST_TILE_PARTS: Final = 4096
_MOST_SEGMENTS: Final = 256
_MOST_BLOCKS: Final = 50_000  # of one tile; a decoder works on one after the other
_MOST_PACKETS: Final = 500_000

_SIGNED: Final = 0x80
_STEPS: Final = (1, 2, 4)
_WIDEST_BLOCK: Final = 10  # table A.18, exponents of two
_LARGEST_BLOCK: Final = 12
_PRECINCTS_FOLLOW: Final = 0x01
_LARGEST_PRECINCT: Final = b"\xff"

_SIZE: Final = 0xFF51
_CODING: Final = 0xFF52
_COMPONENT_CODING: Final = 0xFF53
_TILE_PART: Final = 0xFF90
_DATA: Final = 0xFF93
_END: Final = 0xFFD9
# QCD, QCC, RGN, TLM, PLM, PLT, CRG and COM change nothing about the structure. What is not here
# changes the order of packets or moves their headers, and no portrait has it.
_HARMLESS: Final = frozenset((0xFF5C, 0xFF5D, 0xFF5E, 0xFF55, 0xFF57, 0xFF58, 0xFF63, 0xFF64))


@dataclass(frozen=True, slots=True)
class _Grid:
    """Image and tiles (§B.3); what coding styles are judged by."""

    image: ImageHeader
    tile_width: int
    tile_height: int
    tiles: int


def codestream_header(raw: bytes) -> ImageHeader:
    """Walk the whole codestream ``raw``.

    Raises:
        ImageHeaderInvalid: it is cut off or contradicts itself, it has a marker that no
            portrait has, signed or unequal components, or it asks for more
            pixels, tiles, resolution levels, layers or code-blocks than there may be.

    """
    reader = Reader(raw, "JPEG 2000")
    if reader.number(2, 2) != _SIZE:
        raise ImageHeaderInvalid("JPEG 2000 codestream has no size")
    grid = _grid(reader, 4)
    position = _headers(reader, 4 + reader.number(4, 2), _TILE_PART, grid)
    for _ in range(_MOST_TILE_PARTS):
        position = _tile_part(reader, position, grid)
        if position >= len(raw) or reader.number(position, 2) == _END:
            return grid.image
        within(reader.number(position, 2), (_TILE_PART,), "JPEG 2000 marker after a tile-part")
    raise ImageHeaderInvalid("JPEG 2000 has too many tile-parts")


def _grid(reader: Reader, at: int) -> _Grid:
    """Read the SIZ marker segment (§A.5.1)."""
    fields = [reader.number(at + 4 + 4 * index, 4) for index in range(8)]
    width, height, left, top, tile_width, tile_height, tile_left, tile_top = fields
    if any((left, top, tile_left, tile_top)):
        raise ImageHeaderInvalid("JPEG 2000 image or tiles do not begin at the origin")
    if min(tile_width, tile_height) < 1:
        raise ImageHeaderInvalid("JPEG 2000 tiles are empty")
    tiles = -(-width // tile_width) * -(-height // tile_height)
    components = reader.number(at + 36, 2)
    if tiles > _MOST_TILES or not 1 <= components <= _MOST_COMPONENTS:
        raise ImageHeaderInvalid("JPEG 2000 has too many tiles or components")
    size_within(width, height, min(MOST_PIXELS, MOST_SAMPLES // components))
    within(reader.number(at, 2), (38 + 3 * components,), "length of the size of a JPEG 2000")
    depth = _depth(reader, at + 38, components)
    image = ImageHeader(width, height, components, depth, _is_subsampled(reader, at, components))
    return _Grid(image, min(tile_width, width), min(tile_height, height), tiles)


def _depth(reader: Reader, at: int, components: int) -> int:
    """Return the bits a sample of all components, which have to be alike."""
    first = reader.number(at, 1)
    if any(reader.number(at + 3 * index, 1) != first for index in range(components)):
        raise ImageHeaderInvalid("JPEG 2000 has components of different depths")
    if first & _SIGNED:
        raise ImageHeaderInvalid("JPEG 2000 has signed samples")
    return within(first + 1, range(8, 17), "bits a sample of a JPEG 2000")


def _is_subsampled(reader: Reader, at: int, components: int) -> bool:
    """Tell whether any component has fewer samples than the image has pixels."""
    steps = [tuple(reader.part(at + 39 + 3 * index, 2)) for index in range(components)]
    if steps[0] != (1, 1) or any(step not in _STEPS for pair in steps for step in pair):
        raise ImageHeaderInvalid("JPEG 2000 has components subsampled otherwise than by 2 or 4")
    return steps != [(1, 1)] * components


def _headers(reader: Reader, position: int, last: int, grid: _Grid) -> int:
    """Walk marker segments up to the marker ``last`` and return where that stands."""
    for _ in range(_MOST_SEGMENTS):
        marker = reader.number(position, 2)
        if marker == last:
            return position
        length = within(reader.number(position + 2, 2), range(2, 65536), "length of a segment")
        if marker in (_CODING, _COMPONENT_CODING):
            _coding(
                Reader(reader.part(position + 4, length - 2), "JPEG 2000 coding style"),
                marker,
                grid,
            )
        elif marker not in _HARMLESS:
            raise ImageHeaderInvalid(f"JPEG 2000 marker {marker:04X} is not one of portraits")
        position += 2 + length
    raise ImageHeaderInvalid("JPEG 2000 has too many marker segments")


def _tile_part(reader: Reader, position: int, grid: _Grid) -> int:
    """Walk the tile-part that begins at ``position`` and return where it ends (§A.4.2)."""
    within(reader.number(position + 4, 2), range(grid.tiles), "JPEG 2000 tile that is not there")
    length = reader.number(position + 6, 4)
    end = position + length if length else len(reader.raw)
    if end > len(reader.raw):
        raise ImageHeaderInvalid("JPEG 2000 is cut off")
    data = _headers(reader, position + 12, _DATA, grid)
    if end < data + 2:
        raise ImageHeaderInvalid("JPEG 2000 tile-part is shorter than its header")
    return end


def _coding(content: Reader, marker: int, grid: _Grid) -> None:
    """Judge a COD or COC marker segment (§A.6.1, §A.6.2)."""
    layers, style_at, levels_at = 1, 1, 2
    if marker == _CODING:
        allowed = range(1, _MOST_LAYERS + 1)
        layers = within(content.number(2, 2), allowed, "layers of a JPEG 2000")
        style_at, levels_at = 0, 5
    levels = content.number(levels_at, 1)
    within(levels, range(_MOST_LEVELS + 1), "resolution levels of a JPEG 2000")
    across, down = (content.number(levels_at + offset, 1) + 2 for offset in (1, 2))
    if max(across, down) > _WIDEST_BLOCK or across + down > _LARGEST_BLOCK:
        raise ImageHeaderInvalid("JPEG 2000 code-blocks are too large")
    precincts = _LARGEST_PRECINCT * (levels + 1)
    if content.number(style_at, 1) & _PRECINCTS_FOLLOW:
        precincts = content.part(levels_at + 5, levels + 1)
    _judge_pieces(grid, layers, precincts, (across, down))


def _judge_pieces(grid: _Grid, layers: int, precincts: bytes, block: tuple[int, int]) -> None:
    """Count packets and code-blocks, rather too many (§B.6, §B.7).

    Args:
        grid: what is cut.
        layers: of the coding style.
        precincts: their sizes by resolution, the lowest first; exponents of two.
        block: the size of code-blocks, exponents of two.

    """
    blocks = packets = 0
    for resolution, precinct in enumerate(precincts):
        halvings = len(precincts) - 1 - resolution
        width, height = (grid.tile_width >> halvings) + 1, (grid.tile_height >> halvings) + 1
        across, down = precinct & 0x0F, precinct >> 4
        packets += layers * ((width >> across) + 2) * ((height >> down) + 2)
        # The bands of all but the lowest resolution have half its size, and there are three.
        banded = resolution > 0
        columns = (width >> min(across, block[0] + banded)) + 2
        rows = (height >> min(down, block[1] + banded)) + 2
        blocks += columns * rows * (3 if banded else 1)
    components = grid.image.components
    if blocks * components > _MOST_BLOCKS or packets * components * grid.tiles > _MOST_PACKETS:
        raise ImageHeaderInvalid("JPEG 2000 is cut into too many pieces")
