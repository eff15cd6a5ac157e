"""Where the page lies, by the place of its MRZ (9303-4 to 9303-7, figures of zone VII)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from egate.biometrics.opencv import cv2
from egate.emrtd.mrz.layout import MrzFormat
from egate.optical.page_geometry import PageGeometry

Floats = npt.NDArray[np.float64]

_PITCH_MM: Final = 2.54
_CHARACTER_MM: Final = 1.7
"""Width of OCR-B size 1: what 9303 places is the first character's left edge."""
_FLAT_WITHIN: Final = 0.035
"""Of the pitch: how far middles of characters may be off on a page that lies flat."""


@dataclass(frozen=True, slots=True)
class MrzPlace:
    """Size of a page and place of its MRZ in millimetres.

    Args:
        left: of the first character's left edge, from the left edge of the page.
        centre_lines: of the lines, from the lower edge of the page, the top one first.

    """

    width: float
    height: float
    left: float
    centre_lines: tuple[float, ...]


_TWO_LINES: Final = (15.75, 9.40)
_TD2: Final = MrzPlace(105.0, 74.0, 4.0, _TWO_LINES)
PLACES: Final[Mapping[MrzFormat, MrzPlace]] = {
    MrzFormat.TD3: MrzPlace(125.0, 88.0, 6.0, _TWO_LINES),  # 9303-4 figure 4
    MrzFormat.MRV_A: MrzPlace(120.0, 80.0, 4.0, _TWO_LINES),  # 9303-7 §4.4
    MrzFormat.TD2: _TD2,  # 9303-6 figure 6
    MrzFormat.MRV_B: _TD2,  # 9303-7 §6.4, of the same size
    MrzFormat.FRA_ID: _TD2,
    # 9303-5 figure 6: 4.23 mm apart about the middle one at 11.5 mm.
    MrzFormat.TD1: MrzPlace(85.6, 53.98, 5.0, (15.73, 11.50, 7.27)),
    MrzFormat.CHE_DL: MrzPlace(85.6, 53.98, 5.0, (15.73, 11.50, 7.27)),
}


def page_geometry(
    kind: MrzFormat, places: Sequence[Floats], image_size: tuple[int, int]
) -> PageGeometry:
    """Return where the millimetres of a page with an MRZ of format ``kind`` are.

    A page that lies flat under a scanner is only moved, turned and sized. The MRZ alone tells
    little of how a page that leans away goes on above it: far from the MRZ, a photograph's
    geometry is rough.

    Args:
        kind: what sort of MRZ it is.
        places: of each line, the middles of its characters in the image; n x 2 each.
        image_size: width and height in pixels.

    """
    place = PLACES[kind]
    paper = np.concatenate(
        [
            np.column_stack(
                [
                    place.left + _CHARACTER_MM / 2 + np.arange(len(line)) * _PITCH_MM,
                    np.full(len(line), place.height - centre),
                ]
            )
            for line, centre in zip(places, place.centre_lines, strict=True)
        ]
    )
    seen = np.concatenate(list(places))
    flat = _similarity(paper, seen)
    off = np.sqrt(((_moved(flat, paper) - seen) ** 2).sum(axis=1).mean())
    if off < _FLAT_WITHIN * _PITCH_MM * np.sqrt(abs(np.linalg.det(flat[:2, :2]))):
        return PageGeometry(flat, image_size)
    leaning, _ = cv2.findHomography(paper, seen)
    return PageGeometry(np.asarray(leaning, np.float64), image_size)


def lying_flat(kind: MrzFormat, geometry: PageGeometry) -> PageGeometry:
    """Return where a page lies that is flat on a scanner's glass, with its MRZ left in place.

    A printer whose lines are a little closer than 9303 wants makes a page seem to lean.

    Args:
        kind: what sort of MRZ it is.
        geometry: of the page, rough above its MRZ.

    """
    place = PLACES[kind]
    ends = place.left, place.width - place.left
    paper = np.array([(x, place.height - centre) for centre in place.centre_lines for x in ends])
    return PageGeometry(_similarity(paper, geometry.pixels(paper)), geometry.image_size)


def _similarity(paper: Floats, seen: Floats) -> Floats:
    """Return the least-squares move, turn and size from ``paper`` to ``seen``."""
    at, to = paper.mean(axis=0), seen.mean(axis=0)
    from_complex = (paper - at) @ (1, 1j)
    to_complex = (seen - to) @ (1, 1j)
    factor = complex(np.vdot(from_complex, to_complex) / np.vdot(from_complex, from_complex))
    turned = np.array([[factor.real, -factor.imag], [factor.imag, factor.real]])
    moved: Floats = np.vstack([np.column_stack([turned, to - turned @ at]), [0, 0, 1]])
    return moved


def _moved(matrix: Floats, points: Floats) -> Floats:
    moved: Floats = points @ matrix[:2, :2].T + matrix[:2, 2]
    return moved
