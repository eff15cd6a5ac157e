"""JPEG 2000 codestreams of subsampled components, taken apart into one codestream each.

The decoder reads components of one size only. So packets are dealt out by component
(ISO/IEC 15444-1 §B.12), and each component becomes a codestream of its own.
"""

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Final

from egate.biometrics.image_header import ImageHeaderInvalid, Reader, within
from egate.biometrics.jpeg_2000_packets import Band, Bits, length_of_packet

_SIZE: Final = 0xFF51
_CODING: Final = 0xFF52
_COMPONENT_CODING: Final = 0xFF53
_QUANTISATION: Final = 0xFF5C
_COMPONENT_QUANTISATION: Final = 0xFF5D
_LEFT_OUT: Final = (0xFF64, 0xFF55, 0xFF57, 0xFF63)  # COM, TLM, PLM, CRG
_TILE_PART: Final = 0xFF90
_DATA: Final = 0xFF93
_START_OF_PACKET: Final = b"\xff\x91"
_END_OF_HEADER: Final = b"\xff\x92"
_PRECINCTS: Final = 0x01
# Code-blocks in several pieces, each with a length of its own; and those of Part 15.
_IN_PIECES: Final = 0x45
_BY_RESOLUTION: Final = 1
_ONE_PRECINCT: Final = 1 << 15
# Packet headers are read bit by bit, so there is less of everything than elsewhere.
_MOST_BYTES: Final = 1 << 18
_MOST_VISITS: Final = 200_000  # of code-blocks by packets


@dataclass(frozen=True, slots=True)
class _Style:
    """Coding style of a component (§A.6.1)."""

    levels: int
    across: int
    down: int
    parameters: bytes


@dataclass(frozen=True, slots=True)
class _Layout:
    """What the main header says."""

    width: int
    height: int
    tile_width: int
    tile_height: int
    depth: int
    steps: tuple[tuple[int, int], ...]
    progression: int
    layers: int
    styles: tuple[_Style, ...]
    quantisations: tuple[bytes, ...]


def codestreams_by_component(raw: bytes) -> tuple[bytes, ...]:
    """Return a codestream for each component of ``raw``, which was walked already.

    Raises:
        ImageHeaderInvalid: it is damaged, or has subsampled components along with what
            makes packets too complicated: precincts, styles by tile, regions of
            interest, code-blocks in pieces.

    """
    if len(raw) > _MOST_BYTES:
        raise ImageHeaderInvalid(f"JPEG 2000 of subsampled components beyond {_MOST_BYTES} bytes")
    reader = Reader(raw, "JPEG 2000")
    segments, position = _main_header(reader)
    layout = _layout(segments)
    tiles = _tiles(reader, position)
    most = _MOST_VISITS // max(1, len(tiles))
    dealt = {tile: _dealt_out(layout, tile, data, most) for tile, data in sorted(tiles.items())}
    return tuple(
        _codestream(layout, component, {tile: parts[component] for tile, parts in dealt.items()})
        for component in range(len(layout.steps))
    )


def _main_header(reader: Reader) -> tuple[Mapping[tuple[int, int], bytes], int]:
    """Return the segments by marker and component, and where the tile-parts begin."""
    segments: dict[tuple[int, int], bytes] = {}
    position = 2
    while (marker := reader.number(position, 2)) != _TILE_PART:
        length = reader.number(position + 2, 2)
        content = reader.part(position + 4, length - 2)
        if marker in (_COMPONENT_CODING, _COMPONENT_QUANTISATION):
            segments[marker, int.from_bytes(content[:1], "big")] = content[1:]
        elif marker in (_SIZE, _CODING, _QUANTISATION):
            segments[marker, 0] = content
        else:
            within(marker, _LEFT_OUT, "JPEG 2000 of subsampled components with marker")
        position += 2 + length
    return segments, position


