"""The MRZ of one page as it is printed: its characters under each light."""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from egate.domain.optical_finding import Light
from egate.optical.checks.character_print import CharacterPrint, character_print, joined
from egate.optical.checks.mrz_characters import PrintedLine, printed_lines
from egate.optical.checks.page_views import Box, Image, PageViews
from egate.optical.checks.typeface import Fit, ocr_b
from egate.optical.mrz_image.page_place import MrzPlace


@dataclass(frozen=True, eq=False)
class PrintedMrz:
    """An MRZ on paper. Personal throughout.

    Args:
        views: the page.
        lines: the characters as read.
        place: where 9303 wants them.

    """

    views: PageViews
    text: tuple[str, ...] = field(repr=False)
    place: MrzPlace
    _prints: dict[Light, tuple[CharacterPrint, ...]] = field(default_factory=dict, repr=False)

    @cached_property
    def lines(self) -> tuple[PrintedLine, ...]:
        return printed_lines(self.views, self.place, self.text)

    @cached_property
    def white_cells(self) -> tuple[Image, ...]:
        """The characters in white light, an array for each line."""
        return tuple(line.cells(self.views, Light.WHITE) for line in self.lines)

    @cached_property
    def fits(self) -> tuple[Fit, ...]:
        """How the characters of each line lie on OCR-B, in white light."""
        return tuple(
            ocr_b().fit(cells, text)
            for cells, text in zip(self.white_cells, self.text, strict=True)
        )

    def cells(self, light: Light) -> Image:
        """Return the cells of all characters under a light, the upper line's first."""
        if light is Light.WHITE:
            return np.concatenate(self.white_cells)
        return np.concatenate([line.cells(self.views, light) for line in self.lines])

    def has(self, light: Light) -> bool:
        return self.views.has(light)

    def line_prints(self, light: Light) -> tuple[CharacterPrint, ...]:
        """Return what is measured of each line under a light."""
        if light not in self._prints:
            cells = (
                self.white_cells
                if light is Light.WHITE
                else [line.cells(self.views, light) for line in self.lines]
            )
            self._prints[light] = tuple(map(character_print, cells))
        return self._prints[light]

    def print(self, light: Light) -> CharacterPrint:
        """Return what is measured of all characters, the upper line's first."""
        return joined(self.line_prints(light))

    @property
    def box(self) -> Box:
        """The rectangle of the page around all lines."""
        return self.box_around(np.ones(sum(map(len, self.text)), np.bool_))

    def box_around(self, chosen: npt.NDArray[np.bool_]) -> Box:
        """Return the rectangle of the page around chosen characters of all lines."""
        boxes, first = [], 0
        for line, text in zip(self.lines, self.text, strict=True):
            places = np.flatnonzero(chosen[first : first + len(text)])
            first += len(text)
            if len(places):
                boxes.append(line.box(int(places[0]), int(places[-1])))
        left, top = (min(box[side] for box in boxes) for side in (0, 1))
        right, bottom = (max(box[side] + box[side + 2] for box in boxes) for side in (0, 1))
        return left, top, right - left, bottom - top
