"""The search for the MRZ: places cheap to find first, each judged by what is read there."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from egate.emrtd.mrz.layout import MrzFormat
from egate.optical.mrz_image.assembly import Assembled, NotAssembled, assemble
from egate.optical.mrz_image.block import Block, blocks_of
from egate.optical.mrz_image.candidate import Candidate, Readers, read_block
from egate.optical.mrz_image.grey_image import GreyImage
from egate.optical.mrz_image.pitch import fit_pitch
from egate.optical.mrz_image.position import formats_of
from egate.optical.mrz_image.printed_lines import find_pieces, lines_of
from egate.optical.mrz_image.seen_cells import SeenCells
from egate.optical.mrz_image.strip import cut_strip
from egate.optical.mrz_image.text_lines import find_text_lines
from egate.optical.mrz_image.windows import ReadCells

# These bound the time that any image takes.
_LINES_TRIED: Final = 5
_BLOCKS_OF_A_STRIP: Final = 2
_BLOCKS_READ: Final = 6
_TIMES_A_PLACE_IS_READ: Final = 2
_FORMATS_TRIED: Final = 4

_SAME_PLACE_PITCHES: Final = 2.0

_NOTHING: Final = "no machine readable zone was found"


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """An MRZ and where it stands.

    Args:
        places: of each line, the middles of its characters in the image; n x 2 each.

    """

    assembled: Assembled
    places: tuple[npt.NDArray[np.float64], ...]


def search(image: GreyImage, today: dt.date, readers: Readers) -> Found | str:
    """Return the MRZ of ``image``, or why there is none, in one plain clause."""
    unread, nearness, dubious = _NOTHING, 0.0, None
    for block in _blocks(image):
        candidate = read_block(image, block, readers)
        try:
            found = _assembled(candidate, today)
        except NotAssembled as error:
            if error.nearness > nearness:
                unread, nearness = str(error), error.nearness
            continue
        if found.assembled.mrz.is_valid:
            return found
        dubious = dubious or found
    return dubious or unread


def _blocks(image: GreyImage) -> Iterator[Block]:
    """Yield what may be an MRZ, in the order of trial."""
    places: list[npt.NDArray[np.float64]] = []
    for lines in find_text_lines(image):
        for line in lines[:_LINES_TRIED]:
            strip = cut_strip(image, line)
            pitched = [fit_pitch(each) for each in lines_of(find_pieces(strip.grey))]
            blocks = blocks_of(strip, [each for each in pitched if each is not None])
            for block, _ in zip(blocks, range(_BLOCKS_OF_A_STRIP), strict=False):
                if _times_read(block, places) < _TIMES_A_PLACE_IS_READ:
                    places.append(block.middle)
                    yield block
                if len(places) == _BLOCKS_READ:
                    return


def _times_read(block: Block, places: Sequence[npt.NDArray[np.float64]]) -> int:
    near = _SAME_PLACE_PITCHES * block.pitch_in_image
    return sum(bool(np.linalg.norm(block.middle - place) < near) for place in places)


def _assembled(candidate: Candidate, today: dt.date) -> Found:
    """Return the MRZ of the best window and format that gives one.

    Raises:
        NotAssembled: none does; says why the nearest does not.

    """
    nearest = NotAssembled(_NOTHING, 0.0)
    for kind, lines, places in _trials(candidate):
        try:
            assembled = assemble(kind, lines, today)
        except NotAssembled as error:
            if error.nearness > nearest.nearness:
                nearest = error
            continue
        return Found(assembled, places)
    raise nearest


_Trial = tuple[MrzFormat, Sequence[ReadCells], tuple[npt.NDArray[np.float64], ...]]


def _trials(candidate: Candidate) -> list[_Trial]:
    trials: list[tuple[float, _Trial]] = []
    for window in candidate.windows:
        lines = [
            line.from_to(start, start + length)
            for line, start, length in zip(
                candidate.lines, window.starts, window.lengths, strict=True
            )
        ]
        places = tuple(candidate.places(window))
        trials += [
            (SeenCells.of(kind, lines).score, (kind, lines, places))
            for kind in formats_of(window.lengths)
        ]
    trials.sort(key=lambda trial: -trial[0])
    return [trial for _, trial in trials[:_FORMATS_TRIED]]
