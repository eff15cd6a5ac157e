"""From the cells of a window to the lines of an MRZ, or to the reason why not.

A wrong MRZ is far worse than none. So both readers must see the same character in every cell;
a check digit settles one cell of its field where they do not, or where both saw an impossible
one; and what no check digit proves must be seen more clearly than what one does.
"""

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

from egate.emrtd.mrz.layout import MrzFormat
from egate.emrtd.mrz.parse import Mrz, parse
from egate.optical.mrz_image.position import name_cells
from egate.optical.mrz_image.proof import CheckedField, checked_fields
from egate.optical.mrz_image.repair import Proof, Repair
from egate.optical.mrz_image.seen_cells import SeenCells
from egate.optical.mrz_image.windows import ReadCells
from egate.optical.mrz_image.worn import WORN_FROM
from egate.optical.ocr_b import ALPHABET

Floats = npt.NDArray[np.float64]

_LEAST_INK: Final = 0.1
# Thresholds of confidence, measured on rendered pages (docs/mrz-from-images.md).
_ONE_OF_A_PROVED_FIELD: Final = 0.30
_PROVED: Final = 0.65
_UNPROVED: Final = 0.95
_CONFUSED_ELSEWHERE: Final = 0.90
_PERHAPS_WORN: Final = 0.97
_AGAINST_CHECK_DIGITS: Final = 0.97
_ALTERNATIVE: Final = 0.03
_AFTER_THE_NAMES: Final = re.compile("[^<]+(?:<[^<]+)*<<[^<]+(?:<[^<]+)*<<+[^<]")


class NotAssembled(Exception):
    """Why cells are no MRZ: for a person; names places, never characters.

    Args:
        nearness: 0 to 1, how far it came; of several attempts the nearest is reported.
        lights_differ: whether white and infrared light clearly show two characters in one cell.

    """

    def __init__(self, reason: str, nearness: float, *, lights_differ: bool = False) -> None:
        super().__init__(reason)
        self.nearness = nearness
        self.lights_differ = lights_differ


@dataclass(frozen=True, slots=True)
class Assembled:
    """An MRZ that both readers agree on."""

    mrz: Mrz
    confidence: tuple[tuple[float, ...], ...] = field(repr=False)
    repaired: tuple[Repair, ...]


def assemble(kind: MrzFormat, lines: Sequence[ReadCells], today: dt.date) -> Assembled:
    """Return the MRZ of format ``kind`` that both readers see in ``lines``.

    Args:
        kind: whose line lengths ``lines`` have.
        lines: the cells of each line.
        today: settles the century of two-digit years.

    Raises:
        NotAssembled: the readers differ, are unsure, or no such MRZ can be.

    """
    cells = SeenCells.of(kind, lines).with_fillers_to_the_end(kind)
    blank = np.nonzero(cells.ink < _LEAST_INK)[0]
    if len(blank):
        raise NotAssembled(f"no character {cells.at(int(blank[0]))}", 0.1)
    differing = np.nonzero(cells.lights_differ)[0]
    if len(differing):
        place = cells.at(int(differing[0]))
        raise NotAssembled(f"white and infrared light differ {place}", 0.95, lights_differ=True)
    reading = _Reading(kind, cells, today)
    reading.settle_differences()
    reading.repair_by_check_digits()
    mrz = reading.mrz()
    if mrz.format is not kind:
        raise NotAssembled("the first characters are of another format", 0.2)
    if reading.by_check_digit and not mrz.is_valid:
        raise NotAssembled("a check digit is wrong after a repair", 0.8)
    reading.require_confidence(mrz)
    reading.require_ended_names()
    sure = cells.together[np.arange(len(reading.characters)), reading.characters]
    by_line = tuple(tuple(map(float, sure[part])) for part in cells.parts())
    return Assembled(mrz, by_line, reading.repairs())


