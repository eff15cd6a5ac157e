"""Paper and ink under three lights: what a printed sheet reflects, absorbs and makes shine.

White and infrared are the part of the light that comes back, 0 to 1; ultraviolet is what shines
there of itself. Inks lie on one another as filters do: each takes its part of what is left.
"""

from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import numpy.typing as npt

Plane = npt.NDArray[np.float32]
Bgr = tuple[float, float, float]


def cover(drawn: npt.NDArray[np.uint8]) -> Plane:
    """Return how much ink a drawing has, 0 to 1, of its 0 to 255."""
    return drawn.astype(np.float32) * np.float32(1 / 255)


@dataclass(frozen=True, slots=True)
class Ink:
    """An ink where it covers fully.

    Args:
        white: part of white light that comes back through it; blue, green, red.
        infrared: the same at 900 nm (the B900 band of ISO 1831, 9303-3 §4.2.3).
        shine: how it fluoresces under 365 nm; blue, green, red.
        hides: part of the paper's own shine that it hides.

    """

    white: Bgr
    infrared: float
    shine: Bgr = (0.0, 0.0, 0.0)
    hides: float = 0.7


@dataclass(frozen=True, slots=True, eq=False)
class PackedSheet:
    """A sheet in 256 levels, to be kept for the next page of its kind."""

    white: npt.NDArray[np.uint8]
    infrared: npt.NDArray[np.uint8]
    shine: npt.NDArray[np.uint8]
    dots_per_mm: float
    paper: Ink


def _levels(plane: Plane) -> npt.NDArray[np.uint8]:
    return np.asarray(np.clip(plane * 255 + 0.5, 0, 255), np.uint8)


@dataclass(slots=True)
class Sheet:
    """A printed sheet, lying flat; ``white`` and ``shine`` height x width x 3, BGR.

    ``dots_per_mm`` is how finely it is held; ``paper`` what comes to light where print is lost.
    """

    white: Plane
    infrared: Plane
    shine: Plane
    dots_per_mm: float
    paper: Ink

    @classmethod
    def blank(cls, size_mm: tuple[float, float], dots_per_mm: float, paper: Ink) -> Self:
        """Return an empty sheet of ``paper``, of width and height in millimetres."""
        width, height = (round(side * dots_per_mm) for side in size_mm)
        return cls(
            np.full((height, width, 3), paper.white, np.float32),
            np.full((height, width), paper.infrared, np.float32),
            np.full((height, width, 3), paper.shine, np.float32),
            dots_per_mm,
            paper,
        )

    def packed(self) -> "PackedSheet":
        """Return the same in a quarter of the memory."""
        white, infrared, shine = map(_levels, (self.white, self.infrared, self.shine))
        return PackedSheet(white, infrared, shine, self.dots_per_mm, self.paper)

    @classmethod
    def loosened(cls, packed: "PackedSheet") -> Self:
        """Return a sheet of its own of what was packed."""
        white, infrared, shine = map(cover, (packed.white, packed.infrared, packed.shine))
        return cls(white, infrared, shine, packed.dots_per_mm, packed.paper)

    def print(self, mask: Plane, ink: Ink, left: int = 0, top: int = 0) -> None:
        """Print ``ink`` where ``mask`` says how much, 0 to 1, from ``left``, ``top`` in dots."""
        rows, columns, mask = self._within(mask, left, top)
        part = mask[..., None]
        self.white[rows, columns] *= 1 - part * (1 - np.asarray(ink.white, np.float32))
        self.infrared[rows, columns] *= 1 - mask * np.float32(1 - ink.infrared)
        self.shine[rows, columns] *= 1 - part * np.float32(ink.hides)
        self.shine[rows, columns] += part * np.asarray(ink.shine, np.float32)

    def overlay(
        self, mask: Plane, white: Bgr, infrared: float, left: int = 0, top: int = 0
    ) -> None:
        """Lay something opaque over the print where ``mask`` says how much, 0 to 1."""
        rows, columns, mask = self._within(mask, left, top)
        under = self.white[rows, columns]
        under += (np.asarray(white, np.float32) - under) * mask[..., None]
        below = self.infrared[rows, columns]
        below += (np.float32(infrared) - below) * mask
        self.shine[rows, columns] *= 1 - mask[..., None] * np.float32(0.7)

    def print_picture(self, picture: Plane, ink: Ink, left: int = 0, top: int = 0) -> None:
        """Print a photograph, 0 to 1, BGR, in a process whose blacks are ``ink``."""
        rows, columns, picture = self._within(picture, left, top)
        dark = 1 - picture.mean(axis=2)
        black = np.asarray(ink.white, np.float32)
        self.white[rows, columns] *= black + (1 - black) * picture
        self.infrared[rows, columns] *= 1 - dark * np.float32(1 - ink.infrared)
        self.shine[rows, columns] *= 1 - dark[..., None] * np.float32(ink.hides)

    def _within(self, patch: Plane, left: int, top: int) -> tuple[slice, slice, Plane]:
        """Return the rows and columns of the sheet under a patch, and what of it is on it."""
        height, width = self.infrared.shape
        first_row, first_column = max(0, top), max(0, left)
        last_row = max(first_row, min(height, top + patch.shape[0]))
        last_column = max(first_column, min(width, left + patch.shape[1]))
        kept = patch[first_row - top : last_row - top, first_column - left : last_column - left]
        return slice(first_row, last_row), slice(first_column, last_column), kept


# Transmittances as they are told of the kinds of print (9303-2 annex A; TR-03135-1): carbon
# and engraving absorb in the infrared, dyes and offset inks do not.
INKS: Final = {
    "engraving": Ink((0.16, 0.15, 0.15), 0.17),
    "b900_black": Ink((0.14, 0.13, 0.13), 0.14),
    "toner": Ink((0.09, 0.09, 0.09), 0.08),
    "dye": Ink((0.17, 0.15, 0.16), 0.91),
    "offset_black": Ink((0.24, 0.22, 0.22), 0.93),
    "offset_green": Ink((0.62, 0.72, 0.42), 0.965),
    "offset_deep_green": Ink((0.38, 0.45, 0.16), 0.95),
    "offset_red": Ink((0.50, 0.46, 0.84), 0.975),
    "offset_blue": Ink((0.86, 0.62, 0.46), 0.97),
    "offset_brown": Ink((0.46, 0.58, 0.72), 0.97),
    "offset_violet": Ink((0.80, 0.52, 0.66), 0.97),
    "offset_yellow": Ink((0.52, 0.86, 0.92), 0.985),
    "shining_green": Ink((1.0, 1.0, 1.0), 1.0, (0.10, 0.58, 0.20), 0.0),
    "shining_red": Ink((1.0, 1.0, 1.0), 1.0, (0.12, 0.10, 0.60), 0.0),
    "shining_blue": Ink((1.0, 1.0, 1.0), 1.0, (0.62, 0.30, 0.12), 0.0),
    "shining_yellow": Ink((1.0, 1.0, 1.0), 1.0, (0.10, 0.52, 0.55), 0.0),
}
