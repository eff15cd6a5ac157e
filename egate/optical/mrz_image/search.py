"""The search for the MRZ: places cheap to find first, each judged by what is read there."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from egate.emrtd.mrz.layout import MrzFormat
from egate.optical.mrz_image.assembly import Assembled, NotAssembled, assemble
from egate.optical.mrz_image.block import Block, blocks_of
from egate.optical.mrz_image.candidate import Candidate, Readers, read_block
from egate.optical.mrz_image.grey_image import GreyImage
from egate.optical.mrz_image.lights import Lights
from egate.optical.mrz_image.pitch import fit_pitch
from egate.optical.mrz_image.position import formats_of
from egate.optical.mrz_image.printed_lines import find_pieces, lines_of
from egate.optical.mrz_image.seen_cells import SeenCells
from egate.optical.mrz_image.strip import cut_strip
from egate.optical.mrz_image.text_lines import TextLine, find_text_lines
from egate.optical.mrz_image.windows import ReadCells
from egate.optical.mrz_image.work import OF_A_STRIP, Work, WorkSpent

# Of each light; what all lights may cost together is in `work`.
_LINES_TRIED: Final = 4
_BLOCKS_OF_A_STRIP: Final = 2
_BLOCKS_READ: Final = 4
_TIMES_A_PLACE_IS_READ: Final = 2
_FORMATS_TRIED: Final = 4

_SAME_PLACE_PITCHES: Final = 2.0
# Of the length of a line that was read: what another MRZ in the image is at least.
_AS_LONG: Final = 0.6
_AWAY: Final = 0.15

_ALMOST_READ: Final = 0.6


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """An MRZ and where it stands.

    Args:
        places: of each line, the middles of its characters in the image; n x 2 each.

    """

    assembled: Assembled
    places: tuple[npt.NDArray[np.float64], ...]


@dataclass(frozen=True, slots=True)
class NotFound:
    """Why there is no MRZ, of the attempt that came nearest.

    Not the exception: kept in a variable of a frame that is in its trace, it would hold the image
    until the garbage collector runs, which counts objects and not megabytes.
    """

    reason: str
    nearness: float = 0.0
    lights_differ: bool = False

    def or_nearer(self, error: NotAssembled) -> "NotFound":
        if error.nearness > self.nearness:
            return NotFound(str(error), error.nearness, error.lights_differ)
        return self


_NOTHING: Final = NotFound("no machine readable zone was found")
_TOO_MUCH: Final = NotFound("too much in the image looks like lines of print")
_TWO: Final = NotFound("two machine readable zones were found")


def search(lights: Lights, today: dt.date, readers: Readers) -> Found | NotFound:
    """Return the MRZ of a page, or why there is none, in one plain clause.

    It is looked for in white light first. Wherever it is found, it is read in all lights.
    """
    trial = _Search(lights, today, readers)
    try:
        for image in lights.all:
            trial.look_in(image)
    except WorkSpent:
        trial.give_up()
    return trial.outcome()


class _Search:
    """What was found so far, and where was looked."""

    def __init__(self, lights: Lights, today: dt.date, readers: Readers) -> None:
        self._lights = lights
        self._today = today
        self._work = Work()
        self._readers = self._work.counting(readers)
        self._read_at: list[npt.NDArray[np.float64]] = []
        self._valid: list[Found] = []
        self._dubious: Found | None = None
        self._nearest = _NOTHING

    def give_up(self) -> None:
        """All work is done that one image may cause."""
        if self._nearest is _NOTHING:
            self._nearest = _TOO_MUCH

    def outcome(self) -> Found | NotFound:
        if len({found.assembled.mrz.lines for found in self._valid}) > 1:
            return _TWO
        best = self._valid[0] if self._valid else self._dubious
        return best or self._nearest

    def look_in(self, image: GreyImage) -> None:
        """Look for lines of print in ``image``, unless an MRZ was read already.

        Raises:
            WorkSpent: the image causes more than is allowed.

        """
        if self._valid:
            return
        self._read_at.clear()
        for lines in find_text_lines(image):
            for line in lines[:_LINES_TRIED]:
                self._look_at(line, image)
            if self._is_found or len(self._read_at) >= _BLOCKS_READ:
                return

    @property
    def _is_found(self) -> bool:
        """Whether it is known where the MRZ stands, read or not: no other way finds it better."""
        return bool(self._valid) or self._nearest.nearness > _ALMOST_READ

    def _look_at(self, line: TextLine, image: GreyImage) -> None:
        """Read what is about ``line``, unless it was read or cannot be an MRZ beside the found."""
        if len(self._read_at) >= _BLOCKS_READ or not self._is_worth_a_look(line):
            return
        self._work.spend(OF_A_STRIP)
        strip = cut_strip(image, line)
        pitched = [fit_pitch(each) for each in lines_of(find_pieces(strip.grey))]
        blocks = blocks_of(strip, [each for each in pitched if each is not None])
        for block, _ in zip(blocks, range(_BLOCKS_OF_A_STRIP), strict=False):
            if self._times_read(block) < _TIMES_A_PLACE_IS_READ:
                self._read_at.append(block.middle)
                self._read(block)

    def _is_worth_a_look(self, line: TextLine) -> bool:
        for found in self._valid:
            start, end = found.places[0][0], found.places[0][-1]
            length = float(np.linalg.norm(end - start))
            away = float(
                np.linalg.norm(line.centre - np.mean(np.concatenate(found.places), axis=0))
            )
            if line.length < _AS_LONG * length or away < _AWAY * length:
                return False
        return True

    def _times_read(self, block: Block) -> int:
        near = _SAME_PLACE_PITCHES * block.pitch_in_image
        return sum(bool(np.linalg.norm(block.middle - place) < near) for place in self._read_at)

    def _read(self, block: Block) -> None:
        try:
            found = _assembled(read_block(self._lights, block, self._readers), self._today)
        except NotAssembled as error:
            self._nearest = self._nearest.or_nearer(error)
            return
        if found.assembled.mrz.is_valid:
            self._valid.append(found)
        else:
            self._dubious = self._dubious or found


def _assembled(candidate: Candidate, today: dt.date) -> Found:
    """Return the MRZ of the best window and format that gives one.

    Raises:
        NotAssembled: none does; says why the nearest does not.

    """
    nearest = _NOTHING
    for kind, lines, places in _trials(candidate):
        try:
            assembled = assemble(kind, lines, today)
        except NotAssembled as error:
            nearest = nearest.or_nearer(error)
            continue
        return Found(assembled, places)
    raise NotAssembled(nearest.reason, nearest.nearness, lights_differ=nearest.lights_differ)


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