def _layout(segments: Mapping[tuple[int, int], bytes]) -> _Layout:
    try:
        size, coding = segments[_SIZE, 0], segments[_CODING, 0]
        quantisation = segments[_QUANTISATION, 0]
    except KeyError:
        raise ImageHeaderInvalid("JPEG 2000 has no coding style or quantisation") from None
    width, height, _, _, tile_width, tile_height, _, _ = struct.unpack_from(">8I", size, 2)
    if max(width, height) > _ONE_PRECINCT:
        raise ImageHeaderInvalid("JPEG 2000 of subsampled components with precincts")
    components = range(size[35])
    styled = [segments.get((_COMPONENT_CODING, each)) for each in components]
    if any(style[0] & _PRECINCTS for style in (coding, *filter(None, styled))):
        raise ImageHeaderInvalid("JPEG 2000 of subsampled components with precincts")
    return _Layout(
        width,
        height,
        tile_width,
        tile_height,
        size[36],
        tuple((size[37 + 3 * each], size[38 + 3 * each]) for each in components),
        within(coding[1], range(5), "progression order of a JPEG 2000"),
        int.from_bytes(coding[2:4], "big"),
        tuple(_style(style[1:] if style else coding[5:]) for style in styled),
        tuple(segments.get((_COMPONENT_QUANTISATION, each), quantisation) for each in components),
    )


def _style(parameters: bytes) -> _Style:
    levels, across, down, how, _ = Reader(parameters, "JPEG 2000 coding style").part(0, 5)
    if how & _IN_PIECES:
        raise ImageHeaderInvalid("JPEG 2000 of subsampled components with code-blocks in pieces")
    return _Style(levels, across + 2, down + 2, parameters)


def _tiles(reader: Reader, position: int) -> Mapping[int, bytes]:
    """Return the packets of each tile."""
    tiles: dict[int, bytes] = {}
    while position < len(reader.raw) and reader.number(position, 2) == _TILE_PART:
        tile, length = reader.number(position + 4, 2), reader.number(position + 6, 4)
        if reader.number(position + 12, 2) != _DATA:
            raise ImageHeaderInvalid("JPEG 2000 of subsampled components with styles by tile")
        end = position + length if length else len(reader.raw)
        tiles[tile] = tiles.get(tile, b"") + reader.raw[position + 14 : end]
        position = end
    return tiles


def _dealt_out(layout: _Layout, tile: int, data: bytes, most_visits: int) -> list[bytes]:
    """Return the packets of one tile by component."""
    bits = Bits(data)
    bands: dict[tuple[int, int], list[Band]] = {}
    packets: list[list[bytes]] = [[] for _ in layout.steps]
    visits = 0
    for component, resolution, layer in _order(layout):
        key = component, resolution
        if key not in bands:
            bands[key] = _bands(layout, tile, component, resolution)
        visits += 1 + sum(band.size for band in bands[key])
        if visits > most_visits:
            raise ImageHeaderInvalid("JPEG 2000 of subsampled components in too many pieces")
        if bands[key]:
            packets[component].append(_packet(bands[key], layer, bits))
    return [b"".join(each) for each in packets]


def _packet(bands: list[Band], layer: int, bits: Bits) -> bytes:
    """Return the packet that begins here, without the markers that may stand in it (§A.8)."""
    if bits.data.startswith(_START_OF_PACKET, bits.position):
        bits.skip(6)
    begin = bits.position
    length = length_of_packet(bands, layer, bits)
    header = bits.data[begin : bits.position]
    if bits.data.startswith(_END_OF_HEADER, bits.position):
        bits.skip(2)
    begin = bits.position
    bits.skip(length)
    return header + bits.data[begin : bits.position]