class _Reading:
    """The characters taken so far, and which of them a check digit settled."""

    def __init__(self, kind: MrzFormat, cells: SeenCells, today: dt.date) -> None:
        self._kind = kind
        self._cells = cells
        self._today = today
        self._fields = checked_fields(kind)
        self.characters: list[int] = cells.together.argmax(axis=1).tolist()
        self.by_check_digit: dict[int, int] = {}

    def mrz(self, changed: Mapping[int, int] | None = None) -> Mrz:
        characters = list(self.characters)
        for cell, character in (changed or {}).items():
            characters[cell] = character
        return parse(self._cells.lines(characters), self._today)

    def settle_differences(self) -> None:
        """Let a check digit choose in the one cell of its field where the readers differ."""
        first = self._cells.first.argmax(axis=1)
        second = self._cells.second.argmax(axis=1)
        differing = set(np.nonzero(first != second)[0].tolist())
        for checked in self._fields:
            doubtful = differing & checked.cells
            if len(doubtful) == 1:
                cell = doubtful.pop()
                if self._choose(checked, {(cell, int(first[cell])), (cell, int(second[cell]))}):
                    differing.discard(cell)
        if differing:
            nearness = 0.7 - 0.5 * len(differing) / len(self.characters)
            place = self._cells.at(min(differing))
            raise NotAssembled(f"two readings differ {place}", nearness)

    def repair_by_check_digits(self) -> None:
        """Replace one character of a field whose check digit is wrong, if one alone mends it."""
        wrong = {name for name, right in self.mrz().check_digits.items() if not right}
        settled = self.by_check_digit.keys()
        for checked in self._fields:
            if checked.name in wrong and not checked.cells & settled:
                self._choose(checked, self._alternatives(checked.cells))

    def _alternatives(self, cells: Iterable[int]) -> set[tuple[int, int]]:
        return {
            (cell, int(character))
            for cell in cells
            for character in np.nonzero(self._cells.together[cell] > _ALTERNATIVE)[0]
            if character != self.characters[cell]
        }

    def _choose(self, checked: CheckedField, alternatives: set[tuple[int, int]]) -> bool:
        """Take the one alternative that makes the check digit right; False without exactly one."""
        right = [
            (cell, character)
            for cell, character in alternatives
            if self.mrz({cell: character}).check_digits.get(checked.name, False)
        ]
        if len(right) != 1:
            return False
        ((cell, character),) = right
        self.characters[cell] = character
        self.by_check_digit[cell] = character
        return True

    def require_confidence(self, mrz: Mrz) -> None:
        """Hold each character against the threshold for what proves it.

        Raises:
            NotAssembled: one is not clear enough.

        """
        sure = self._cells.together[np.arange(len(self.characters)), self.characters]
        required = np.full(len(sure), _UNPROVED)
        for checked in self._fields:
            if mrz.check_digits.get(checked.name, False):
                spent = bool(checked.cells & self.by_check_digit.keys())
                required[list(checked.cells)] = _UNPROVED if spent else _PROVED
                self._require_less_of_one(checked, sure, required)
            else:
                required[list(checked.cells)] = _AGAINST_CHECK_DIGITS
        for cell in self._perhaps_worn(mrz):
            required[cell] = max(required[cell], _PERHAPS_WORN)
        for cell in self._confused_elsewhere():
            required[cell] = max(required[cell], _CONFUSED_ELSEWHERE)
        unclear = np.nonzero(sure < required)[0]
        if len(unclear):
            where = self._cells.at(int(unclear[0]))
            wrong = "" if all(mrz.check_digits.values()) else "a check digit is wrong, and "
            raise NotAssembled(f"{wrong}unclear {where}", 0.9 - 0.2 * len(unclear) / len(sure))

    def require_ended_names(self) -> None:
        """Hold that after the names fillers go on to the end (9303-3 §4.6).

        Raises:
            NotAssembled: something else stands there: a filler that was taken for a letter.

        """
        for cells in name_cells(self._kind):
            names = "".join(ALPHABET[self.characters[cell]] for cell in cells)
            after = _AFTER_THE_NAMES.match(names)
            if after:
                place = self._cells.at(int(cells[after.end() - 1]))
                raise NotAssembled(f"unclear after the names {place}", 0.8)

    def _require_less_of_one(self, checked: CheckedField, sure: Floats, required: Floats) -> None:
        """Lower what is required of one character of a field whose check digit is right.

        One that was wrong would make the check digit wrong, unless it is wrong by a multiple of
        ten; two can make up for one another.
        """
        cell = min(checked.cells, key=lambda each: float(sure[each]))
        as_right = [
            character
            for place, character in self._alternatives((cell,))
            if self.mrz({place: character}).check_digits.get(checked.name, False)
        ]
        if not as_right:
            required[cell] = 0.0 if cell in self.by_check_digit else _ONE_OF_A_PROVED_FIELD

    def _perhaps_worn(self, mrz: Mrz) -> list[int]:
        """Return the cells whose character may be what wear has left of another.

        Under a right check digit only such a one as makes it right as well: one that differs by
        a multiple of ten (9303-3 §4.9; none of the weights 7, 3 and 1 makes a difference of it).
        """
        proved = frozenset[int]().union(
            *(each.cells for each in self._fields if mrz.check_digits.get(each.name, False))
        )
        return [
            cell
            for cell, character in enumerate(self.characters)
            for whole in WORN_FROM.get(ALPHABET[character], "")
            if self._cells.allowed[cell, ALPHABET.index(whole)]
            and (cell not in proved or (int(whole, 36) - character) % 10 == 0)
        ]

    def _confused_elsewhere(self) -> list[int]:
        """Return the cells whose character is one that was mistaken in this very MRZ.

        Where a position or a check digit proved a 0 that was seen as an O, the document's 0 looks
        like an O, and what stands where both could is uncertain.
        """
        rivals: dict[int, set[int]] = {}
        for repair in self.repairs():
            read, taken = ALPHABET.index(repair.read), ALPHABET.index(repair.taken)
            rivals.setdefault(read, set()).add(taken)
            rivals.setdefault(taken, set()).add(read)
        return [
            cell
            for cell, character in enumerate(self.characters)
            if cell not in self.by_check_digit
            and any(self._cells.allowed[cell, rival] for rival in rivals.get(character, ()))
        ]

    def repairs(self) -> tuple[Repair, ...]:
        found = []
        for cell, character in enumerate(self.characters):
            seen = int(self._cells.seen[cell])
            if cell not in self.by_check_digit and seen == character:
                continue
            proof = Proof.CHECK_DIGIT if cell in self.by_check_digit else Proof.POSITION
            read = seen if seen != character else self._other(cell, character)
            line, column = self._cells.place(cell)
            found.append(Repair(line, column, ALPHABET[read], ALPHABET[character], proof))
        return tuple(found)

    def _other(self, cell: int, character: int) -> int:
        """Return what the reader saw that a check digit proved wrong."""
        tops = (int(self._cells.first[cell].argmax()), int(self._cells.second[cell].argmax()))
        return next((top for top in tops if top != character), character)