def _order(layout: _Layout) -> Iterator[tuple[int, int, int]]:
    """Yield component, resolution and layer of each packet, of one precinct each (§B.12.1)."""
    layers = range(layout.layers)
    resolutions = range(max(style.levels for style in layout.styles) + 1)
    components = range(len(layout.styles))
    orders: tuple[Iterator[tuple[int, int, int]], ...] = (
        ((c, r, layer) for layer, r, c in product(layers, resolutions, components)),
        ((c, r, layer) for r, layer, c in product(resolutions, layers, components)),
        ((c, r, layer) for r, c, layer in product(resolutions, components, layers)),
        iter(product(components, resolutions, layers)),
        iter(product(components, resolutions, layers)),
    )
    for component, resolution, layer in orders[layout.progression]:
        if resolution <= layout.styles[component].levels:
            yield component, resolution, layer


def _bands(layout: _Layout, tile: int, component: int, resolution: int) -> list[Band]:
    """Return the subbands of a resolution; none when it is empty and has no packets (§B.5)."""
    style = layout.styles[component]
    x, y = _extent(layout, tile, component)
    halvings = style.levels - resolution
    if any(_shrunk(begin, halvings) == _shrunk(end, halvings) for begin, end in (x, y)):
        return []
    kinds: tuple[tuple[int, int], ...] = ((0, 0),)
    if resolution:
        kinds, halvings = ((1, 0), (0, 1), (1, 1)), halvings + 1
    return [
        Band(_blocks(x, halvings, across, style.across), _blocks(y, halvings, down, style.down))
        for across, down in kinds
    ]


def _extent(layout: _Layout, tile: int, component: int) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return from where to where a tile of a component reaches, across and down (§B.3)."""
    row, column = divmod(tile, -(-layout.width // layout.tile_width))
    along = (
        (column, layout.tile_width, layout.width),
        (row, layout.tile_height, layout.height),
    )
    across, down = (
        (-(-place * side // step), -(-min((place + 1) * side, end) // step))
        for (place, side, end), step in zip(along, layout.steps[component], strict=True)
    )
    return across, down


def _shrunk(value: int, halvings: int) -> int:
    return -(-value // (1 << halvings))


def _blocks(extent: tuple[int, int], halvings: int, high: int, block: int) -> int:
    """Return how many code-blocks a subband has on one axis (§B.5, §B.7)."""
    moved = high << halvings - 1 if high else 0
    begin, end = (_shrunk(value - moved, halvings) for value in extent)
    return 0 if begin >= end else -(-end // (1 << block)) - begin // (1 << block)


def _codestream(layout: _Layout, component: int, tiles: Mapping[int, bytes]) -> bytes:
    """Return the codestream of one component, whose samples are not subsampled any more."""
    size = []
    for end, side, step in zip(
        (layout.width, layout.height),
        (layout.tile_width, layout.tile_height),
        layout.steps[component],
        strict=True,
    ):
        if side < end and side % step:
            raise ImageHeaderInvalid("JPEG 2000 tiles cut through subsampled samples")
        size.append((-(-end // step), -(-side // step)))
    (width, tile_width), (height, tile_height) = size
    style = layout.styles[component]
    header = struct.pack(
        ">H8IHBBB", 0, width, height, 0, 0, tile_width, tile_height, 0, 0, 1, layout.depth, 1, 1
    )
    # What is left of the order: by layer and then resolution, or the other way round.
    order = min(layout.progression, _BY_RESOLUTION)
    coding = struct.pack(">BBHB", 0, order, layout.layers, 0) + style.parameters[:5]
    parts = b"".join(
        struct.pack(">HHHIBBH", _TILE_PART, 10, tile, 14 + len(data), 0, 1, _DATA) + data
        for tile, data in tiles.items()
    )
    segments = (
        (_SIZE, header),
        (_CODING, coding),
        (_QUANTISATION, layout.quantisations[component]),
    )
    main = b"".join(
        struct.pack(">HH", each, 2 + len(content)) + content for each, content in segments
    )
    return b"\xff\x4f" + main + parts + b"\xff\xd9"
